"""Anchors: the syntax of keys."""

from __future__ import annotations

import pytest

from kywarden.binding import references
from kywarden.judging import anchors
from kywarden.judging.anchors import Anchor
from tests import data

MODIFIERS = {
    "Condition": anchors.CONDITION,
    "Global": anchors.GLOBAL,
    "Negation": anchors.NEGATION,
    "AddIfNotPresent": anchors.ADDITION,
    "Equality": anchors.EQUALITY,
    "Existence": anchors.EXISTENCE,
}


@pytest.mark.parametrize(
    ("key", "anchor"),
    [
        ("(a)", Anchor("", "a")),
        ("X(a)", Anchor("X", "a")),
        (" =(a)\t", Anchor("=", "a")),
        ("((a))", Anchor("", "(a)")),
        ("<(a)b)", Anchor("<", "a)b")),
        ("( )", Anchor("", " ")),
        ("a", None),
        ("()", None),
        ("x(a)", None),
        ("== (a)", None),
        ("(a", None),
        ("(a)b", None),
        ("(a\nb)", None),
        ("(a)\x1f", None),
    ],
)
def test_an_anchor_is_a_whole_key_in_parentheses(key: str, anchor: Anchor | None) -> None:
    assert anchors.parse(key) == anchor


@pytest.mark.parametrize("modifier", MODIFIERS.values())
def test_text_and_parse_are_inverse(modifier: str) -> None:
    assert anchors.parse(anchors.text(modifier, "key")) == Anchor(modifier, "key")


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("", ""),
        ("/", "/"),
        ("/spec/(containers)/0/=(image)", "/spec/containers/0/image"),
        ("spec/X(a)/", "spec/a"),
        ("/a/(b)/../c", "/a/c"),
        ("a//(b)", "a/b"),
    ],
)
def test_paths_lose_their_anchors(path: str, plain: str) -> None:
    assert references.without_anchors(path) == plain


@pytest.mark.corpus
def test_the_unit_vectors_of_anchors() -> None:
    for row in data.unit("anchor", "parse anchor"):
        expected = row["expected"] and Anchor(MODIFIERS[row["expected"]["modifier"]], row["expected"]["key"])
        assert anchors.parse(row["args"]["text"]) == expected, row["id"]
    for row in data.unit("anchor", "anchor as text"):
        assert anchors.text(MODIFIERS[row["args"]["modifier"]], row["args"]["key"]) == row["expected"], row["id"]
    for row in data.unit("anchor", "remove anchors from path"):
        assert references.without_anchors(row["args"]["path"]) == row["expected"], row["id"]
