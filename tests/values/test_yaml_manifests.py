"""The short way through YAML gives the trees of the full parsers, or nothing at all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kywarden.values import json_text, yaml_manifests, yaml_text
from kywarden.values.reading import MAX_KEYS, ReadError
from kywarden.values.trees import MAX_DEPTH, Tree, same
from kywarden.values.yaml_manifests import LONGEST
from kywarden.values.yaml_tree import DocumentReader
from tests import data

SAMPLES = data.ROOT / "kyverno_samples"
WORKLOADS = data.ROOT / "tests" / "benchmarks" / "policies"
SECONDS = 1
"""An upper bound that tells linear from quadratic, not a measure of speed: it takes some hundredths."""

UNUSUAL = "unusual"


def short(text: str) -> Tree:
    """The tree of the short way, or `UNUSUAL`."""
    try:
        return yaml_manifests.read(text)
    except yaml_manifests.Unusual:
        return UNUSUAL


def full(text: str, portable: bool) -> Tree | ReadError:
    """The tree of the full parser, or its error."""
    try:
        return DocumentReader(text, 1, "", False, True, portable).read_fully()
    except ReadError as error:
        return error


def assert_agreement(text: str) -> None:
    tree = short(text)
    if tree != UNUSUAL:
        for portable in (True, False):
            expected = full(text, portable)
            assert not isinstance(expected, ReadError), (text, tree, str(expected))
            assert json.dumps(tree) == json.dumps(expected), text


READ: list[tuple[str, Tree]] = [
    ("", None),
    ("# nothing\n\n", None),
    ("---\na: 1\n", {"a": 1}),
    ("a: b", {"a": "b"}),
    ("a: b  # c: d\n", {"a": "b"}),
    ("a: http://b:80/#c\n", {"a": "http://b:80/#c"}),
    ("a: yes\nb: '1'\nc: 0x10\nd: 1.0\ne: ~\nf:\n", {"a": True, "b": "1", "c": 16, "d": 1, "e": None, "f": None}),
    ("y: 1\n1: 2\n'y': 3\n", {"true": 1, "1": 2, "y": 3}),
    ("=(a): x\n+(b/c.d): x\n^(e f): x\n", {"=(a)": "x", "+(b/c.d)": "x", "^(e f)": "x"}),
    ("a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", {"a": {"b": {"c": 1}, "d": 2}, "e": 3}),
    ("a:\n- b\n-  c: 1\n   d: 2\n-\n- # e\n  f: 3\ng: 4\n", {"a": ["b", {"c": 1, "d": 2}, None, {"f": 3}], "g": 4}),
    ("- a:\n  - b\n-\n  - c\n", [{"a": ["b"]}, ["c"]]),
    ("a: -1\nb: --x\nc: ?*\nd: :e\n", {"a": -1, "b": "--x", "c": "?*", "d": ":e"}),
    ("a: 'it''s'  # b\n\"c d\": \"\\\"e\\\\\\n\"\n", {"a": "it's", "c d": '"e\\\n'}),
    ("a: |\n  b\n   c\n\n  # d\n\n  \n\n# e\nf: 1\n", {"a": "b\n c\n\n# d\n", "f": 1}),
    ("- |-\n b\n  \n\n", ["b\n "]),
    ("a: >-\n  b\n  c\n\n  d\n    e\n  f\n\n\n  g\n", {"a": "b c\nd\n  e\nf\n\ng"}),
    ("a: b c\n  d  \n   - e\nf: 1\n", {"a": "b c d - e", "f": 1}),
    ("a: [b, 'c', {d: 1, \"e\": [ ], f: {}}, 1:2] # g", {"a": ["b", "c", {"d": 1, "e": [], "f": {}}, "1:2"]}),
    ("- {a: b c}\n- [-1, --d]\n", [{"a": "b c"}, [-1, "--d"]]),
    ("a: &x >\n  b\nc: *x\nd: [1]\ne: &x 2 # f\ng: *x # h\n", {"a": "b\n", "c": "b\n", "d": [1], "e": 2, "g": 2}),
    ("ä: 日本\n", {"ä": "日本"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), READ)
def test_the_usual_is_read(text: str, tree: Tree) -> None:
    assert same(short(text), tree)
    assert_agreement(text)


LEFT: list[str] = [
    "a",
    "- a\nb: 1",
    "b: 1\n- a",
    "a: 1\n b: 2",
    "a:\n    b: 1\n  c: 2",
    " a: 1\nb: 2",
    "a: 1\na: 2",
    "a: {b: 1, b: 2}",
    "1: a\n0x1: b",
    "~: 1",
    "a: .inf",
    "a: b: c",
    "a: b:",
    "a: b # c\n  d",
    "a: b#c: d",
    "a: b\n  c: d",
    "a: b\n\n  c",
    "a : b",
    "? a\n: b",
    "a:\tb",
    "a: b\r\nc: d",
    "a: \u2028b",
    "\ufeffa: b",
    "a: \x01",
    "- - a",
    "- ? a",
    "<<: {a: b}",
    "a: !!str b",
    "a: &b",
    "a: &b\n  c: 1",
    "a: &b [c]",
    "a: &b &c d",
    "a: *b",
    "*a : b",
    "a: @b",
    "a: 'b' c",
    "a: 'b'#c",
    "a: 'b\n  c'",
    'a: "\\x41"',
    'a: "\\/"',
    "a: |+\n  b\n",
    "a: |2\n   b\n",
    "a: | # b\n  c\n",
    "a: |\n\n  b\n",
    "a: |\nb: 1\n",
    "a: |\n  b",
    "a: |\n    b\n  c\n",
    "a: [b",
    "a: [b]]",
    "a: [b] c",
    "a: [b]#c",
    "a: [b,]",
    "a: [b: c]",
    "a: [:b]",
    "a: [b:]",
    "a: [b?]",
    "a: [*b]",
    "a: [-]",
    "a: [b # c\n  ]",
    "a: {b}",
    "a: {b: }",
    'a: {"b":1}',
    "a: {<<: {b: 1}}",
    "a: 1\n---\nb: 2",
    "a: 1\n...\n",
    "--- a",
    "%YAML 1.1\n---\na: 1",
    f"{'a' * 129}: 1",
    f"'{'a' * 129}': 1",
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT)
def test_the_rest_is_left_to_the_full_parser(text: str) -> None:
    assert short(text) == UNUSUAL


def test_kubernetes_reads_the_same() -> None:
    rows = data.jsonl(Path(__file__).parent / "yaml_answers.jsonl")
    read = [(row, short(row["yaml"])) for row in rows]
    assert all(same(tree, json_text.load(row["json"])) for row, tree in read if tree != UNUSUAL)
    assert sum(tree != UNUSUAL for _, tree in read) > len(rows) / 4


def documents(folder: Path) -> Iterator[str]:
    """The YAML documents of a tree of files."""
    for path in sorted(folder.rglob("*.y*ml")):
        text = path.read_text(encoding="utf-8")
        try:
            yield from (chunk for _, chunk in yaml_text.split(text))
        except ReadError:
            continue


def unusual(folder: Path) -> float:
    """The share of the documents that is left to the full parser, after a comparison of the others."""
    found = list(documents(folder))
    for document in found:
        assert_agreement(document)
    return sum(short(document) == UNUSUAL for document in found) / len(found)


def test_the_policies_of_the_benchmark_are_read() -> None:
    assert unusual(WORKLOADS) == 0


def test_the_samples_are_read_but_for_a_few() -> None:
    assert unusual(SAMPLES) < 0.03


@pytest.mark.corpus
def test_the_corpus_is_read_but_for_a_few() -> None:
    assert unusual(data.CORPUS / "corpus") < 0.03


PIECES = [
    *("a", "b", "y", "1", "x y", "+(a)", "é", "~", "<<", "?", "!", "=", "\\", "&a ", "*a", "---", "a: ", "#", " #"),
    *(":", ": ", "-", "- ", "[", "]", "{", "}", ",", ", ", "'", '"', "|", "|-", ">", ">-", " ", "  "),
    *("\n", "\n\n", "\n  ", "\n    ", "\n- ", "\n  - ", "\na: ", "\n  b: "),
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=1000)
def test_what_is_read_of_any_text_is_what_the_full_parser_reads(text: str) -> None:
    assert_agreement(text)
    assert_agreement(f"a: {text}")


LINES = [document.splitlines(keepends=True) for document in documents(SAMPLES)]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Some lines of a sample with something put into one of them, or taken away."""
    lines = draw(st.sampled_from(LINES))
    first = draw(st.integers(0, max(len(lines) - 5, 0)))
    text = "".join(lines[first : first + draw(st.integers(2, 12))])
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", *PIECES])) + text[at + draw(st.integers(0, 3)) :]


@given(damaged())
@settings(max_examples=1000)
def test_damaged_manifests_are_read_as_the_full_parser_reads_them(text: str) -> None:
    assert_agreement(text)


BOUNDS: dict[str, tuple[str, str]] = {
    "maps": ("".join(" " * depth + "a:\n" for depth in range(MAX_DEPTH + 1)), f"more than {MAX_DEPTH} levels deep"),
    "flow": ("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, f"more than {MAX_DEPTH} levels deep"),
    "pairs": ("a: " + "{a: " * MAX_DEPTH + "1" + "}" * MAX_DEPTH, f"more than {MAX_DEPTH} levels deep"),
    "keys": ("".join(f"k{number}:\n" for number in range(MAX_KEYS + 1)), f"more than {MAX_KEYS} keys"),
}


@pytest.mark.parametrize(("text", "reason"), BOUNDS.values(), ids=BOUNDS)
def test_what_is_beyond_a_bound_is_left_and_refused(text: str, reason: str) -> None:
    assert short(text) == UNUSUAL
    with pytest.raises(ReadError, match=reason):
        yaml_text.load(text)


def test_what_is_just_within_a_bound_is_read() -> None:
    assert short("".join(" " * depth + "a:\n" for depth in range(MAX_DEPTH))) != UNUSUAL
    assert short("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)) != UNUSUAL
    assert short("a: " + "b" * (LONGEST - 3)) != UNUSUAL
    assert short("a: " + "b" * (LONGEST - 2)) == UNUSUAL


LARGE: dict[str, str] = {
    "words": "a: " + "x " * 30_000,
    "colons": "a: " + "x:" * 30_000,
    "quotes": "a: '" + "''" * 30_000,
    "backslashes": 'a: "' + "\\\\" * 30_000,
    "flow": "a: [" + "x, " * 20_000,
    "dashes": "- " * 30_000,
    "blanks": "a:" + " " * 60_000 + ":",
    "blank lines": "a: |\n  x\n" + "\n" * 60_000 + "  b: 1",
    "folded gaps": "a: >\n" + "  x\n\n" * 12_000,
    "wide folded gaps": "a: >\n  x\n" + "\n" * 60_000 + "   y\n",
    "blocks": "- |\n  x\n" * 8_000,
    "a long scalar": "a: b\n" + "  x\n" * 15_000,
    "wide lines": "a: b\n" + (" " * 10_000 + "x\n") * 6,
    "comments": "#\n" * 30_000 + "a",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_no_text_takes_long(text: str) -> None:
    assert len(text) <= LONGEST
    started = time.monotonic()
    short(text)
    assert time.monotonic() - started < SECONDS
