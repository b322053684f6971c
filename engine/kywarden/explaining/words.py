"""Values and paths in words."""

from __future__ import annotations

import json

from kywarden.values.trees import Tree
from kywarden.values.yaml_tree import Path, path_text

LONGEST = 80
"""Characters of a value that are shown."""


def shown(tree: Tree) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(_plain(tree), ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _plain(tree: Tree) -> Tree:
    """Whole floats as integers: the difference is Go's, not the reader's."""
    match tree:
        case float() if tree.is_integer():
            return int(tree)
        case dict():
            return {key: _plain(value) for key, value in tree.items()}
        case list():
            return [_plain(item) for item in tree]
        case _:
            return tree


def kind_of(tree: Tree) -> str:
    """`a map`, `a list`, `missing`, or the value."""
    match tree:
        case None:
            return "missing"
        case dict():
            return "a map"
        case list():
            return "a list"
        case _:
            return shown(tree)


def named(path: Path) -> str:
    """A path for people: `spec.containers[0].image`."""
    return path_text(path) or "the object"


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
