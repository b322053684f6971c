"""How Go prints a syntax tree of go-jmespath: visible where an `&expression` is an argument of the wrong type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kywarden.jmes import syntax_tree_text
from kywarden.jmes.lexer import NAMES
from kywarden.values import go_text

_NUMBERS = {kind: number for number, kind in enumerate(syntax_tree_text.NODES)}
"""ASTNodeType of the fork."""

_TOKENS = {kind: number for number, kind in enumerate(NAMES)}


def text(node: Mapping[str, Any]) -> str:
    """`{type value [children]}`, as fmt's `%v` prints the struct with its unexported parts."""
    pieces: list[str] = []
    pending: list[Mapping[str, Any] | str] = [node]
    while pending:  # a chain of operators is a tree as deep as it is long
        one = pending.pop()
        if isinstance(one, str):
            pieces.append(one)
        else:
            pending.extend(reversed([*_parts(one)]))
    return "".join(pieces)


def _parts(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any] | str]:
    kind = node["type"]
    children = node["children"]
    number = _NUMBERS[kind]
    if kind == "slice":
        # Go prints the addresses of the numbers; any text will do
        yield f"{{{number} {go_text.sprint(list(children))} []}}"
        return
    value: Any = node.get("value")
    shown = str(_TOKENS[value]) if kind == "comparator" else go_text.sprint(value)
    begin, end = f"{{{number} {shown} [", "]}"
    # the package's parser joins subexpressions that Go nests
    nested = len(children) - 2 if kind == "subexpression" else 0
    yield begin * (nested + 1)
    for index, child in enumerate(children):
        yield " " if index else ""
        yield child
        yield end if 0 < index <= nested else ""
    yield end
