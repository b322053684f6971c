"""How Go prints a syntax tree of go-jmespath: visible where an `&expression` is an argument of the wrong type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kywarden.jmes.lexer import NAMES
from kywarden.values import go_text

_NUMBERS = {
    "broken": 0,
    "comparator": 1,
    "current": 2,
    "expref": 3,
    "function_expression": 4,
    "field": 5,
    "filter_projection": 6,
    "flatten": 7,
    "identity": 8,
    "index": 9,
    "index_expression": 10,
    "key_val_pair": 11,
    "literal": 12,
    "multi_select_dict": 13,
    "multi_select_list": 14,
    "or_expression": 15,
    "and_expression": 16,
    "not_expression": 17,
    "pipe": 18,
    "projection": 19,
    "subexpression": 20,
    "slice": 21,
    "value_projection": 22,
}
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
