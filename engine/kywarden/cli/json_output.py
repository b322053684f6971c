"""JSON for people: plain, or as Go's `json.MarshalIndent` writes it (keys sorted, `<`, `>`, `&` escaped)."""

from __future__ import annotations

import json

from kywarden.values.controls import escaped
from kywarden.values.go_text import json_text
from kywarden.values.trees import Tree


def plain(tree: Tree) -> str:
    """The text of a tree in the order of its keys, without a line feed at its end; it cannot steer a terminal."""
    return escaped(json.dumps(tree, indent=2, ensure_ascii=False))


def indented(tree: Tree, level: int = 0) -> str:
    """The text of a tree, without a line feed at its end."""
    pad, end = "  " * (level + 1), "  " * level
    match tree:
        case dict() if tree:
            entries = (f"{pad}{json_text(key)}: {indented(tree[key], level + 1)}" for key in sorted(tree))
            return "{\n" + ",\n".join(entries) + f"\n{end}}}"
        case list() if tree:
            return "[\n" + ",\n".join(f"{pad}{indented(item, level + 1)}" for item in tree) + f"\n{end}]"
        case _:
            return json_text(tree)
