"""Wildcards in the keys of labels and annotations."""

from __future__ import annotations

import pytest

from kywarden.judging import metadata_keys, pattern
from kywarden.values import trees
from kywarden.values.trees import Map, Tree


def answer(wanted: Tree, resource: Tree) -> str:
    """`pass`, `skip`, or the path of the failure."""
    mismatch = pattern.match(pattern.prepare(wanted), resource, trees.never)
    if mismatch is None:
        return "pass"
    return "skip" if mismatch.skip else mismatch.path


@pytest.mark.parametrize(
    ("labels", "found", "expanded"),
    [
        ({"*/team": "?*"}, {"a/team": "x"}, {"a/team": "?*"}),
        ({"*/team": "?*"}, {"c/team": "x", "b/team": "y"}, {"b/team": "?*"}),
        ({"*/team": "?*"}, {"a/team": 1}, {"*/team": "?*"}),
        ({"=(a/*)": "x", "X(z*)": "y"}, {"a/b": "x"}, {"=(a/b)": "x", "X(z*)": "y"}),
        ({"v": 2, "w": None, "x": {}, "y": "s"}, {}, {"y": "s"}),
        ({"(*)": "x"}, {"": "x"}, {"": "x"}),
        ({"v": 2}, None, None),
        ({"v": 2}, "text", None),
    ],
)
def test_keys_become_those_of_the_resource(labels: Map, found: Tree, expanded: Map | None) -> None:
    assert metadata_keys.expand(labels, {"labels": found}, "labels") == expanded


@pytest.mark.parametrize(
    ("wanted", "resource", "expected"),
    [
        ({"metadata": {"labels": {"*/team": "?*"}}}, {"metadata": {"labels": {"a/team": "x"}}}, "pass"),
        (
            {"metadata": {"labels": {"*/team": "b"}}},
            {"metadata": {"labels": {"a/team": "x"}}},
            "/metadata/labels/a/team/",
        ),
        ({"metadata": {"labels": {"*/team": "b"}}}, {"metadata": {"labels": {"app": "x"}}}, "/metadata/labels/*/team/"),
        ({"=(metadata)": {"=(annotations)": {"(a*)": "b"}}}, {"metadata": {"annotations": {"ab": "c"}}}, "skip"),
        ({"metadata": {"labels": {"ver": 2, "x": None}}}, {"metadata": {"labels": {"ver": "3"}}}, "pass"),
        ({"metadata": {"labels": {"ver": 2}}}, {"metadata": {}}, "/metadata/labels/"),
        ({"metadata": {"labels": {"ver": 2}}}, {"metadata": {"labels": None}}, "/metadata/labels/"),
        ({"metadata": {"labels": {"ver": 2}}}, {}, "/metadata/"),
        ({"metadata": {"^(labels)": {"ver": 2}}}, {"metadata": {"labels": {"ver": "2"}}}, "/metadata/labels/"),
        ({"a": {"metadata": {"labels": {"b*": "x"}}}}, {"a": {"metadata": {"labels": {"bc": "x"}}}}, "pass"),
        ({"spec": {"nodeSelector": {"a*": "?*"}}}, {"spec": {"nodeSelector": {"ab": "c"}}}, "/spec/nodeSelector/a*/"),
        ({"labels": {"a*": "?*"}}, {"labels": {"ab": "c"}}, "/labels/a*/"),
    ],
)
def test_only_labels_and_annotations_of_metadata_expand(wanted: Tree, resource: Tree, expected: str) -> None:
    assert answer(wanted, resource) == expected


def test_a_key_stays_replaced_for_the_following_elements() -> None:
    """kyverno: the replacement is made in the pattern; it does not outlive the match."""
    prepared = pattern.prepare({"items": [{"metadata": {"labels": {"*/team": "?*"}}}]})
    first: Tree = {"metadata": {"labels": {"a/team": "x"}}}
    second: Tree = {"metadata": {"labels": {"b/team": "x"}}}
    for elements, place in (
        ([first, second], "/items/1/metadata/labels/a/team/"),
        ([second, first], "/items/1/metadata/labels/b/team/"),
    ):
        mismatch = pattern.match(prepared, {"items": elements}, trees.never)
        assert mismatch is not None
        assert mismatch.path == place
    assert pattern.match(prepared, {"items": [first]}, trees.never) is None
    assert pattern.match(prepared, {"items": [second]}, trees.never) is None
