"""The parts of a rule that the checks look at, each with its path in the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kywarden.kinds.classic.trees import one_map
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_tree import Path


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the spec; index: its number, policy: the whole tree."""

    tree: Map
    index: int
    policy: Map

    @property
    def path(self) -> Path:
        return ("spec", "rules", self.index)

    @property
    def name(self) -> str:
        return text(self.tree, "name")


def rules(policy: Map) -> list[Rule]:
    """The rules that are maps."""
    listed = one_map(policy.get("spec")).get("rules")
    trees = listed if isinstance(listed, list) else []
    return [Rule(tree, index, policy) for index, tree in enumerate(trees) if isinstance(tree, dict)]


def items(tree: Tree, path: Path) -> Iterator[tuple[Map, Path]]:
    """The maps of a list with their paths."""
    for index, item in enumerate(tree if isinstance(tree, list) else ()):
        if isinstance(item, dict):
            yield item, (*path, index)


def foreach_entries(body: Map, path: Path) -> Iterator[tuple[Map, Path]]:
    """The entries of `foreach`, those nested in them included."""
    for entry, place in items(body.get("foreach"), (*path, "foreach")):
        yield entry, place
        yield from foreach_entries(entry, place)


def bodies(rule: Rule) -> Iterator[tuple[Map, Path]]:
    """Whatever holds a `pattern`, `deny`, `patchStrategicMerge` or the like: `validate`, `mutate`, foreach entries."""
    for key in ("validate", "mutate"):
        body = rule.tree.get(key)
        if isinstance(body, dict):
            path = (*rule.path, key)
            yield body, path
            yield from foreach_entries(body, path)


def condition_blocks(rule: Rule) -> Iterator[tuple[Tree, Path]]:
    """All blocks of conditions: preconditions, deny."""
    yield rule.tree.get("preconditions"), (*rule.path, "preconditions")
    for body, path in bodies(rule):
        yield body.get("preconditions"), (*path, "preconditions")
        yield one_map(body.get("deny")).get("conditions"), (*path, "deny", "conditions")
    mutate = one_map(rule.tree.get("mutate"))
    for target, path in items(mutate.get("targets"), (*rule.path, "mutate", "targets")):
        yield target.get("preconditions"), (*path, "preconditions")
    generate = one_map(rule.tree.get("generate"))
    for entry, path in foreach_entries(generate, (*rule.path, "generate")):
        yield entry.get("preconditions"), (*path, "preconditions")


def conditions(block: Tree, path: Path) -> Iterator[tuple[Map, Path]]:
    """The conditions of a block, in either form."""
    if isinstance(block, list):
        yield from items(block, path)
    elif isinstance(block, dict):
        for mode in ("any", "all"):
            yield from items(block.get(mode), (*path, mode))


def patterns(rule: Rule) -> Iterator[tuple[Tree, Path]]:
    """All validate patterns, alternatives one by one."""
    for body, path in bodies(rule):
        if "pattern" in body:
            yield body["pattern"], (*path, "pattern")
        alternatives = body.get("anyPattern")
        if isinstance(alternatives, list):
            yield from ((one, (*path, "anyPattern", index)) for index, one in enumerate(alternatives))


def filters(rule: Rule) -> Iterator[tuple[Map, Path]]:
    """All filters of match and exclude: the bare ones, those of `any` and `all`."""
    for key in ("match", "exclude"):
        yield from block_filters(rule, key)


def block_filters(rule: Rule, key: str) -> list[tuple[Map, Path]]:
    """The filters of one block."""
    block = one_map(rule.tree.get(key))
    path = (*rule.path, key)
    listed = [*items(block.get("any"), (*path, "any")), *items(block.get("all"), (*path, "all"))]
    bare = any(block.get(name) for name in ("resources", "subjects", "roles", "clusterRoles"))
    return [*([(block, path)] if bare else []), *listed]
