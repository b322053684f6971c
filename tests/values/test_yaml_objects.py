"""YAML of whole objects; the answers are those of go.yaml.in/yaml/v3 with its defaults."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import yaml_objects, yaml_text
from kywarden.values.trees import Tree, floated

ANSWERS: list[tuple[Any, str]] = [
    (
        {
            "object": {
                "apiVersion": "v1",
                "list": [{"b": 1, "c": [{"x": "y\nz\n"}, ["q", ["r"]], [], {}], "l": {"m": {"n": "yes"}}}],
                "big": 1000000.0,
                "part": 1.5,
                "no": False,
                "none": None,
            }
        },
        (
            "object:\n"
            "    apiVersion: v1\n"
            "    big: 1e+06\n"
            "    list:\n"
            "        - b: 1\n"
            "          c:\n"
            "            - x: |\n"
            "                y\n"
            "                z\n"
            "            - - q\n"
            "              - - r\n"
            "            - []\n"
            "            - {}\n"
            "          l:\n"
            "            m:\n"
            '                "n": "yes"\n'
            '    "no": false\n'
            "    none: null\n"
            "    part: 1.5\n"
        ),
    ),
    (
        {"a": {"b": {"c": ["d"]}}, "e": "", "f": "1", "g": " x", "h": "it's", "i": "a: b", "z10": 1, "z9": 2},
        ("a:\n    b:\n        c:\n            - d\ne: \"\"\nf: \"1\"\ng: ' x'\nh: it's\ni: 'a: b'\nz9: 2\nz10: 1\n"),
    ),
    (
        {"message": f"{'word ' * 20}end", "block": "one\n two\n", "😀": "😀", "empty": {}, "nothing": []},
        (
            '"\\U0001F600": "\\U0001F600"\n'
            "block: |\n"
            "    one\n"
            "     two\n"
            "empty: {}\n"
            f"message: {'word ' * 20}end\n"
            "nothing: []\n"
        ),
    ),
    (
        {"a\nb": ["x", {"k": "v"}], "tab": "\t"},
        ('? |-\n    a\n    b\n:   - x\n    - k: v\ntab: "\\t"\n'),
    ),
]


@pytest.mark.parametrize(("tree", "text"), ANSWERS)
def test_objects_are_written_as_go_writes_them(tree: Any, text: str) -> None:
    assert yaml_objects.dump(tree) == text


TREES: st.SearchStrategy[Tree] = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))
    | st.integers(-9, 9)
    | st.booleans()
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab-: ", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1), TREES, min_size=1, max_size=3))
def test_what_is_written_is_read_back(tree: dict[str, Tree]) -> None:
    assert floated(yaml_text.load(yaml_objects.dump(tree))) == floated(tree)


@pytest.mark.parametrize("mark", ["\n", "\u2028", "\u2029"])
def test_a_block_that_ends_in_any_line_break_has_ended_its_line(mark: str) -> None:
    assert yaml_objects.dump({"k": f"a\nb{mark}", "l": "m"}) == f"k: |\n    a\n    b{mark}l: m\n"
