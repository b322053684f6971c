"""Label selectors: wildcards, expressions, and what Kubernetes refuses."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.judging import labels
from kywarden.kinds.classic import match_block
from kywarden.model.match import LabelRequirement, LabelSelector
from tests import data


def selector(tree: Any) -> LabelSelector:
    read = match_block.read_selector(tree)
    assert read is not None
    return read


def expression(operator: str, *values: str, key: str = "a") -> LabelSelector:
    return LabelSelector(match_expressions=(LabelRequirement(key, operator, values),))


@pytest.mark.corpus
def test_selectors_match_as_in_kyverno() -> None:
    differences = [
        (row["id"], got)
        for row in data.unit("match", "selector matches")
        if (got := labels.prepare(selector(row["args"]["expected"]))(row["args"]["actual"]))
        != (row["expected"] is True)
    ]
    assert not differences, differences


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ({}, {}, True),
        ({"a": "b"}, {"a": "b", "c": "d"}, True),
        ({"a": "b"}, {"a": "c"}, False),
        ({"a": ""}, {}, False),
        ({"*": "*"}, {}, False),
        ({"*": "*"}, {"a": ""}, True),
        ({"a*": "x"}, {"ab": "y", "ac": "x"}, True),
        ({"a?": "0"}, {"a0": "0"}, True),
        ({"a": "b*"}, {"a": "c", "x": "b"}, False),
        ({"a*": "x", "b*": "y"}, {"a1": "x", "b1": "y"}, True),
        ({"a*": "x", "b*": "y"}, {"a1": "x"}, False),
        ({"a b": "x"}, {"a b": "x"}, False),
        ({"a*": "*"}, {"a b": "x"}, False),
        ({"a": "*"}, {"a": "not a value"}, False),
    ],
)
def test_match_labels_hold_wildcards(wanted: dict[str, str], found: dict[str, str], expected: bool) -> None:
    assert labels.prepare(LabelSelector(tuple(wanted.items())))(found) is expected


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        (expression("In", "x", "y"), {"a": "y"}, True),
        (expression("In", "x", "y"), {"a": "z"}, False),
        (expression("In", ""), {}, False),
        (expression("NotIn", "x"), {"a": "y"}, True),
        (expression("NotIn", "x"), {}, True),
        (expression("NotIn", "x"), {"a": "x"}, False),
        (expression("Exists"), {"a": ""}, True),
        (expression("Exists"), {}, False),
        (expression("DoesNotExist"), {}, True),
        (expression("DoesNotExist"), {"a": ""}, False),
        (expression("In", "x*"), {"a": "xy"}, False),
        (expression("NotIn"), {}, False),
        (expression("Exists", "x"), {"a": "x"}, False),
        (expression("exists"), {"a": "x"}, False),
        (expression("Gt", "1"), {"a": "2"}, False),
    ],
)
def test_expressions_know_no_wildcards(wanted: LabelSelector, found: dict[str, str], expected: bool) -> None:
    assert labels.prepare(wanted)(found) is expected


NAME = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (LabelSelector(), None),
        (LabelSelector((("a.io/b-C_d", "x.y"), ("a", ""))), None),
        (expression("Exists"), None),
        (expression("In"), "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty"),
        (expression("Is", "x"), '"Is" is not a valid label selector operator'),
        (
            expression("Exists", "x", "y"),
            'values: Invalid value: ["x","y"]: values set must be empty for exists and does not exist',
        ),
        (LabelSelector((("a b", ""),)), f'key: Invalid value: "a b": {NAME}'),
        (LabelSelector((("", ""),)), f'key: Invalid value: "": name part must be non-empty; {NAME}'),
        (LabelSelector((("/a", ""),)), 'key: Invalid value: "/a": prefix part must be non-empty'),
        (
            LabelSelector((("a/b/c", ""),)),
            f'key: Invalid value: "a/b/c": a valid label key {NAME.removeprefix("name part ")}'
            " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
        ),
        (
            LabelSelector((("A/b", ""),)),
            'key: Invalid value: "A/b": prefix part a lowercase RFC 1123 subdomain must consist of lower case '
            "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
            "'example.com', regex used for validation is "
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ),
        (
            LabelSelector((("a", "x" * 64),)),
            f'values[0][a]: Invalid value: "{"x" * 64}": must be no more than 63 bytes',
        ),
        (
            expression("In", "x", "-", key="k" * 64),
            f'[key: Invalid value: "{"k" * 64}": name part must be no more than 63 bytes, '
            "values[1][" + "k" * 64 + ']: Invalid value: "-": a valid label must be an empty string or consist of '
            "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
            "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]",
        ),
    ],
)
def test_problems_are_those_that_kubernetes_names(wanted: LabelSelector, problem: str | None) -> None:
    assert labels.problem(wanted) == problem


def test_selector_that_is_refused_matches_nothing() -> None:
    assert not labels.prepare(expression("DoesNotExist", "x"))({})


def test_wildcards_are_seen_in_match_labels_only() -> None:
    assert labels.has_wildcard(LabelSelector((("a", "b?"),)))
    assert not labels.has_wildcard(expression("In", "b?"))
