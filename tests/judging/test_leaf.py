"""Leaves: which values a scalar of a pattern accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.judging import leaf
from kywarden.values import trees
from kywarden.values.trees import Tree
from tests import data

SIGNS = {"Equal": "", "NotEqual": "!", "More": ">", "Less": "<", "MoreEqual": ">=", "LessEqual": "<="}
OPERATORS = {**SIGNS, "InRange": "-", "NotInRange": "!-"}


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        (True, [True], [1, 1.0, "true", None, False]),
        (False, [False], [0, "", None]),
        (5, [5, 5.0, "5", "+5", "005"], [True, "5.0", "5 ", 5.5, None, "0x5", "1_0", [5]]),
        (1, [1], [True]),
        (0, [0, "-0"], [None, False, ""]),
        (5.0, [5, 5.0, "5.0", "5e0", "0x5p0"], [True, "five", " 5", None, "1e999"]),
        (2.5, [2.5, "2.5"], [2, 3]),
        (None, [None, 0, 0.0, "", False], [{}, [], "x", True, 1]),
        ({}, [{}, {"a": 1}], [None, "", []]),
        ([], [], [[], None, ""]),
    ],
    ids=str,
)
def test_the_type_of_the_pattern_decides(pattern: Tree, accepted: list[Tree], refused: list[Tree]) -> None:
    holds = leaf.prepare(pattern)
    assert [value for value in accepted if not holds(value)] == []
    assert [value for value in refused if holds(value)] == []


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        ("*", ["", "a", 1, False], [None, {}, []]),
        ("?*", ["a", 1, True], ["", None, {}]),
        ("", [""], ["a", None, 0]),
        ("a|b", ["a", "b", "a|b"], ["ab"]),
        (" a | b ", ["a", "b", " a | b "], [" a"]),
        (">1 & <5 | 7", [2, "3", 7], [1, 5, 6]),
        ("!a & !b", ["c", 1, True], ["a", "b", None]),
        ("!true", [False, "x"], [True, "true", None]),
        ("true", [True, "true"], [False, 1]),
        (">", [">"], ["b", 5]),
        ("!", ["!"], ["b", ""]),
        ("=5", ["=5"], [5, "5"]),
    ],
)
def test_a_text_is_an_alternative_of_conditions(pattern: str, accepted: list[Tree], refused: list[Tree]) -> None:
    test_the_type_of_the_pattern_decides(pattern, accepted, refused)


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        ("1h", ["60m", "3600s"], [3600, "1", "3600"]),
        (">=1h", ["90m", "1h"], ["59m", 4000]),
        ("1", ["1000m", "01", 1, 1.0, "1e0"], ["1h", True, 10]),
        ("<1Gi", ["128Mi", "1G", 5, None], ["1Gi", "2Gi", "x", False]),
        ("60m", ["1h"], ["60", 60]),
        ("!5", [6, "x", None], [5, "5.0", "5000m"]),
        (">abc", [], ["b", "zzz", 5, None]),
        (">v1.2.3", [], ["v1.3.0"]),
    ],
)
def test_durations_come_before_quantities_and_both_before_text(
    pattern: str, accepted: list[Tree], refused: list[Tree]
) -> None:
    test_the_type_of_the_pattern_decides(pattern, accepted, refused)


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        ("1-5", [1, 3, "5", "1000m"], [0, 6, None, "x"]),
        ("1!-5", [0, 6, None], [1, 3, 5]),
        ("!1-5", [3, 9, "x"], ["1-5"]),
        ("1 - 5", ["1 - 5"], [3]),
        ("-5--1", [-3], [0, 3]),
        ("1Gi-2Gi", ["1500Mi"], ["3Gi"]),
        ("10s-1m", ["30s"], ["2m", "5s"]),
        ("0-5", [None, 0], []),
    ],
)
def test_ranges_include_their_ends(pattern: str, accepted: list[Tree], refused: list[Tree]) -> None:
    test_the_type_of_the_pattern_decides(pattern, accepted, refused)


def test_null_counts_as_zero_in_numbers_only() -> None:
    """kyverno: a missing number passes `<5`, and no text, negated or not, holds for it."""
    assert [text for text in ("<5", "<=0", "0", "0s", ">=0", "0-5") if not leaf.holds(text, None)] == []
    assert [text for text in ("*", "?*", "!x", "!*", "", "x") if leaf.holds(text, None)] == []


def test_floats_are_texts_with_an_exponent() -> None:
    """kyverno: wildcards meet 15.5 as `1.55E+01`; an integer is printed plainly."""
    assert leaf.holds("1.55E*", 15.5)
    assert not leaf.holds("*.5", 15.5)
    assert leaf.holds("1*", 15)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("", ""),
        ("f", ""),
        (">", ""),
        (">5", ">"),
        (">=5", ">="),
        ("<=", "<="),
        ("!5-6", "!"),
        ("5-6", "-"),
        ("5!-6", "!-"),
        ("a-b", ""),
        ("1-5\n", ""),
        ("１-５", ""),
    ],
)
def test_the_operator_of_a_condition(text: str, sign: str) -> None:
    assert leaf.operator_of(text) == sign
    assert leaf.is_range(text) == (sign == "-")


@given(st.text(max_size=20))
def test_a_text_accepts_itself(text: str) -> None:
    assert leaf.holds(text, text)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_orders_agree_with_integers(left: int, right: int) -> None:
    assert leaf.holds(f"<{right}", left) == (left < right)
    assert leaf.holds(f">= {right}", str(left)) == (left >= right)
    assert leaf.holds(f"{right}", left) == (left == right)


@pytest.mark.corpus
def test_the_probes_of_the_leaf() -> None:
    differences = []
    for row in data.probes("pattern"):
        pattern, value = map(trees.floated, row["args"]) if row.get("float") else row["args"]
        if leaf.holds(pattern, value) != row["result"]:
            differences.append(row)
    assert differences[:5] == []


@pytest.mark.corpus
def test_the_unit_vectors_of_the_leaf() -> None:
    rows = [(row, row["args"]["pattern"]) for row in data.unit("pattern", "leaf")]
    for function in ("compare string", "compare with operator"):
        rows += [
            (row, SIGNS[row["args"]["operator"]] + row["args"]["pattern"]) for row in data.unit("pattern", function)
        ]
    assert [row for row, pattern in rows if leaf.holds(pattern, row["args"]["value"]) != row["expected"]] == []


@pytest.mark.corpus
def test_the_unit_vectors_of_the_operator() -> None:
    for row in data.unit("pattern", "operator of pattern"):
        assert leaf.operator_of(row["args"]["pattern"]) == OPERATORS[row["expected"]], row["id"]
