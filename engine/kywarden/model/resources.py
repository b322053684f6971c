"""Fields of a Kubernetes object that may have any shape: read without trusting."""

from __future__ import annotations

from kywarden.values.trees import Map, Tree


def text(tree: Tree, *path: str) -> str:
    """The string at a path of map keys; the empty string when it is missing or no string."""
    for key in path:
        if not isinstance(tree, dict):
            return ""
        tree = tree.get(key)
    return tree if isinstance(tree, str) else ""


def texts(tree: Tree, *path: str) -> dict[str, str]:
    """The map of strings at a path (labels, annotations); entries that are no strings are left out."""
    for key in path:
        if not isinstance(tree, dict):
            return {}
        tree = tree.get(key)
    return {key: value for key, value in tree.items() if isinstance(value, str)} if isinstance(tree, dict) else {}


def group_kind(tree: Map) -> tuple[str, str]:
    """Group and kind of an object, the keys of the tables of kinds."""
    return group_version(tree)[0], text(tree, "kind")


def group_version(tree: Map) -> tuple[str, str]:
    """Group and version of an object's `apiVersion`."""
    group, slash, version = text(tree, "apiVersion").rpartition("/")
    return (group, version) if slash else ("", version)
