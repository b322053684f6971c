"""Patterns and patches: anchors, and labels that are text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, refused
from tests.requests_made import rule

NOT_TEXT = 'labels and annotations supports only string values, "use double quotes around the non string values"'


@pytest.mark.parametrize(
    "pattern, expected",
    [
        ({"(a)": 1, "=(b)": {"X(c)": None, "<(d)": "?*"}, "^(e)": [{"f": 1}], "+x": 1}, ""),
        ({"spec": {"+(a)": 1}}, "//spec/+(a).: unsupported anchor +(a)"),
        ({"spec": {" ^(a) ": "x"}}, "//spec/ ^(a) .: existence anchor should have value of type list"),
        ({"a": [{"b": 1}, {"^(c)": []}]}, "//a1//^(c).: existence anchor: should have at least one value"),
    ],
)
def test_anchors_of_validate_patterns(pattern: Any, expected: str) -> None:
    path = "path: spec.rules[0].validate.{}."
    assert refused(rule(pattern=pattern)) == (path.format("pattern") + expected if expected else "")
    text = refused(rule(anyPattern=[PATTERN, pattern]))
    assert text == (path.format("anyPattern[1]") + expected if expected else "")


def test_any_pattern_is_a_list() -> None:
    reason = "json: cannot unmarshal object into Go value of type []interface {}"
    expected = f"path: spec.rules[0].validate.anyPattern.: failed to deserialize anyPattern, expect array: {reason}"
    assert refused(rule(anyPattern={"a": 1})) == expected


LABELLED: dict[str, Any] = {"metadata": {"labels": {"a": 1}}}
TEMPLATE: dict[str, Any] = {"spec": {"template": {"metadata": {"annotations": {"a": True}}}}}


def mutating(**mutate: Any) -> dict[str, Any]:
    return {"name": "m", "match": rule()["match"], "mutate": mutate}


@pytest.mark.parametrize(
    "one, is_refused",
    [
        (rule(pattern=LABELLED), True),
        (rule(pattern=TEMPLATE), True),
        (rule(pattern={"metadata": {"labels": {"a": "1"}}, **TEMPLATE}), False),
        (rule(pattern={"metadata": {"labels": "x", "=(labels)": {"a": 1}}}), False),
        (rule(anyPattern=[PATTERN, LABELLED]), True),
        (rule(foreach=[{"list": "a", "pattern": PATTERN}, {"list": "a", "pattern": LABELLED}]), False),
        (mutating(patchStrategicMerge=LABELLED), True),
        (mutating(foreach=[{"list": "a", "patchStrategicMerge": LABELLED}]), True),
        (mutating(patchStrategicMerge=PATTERN), False),
    ],
)
def test_labels_and_annotations_are_text(one: Any, is_refused: bool) -> None:
    assert refused(one) == (NOT_TEXT if is_refused else "")
