"""JSON patches, with the extensions of Kyverno's library."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.errors import EvaluationError
from kywarden.patching import json_patch
from kywarden.values.trees import Map, Tree, never
from tests import data

DOCUMENT: Map = {
    "kind": "Pod",
    "metadata": {"name": "p", "labels": {"a/b": "1"}},
    "spec": {"list": [1, None, {"k": None}], "none": None, "empty": {}},
}


def patched(patch: list[Map], document: Map) -> Tree:
    return json_patch.apply(json_patch.read(json.dumps(patch)), document, never)


def at(tree: Tree, *path: str | int) -> Tree:
    for step in path:
        tree = tree[step]
    return tree


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        ({"op": "add", "path": "/metadata/annotations/x", "value": 1}, ("metadata", "annotations"), {"x": 1}),
        ({"op": "add", "path": "/spec/tolerations/-", "value": 1}, ("spec", "tolerations"), [1]),
        ({"op": "add", "path": "/spec/new/2/x", "value": 1}, ("spec", "new"), [None, None, {"x": 1}]),
        ({"op": "add", "path": "/spec/list/-1", "value": 9}, ("spec", "list"), [1, None, {"k": None}, 9]),
        ({"op": "add", "path": "/spec/none/x", "value": 9}, ("spec", "none"), {"x": 9}),
        ({"op": "replace", "path": "/spec/list/-1", "value": 9}, ("spec", "list"), [1, None, 9]),
        ({"op": "remove", "path": "/spec/nope/deep"}, ("spec", "empty"), {}),
        ({"op": "remove", "path": "/spec/list/-3"}, ("spec", "list"), [None, {"k": None}]),
        ({"op": "remove", "path": "/metadata/labels/a~1b"}, ("metadata", "labels"), {}),
        ({"op": "move", "from": "/spec/list", "path": "/kind"}, ("kind",), [1, None, {"k": None}]),
        ({"op": "copy", "from": "/spec/list/0", "path": "/spec/list/0"}, ("spec", "list", 1), 1),
        ({"op": "test", "path": "/spec/none", "value": None}, ("spec", "none"), None),
    ],
)
def test_an_operation_reaches_its_path(operation: Map, path: tuple[str | int, ...], expected: Tree) -> None:
    assert at(patched([operation], DOCUMENT), *path) == expected


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (
            [{"op": "replace", "path": "/spec/nope", "value": 1}],
            "replace operation does not apply: doc is missing key: /spec/nope: missing value",
        ),
        ([{"op": "test", "path": "/kind", "value": "x"}], "testing value /kind failed: test failed"),
        ([{"op": "add", "path": "/kind/x", "value": 1}], "invalid state detected"),
        (
            [{"op": "add", "path": "/spec/list/9", "value": 1}],
            "error in add for path: '/spec/list/9': Unable to access invalid index: 9: invalid index referenced",
        ),
        (
            [{"op": "merge", "path": "/", "value": {"b": "<", "a": 1}}],
            'failed to decode patches: invalid operation {"op":"merge","path":"/","value":{"b":"\\u003c","a":1}}: '
            "unsupported operation",
        ),
        # kyverno: the parents of an escaped key are made under the escaped name, where nothing finds them
        (
            [{"op": "add", "path": "/metadata/a~1b/x", "value": 1}],
            'add operation does not apply: doc is missing path: "/metadata/a~1b/x": missing value',
        ),
        # kyverno: a null that the patch has put there is no parent, and does not equal the null of a test
        (
            [{"op": "add", "path": "/n", "value": None}, {"op": "add", "path": "/n/x", "value": 1}],
            "invalid state detected",
        ),
        (
            [{"op": "add", "path": "/n", "value": None}, {"op": "test", "path": "/n", "value": None}],
            "testing value /n failed: test failed",
        ),
    ],
)
def test_a_failure_is_told_in_the_words_of_kyverno(patch: list[Map], message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        patched(patch, DOCUMENT)
    assert str(caught.value) == message


def test_the_empty_key_of_the_root_is_a_copy_whose_changes_are_lost() -> None:
    # kyverno: `//x` leads into a second reading of the document
    assert patched([{"op": "add", "path": "//x", "value": 1}], DOCUMENT) == DOCUMENT


def test_a_patch_written_as_yaml_has_the_types_of_yaml() -> None:
    patch = json_patch.read("- {op: add, path: /a, value: 0777}\n- {op: add, path: /b, value: 1.0}\n")
    assert [(step.path, step.value) for step in patch] == [("/a", 511), ("/b", 1)]
    assert type(patch[1].value) is int


@pytest.mark.parametrize("text", ["", "# nothing\n", "null"])
def test_an_empty_patch_changes_nothing(text: str) -> None:
    assert json_patch.apply(json_patch.read(text), DOCUMENT, never) == DOCUMENT


@pytest.mark.parametrize(
    ("patch", "same"),
    [
        ([{"op": "add", "path": "/kind", "value": "Pod"}], True),
        ([{"op": "add", "path": "/kind", "value": "Job"}], False),
        # kyverno: a key that moves to the end of its map changes the text, which is what is compared
        ([{"op": "remove", "path": "/kind"}, {"op": "add", "path": "/kind", "value": "Pod"}], False),
        ([{"op": "remove", "path": "/spec/none"}, {"op": "add", "path": "/spec/none", "value": None}], True),
        ([{"op": "add", "path": "/metadata", "value": {"name": "p", "labels": {"a/b": "1"}}}], False),
    ],
)
def test_a_patch_without_effect_is_recognised(patch: list[Map], same: bool) -> None:
    steps = json_patch.read(json.dumps(patch))
    assert json_patch.changes_nothing(steps, DOCUMENT, json_patch.apply(steps, DOCUMENT, never), never) is same


def test_what_would_grow_without_bound_is_refused() -> None:
    doubling = [{"op": "copy", "from": "/spec", "path": f"/spec/{n}"} for n in range(40)]
    deeper = [{"op": "copy", "from": "/spec", "path": "/spec" + "/a" * 100}] * 3
    deep_path = [{"op": "add", "path": "/a" * 1000, "value": 1}]
    padded = [{"op": "add", "path": "/spec/list/1000000000/x", "value": 1}]
    for patch in (doubling, [{"op": "add", "path": "/spec" + "/a" * 100, "value": 1}, *deeper], deep_path, padded):
        with pytest.raises(EvaluationError):
            patched(patch, DOCUMENT)


keys = st.text("ab~/", min_size=1, max_size=2)
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab~/", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
documents = st.dictionaries(keys, trees, max_size=4)


def pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


@given(documents, trees)
def test_removing_undoes_adding(document: Map, value: Tree) -> None:
    steps = [{"op": "add", "path": "/new", "value": value}, {"op": "remove", "path": "/new"}]
    assert patched(steps, document) == document


@given(documents, trees, st.data())
def test_a_patch_touches_nothing_but_its_path(document: Map, value: Tree, drawn: st.DataObject) -> None:
    before = copy.deepcopy(document)
    key = drawn.draw(st.sampled_from(sorted(document) or ["new"]))
    result = patched([{"op": "add", "path": pointer(key), "value": value}], document)
    assert document == before
    assert result == {**document, key: value}
    assert all(at(result, other) is document[other] for other in document if other != key)


@pytest.mark.corpus
def test_the_generated_probes() -> None:
    canonical = data.recipe().canonical
    different = []
    for row in data.probes("json6902"):
        text, document = row["args"]
        try:
            answer: Tree = json_patch.apply(json_patch.read(text), document, never)
            equal = "error" not in row and canonical(answer) == canonical(row.get("result"))
        except EvaluationError as error:
            answer = str(error)
            equal = answer == row.get("error")
        if not equal:
            different.append((text, answer, row.get("result"), row.get("error")))
    assert not different, different[:3]


@pytest.mark.corpus
def test_the_vectors_of_kyverno() -> None:
    for row in data.unit("mutate", "apply JSON patch"):
        assert patched(row["args"]["patches"], row["args"]["resource"]) == row["expected"], row["id"]
