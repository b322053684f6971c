"""The difference of two texts, with the answers of sergi/go-diff."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.testing import text_diff

ANSWERS = [
    ("", "", ""),
    ("a", "a", "a"),
    ("", "ab", "+ab+"),
    ("ab", "", "-ab-"),
    ("only in expected", "only in actual", "only in -expe-+a+ct-ed-+ual+"),
    ("by-somebody", "by-platform", "by--s-+platf+o+r+m-ebody-"),
    ("one\ntwo\n", "one\n2\n", "one\n-two-+2+\n"),
    ("a\nb", "x", "-a-\n-b-+x+"),
]


def marked(code: str, text: str) -> str:
    sign = {"31": "-", "32": "+"}[code]
    return f"{sign}{text}{sign}"


@pytest.mark.parametrize(("old", "new", "shown"), ANSWERS)
def test_edits_are_those_of_diff_match_patch(old: str, new: str, shown: str) -> None:
    assert text_diff.shown(text_diff.diff(old, new), marked) == shown


@given(st.text("abc\n", max_size=40), st.text("abc\n", max_size=40))
def test_edits_lead_from_one_text_to_the_other(old: str, new: str) -> None:
    edits = text_diff.diff(old, new)
    assert "".join(text for op, text in edits if op != "insert") == old
    assert "".join(text for op, text in edits if op != "delete") == new


def test_texts_without_end_are_given_up() -> None:
    old = "".join(chr(97 + number * number % 23) for number in range(6000))
    new = "".join(chr(97 + number * number * number % 19) for number in range(6000))
    edits = text_diff.diff(old, new)
    assert "".join(text for op, text in edits if op != "insert") == old
