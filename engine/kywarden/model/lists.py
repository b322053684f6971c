"""Lists: several objects in one document, as `kubectl get -o yaml` prints them.

A List is a map whose kind is `List`, or ends with it where there are `items` (`ClusterPolicyList`). Its items are maps,
which may be Lists again. Whoever reads documents spreads them here, so that all agree on what is one object; only what
imitates Kyverno's command line has Kyverno's own rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree, described
from kywarden.values.yaml_tree import Path, path_text


class MisfitError(ValueError):
    """What stands at a path of a document is not what a List needs there; path: empty for the document itself."""

    def __init__(self, path: Path, needed: str, found: Tree) -> None:
        self.path = path
        self.reason = f"must be {needed}, not {described(found)}"
        super().__init__(path, self.reason)

    def __str__(self) -> str:
        return f"{path_text(self.path)}: {self.reason}" if self.path else self.reason


def is_list(tree: Map) -> bool:
    """Whether a document holds objects instead of being one."""
    kind = text(tree, "kind")
    return kind == "List" or (kind.endswith("List") and "items" in tree)


def spread(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Map]]:
    """The objects of a document with their paths: itself, or those of a List; raises `MisfitError`."""
    if not isinstance(tree, dict):
        raise MisfitError(path, "a map", tree)
    if not is_list(tree):
        yield path, tree
        return
    path = (*path, "items")
    items = tree.get("items")
    if not isinstance(items, list):
        raise MisfitError(path, "a list", items)
    for index, item in enumerate(items):
        yield from spread(item, (*path, index))
