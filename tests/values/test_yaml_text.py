"""YAML as Kubernetes reads it: `yaml_answers.jsonl` holds the answers of sigs.k8s.io/yaml v1.6.0; over both parsers.

The short way of `yaml_manifests` is barred here; its own tests hold it to the parsers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import json_text, yaml_manifests, yaml_scanner, yaml_text, yaml_tree
from kywarden.values.reading import MAX_ALIASED_NODES, ReadError
from kywarden.values.trees import MAX_DEPTH, Tree, same
from tests import data

ANSWERS = data.jsonl(Path(__file__).parent / "yaml_answers.jsonl")

# What the pure parser reads as libyaml in C does, or both, and go-yaml does not.
DIFFERENCES = {
    "pure": {
        "a: |#c\n x": "PyYAML wants a blank before the comment",
        "a: 1\n\ufeff": "a byte order mark that begins a line is skipped",
    },
    "libyaml": {
        "a: 1\n\ufeff": "a byte order mark that begins a line is skipped",
        "a: {b?: 1}": "newer libyaml: ? inside a plain scalar of a flow collection",
        "[a?b]": "newer libyaml: ? inside a plain scalar of a flow collection",
        "{a?}": "newer libyaml: ? inside a plain scalar of a flow collection",
        "[a:]": "newer libyaml: : before a flow indicator",
        "{a:}": "newer libyaml: : before a flow indicator",
        "[a:,b]": "newer libyaml: : before a flow indicator",
        'a: "\\/"': "newer libyaml: JSON's escape",
        'a: "\\\'"': "go-yaml: an escape of its own",
        "{a: !!str, b: !!int 3}": "newer libyaml: a comma ends a tag in a flow collection",
        "[!!str, a]": "newer libyaml: a comma ends a tag in a flow collection",
    },
}


@pytest.fixture(autouse=True, scope="module")
def only_parsers() -> Iterator[None]:
    def bar(text: str) -> NoReturn:
        raise yaml_manifests.Unusual

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_manifests, "read", bar)
        yield


@pytest.fixture(params=list(DIFFERENCES))
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to events; libyaml only where it is installed."""
    name: str = request.param
    if name not in yaml_scanner.PARSERS:
        pytest.skip("PyYAML without libyaml")
    monkeypatch.setattr(yaml_scanner, "PARSERS", {name: yaml_scanner.PARSERS[name]})
    return name


def test_documents_are_read_as_kubernetes_reads_them(parser: str) -> None:
    different = set()
    for row in ANSWERS:
        try:
            answer = ("read", yaml_text.load(row["yaml"]))
        except ReadError:
            answer = ("refused", None)
        expected = ("read", json_text.load(row["json"])) if "json" in row else ("refused", None)
        if not (answer[0] == expected[0] and same(answer[1], expected[1])):
            different.add(row["yaml"])
    assert different == set(DIFFERENCES[parser])


SPLIT: list[tuple[str, list[tuple[int, Tree]]]] = [
    ("", []),
    ("enabled: true\n---\ndisabled: false", [(1, {"enabled": True}), (3, {"disabled": False})]),
    ("enabled: true\n---\n---\ndisabled: false", [(1, {"enabled": True}), (3, {"disabled": False})]),
    ("---\n---\n", []),
    ("# a\n---\n# b\n---\na: 1", [(5, {"a": 1})]),
    ("a: 1\r\n--- # c\r\nb: 2\r\n", [(1, {"a": 1}), (3, {"b": 2})]),
    ("a: |\n  ---\n  x\n---\nb: 1", [(1, {"a": "---\nx\n"}), (5, {"b": 1})]),
    ("a: 1\n...\nb: 2", [(1, {"a": 1})]),
    ("null\n---\n{}", [(3, {})]),
    ('{"a": 1}', [(1, {"a": 1})]),
]


@pytest.mark.parametrize(("text", "documents"), SPLIT)
def test_a_file_is_split_at_its_separators(text: str, documents: list[tuple[int, Tree]]) -> None:
    assert [(document.line, document.tree) for document in yaml_text.load_all(text)] == documents


REFUSED: list[tuple[str, str]] = [
    ("a: 1\n---b\n", "line 2, column 4: invalid Yaml document separator: b"),
    ("a: 1\n---\nb: 1\nc: \x01\n", "line 4, column 4: character U+0001 is not allowed"),
    ("a: \ud800", "line 1, column 4: character U+D800 is not allowed"),
    ('a:\n  - "\\ud800"', "line 2, column "),
    ("a: 1\n---\nb: c: d", "line 3, column 5: mapping values are not allowed"),
    ("a: 1\n---\nb:\n  c: .inf", "line 4, column 6: json: unsupported value: +Inf"),
    ("~: 1", "line 1, column 1: unsupported map key: null"),
    ("a: *b", "line 1, column 4: unknown anchor 'b' referenced"),
    ("a: &b\n  c: *b", "line 2, column 6: anchor 'b' value contains itself"),
    ("a: {<<: 3}", "line 1, column 9: map merge requires map or sequence of maps as the value"),
    ("[a]: b", "line 1, column 1: invalid map key"),
    ("[" * 200, f"line 1, column {MAX_DEPTH + 1}: nested more than {MAX_DEPTH} levels deep"),
    (
        "a: &a0 [" + "x," * 9 + "]\n" + "".join(f"b{i}: &a{i + 1} [{f'*a{i},' * 9}]\n" for i in range(9)),
        f"line 6, column 10: document contains excessive aliasing: more than {MAX_ALIASED_NODES} nodes",
    ),
    (
        "a0: &a0 []\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300)),
        f"line {MAX_DEPTH}, column 14: nested more than {MAX_DEPTH} levels deep",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[row[1] for row in REFUSED])
def test_a_document_is_refused_with_its_place(parser: str, text: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        yaml_text.load_all(text)
    assert str(caught.value).startswith(message)


def test_keys_are_counted(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_tree, "MAX_KEYS", 3)
    assert yaml_text.load("a: {b: 1, c: 2}") is not None
    with pytest.raises(ReadError, match="line 1, column 1: more than 3 keys"):
        yaml_text.load("a: {b: 1, c: 2}\nd: 3")


def test_equal_keys_are_refused_when_strict() -> None:
    assert yaml_text.load("a: 1\na: 2") == {"a": 2}
    with pytest.raises(ReadError, match=r'^f, line 2, column 1: key "a" already set in map'):
        yaml_text.load("a: 1\na: 2", strict=True, source="f")


def test_marks_are_the_places_of_keys_and_elements(parser: str) -> None:
    text = "# c\n---\nspec:\n  rules:\n  - name: a\n    match: {any: [b]}\n  - *x\n".replace("*x", "name: c")
    (document,) = yaml_text.load_all(text, marks=True)
    assert document.marks == {
        ("spec",): (3, 1),
        ("spec", "rules"): (4, 3),
        ("spec", "rules", 0): (5, 5),
        ("spec", "rules", 0, "name"): (5, 5),
        ("spec", "rules", 0, "match"): (6, 5),
        ("spec", "rules", 0, "match", "any"): (6, 13),
        ("spec", "rules", 0, "match", "any", 0): (6, 19),
        ("spec", "rules", 1): (7, 5),
        ("spec", "rules", 1, "name"): (7, 5),
    }
    assert not yaml_text.load_all(text)[0].marks


_TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(_TREES, st.booleans())
def test_what_is_written_is_read_the_same_by_both_parsers(tree: Tree, flow: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, default_style='"', width=30)
    with pytest.MonkeyPatch.context() as patch:
        for name, way in dict(yaml_scanner.PARSERS).items():
            patch.setattr(yaml_scanner, "PARSERS", {name: way})
            assert same(_read(text), tree)


def _read(text: str) -> Tree | str:
    try:
        return yaml_text.load(text)
    except ReadError as error:
        return error.reason


_SNIPPETS = st.lists(
    st.sampled_from([*"ab:-?,[]{}#&*!|>'\"% \t\n\\x1.", "\n  ", "\n- ", ": ", " #", "- ", "&a ", "*a", "|\n ", "<<: "]),
    max_size=25,
).map("".join)


@given(_SNIPPETS)
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, way in dict(yaml_scanner.PARSERS).items():
            patch.setattr(yaml_scanner, "PARSERS", {name: way})
            _read(text)
