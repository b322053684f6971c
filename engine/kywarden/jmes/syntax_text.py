"""How Go prints a syntax tree of go-jmespath: visible where an `&expression` is an argument of the wrong type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kywarden.jmes import syntax_tree_text
from kywarden.jmes.lexer import NAMES
from kywarden.values import go_text

_NUMBERS = {kind: number for number, kind in enumerate(syntax_tree_text.NODES)}
"""ASTNodeType of the fork."""

_TOKENS = {kind: number for number, kind in enumerate(NAMES)}


def text(node: Mapping[str, Any]) -> str:
    """`{type value [children]}`, as fmt's `%v` prints the struct with its unexported parts."""
    kind = node["type"]
    children = node["children"]
    if kind == "slice":
        # Go prints the addresses of the numbers; any text will do
        return f"{{{_NUMBERS[kind]} {go_text.sprint(list(children))} []}}"
    if kind == "subexpression" and len(children) > 2:
        # the package's parser joins what Go nests
        return text({"type": kind, "children": [{"type": kind, "children": children[:-1]}, children[-1]]})
    value: Any = node.get("value")
    shown = str(_TOKENS[value]) if kind == "comparator" else go_text.sprint(value)
    return f"{{{_NUMBERS[kind]} {shown} [{' '.join(map(text, children))}]}}"
