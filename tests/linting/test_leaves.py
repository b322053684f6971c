"""What is said of leaves is true of the leaves that rules are judged by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.judging import leaf
from kywarden.linting.classic import leaves
from kywarden.values.trees import Tree

NEVER = [
    (">5 & <3", "no value is >5 and <3"),
    (">=5 & <5", "no value is >=5 and <5"),
    ("1Gi-500Mi", "no value is >=1Gi and <=500Mi"),
    ("5 & 6", "no value is 5 and 6"),
    ("5 & !5", "no value is 5 and !5"),
    (">1h & <30m", "no value is >1h and <30m"),
    ("nginx & apache", "no text is nginx and apache"),
    ("web-* & db-*", "no text is web-* and db-*"),
    ("web & !w*", "web is excluded by !w*"),
    (">abc", "abc is no number, quantity or duration"),
    ("!*", "whatever there is matches *"),
    (">5 & <3 | >9 & <7", "no value is >5 and <3"),
]
MAYBE = [
    "",
    "*",
    "?*",
    ">3 & <5",
    ">=5 & <=5",
    "5 | 6",
    "!5",
    "1-5",
    "5!-1",
    "-10--8",
    ">5 & <3 | 7",
    ">1m & <2",
    "a* & *b",
    "!?*",
    # these very texts, which a pattern always accepts
    "1e-05",
    "<none>",
]


@pytest.mark.parametrize(("pattern", "reason"), NEVER)
def test_a_contradiction_is_told(pattern: str, reason: str) -> None:
    assert leaves.never_holds(pattern) == reason


@pytest.mark.parametrize("pattern", MAYBE)
def test_what_may_hold_is_let_be(pattern: str) -> None:
    assert leaves.never_holds(pattern) == ""


def test_one_alternative_of_several_is_told() -> None:
    assert list(leaves.dead_alternatives(">5 & <3 | 7")) == [(">5 & <3", "no value is >5 and <3")]


@pytest.mark.parametrize("pattern", ["!a | !b", "!web-* | !db-*", "x | !a | !b"])
def test_exclusions_joined_by_or_always_hold(pattern: str) -> None:
    assert leaves.always_holds(pattern)


@pytest.mark.parametrize("pattern", ["!a & !b", "!a* | !*b", "a | b", "!a | !a", "!5 | a"])
def test_other_exclusions_may_fail(pattern: str) -> None:
    assert not leaves.always_holds(pattern)


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [("1 - 5", "1-5"), ("1Gi -2Gi", "1Gi-2Gi"), ("!1-5", "1!-5"), (">3 | 7 - 9", "7-9")],
)
def test_texts_that_look_like_ranges_are_told(pattern: str, instead: str) -> None:
    assert [write for _, _, write in leaves.misread(pattern)] == [instead]


@pytest.mark.parametrize("pattern", ["1-5", "1!-5", "a - b", "2024-01-01", "!a-b", "nginx-1"])
def test_texts_that_do_not_are_let_be(pattern: str) -> None:
    assert list(leaves.misread(pattern)) == []


AMOUNTS = ["0", "1", "2", "5", "1.5", "100m", "1k", "1Ki", "1h", "30m", "1m", "-1", "1s"]
TEXTS = ["a", "b", "ab", "a*", "*b", "?", "*", ""]
SIGNS = ["", "!", ">", ">=", "<", "<="]
conditions = st.one_of(
    st.tuples(st.sampled_from(SIGNS), st.sampled_from(AMOUNTS + TEXTS)).map("".join),
    st.tuples(st.sampled_from(AMOUNTS), st.sampled_from(["-", "!-"]), st.sampled_from(AMOUNTS)).map("".join),
)
alternatives = st.lists(conditions, min_size=1, max_size=3).map(" & ".join)
patterns = st.lists(alternatives, min_size=1, max_size=3).map(" | ".join)
values: st.SearchStrategy[Tree] = st.one_of(
    st.sampled_from([*AMOUNTS, "a", "b", "ab", "aab", "", "x"]), st.integers(-3, 2000), st.booleans(), st.floats(-2, 9)
)


@given(patterns, values)
def test_nothing_holds_for_what_is_said_to_hold_for_nothing(pattern: str, value: Tree) -> None:
    if leaves.never_holds(pattern) and value != pattern:
        assert not leaf.holds(pattern, value)


@given(patterns, values)
def test_every_text_holds_for_what_is_said_to_hold_always(pattern: str, value: Tree) -> None:
    if leaves.always_holds(pattern):
        assert leaf.holds(pattern, value)
