"""YAML of reports; the answers are those of sigs.k8s.io/yaml."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.cli.formats import yaml_v2

ANSWERS: list[tuple[Any, str]] = [
    (
        {
            "object": {
                "apiVersion": "v1",
                "list": [{"b": 1, "c": [{"x": "y\nz\n"}, ["q", ["r"]], [], {}], "l": {"m": {"n": "yes"}}}],
                "big": 1000000,
                "no": False,
                "none": None,
            }
        },
        (
            "object:\n"
            "  apiVersion: v1\n"
            "  big: 1000000\n"
            "  list:\n"
            "  - b: 1\n"
            "    c:\n"
            "    - x: |\n"
            "        y\n"
            "        z\n"
            "    - - q\n"
            "      - - r\n"
            "    - []\n"
            "    - {}\n"
            "    l:\n"
            "      m:\n"
            '        "n": "yes"\n'
            '  "no": false\n'
            "  none: null\n"
        ),
    ),
    (
        {"a": {"b": {"c": ["d"]}}, "e": "", "f": "1", "g": " x", "h": "it's", "i": "a: b", "z10": 1, "z9": 2},
        ("a:\n  b:\n    c:\n    - d\ne: \"\"\nf: \"1\"\ng: ' x'\nh: it's\ni: 'a: b'\nz9: 2\nz10: 1\n"),
    ),
    (
        {"message": f"{'word ' * 20}end", "block": "one\n two\n", "😀": "😀", "empty": {}, "nothing": []},
        (
            '"\\U0001F600": "\\U0001F600"\n'
            "block: |\n"
            "  one\n"
            "   two\n"
            "empty: {}\n"
            "message: word word word word word word word word word word word word word word word\n"
            "  word word word word word end\n"
            "nothing: []\n"
        ),
    ),
    (
        {"a\nb": ["x", {"k": "v"}], "tab": "\t"},
        ('? |-\n  a\n  b\n: - x\n  - k: v\ntab: "\\t"\n'),
    ),
]


@pytest.mark.parametrize(("tree", "text"), ANSWERS)
def test_reports_are_written_as_go_writes_them(tree: Any, text: str) -> None:
    assert yaml_v2.dump(tree) == text
