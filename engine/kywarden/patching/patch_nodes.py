"""A patch while its anchors are worked off: keys are renamed in place, so that one may come to stand twice."""

from __future__ import annotations

from itertools import combinations
from typing import TypeAlias

from kywarden.errors import EvaluationError
from kywarden.judging import anchors
from kywarden.judging.anchors import CONDITIONS, Anchor
from kywarden.patching.nodes import Repeating
from kywarden.values.trees import Map, Tree


class Fields:
    """A map; of equal keys the first one counts."""

    __slots__ = ("entries",)

    def __init__(self, entries: list[tuple[str, PatchNode]]) -> None:
        self.entries = entries

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.entries]

    def get(self, key: str) -> PatchNode:
        """The value of a key that is there."""
        index = self._find(key)
        if index is None:
            # kyverno: an anchor written with white space around it is looked up without, which crashes
            raise EvaluationError(f"the anchor {key} must not have white space around it")
        return self.entries[index][1]

    def remove(self, key: str) -> None:
        index = self._find(key)
        if index is not None:
            del self.entries[index]

    def rename(self, key: str, new: str) -> None:
        index = self._find(key)
        if index is not None:
            self.entries[index] = (new, self.entries[index][1])

    def set(self, key: str, value: PatchNode) -> None:
        index = self._find(key)
        if index is None:
            self.entries.append((key, value))
        else:
            self.entries[index] = (key, value)

    def anchors(self, modifiers: frozenset[str]) -> list[Anchor]:
        """The anchors of these kinds among the keys."""
        found = (anchors.parse(key) for key in self.keys)
        return [anchor for anchor in found if anchor is not None and anchor.modifier in modifiers]

    def _find(self, key: str) -> int | None:
        return next((index for index, (each, _) in enumerate(self.entries) if each == key), None)


PatchNode: TypeAlias = Fields | list["PatchNode"] | str | bool | int | float | None


def node_of(tree: Tree) -> PatchNode:
    """The node of a tree; keys are sorted, as in Go's JSON."""
    match tree:
        case dict():
            return Fields([(key, node_of(tree[key])) for key in sorted(tree)])
        case list():
            return [node_of(item) for item in tree]
        case _:
            return tree


def tree_of(node: PatchNode) -> Tree:
    """The tree of a node."""
    if isinstance(node, Fields):
        fields: Map = {}
        for key, value in node.entries:
            fields.setdefault(key, tree_of(value))
        if len(fields) == len(node.entries):
            return fields
        return Repeating(fields, [one for one, other in combinations(node.keys, 2) if one == other])
    return [tree_of(item) for item in node] if isinstance(node, list) else node


def copy_of(node: PatchNode) -> PatchNode:
    """A copy that can be worked off on its own."""
    if isinstance(node, Fields):
        return Fields([(key, copy_of(value)) for key, value in node.entries])
    return [copy_of(item) for item in node] if isinstance(node, list) else node


def size_of(node: PatchNode) -> int:
    """How many nodes there are in the node."""
    if isinstance(node, Fields):
        return 1 + sum(size_of(value) for _, value in node.entries)
    return 1 + sum(map(size_of, node)) if isinstance(node, list) else 1


def has_anchors(node: PatchNode, modifiers: frozenset[str]) -> bool:
    """Whether an anchor of these kinds stands anywhere in the node."""
    if isinstance(node, Fields):
        return bool(node.anchors(modifiers)) or any(has_anchors(node.get(key), modifiers) for key in node.keys)
    if isinstance(node, list):
        return any(has_anchors(item, modifiers) for item in node)
    # kyverno: a text that looks like a condition counts as one
    found = anchors.parse(node) if isinstance(node, str) else None
    return found is not None and found.modifier in CONDITIONS
