"""Vectors of Kyverno's unit tests for functions that have no mirror of their own here, through what answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kywarden.binding import variables
from kywarden.judging import operators
from kywarden.kinds.classic import exceptions
from kywarden.values import wildcard
from kywarden.values.trees import never
from tests import data

pytestmark = pytest.mark.corpus

Vector = dict[str, Any]


def holds(name: str, key: Any, value: Any) -> bool:
    operator = operators.find(name)
    assert operator is not None
    return operator(key, value, never)


def exempted(args: Vector) -> bool:
    """Whether an exception with these rule names speaks of the rule."""
    spec = {
        "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
        "exceptions": [{"policyName": "p", "ruleNames": args["ruleNames"]}],
    }
    made = exceptions.prepare({"kind": "PolicyException", "metadata": {"name": "e"}, "spec": spec})
    return made.names_rule("p", args["rule"])


def any_matches(args: Vector) -> bool:
    return any(wildcard.matches(pattern, text) for pattern in args["patterns"] or () for text in args["texts"] or ())


FUNCTIONS: dict[tuple[str, str], tuple[Callable[[Vector], bool], Callable[[Any], bool]]] = {
    ("operator", "all in"): (lambda args: holds("AllIn", args["key"], args["value"]), bool),
    ("operator", "any not in"): (lambda args: holds("AnyNotIn", args["key"], args["value"]), bool),
    ("operator", "key exists in array"): (
        lambda args: holds("AnyIn", args["key"], args["value"]),
        lambda expected: expected == [False, True],
    ),
    ("operator", "set exists in array"): (
        lambda args: holds("NotIn" if args["notIn"] else "In", args["key"], args["value"]),
        lambda expected: expected == [False, True],
    ),
    ("match", "exception names rule"): (exempted, bool),
    ("match", "name matches"): (lambda args: wildcard.matches(args["expected"], args["actual"]), bool),
    ("image", "image matches"): (
        lambda args: any(wildcard.matches(pattern, args["image"]) for pattern in args["patterns"] or ()),
        bool,
    ),
    ("variables", "object has variables"): (lambda args: not variables.prepare(args["input"]).is_constant, bool),
    ("wildcard", "match any"): (any_matches, lambda expected: bool(expected[2])),
}
"""By topic and function: how it is asked here, and how the expected value reads as yes or no."""


@pytest.mark.parametrize(("topic", "function"), FUNCTIONS)
def test_a_vector_is_answered_as_upstream_expects(topic: str, function: str) -> None:
    ask, read = FUNCTIONS[topic, function]
    rows = data.unit(topic, function)
    assert rows
    assert [row["id"] for row in rows if ask(row["args"]) is not read(row["expected"])] == []
