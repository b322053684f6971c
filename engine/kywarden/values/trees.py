"""A tree: what JSON and YAML documents become.

`int` stands for Go's int64 and `float` for float64; the two never mix silently (kyverno: C.5), and `bool` is never a
number: test for it first. Lists and dicts of a tree are shared freely and therefore never changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from kywarden.values import strconv

Tree: TypeAlias = bool | int | float | str | list["Tree"] | dict[str, "Tree"] | None
Map: TypeAlias = dict[str, Tree]

Poll: TypeAlias = Callable[[], None]
"""Called at each step of a walk; raises `errors.Timeout` once the deadline has passed."""

MAX_DEPTH = 128
"""Nesting of documents that are read; checked by the readers, so no walk over a tree needs its own limit."""


def maps(tree: Tree) -> list[Map]:
    """The maps of a list, none when it is no list."""
    return [item for item in tree if isinstance(item, dict)] if isinstance(tree, list) else []


def texts(tree: Tree) -> list[str]:
    """The strings of a list, none when it is no list."""
    return [item for item in tree if isinstance(item, str)] if isinstance(tree, list) else []


def never() -> None:
    """A `Poll` without a deadline."""


def described(tree: Tree) -> str:
    """What a tree is, for a message: texts and numbers with their value."""
    match tree:
        case None:
            return "null"
        case bool():
            return f"the boolean {str(tree).lower()}"
        case str():
            return f'the string "{tree if len(tree) <= 40 else tree[:40] + "…"}"'
        case int() | float():
            return f"the number {tree}"
        case list():
            return "a list"
        case dict():
            return "a map"


def floated(tree: Tree) -> Tree:
    """The same tree with every integer as float64, as Go decodes JSON into `interface{}`."""
    match tree:
        case dict():
            return {key: value if isinstance(value, str) else floated(value) for key, value in tree.items()}
        case list():
            return [floated(value) for value in tree]
        case int() if not isinstance(tree, bool):
            return float(tree)
        case _:
            return tree


def encoded(tree: Tree) -> Tree:
    """A tree as it comes back after Go has written it as JSON: a whole float64 becomes an int64 if it fits."""
    match tree:
        case float() if tree.is_integer() and abs(tree) <= strconv.MAX_INT64:
            # beyond 2**53 Go writes the shortest digits that tell the number, and zeros
            number = int(strconv.json_number(tree))
            return number if number in strconv.INT64 else tree
        case dict():
            changed = {key: encoded(value) for key, value in tree.items()}
            return tree if all(changed[key] is value for key, value in tree.items()) else changed
        case list():
            items = [encoded(value) for value in tree]
            return tree if all(new is old for new, old in zip(items, tree, strict=True)) else items
        case _:
            return tree


def same(left: Tree, right: Tree) -> bool:
    """Deep equality with Go's types: `1` and `1.0` differ, `True` and `1` differ (Go's reflect.DeepEqual)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return len(left) == len(right) and all(key in right and same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def depth_exceeds(tree: Tree, limit: int = MAX_DEPTH) -> bool:
    """Whether the tree nests deeper than the limit; walks level by level, without recursion."""
    level: list[Tree] = [tree]
    for _ in range(limit + 1):
        following: list[Tree] = []
        for node in level:
            if isinstance(node, dict):
                following.extend(node.values())
            elif isinstance(node, list):
                following.extend(node)
        if not following:
            return False
        level = following
    return True
