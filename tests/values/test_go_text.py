"""Decoded JSON as Go prints it; all answers are Go's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import go_text, strconv
from kywarden.values.trees import Tree

# tree with every number a float, %v, encoding/json
TREES: list[tuple[Tree, str, str]] = [
    (None, "<nil>", "null"),
    (True, "true", "true"),
    ("a <b>", "a <b>", '"a \\u003cb\\u003e"'),
    ("", "", '""'),
    ([], "[]", "[]"),
    ({}, "map[]", "{}"),
    ([None, [True, "x y"], {}], "[<nil> [true x y] map[]]", '[null,[true,"x y"],{}]'),
    (
        {"b": 1.5, "a": None, "é": {"z": 1000000.0, "y": "", "x": [1.0]}},
        "map[a:<nil> b:1.5 é:map[x:[1] y: z:1e+06]]",
        '{"a":null,"b":1.5,"é":{"x":[1],"y":"","z":1000000}}',
    ),
    ({"B": "", "a": "", "😀": "", "ﬀ": ""}, "map[B: a: ﬀ: 😀:]", '{"B":"","a":"","ﬀ":"","😀":""}'),
    ([0.0, -0.0, 1e21, 1e-07, 123456789.0], "[0 -0 1e+21 1e-07 1.23456789e+08]", "[0,-0,1e+21,1e-7,123456789]"),
]

# text, encoding/json, json-iterator, strconv.Quote
STRINGS: list[tuple[str, str, str, str]] = [
    ("", '""', '""', '""'),
    ("plain", '"plain"', '"plain"', '"plain"'),
    ('a"b\\c', '"a\\"b\\\\c"', '"a\\"b\\\\c"', '"a\\"b\\\\c"'),
    ("\n\t\r", '"\\n\\t\\r"', '"\\n\\t\\r"', '"\\n\\t\\r"'),
    (
        "\x08\x0c\x00\x1b\x7f",
        '"\\b\\f\\u0000\\u001b\x7f"',
        '"\\u0008\\u000c\\u0000\\u001b\x7f"',
        '"\\b\\f\\x00\\x1b\\x7f"',
    ),
    ("\x07\x0b", '"\\u0007\\u000b"', '"\\u0007\\u000b"', '"\\a\\v"'),
    (
        "<a href='x'>&",
        "\"\\u003ca href='x'\\u003e\\u0026\"",
        "\"\\u003ca href='x'\\u003e\\u0026\"",
        "\"<a href='x'>&\"",
    ),
    ("\u2028\u2029", '"\\u2028\\u2029"', '"\\u2028\\u2029"', '"\\u2028\\u2029"'),
    ("\xe9\U0001f600", '"\xe9\U0001f600"', '"\xe9\U0001f600"', '"\xe9\U0001f600"'),
    ("\xa0\xad\u200b\ufeff", '"\xa0\xad\u200b\ufeff"', '"\xa0\xad\u200b\ufeff"', '"\\u00a0\\u00ad\\u200b\\ufeff"'),
    ("\ue000\U000e0001", '"\ue000\U000e0001"', '"\ue000\U000e0001"', '"\\ue000\\U000e0001"'),
    ("\ufffd", '"\ufffd"', '"\ufffd"', '"\ufffd"'),
]


@pytest.mark.parametrize(("tree", "printed", "encoded"), TREES)
def test_trees_are_printed_with_sorted_keys(tree: Tree, printed: str, encoded: str) -> None:
    assert go_text.sprint(tree) == printed
    assert go_text.json_text(tree) == encoded


@pytest.mark.parametrize(("text", "encoded", "jsoniter", "quoted"), STRINGS)
def test_strings_are_escaped_as_each_writer_does(text: str, encoded: str, jsoniter: str, quoted: str) -> None:
    assert go_text.json_text(text) == encoded
    assert go_text.jsoniter_text(text) == jsoniter
    assert strconv.quote(text) == quoted


def test_html_is_left_alone_on_demand() -> None:
    assert go_text.json_text({"<&>": "\u2028\t"}, escape_html=False) == '{"<&>":"\\u2028\\t"}'


def test_integers_are_printed_plainly() -> None:
    assert go_text.sprint([1000000, -5]) == "[1000000 -5]"
    assert go_text.json_text({"n": 12345678901234567890}) == '{"n":12345678901234567890}'


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_both_json_texts_are_read_back(tree: Tree) -> None:
    for text in (go_text.json_text(tree), go_text.jsoniter_text(tree), go_text.json_text(tree, escape_html=False)):
        assert json.loads(text, parse_int=float) == tree
