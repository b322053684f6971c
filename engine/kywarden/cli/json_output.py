"""JSON for people, as Go's `json.MarshalIndent` writes it: two spaces, keys sorted, `<`, `>`, `&` escaped."""

from __future__ import annotations

from kywarden.values.go_text import json_text
from kywarden.values.trees import Tree


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
