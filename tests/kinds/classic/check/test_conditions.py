"""Conditions: complete, with a known operator, about operations that there are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, refused
from tests.requests_made import rule

INCOMPLETE = "entered value of `key`, `value` or `operator` is missing or misspelled"
ALLOWED = "Only the following values are allowed: [CREATE, UPDATE, DELETE, CONNECT]"
GOOD: dict[str, Any] = {"key": "a", "operator": "Equals", "value": "a"}


def of_operation(value: Any) -> dict[str, Any]:
    return {"key": "{{ request.operation}}", "operator": "AnyIn", "value": value}


def denies(conditions: Any) -> str:
    return refused(rule(deny={"conditions": conditions}))


@pytest.mark.parametrize(
    "conditions, expected",
    [
        ([], ""),
        ({}, ""),
        ({"any": [GOOD], "all": []}, ""),
        ([GOOD, {"key": "a", "operator": "Equals"}], f"[1].: {INCOMPLETE}"),
        ({"any": [{"key": "a", "value": "b"}]}, f".any[0].: {INCOMPLETE}"),
        ({"any": [GOOD], "all": [GOOD, {"operator": "In", "value": "b"}]}, f".all[1].: {INCOMPLETE}"),
        ({"all": [of_operation("DELETE")]}, ""),
        ({"all": [of_operation("{{ request.object.a }}")]}, ""),
        ({"all": [of_operation("")]}, f".all[0].value: : unknown value '' found under the 'value' field. {ALLOWED}"),
        (
            {"any": [of_operation(["CREATE", "PATCH"])]},
            f".any[0].value[1]: unknown value 'PATCH' found under the 'value' field. {ALLOWED}",
        ),
        (
            {"any": [of_operation(["CREATE", 1])]},
            ".any[0].value[1]: 'value[1]' found to be of the type int64. "
            "The provided values are expected to be strings",
        ),
        (
            {"any": [of_operation({"a": 1})]},
            ".any[0].value: 'value' field found to be of the type map. "
            "The provided value/values are expected to be either in the form of a string or list",
        ),
        ({"any": [{**of_operation(1.5), "key": "{{request.operation}} x"}]}, ""),
    ],
)
def test_conditions_of_deny(conditions: Any, expected: str) -> None:
    path = "path: spec.rules[0].validate.deny.conditions"
    assert denies(conditions) == (path + expected if expected else "")


def test_preconditions_are_said_to_be_a_part_of_validate() -> None:
    text = refused({**rule(pattern=PATTERN), "preconditions": [{**GOOD, "operator": ""}]})
    assert text == f"path: spec.rules[0].validate.preconditions[0].: {INCOMPLETE}"


@pytest.mark.parametrize(
    "one, path",
    [
        (rule(deny={"conditions": {"any": [{**GOOD, "operator": "equals"}]}}), "validate.deny.conditions.any[0]."),
        # kyverno: `all` is said to be `any`
        (rule(deny={"conditions": {"all": [{**GOOD, "operator": "Is"}]}}), "validate.deny.conditions.any[0]."),
        (
            rule(foreach=[{"list": "a", "deny": {}, "preconditions": {"all": [{**GOOD, "operator": "Is"}]}}]),
            "validate.foreach.conditions.any[0].",
        ),
        (
            rule(foreach=[{"list": "a", "foreach": [{"list": "b", "deny": {"conditions": [{"operator": "Is"}]}}]}]),
            "validate.foreach.validate.foreach.deny.conditions[0].",
        ),
        (
            {
                "name": "m",
                "match": rule()["match"],
                "mutate": {
                    "foreach": [
                        {"list": "a", "patchStrategicMerge": {}, "preconditions": {"any": [{**GOOD, "operator": "Is"}]}}
                    ]
                },
            },
            "mutate.foreach.conditions.any[0].",
        ),
    ],
)
def test_operators_are_known_by_their_exact_name(one: Any, path: str) -> None:
    text = refused(one)
    assert text.startswith(f"path: spec.rules[0].{path}: entered value of `operator` is invalid. valid values: [")
    assert '"GreaterThan"' in text


def test_conditions_of_foreach_need_nothing_but_an_operator() -> None:
    assert refused(rule(foreach=[{"list": "a", "deny": {"conditions": {"any": [{"operator": "Equals"}]}}}])) == ""
