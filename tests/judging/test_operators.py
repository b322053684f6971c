"""Condition operators: Kyverno's answers on probes and unit vectors, and the quirks by name."""

from __future__ import annotations

import pytest

from kywarden.errors import EvaluationError
from kywarden.judging import operators
from kywarden.values.trees import Tree, floated, never
from tests import data


def answer(key: Tree, name: str, value: Tree) -> object:
    operator = operators.find(name)
    return "unknown operator" if operator is None else operator(key, value, never)


@pytest.mark.corpus
def test_operators_answer_as_kyverno_does_on_probes() -> None:
    differences = []
    for row in data.probes("operator"):
        key, name, value = row["args"]
        if row.get("float"):
            key, value = floated(key), floated(value)
        found = answer(key, name, value)
        if found != row.get("result", row.get("error")):
            differences.append((row, found))
    assert not differences, differences[:5]


NO_TREE = {
    "pkg/engine/variables/operator/equal_test.go:TestEqualHandler_Evaluate#35": "a Go struct, written {} in the vector",
}


@pytest.mark.corpus
@pytest.mark.parametrize("topic", ["operator", "conditions"])
def test_operators_answer_as_kyvernos_unit_tests_expect(topic: str) -> None:
    differences = []
    for row in data.unit(topic, "condition"):
        arguments = row["args"]
        if row["id"] in NO_TREE:
            continue
        found = answer(arguments.get("key"), arguments["operator"], arguments.get("value"))
        if found != row["expected"]:
            differences.append((row, found))
    assert not differences, differences[:5]


@pytest.mark.corpus
def test_names_of_operators_are_those_that_kyverno_knows() -> None:
    for row in data.unit("operator", "operator is handled"):
        assert (operators.find(row["args"]["operator"]) is not None) is row["expected"], row
    for row in data.unit("operator", "operator is known"):
        assert (row["args"]["operator"] in operators.OPERATORS) is row["expected"], row
    for row in data.unit("operator", "operator is deprecated"):
        assert (row["args"]["operator"] in operators.ALTERNATIVES) is row["expected"], row
    for row in data.unit("operator", "alternatives of operator"):
        assert list(operators.ALTERNATIVES.get(row["args"]["operator"], ())) == row["expected"], row


@pytest.mark.parametrize(
    ("key", "name", "value", "holds"),
    [
        # null
        (None, "NotEquals", "x", False),
        (None, "AnyNotIn", ["x"], False),
        (None, "AllNotIn", ["x"], False),
        # two kinds of numbers
        (5, "Equals", "5.0", False),
        (5.0, "Equals", "5.0", True),
        (5, "Equals", 5.0, True),
        (5, "NotEquals", 5.5, True),
        (True, "Equals", 1, False),
        (1, "Equals", True, False),
        ([1.0, 2.0], "Equals", [1, 2], False),
        (12345678.0, "AnyIn", [12345678], False),
        (12345678, "AnyIn", [12345678], True),
        # texts: duration, quantity, wildcard
        ("1h", "Equals", 3600, True),
        (3600.0, "Equals", "1h", False),
        ("0", "Equals", "0s", False),
        ("10", "Equals", "1*", False),
        ("a10", "Equals", "a1*", True),
        ("a1*", "Equals", "a10", False),
        ("100m", "Equals", "0.1", True),
        # ordering
        ("1.10", "GreaterThan", "1.9", False),
        ("1.10.0", "GreaterThan", "1.9.0", True),
        ("v1.2.3", "GreaterThan", "1.2.0", False),
        ("10", "GreaterThan", "5s", True),
        (5.0, "LessThan", "1Gi", False),
        ("10", "greaterthan", 5, False),
        ("a", "equals", "a", True),
        # the number of seconds overflows as in Go
        (9223372037, "DurationLessThan", "0s", True),
        # membership
        ("p*", "AnyIn", ["pod"], True),
        ("p*", "AnyIn", "pod", False),
        ("pod", "AnyIn", '["p*"]', False),
        (["pod"], "AnyIn", '["p*"]', True),
        ([], "AllIn", ["a"], True),
        ([], "AnyNotIn", ["a"], False),
        (5.0, "AnyIn", "1-10", True),
        (5.0, "AnyIn", ["1-10"], False),
        ([5.0, 20.0], "AnyNotIn", "1-10", True),
        ([5.0], "AllIn", 5.0, False),
        ([5.0], "AnyIn", 5.0, True),
        (["a"], "AnyNotIn", "{}", False),
        (["a"], "AnyNotIn", "null", True),
        # In and NotIn
        (["a"], "NotIn", "a", True),
        (["a*"], "In", ["a*", "b"], True),
        (["ab"], "In", ["a*"], False),
        ("ab", "In", ["a*"], True),
    ],
)
def test_quirks(key: Tree, name: str, value: Tree, holds: bool) -> None:
    assert answer(key, name, value) is holds


def test_a_list_key_of_in_must_be_of_strings() -> None:
    with pytest.raises(EvaluationError):
        answer([1], "In", ["a"])


def test_deeply_nested_text_is_no_list() -> None:
    assert answer("a", "AnyIn", "[" * 100_000) is False
