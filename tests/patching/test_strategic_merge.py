"""Laying a patch over an object, lists merged by key as kustomize does."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.errors import EvaluationError
from kywarden.patching import strategic_merge
from kywarden.patching.merge_keys import shape_of
from kywarden.values.trees import Map, Tree, never


def pod(**spec: Tree) -> Map:
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec}


def merged_spec(base: Map, patch: Map) -> Tree:
    result = strategic_merge.merge(base, {"spec": copy.deepcopy(patch)}, never)
    assert isinstance(result, dict)
    return result["spec"]


A: Map = {"name": "a", "image": "one"}
B: Map = {"name": "b", "image": "two"}
TCP: Map = {"port": 80, "protocol": "TCP"}


@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        # kyverno: what the patch names comes first, in its order
        ({"containers": [A, B]}, {"containers": [{"name": "b", "x": 1}]}, {"containers": [{**B, "x": 1}, A]}),
        ({"containers": [A]}, {"containers": [{"name": "c"}]}, {"containers": [{"name": "c"}, A]}),
        # kyverno: one element without its key takes the others away
        ({"containers": [A]}, {"containers": [{"x": 1}]}, {"containers": []}),
        # kyverno: of equal elements the last one wins, even where the patch does not reach
        ({"containers": [A, {**A, "x": 1}]}, {}, {"containers": [{**A, "x": 1}]}),
        ({"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}, {"tolerations": [{"key": "b"}]}),
        ({"tolerations": [{"key": "a"}]}, {"tolerations": []}, {"tolerations": []}),
        ({"volumes": [{"name": "v"}]}, {"volumes": None}, {}),
        ({"hostNetwork": True}, {"hostNetwork": None}, {}),
        ({"nodeSelector": {"a": "b"}}, {"nodeSelector": {"a": None}}, {"nodeSelector": {}}),
        ({"nodeSelector": {"a": "b"}}, {"nodeSelector": {"$patch": "delete"}}, {}),
        ({"nodeSelector": {"a": "b"}}, {"nodeSelector": {"$patch": "replace", "c": "d"}}, {"nodeSelector": {"c": "d"}}),
        ({"containers": [A, B]}, {"containers": [{"name": "a", "$patch": "delete"}]}, {"containers": [B]}),
        ({"containers": [A]}, {"containers": [{"$patch": "replace"}, B]}, {"containers": [B]}),
        # kyverno: without the list, the directive stays and the rest is lost
        ({}, {"containers": [{"$patch": "replace"}, B]}, {"containers": [{"$patch": "replace"}]}),
        ({}, {"containers": [{"$patch": "delete"}, B]}, {"containers": [{"$patch": "delete"}]}),
        # an element that the object lacks is cleaned of nulls, whatever its directive
        ({}, {"containers": [{"name": "a", "x": None, "$patch": "replace"}]}, {"containers": [{"name": "a"}]}),
        # kyverno: what replaces a text keeps its quotes
        ({"schedulerName": "x"}, {"schedulerName": 5}, {"schedulerName": "5"}),
        ({"priority": 5}, {"priority": "x"}, {"priority": "x"}),
        ({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    ],
)
def test_a_patch_is_merged(base: Map, patch: Map, expected: Map) -> None:
    assert merged_spec(pod(**base), patch) == expected


@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        ([TCP], [{**TCP, "x": 1}], [{**TCP, "x": 1}]),
        ([{"port": 80}], [{"port": "80", "x": 1}], [{"port": "80", "x": 1}]),
        # kyverno: an element that lacks a key which the other has is dropped
        ([TCP], [{"port": 80, "x": 1}], [TCP]),
    ],
)
def test_elements_with_two_keys_are_merged_when_both_agree(base: Tree, patch: Tree, expected: Tree) -> None:
    service: Map = {"apiVersion": "v1", "kind": "Service", "spec": {"ports": base}}
    assert merged_spec(service, {"ports": patch}) == {"ports": expected}


def test_finalizers_are_united() -> None:
    base: Map = {"apiVersion": "v1", "kind": "Pod", "metadata": {"finalizers": ["a", "b"]}}
    merged = strategic_merge.merge(base, {"metadata": {"finalizers": ["b", "c"]}}, never)
    assert merged == {**base, "metadata": {"finalizers": ["b", "c", "a"]}}


def test_an_unknown_kind_has_no_merge_keys_but_a_known_object_in_it_has() -> None:
    boat: Map = {"apiVersion": "acme/v1", "kind": "Boat", "spec": {"containers": [A], "template": pod(containers=[A])}}
    patch: Map = {"containers": [B], "template": {"spec": {"containers": [B]}}}
    assert merged_spec(boat, patch) == {"containers": [B], "template": pod(containers=[B, A])}


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"containers": "x"}, 'expected SequenceNode but got ScalarNode: node contents:\n"x"\n'),
        ({"nodeSelector": [1, "a"]}, 'expected MappingNode but got SequenceNode: node contents:\n[1, "a"]\n'),
        ({"schedulerName": {"b": 1.0}}, 'expected ScalarNode but got MappingNode: node contents:\n{"b": 1}\n'),
    ],
)
def test_nodes_of_different_kinds_do_not_merge(patch: Map, message: str) -> None:
    base = pod(containers=[A], nodeSelector={"a": "b"}, schedulerName="x")
    with pytest.raises(EvaluationError) as caught:
        merged_spec(base, patch)
    assert str(caught.value) == f"wrong node kind: {message}"


def test_an_unknown_directive_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="unknown patch strategy 'foo'"):
        merged_spec(pod(a={}), {"a": {"$patch": "foo"}})


@pytest.mark.parametrize(
    ("api_version", "kind", "known"),
    [("apps/v1", "Deployment", True), ("batch/v1", "CronJob", True), ("apps/v1beta1", "Deployment", False),
     ("autoscaling/v2", "HorizontalPodAutoscaler", False), ("acme/v1", "Boat", False)],
)  # fmt: skip
def test_the_kinds_of_one_version_of_kubernetes_are_known(api_version: str, kind: str, known: bool) -> None:
    assert (shape_of({"apiVersion": api_version, "kind": kind}) is not None) is known


keys = st.text("abc", min_size=1, max_size=1)
trees = st.recursive(
    st.booleans() | st.integers(-3, 3) | st.text("xy", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)
maps = st.dictionaries(keys, trees, max_size=3)


def combined(base: Map, patch: Map) -> Tree | None:
    """The merged object, None where kinds of nodes do not fit."""
    try:
        return strategic_merge.merge(base, copy.deepcopy(patch), never)
    except EvaluationError:
        return None


@given(maps, maps)
def test_a_patch_touches_only_what_it_names(base: Map, patch: Map) -> None:
    before = copy.deepcopy(base)
    merged = combined(base, patch)
    assert base == before
    if isinstance(merged, dict):
        assert all(merged[key] is base[key] for key in base.keys() - patch.keys())
        assert merged.keys() == base.keys() | patch.keys()


@given(maps, maps)
def test_a_patch_that_is_applied_again_changes_nothing(base: Map, patch: Map) -> None:
    merged = combined(base, patch)
    if isinstance(merged, dict):
        assert combined(merged, patch) == merged


@given(st.lists(st.sampled_from("abcd"), unique=True, max_size=4), st.lists(st.sampled_from("abcd"), unique=True))
def test_elements_that_the_patch_names_come_first(names: list[str], patched: list[str]) -> None:
    base = pod(containers=[{"name": name, "old": 1} for name in names])
    merged = merged_spec(base, {"containers": [{"name": name, "new": 1} for name in patched]})
    expected = [{"name": name, **({"old": 1} if name in names else {}), "new": 1} for name in patched]
    expected += [{"name": name, "old": 1} for name in names if name not in patched]
    assert merged == {"containers": expected}
