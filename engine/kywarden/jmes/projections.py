"""Nodes that apply another to each element: `[*]`, `.*`, `[?…]`, `[]` (interpreter.go of the fork).

What an element yields is left out when it is null or missing.
"""

from __future__ import annotations

from typing import Any

from kywarden.jmes.absence import is_false, or_null, or_null_on_error
from kywarden.jmes.foreign import Node
from kywarden.jmes.limits import check_items
from kywarden.model.world import World


def over_list(source: Node, each: Node) -> Node:
    """`source[*].each`, and what follows a slice or `[]`."""

    def project(value: Any, world: World) -> Any:
        items = or_null(source, value, world)
        return _projected(items, each, world) if isinstance(items, list) else None

    return project


def over_items(source: Node) -> Node:
    """`source[*]` with nothing after it: the items that are not null."""

    def project(value: Any, world: World) -> Any:
        items = or_null(source, value, world)
        return [item for item in items if item is not None] if isinstance(items, list) else None

    return project


def over_values(source: Node, each: Node) -> Node:
    """`source.*.each`. Go's order of a map's values is random; ours is that of the keys."""

    def project(value: Any, world: World) -> Any:
        mapping = or_null_on_error(source, value, world)
        if not isinstance(mapping, dict):
            return None
        # kyverno: the list of values starts with as many nulls
        padding = _projected([None], each, world) * len(mapping) if mapping else []
        return padding + _projected([mapping[key] for key in sorted(mapping)], each, world)

    return project


def over_matches(source: Node, each: Node, condition: Node) -> Node:
    """`source[?condition].each`."""

    def project(value: Any, world: World) -> Any:
        items = or_null_on_error(source, value, world)
        if not isinstance(items, list):
            return None
        results = []
        for item in items:
            world.poll()
            if not is_false(or_null(condition, item, world)):
                result = or_null(each, item, world)
                if result is not None:
                    results.append(result)
        return results

    return project


def flattened(source: Node) -> Node:
    """`source[]`: lists inside the list give way to their items, one level deep."""

    def flatten(value: Any, world: World) -> Any:
        items = or_null_on_error(source, value, world)
        if not isinstance(items, list):
            return None
        results: list[Any] = []
        for item in items:
            if isinstance(item, list):
                world.poll()
                check_items(len(results) + len(item))
                results.extend(item)
            else:
                results.append(item)
        return results

    return flatten


def _projected(items: list[Any], each: Node, world: World) -> list[Any]:
    results = []
    for item in items:
        world.poll()
        result = or_null(each, item, world)
        if result is not None:
            results.append(result)
    return results
