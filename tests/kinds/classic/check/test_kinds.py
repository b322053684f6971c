"""Kinds: each match filter has some, and a wildcard only where Kyverno allows it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, matching, refused
from tests.requests_made import rule

ALL: dict[str, Any] = {"any": [{"resources": {"kinds": ["*"]}}]}
METADATA = "policy can only deal with the metadata field of the resource if the rule does not match any kind"
PLACE = "path: spec.rules[0].match.any[0].kinds: "


def on_all(**validate: Any) -> dict[str, Any]:
    return {**rule(**validate), "match": ALL}


@pytest.mark.parametrize(
    "one, expected",
    [
        (on_all(pattern=PATTERN), ""),
        (on_all(pattern={"spec": {}}), f"{PLACE}{METADATA}"),
        (on_all(anyPattern=[PATTERN, {"spec": {}}]), f"{PLACE}{METADATA}"),
        (
            on_all(
                deny={"conditions": {"any": [{"key": "{{ request.object.spec.a }}", "operator": "Equals", "value": 1}]}}
            ),
            "",
        ),
        (
            on_all(deny={"conditions": [{"key": "{{ request.object.spec.a }}", "operator": "Equals", "value": 1}]}),
            f"{PLACE}{METADATA}",
        ),
        (
            on_all(deny={"conditions": [{"key": "{{ request.operation }}", "operator": "Equals", "value": "DELETE"}]}),
            "",
        ),
        (
            on_all(foreach=[{"list": "request.object.spec.a", "pattern": {"b": 1}}]),
            f"{PLACE}wildcard policy does not support rule type",
        ),
        (
            matching(any=[{"resources": {"kinds": ["*", "Pod"]}}]),
            f"{PLACE}wildcard policy can not deal with more than one kind",
        ),
        ({"name": "m", "match": ALL, "mutate": {"patchStrategicMerge": {"spec": {}}}}, f"{PLACE}{METADATA}"),
        (
            {"name": "m", "match": ALL, "mutate": {"patchesJson6902": '[{"op": "remove", "path": "/spec"}]'}},
            f"{PLACE}{METADATA}",
        ),
        # kyverno: here the patch is read as JSON only
        ({"name": "m", "match": ALL, "mutate": {"patchesJson6902": "- {op: remove, path: /spec}"}}, ""),
    ],
)
def test_a_rule_for_all_kinds_is_about_metadata(one: Any, expected: str) -> None:
    assert refused(one, background=False) == expected


def test_a_rule_for_all_kinds_does_not_run_in_the_background() -> None:
    expected = (
        "wildcard policy not allowed in background mode. "
        "Set spec.background=false to disable background mode for this policy rule "
    )
    assert refused(on_all(pattern=PATTERN)) == f"{PLACE}{expected}"


MANDATORY = (
    "at least one element must be specified in a kind block, "
    "the kind attribute is mandatory when working with the resources element"
)


@pytest.mark.parametrize(
    "one, expected",
    [
        (matching(), "path: spec.rules[0].match.resources.: match resources not specified"),
        (matching(any=[{"resources": {}}]), "path: spec.rules[0].match.resources.: match resources not specified"),
        (matching(any=[{"resources": {"kinds": []}}]), MANDATORY),
        (matching(all=[{"resources": {"namespaces": ["a"]}}]), MANDATORY),
        ({**matching(any=[{"resources": {"names": ["a"]}}]), "validate": {"pattern": {"spec": 1}}}, METADATA),
        (
            matching(any=[{"resources": {"kinds": ["Pod"]}}], resources={"kinds": ["Pod"]}),
            "path: spec.rules[0].match.: can't specify any/all together with match resources",
        ),
        (
            {
                **rule(pattern=PATTERN),
                "exclude": {"any": [{"resources": {"kinds": ["Job"]}}], "resources": {"names": ["a"]}},
            },
            "path: spec.rules[0].exclude.: can't specify any/all together with exclude resources",
        ),
        ({**rule(pattern=PATTERN), "exclude": {"any": [{"resources": {"names": ["a"]}}]}}, ""),
    ],
)
def test_match_filters_say_something_and_name_kinds(one: Any, expected: str) -> None:
    assert refused(one) == expected
