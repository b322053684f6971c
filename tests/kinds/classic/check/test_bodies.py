"""Rule bodies: one of the alternatives, complete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, refused
from tests.requests_made import rule

ONE_OF = "path: spec.rules[0].validate..: one of pattern, anyPattern, deny, foreach, cel must be specified"
ONLY_ONE = "path: spec.rules[0].validate..: only one of pattern, anyPattern, deny, foreach, cel can be specified"
IN_FOREACH = "path: spec.rules[0].validate..: {} of pattern, anyPattern, deny, or a nested foreach {} be specified"


@pytest.mark.parametrize(
    "validate, expected",
    [
        ({"message": "m"}, ONE_OF),
        ({"assert": {"a": 1}}, ONE_OF),
        ({"manifests": {}}, ONE_OF),
        ({"podSecurity": {"level": "baseline"}}, ""),
        ({"foreach": []}, ""),
        ({"pattern": PATTERN, "deny": {}}, ONLY_ONE),
        ({"pattern": PATTERN, "podSecurity": {}}, ONLY_ONE),
        ({"pattern": PATTERN, "deny": None}, ""),
        ({"foreach": [{"deny": {}}]}, "path: spec.rules[0].validate..: foreach.list is required"),
        ({"foreach": [{"list": "a"}]}, IN_FOREACH.format("one", "must")),
        ({"foreach": [{"list": "a", "foreach": []}]}, IN_FOREACH.format("one", "must")),
        ({"foreach": [{"list": "a", "deny": {}, "pattern": {}}]}, IN_FOREACH.format("only one", "can")),
        # kyverno: what nests in an entry is not looked at
        ({"foreach": [{"list": "a", "foreach": [{}]}]}, ""),
    ],
)
def test_validate_has_one_body(validate: Any, expected: str) -> None:
    assert refused(rule(**validate)) == expected


ONE_PATCH = "only one of `patchStrategicMerge` or `patchesJson6902` is allowed"
MERGE: dict[str, Any] = {"patchStrategicMerge": PATTERN}
JSON: dict[str, Any] = {"patchesJson6902": "- {op: remove, path: /a}"}


@pytest.mark.parametrize(
    "mutate, expected",
    [
        (MERGE, ""),
        (JSON, ""),
        ({**MERGE, **JSON}, f"foreach.: {ONE_PATCH}"),
        (
            {**MERGE, "foreach": [{"list": "a", **JSON}]},
            "foreach.: only one of `foreach`, `patchStrategicMerge`, or `patchesJson6902` is allowed",
        ),
        ({"foreach": [{"list": "a", **MERGE, **JSON}]}, f"foreach[0].: {ONE_PATCH}"),
        ({"foreach": [{"list": "a", **JSON}, {"list": "a"}]}, f"foreach[0]foreach[1].: {ONE_PATCH}"),
        ({"foreach": [{"list": "a", "foreach": [{"list": "b"}]}]}, f"foreach[0]foreach[0].: {ONE_PATCH}"),
        (
            {"foreach": [{"list": "a", "context": [], "foreach": [{"list": "b", **MERGE}]}]},
            "foreach[0].: a nested foreach cannot contain other declarations",
        ),
        # kyverno: entries after one that nests are not looked at
        ({"foreach": [{"list": "a", "foreach": [{"list": "b", **MERGE}]}, {"list": "a"}]}, ""),
    ],
)
def test_mutate_has_one_patch(mutate: Any, expected: str) -> None:
    text = refused({"name": "m", "match": rule()["match"], "mutate": mutate})
    assert text == (f"path: spec.rules[0].mutate.{expected}" if expected else "")


def test_cel_preconditions_are_for_cel() -> None:
    conditions = [{"name": "a", "expression": "true"}]
    text = "path: spec.rules[0].validate..: celPrecondition can only be used with validate.cel"
    assert refused({**rule(pattern=PATTERN), "celPreconditions": conditions}) == text
    mutate = {"name": "m", "match": rule()["match"], "mutate": MERGE, "celPreconditions": conditions}
    assert refused(mutate) == text.replace("validate.", "mutate.", 1)


@pytest.mark.parametrize(
    "cel, expected",
    [
        ({"expressions": [{"expression": "true"}]}, ""),
        ({"expressions": [{"message": "m"}]}, "cel.expressions.expression is required"),
        ({"paramKind": {"kind": "A"}}, "cel.paramKind.apiVersion is required"),
        ({"paramKind": {"apiVersion": "v1"}}, "cel.paramKind.kind is required"),
        ({"paramKind": {"apiVersion": "v1", "kind": "A"}}, "cel.paramRef is required"),
        ({"paramRef": {}}, "one of cel.paramRef.name or cel.paramRef.selector must be set"),
        ({"paramRef": {"name": "a"}}, "cel.paramRef.parameterNotFoundAction is required"),
        ({"paramRef": {"name": "a", "parameterNotFoundAction": "Deny"}}, "cel.paramKind is required"),
        ({"auditAnnotations": [{"valueExpression": "a"}]}, "cel.auditAnnotation.key is required"),
        ({"auditAnnotations": [{"key": "a"}]}, "cel.auditAnnotation.valueExpression is required"),
    ],
)
def test_cel_is_filled_in(cel: Any, expected: str) -> None:
    assert refused(rule(cel=cel)) == (f"path: spec.rules[0].validate..: {expected}" if expected else "")
