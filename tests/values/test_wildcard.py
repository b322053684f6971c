"""Kyverno's wildcards; the answers of CASES are those of the Go module go-wildcard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import wildcard
from tests import data

CASES: list[tuple[str, str, bool]] = [
    ("", "", True),
    ("", "a", False),
    ("*", "", True),
    ("*", "a/b\nc", True),
    ("?", "", False),
    ("?", "é", True),
    ("??", "é", False),
    ("?*", "", False),
    ("?*", "a", True),
    ("**", "", True),
    ("a*", "a", True),
    ("*a", "ba", True),
    ("a*a", "a", False),
    ("a*a", "aa", True),
    ("a*b*c", "aXbYbZc", True),
    ("*ab*", "aab", True),
    ("a*b?c", "abbxc", True),
    ("*:latest", "nginx:latest", True),
    ("ghcr.io/*/app:?", "ghcr.io/team/x/app:1", True),
    ("[ab]", "a", False),
    ("[ab]", "[ab]", True),
    ("A", "a", False),
    ("\\*", "\\x", True),
    ("my-bucket?/abc*", "my-bucket/abc", False),
    ("a?*", "a", False),
    ("*?a", "a", False),
    ("a*?a", "aba", True),
    ("*é*", "caféx", True),
]

small = st.text("ab*?", max_size=7)


@pytest.mark.parametrize(("pattern", "text", "expected"), CASES)
def test_star_is_any_run_and_question_mark_exactly_one(pattern: str, text: str, expected: bool) -> None:
    assert wildcard.matches(pattern, text) is expected
    assert wildcard.prepare(pattern)(text) is expected


@given(small, small)
def test_matching_follows_the_definition(pattern: str, text: str) -> None:
    def defined(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return defined(pattern[1:], text) or (text != "" and defined(pattern, text[1:]))
        return text != "" and pattern[0] in ("?", text[0]) and defined(pattern[1:], text[1:])

    assert wildcard.matches(pattern, text) is defined(pattern, text)
    assert wildcard.prepare(pattern)(text) is defined(pattern, text)


def test_many_stars_do_not_explode() -> None:
    assert not wildcard.matches("*a" * 500 + "b", "a" * 5000)
    assert not wildcard.matches("*?a" * 20 + "b", "a" * 1000)


def test_many_question_marks_do_not_explode() -> None:
    long = "*" + "a?" * 5000 + "b*"
    assert not wildcard.matches(long, "a" * 50_000)
    assert wildcard.matches(long, "a" * 50_000 + "b" + "a" * 50_000)
    assert not wildcard.matches(long, "a" * 10_000)


@pytest.mark.corpus
def test_wildcard_probes_and_vectors_are_equal() -> None:
    probes = [(*row["args"], row.get("result", False)) for row in data.probes("wildcard")]
    vectors = [(*row["args"].values(), row["expected"]) for row in data.unit("wildcard", "match")]
    rows = probes + vectors
    assert len(rows) > 350
    assert [row for row in rows if wildcard.matches(row[0], row[1]) is not row[2]] == []
    assert [row for row in rows if wildcard.prepare(row[0])(row[1]) is not row[2]] == []


@pytest.mark.corpus
def test_contains_wildcard_vectors_are_equal() -> None:
    rows = data.unit("wildcard", "contains wildcard")
    assert rows
    assert [row for row in rows if wildcard.contains_wildcard(row["args"]["v"]) is not row["expected"]] == []
