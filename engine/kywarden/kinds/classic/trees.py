"""Parts of a policy's tree, after the schema: absent and null read as empty."""

from __future__ import annotations

from kywarden.values.trees import Map, Tree


def one_map(tree: Tree) -> Map:
    """The map, empty when it is none."""
    return tree if isinstance(tree, dict) else {}


def maps(tree: Tree) -> list[Map]:
    """The maps of a list, empty when it is none."""
    return [item for item in tree if isinstance(item, dict)] if isinstance(tree, list) else []


def structs(tree: Tree) -> list[Map]:
    """A list of structs as Go decodes it: null is an empty one."""
    return [one_map(item) for item in tree] if isinstance(tree, list) else []


def texts(tree: Tree) -> list[str]:
    """The strings of a list, empty when it is none."""
    return [item for item in tree if isinstance(item, str)] if isinstance(tree, list) else []
