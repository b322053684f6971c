"""Objects of a test compared with those in files: equal but for what is empty and for the labels of generation.

Source: cmd/cli/kubectl-kyverno/commands/test/compare.go, resource/{compare,tidy,labels}.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kywarden.model.resources import texts
from kywarden.testing import resources, text_diff
from kywarden.testing.files import Files, LoadError, joined
from kywarden.values import trees, yaml_objects
from kywarden.values.trees import Map, Tree, floated

NOT_IN_FILE = "not found in manifest"
GENERATION_LABELS = "generate.kyverno.io/"
WORDS = {"patched": ("patched", "PatchedResources"), "generated": ("generated", "GeneratedResource")}


@dataclass(frozen=True, slots=True)
class Difference:
    """Why an object is not as expected: the text for people and the reason for the table."""

    text: str
    reason: str


def compare(
    actual: Map, folder: str, path: str, what: str, files: Files, colour: Callable[[str, str], str]
) -> Difference | None:
    """The difference of an object from its namesake in a file, None when there is none.

    what: `patched` or `generated`; colour: marks a part that is only in one of both.
    """
    word, name = WORDS[what]
    try:
        expected = _namesake(actual, joined(folder, path), files)
    except LoadError as error:
        return Difference(f"error: failed to load {name} resource ({error})", "Resource error")
    actual, expected = _labelled(actual), _labelled(expected)
    if trees.same(floated(tidied(actual)), floated(tidied(expected))):
        return None
    legend = text_diff.shown(text_diff.diff("only in expected", "only in actual"), colour)
    texts_of_both = [yaml_objects.dump({"object": each}) for each in (expected, actual)]
    difference = text_diff.shown(text_diff.diff(*texts_of_both), colour)
    return Difference(
        f"Patched resource didn't match the {word} resource in the test result\n({legend})\n\n{difference}",
        "Resource diff",
    )


def _namesake(actual: Map, path: str, files: Files) -> Map:
    key = resources.key(actual)
    for tree in files.documents(path):
        candidate = resources.prepared(tree)
        if resources.key(candidate) == key:
            return candidate
    raise LoadError(f"resource with name {key[3]} {NOT_IN_FILE}")


def _labelled(resource: Map) -> Map:
    """The resource with the label that generated ones bear and without the others of generation."""
    metadata = resource.get("metadata")
    labels: Map = {"app.kubernetes.io/managed-by": "kyverno"}
    own = texts(resource, "metadata", "labels")
    labels.update({key: value for key, value in own.items() if not key.startswith(GENERATION_LABELS)})
    return {**resource, "metadata": {**(metadata if isinstance(metadata, dict) else {}), "labels": labels}}


def tidied(tree: Tree) -> Tree:
    """The tree without nulls and empty maps and lists; None when nothing is left."""
    match tree:
        case dict():
            kept: Map = {key: item for key, value in tree.items() if (item := tidied(value)) is not None}
            return kept or None
        case list():
            return [item for value in tree if (item := tidied(value)) is not None] or None
        case _:
            return tree
