"""YAML of deny messages; all answers are those of go.yaml.in/yaml/v3 with an indent of two."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import yaml_objects
from kywarden.values.trees import Tree


def written(tree: Tree) -> str:
    return yaml_objects.dump(tree, indent=2)


# a message, and what stands after `policy:\n  rule: `
MESSAGES: list[tuple[str, str]] = [
    ("", '""\n'),
    ("plain text", "plain text\n"),
    ("y", '"y"\n'),
    ("Y", '"Y"\n'),
    ("no", '"no"\n'),
    ("Off", '"Off"\n'),
    ("true", '"true"\n'),
    ("True", '"True"\n'),
    ("tRue", "tRue\n"),
    ("null", '"null"\n'),
    ("~", '"~"\n'),
    (".inf", '".inf"\n'),
    ("-.INF", '"-.INF"\n'),
    (".nan", '".nan"\n'),
    ("<<", "<<\n"),
    ("=", "=\n"),
    ("0", '"0"\n'),
    ("08", '"08"\n'),
    ("0x1F", '"0x1F"\n'),
    ("0b1", '"0b1"\n'),
    ("0b2", "0b2\n"),
    ("0b-1", '"0b-1"\n'),
    ("-0b-1", "-0b-1\n"),
    ("0o7", '"0o7"\n'),
    ("0o8", "0o8\n"),
    ("1_000", '"1_000"\n'),
    ("_1", "_1\n"),
    ("+1", '"+1"\n'),
    ("-", "'-'\n"),
    ("-1", '"-1"\n'),
    ("1e3", '"1e3"\n'),
    ("1e", "1e\n"),
    ("1.", '"1."\n'),
    (".5", '".5"\n'),
    (".5_0", '".5_0"\n'),
    ("1e400", "1e400\n"),
    (".1e400", ".1e400\n"),
    ("18446744073709551615", '"18446744073709551615"\n'),
    ("18446744073709551616", '"18446744073709551616"\n'),
    ("-9223372036854775809", '"-9223372036854775809"\n'),
    ("1:30", '"1:30"\n'),
    ("1:60", "1:60\n"),
    ("2021-01-02", '"2021-01-02"\n'),
    ("2021-1-2", '"2021-1-2"\n'),
    ("2021-13-02", "2021-13-02\n"),
    ("2021-01-02 15:04:05", '"2021-01-02 15:04:05"\n'),
    ("2021-01-02T15:04:05Z", '"2021-01-02T15:04:05Z"\n'),
    ("- a", "'- a'\n"),
    ("-a", "-a\n"),
    ("? a", "'? a'\n"),
    ("?a", "?a\n"),
    (": a", "': a'\n"),
    ("a:", "'a:'\n"),
    ("a: b", "'a: b'\n"),
    ("a :b", "a :b\n"),
    ("a #b", "'a #b'\n"),
    ("a# b", "a# b\n"),
    ("#a", "'#a'\n"),
    ("@a", "'@a'\n"),
    ("'a'", "'''a'''\n"),
    ('"a"', "'\"a\"'\n"),
    ("it's: x", "'it''s: x'\n"),
    ("[a]", "'[a]'\n"),
    ("a, b", "a, b\n"),
    ("{a}", "'{a}'\n"),
    ("%a", "'%a'\n"),
    ("`a`", "'`a`'\n"),
    ("!a", "'!a'\n"),
    ("&a", "'&a'\n"),
    ("*a", "'*a'\n"),
    ("|a", "'|a'\n"),
    (">a", "'>a'\n"),
    ("---", "'---'\n"),
    ("...x", "'...x'\n"),
    (" a", "' a'\n"),
    ("a ", "'a '\n"),
    ("a\tb", '"a\\tb"\n'),
    ("\ta", '"\\ta"\n'),
    ("é", "é\n"),
    ("😀", '"\\U0001F600"\n'),
    ("a😀: b", '"a\\U0001F600: b"\n'),
    ("\xa0", "\xa0\n"),
    ("\u200b", "\u200b\n"),
    ("\x00\x07\x1b\x7f", '"\\0\\a\\e\\x7F"\n'),
    ("\ufeffab", '"\\uFEFF\\x61\\x62"\n'),
    ("a\u2028b", "'a\u2028    b'\n"),
    ("a\rb", '"a\\rb"\n'),
    ("a\x85b", '"a\\Nb"\n'),
    ("a\nb", "|-\n    a\n    b\n"),
    ("a\nb\n", "|\n    a\n    b\n"),
    ("a\nb\n\n", "|+\n    a\n    b\n\n"),
    ("\n", "|2+\n\n"),
    ("\n\n", "|2+\n\n\n"),
    ("\na", "|2-\n\n    a\n"),
    (" a\nb", "|2-\n     a\n    b\n"),
    ("\ta\nb", "|-\n    \ta\n    b\n"),
    ("a\n b", "|-\n    a\n     b\n"),
    ("a \nb", '"a \\nb"\n'),
    ("a\nb ", '"a\\nb "\n'),
    ("a\n\tb", "|-\n    a\n    \tb\n"),
    ("a\n\nb", "|-\n    a\n\n    b\n"),
    ("a\n😀", '"a\\n\\U0001F600"\n'),
    ("a\n\x00", '"a\\n\\0"\n'),
    ("a\nb\u2028", "|\n    a\n    b\u2028"),
    ("a: b\n#c\n- d", "|-\n    a: b\n    #c\n    - d\n"),
    (
        "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word end",  # noqa: E501
        "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word end\n",  # noqa: E501
    ),
]

# a name used for the policy and, once more with a 2 behind, for two rules; the whole text
NAMES: list[tuple[str, str]] = [
    ("plain", "plain:\n  plain: message\n  plain2: |-\n    x\n    y\n"),
    ("y", '"y":\n  "y": message\n  y2: |-\n    x\n    y\n'),
    ("12", '"12":\n  "12": message\n  "122": |-\n    x\n    y\n'),
    ("a: b", "'a: b':\n  'a: b': message\n  'a: b2': |-\n    x\n    y\n"),
    ("a\nb", "? |-\n  a\n  b\n: ? |-\n    a\n    b\n  : message\n  ? |-\n    a\n    b2\n  : |-\n    x\n    y\n"),
    ("a\u2028b", "? 'a\u2028  b'\n: ? 'a\u2028    b'\n  : message\n  ? 'a\u2028    b2'\n  : |-\n    x\n    y\n"),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:\n  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: message\n  ? xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx2\n  : |-\n    x\n    y\n",  # noqa: E501
    ),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "? xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n: ? xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n  : message\n  ? xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx2\n  : |-\n    x\n    y\n",  # noqa: E501
    ),
    (
        "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé",
        "? ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé\n: ? ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé\n  : message\n  ? ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé2\n  : |-\n    x\n    y\n",  # noqa: E501
    ),
    ("", '"":\n  "": message\n  "2": |-\n    x\n    y\n'),
    ("default/name", "default/name:\n  default/name: message\n  default/name2: |-\n    x\n    y\n"),
]

# in yaml v3's order, as written
ORDERED = [
    '""',
    "'-'",
    "_",
    '"1"',
    "1-2",
    '"01"',
    '"2"',
    '"007"',
    '"10"',
    "10a",
    "A",
    "B",
    "a",
    "a b",
    "a-1",
    "a.1",
    "a/b",
    "a1",
    "a1b",
    "a2",
    "a02",
    "a10",
    "a10b2",
    "a10b10",
    "ab",
    "b",
    "é",
]


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
def test_messages_are_written_in_the_style_of_yaml_v3(message: str, expected: str) -> None:
    assert written({"policy": {"rule": message}}) == f"policy:\n  rule: {expected}"


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names_are_written_as_keys(name: str, expected: str) -> None:
    assert written({name: {f"{name}2": "x\ny", name: "message"}}) == expected


def test_keys_are_in_natural_order() -> None:
    names = {written.strip("\"'"): "" for written in reversed(ORDERED)}
    assert written({"p": names}) == "p:\n" + "".join(f'  {written}: ""\n' for written in ORDERED)


def test_empty_maps_are_written_in_braces() -> None:
    assert written({}) == "{}\n"
    assert written({"p": {}}) == "p: {}\n"


words = st.text(st.characters(codec="utf-8", exclude_characters="\u2028\u2029\x85\ufeff"), max_size=8)


@given(st.dictionaries(words, st.dictionaries(words, words, min_size=1, max_size=3), min_size=1, max_size=3))
def test_the_text_is_read_back(tree: dict[str, dict[str, str]]) -> None:
    assert yaml.load(written(tree), yaml.BaseLoader) == tree
