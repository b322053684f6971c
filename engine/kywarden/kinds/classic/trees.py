"""Parts of a policy's tree, after the schema: absent and null read as empty."""

from __future__ import annotations

from kywarden.values.trees import Map, Tree, maps, texts

__all__ = ["maps", "one_map", "structs", "texts"]


def one_map(tree: Tree) -> Map:
    """The map, empty when it is none."""
    return tree if isinstance(tree, dict) else {}


def structs(tree: Tree) -> list[Map]:
    """A list of structs as Go decodes it: null is an empty one."""
    return [one_map(item) for item in tree] if isinstance(tree, list) else []
