"""Anchors in a strategic merge patch."""

from __future__ import annotations

import pytest

from kywarden.errors import EvaluationError
from kywarden.patching import overlay
from kywarden.values.trees import Map, Tree, floated, never
from tests import data

A: Map = {"name": "a", "image": "nginx:1"}
B: Map = {"name": "b", "image": "redis", "imagePullPolicy": "Never"}
POD: Map = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "labels": {"app": "web"}},
    "spec": {"containers": [A, B], "hostNetwork": True},
}


def patched(patch: Tree, resource: Map = POD) -> Tree:
    return overlay.apply(overlay.prepare(patch), resource, never)


def labels(patch: Map) -> Tree:
    result = patched({"metadata": {"labels": patch}})
    assert isinstance(result, dict)
    metadata = result["metadata"]
    assert isinstance(metadata, dict)
    return metadata["labels"]


def containers(*patch: Tree) -> Tree:
    result = patched({"spec": {"containers": list(patch)}})
    assert isinstance(result, dict)
    spec = result["spec"]
    assert isinstance(spec, dict)
    return spec["containers"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"(app)": "w*", "x": "1"}, {"app": "web", "x": "1"}),
        ({"(app)": "db", "x": "1"}, {"app": "web"}),
        ({"(nope)": "*", "x": "1"}, {"app": "web"}),
        ({"<(app)": "db", "x": "1"}, {"app": "web"}),
        ({"+(app)": "db", "+(x)": "1"}, {"app": "web", "x": "1"}),
        ({"+(app)": None}, {"app": "web"}),
        # kyverno: other anchors mean nothing in a patch
        ({"X(app)": "null", "=(app)": "db"}, {"app": "web", "X(app)": "null", "=(app)": "db"}),
    ],
)
def test_anchors_of_a_map(patch: Map, expected: Map) -> None:
    assert labels(patch) == expected


def test_a_condition_anywhere_keeps_the_whole_patch_off() -> None:
    assert patched({"metadata": {"labels": {"x": "1"}}, "spec": {"(hostNetwork)": False}}) == POD
    assert patched({"spec": {"(hostNetwork)": True, "a": 1}}) == {**POD, "spec": {**_spec(), "a": 1}}


def _spec() -> Map:
    spec = POD["spec"]
    assert isinstance(spec, dict)
    return spec


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ([{"(image)": "nginx*", "x": 1}], [{**A, "x": 1}, B]),
        ([{"(name)": "*", "x": 1}], [{**A, "x": 1}, {**B, "x": 1}]),
        ([{"(image)": "none", "x": 1}], [A, B]),
        ([{"(image)": "!nginx*", "x": 1}], [{**B, "x": 1}, A]),
        # kyverno: any anchor makes the element apply to all elements, whatever its name
        ([{"name": "new", "image": "i", "+(y)": 1}], [{**A, "image": "i", "y": 1}, {**B, "image": "i", "y": 1}]),
        # kyverno: one copy serves all elements, the first settles what is missing
        ([{"(name)": "*", "+(imagePullPolicy)": "Always"}], [{**A, "imagePullPolicy": "Always"},
                                                              {**B, "imagePullPolicy": "Always"}]),
        # kyverno: an element with a global anchor patches nothing, met or unmet
        ([{"<(name)": "a", "x": 1}], [A, B]),
        # kyverno: two elements with anchors destroy containers
        ([{"(name)": "a", "x": 1}, {"(name)": "b", "y": 2}], [{"y": 2, "name": "b"}]),
        ([{"(name)": "a", "x": 1}, {"(name)": "zz", "y": 2}], []),
    ],
)  # fmt: skip
def test_anchors_of_list_elements(patch: list[Tree], expected: list[Tree]) -> None:
    assert containers(*patch) == expected


def test_two_elements_with_anchors_that_match_nothing_are_an_error() -> None:
    # kyverno: a crash
    with pytest.raises(EvaluationError):
        containers({"(name)": "x"}, {"(name)": "y"})


def test_empty_maps_are_never_set() -> None:
    # kyverno: what has no content after the anchors are gone is taken out
    assert containers({"name": "a", "securityContext": {}, "volumes": [{"v": {}}], "args": []}) == [
        {**A, "args": []},
        B,
    ]


def test_a_key_that_comes_to_stand_twice_is_an_error_only_where_the_map_is_new() -> None:
    assert labels({"app": "x", "+(app)": "y"}) == {"app": "x"}
    with pytest.raises(EvaluationError) as caught:
        patched({"metadata": {"annotations": {"a": "x", "+(a)": "y"}}})
    assert str(caught.value) == ('yaml: unmarshal errors:\n  line 1: mapping key "a" already defined at line 1')


def test_the_patch_is_not_used_up() -> None:
    prepared = overlay.prepare({"spec": {"containers": [{"$patch": "replace"}, {"name": "c"}], "(hostNetwork)": True}})
    first = overlay.apply(prepared, POD, never)
    assert overlay.apply(prepared, POD, never) == first == {**POD, "spec": {**_spec(), "containers": [{"name": "c"}]}}


def test_anchors_in_lists_do_not_multiply_without_bound() -> None:
    items: Tree = [
        {"name": str(number), "items": [{"name": str(inner)} for inner in range(50)]} for number in range(50)
    ]
    patch: Map = {"spec": {"items": [{"(name)": "*", "items": [{"(name)": "*", "x": 1}]}]}}
    with pytest.raises(EvaluationError, match="nodes"):
        patched(patch, {**POD, "spec": {"items": items}})


@pytest.mark.corpus
def test_the_generated_probes() -> None:
    canonical = data.recipe().canonical
    different = []
    for row in data.probes("overlay"):
        patch, resource = map(floated, row["args"]) if row.get("float") else row["args"]
        assert isinstance(resource, dict)
        try:
            answer: Tree = patched(patch, resource)
            equal = "error" not in row and canonical(answer) == canonical(row.get("result"))
        except EvaluationError as error:
            answer = str(error)
            equal = answer == row.get("error")
        if not equal:
            different.append((patch, answer, row.get("result"), row.get("error")))
    assert not different, different[:3]


@pytest.mark.corpus
def test_the_vectors_of_kyverno() -> None:
    for row in data.unit("mutate", "preprocess overlay"):
        args = row["args"]
        resolved = overlay.resolve(overlay.prepare(args["patch"]), args["resource"], never)
        assert (resolved or {}) == row["expected"], row["id"]
    for row in data.unit("mutate", "strategic merge"):
        assert patched(row["args"]["patch"], row["args"]["resource"]) == row["expected"], row["id"]
