"""Resources as the command line takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kywarden.testing import resources
from kywarden.testing.files import Files, LoadError
from kywarden.testing.resources import Place
from tests.testing.folders import PODS, write


@pytest.mark.parametrize(
    ("text", "namespace"),
    [
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "default"),
        ("apiVersion: v1\nkind: Pod\n", "default"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop}\n", "shop"),
        ("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", ""),
        ("apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: a}\n", "default"),
    ],
)
def test_what_has_no_namespace_is_in_the_default_one(text: str, namespace: str) -> None:
    (resource,) = resources.of_text(text)
    assert resources.key(resource)[2] == namespace


def test_null_becomes_a_map_where_a_map_belongs() -> None:
    (resource,) = resources.of_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {labels: , annotations: null}\n"
        "spec: {selector: {matchLabels: }, list: [{nodeSelector: }, [{labels: }]], other: }\n"
    )
    assert resource["metadata"] == {"labels": {}, "annotations": {}, "namespace": "default"}
    assert resource["spec"] == {
        "selector": {"matchLabels": {}},
        "list": [{"nodeSelector": {}}, [{"labels": None}]],
        "other": None,
    }


def test_items_of_a_list_are_resources() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
    assert [resources.key(one)[3] for one in resources.of_text(text)] == ["a"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("spec: {}\n", "Object 'Kind' is missing in 'spec: {}\n'"),
        ("a: [\n", "yaml: line 1: did not find expected node content"),
    ],
)
def test_what_is_no_resource_is_refused(text: str, reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        resources.of_text(text)
    assert str(caught.value) == reason


def test_files_are_read_with_places_and_complaints(tmp_path: Path) -> None:
    path = str(write(tmp_path, {"pods.yaml": PODS}) / "pods.yaml")
    missing = str(tmp_path / "none.yaml")
    loaded = resources.load([path, missing], Files())
    assert loaded.places == [Place(path, 1), Place(path, 6)]
    assert loaded.complaints == [resources.complaint(missing, f"open {missing}: no such file or directory")]


def test_a_directory_counts_only_as_the_first(tmp_path: Path) -> None:
    write(tmp_path, {"all/a.yaml": PODS, "all/b.yml": PODS, "all/c.json": "{}", "one.yaml": PODS})
    one, directory = str(tmp_path / "one.yaml"), str(tmp_path / "all")
    assert len(resources.load([directory, one], Files()).resources) == 4
    second = resources.load([one, directory], Files())
    assert len(second.resources) == 2
    assert "is a directory" in second.complaints[0]


def test_a_missing_first_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"stat .*x\.yaml: no such file or directory"):
        resources.load([str(tmp_path / "x.yaml")], Files())


def test_the_first_of_equal_resources_counts() -> None:
    first, second = resources.of_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {n: 1}\n"
        "---\napiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a}\n"
    )
    assert resources.unique([first, second, second]) == ([first], [second])
