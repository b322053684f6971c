"""Mutated objects against those in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kywarden.testing import objects, resources
from kywarden.testing.files import Files
from kywarden.testing.objects import Difference
from tests.testing.folders import write

FILE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: x, annotations: {}}
data: {n: 1, empty: [], nothing: }
"""


def compare(folder: Path, actual: str, path: str = "f.yaml") -> Difference | None:
    write(folder, {"f.yaml": FILE})
    (resource,) = resources.of_text(actual)
    return objects.compare(resource, str(folder), path, "patched", Files(), lambda _, text: f"<{text}>")


@pytest.mark.parametrize(
    "actual",
    [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {n: 1.0}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {generate.kyverno.io/a: b}}\ndata: {n: 1}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {n: 1}\n"
        "metadata: {name: x, labels: {app.kubernetes.io/managed-by: kyverno}}\n",
    ],
)
def test_what_is_empty_and_labels_of_generation_do_not_count(tmp_path: Path, actual: str) -> None:
    assert compare(tmp_path, actual) is None


def test_a_difference_is_shown(tmp_path: Path) -> None:
    found = compare(tmp_path, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {n: 2}\n")
    assert found is not None
    assert found.reason == "Resource diff"
    assert found.text.startswith(
        "Patched resource didn't match the patched resource in the test result\n"
        "(only in <expe><a>ct<ed><ual>)\n\nobject:\n    apiVersion: v1\n    data:\n"
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("f.yaml", "resource with name z not found in manifest"),
        ("none.yaml", "open {0}/none.yaml: no such file or directory"),
    ],
)
def test_what_is_not_there_is_an_error(tmp_path: Path, path: str, reason: str) -> None:
    found = compare(tmp_path, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: z}\n", path)
    said = f"error: failed to load PatchedResources resource ({reason.format(tmp_path)})"
    assert found == Difference(said, "Resource error")


def test_empty_parts_vanish() -> None:
    tree: Any = {"a": {"b": [None, {}, []]}, "c": [0, False, ""], "d": None}
    assert objects.tidied(tree) == {"c": [0, False, ""]}
    assert objects.tidied({}) is None
