"""A syntax tree as text, as go-jmespath prints it for people (`kyverno jp parse`): nodes, values, children.

Source: parser.go PrettyPrint of Kyverno's fork; fmt's `%#v` for the values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kywarden.jmes.lexer import NAMES
from kywarden.values.strconv import general, quote
from kywarden.values.trees import Tree

NODES = {
    "broken": "ASTEmpty",
    "comparator": "ASTComparator",
    "current": "ASTCurrentNode",
    "expref": "ASTExpRef",
    "function_expression": "ASTFunctionExpression",
    "field": "ASTField",
    "filter_projection": "ASTFilterProjection",
    "flatten": "ASTFlatten",
    "identity": "ASTIdentity",
    "index": "ASTIndex",
    "index_expression": "ASTIndexExpression",
    "key_val_pair": "ASTKeyValPair",
    "literal": "ASTLiteral",
    "multi_select_dict": "ASTMultiSelectHash",
    "multi_select_list": "ASTMultiSelectList",
    "or_expression": "ASTOrExpression",
    "and_expression": "ASTAndExpression",
    "not_expression": "ASTNotExpression",
    "pipe": "ASTPipe",
    "projection": "ASTProjection",
    "subexpression": "ASTSubexpression",
    "slice": "ASTSlice",
    "value_projection": "ASTValueProjection",
}


def text(node: dict[str, Any]) -> str:
    """The lines of a tree; kyverno: the brace of `children` is never closed."""
    lines: list[str] = []
    pending: list[tuple[dict[str, Any], int] | str] = [(node, 0)]
    while pending:  # a chain of operators is a tree as deep as it is long
        one = pending.pop()
        if isinstance(one, str):
            lines.append(f"{one}\n")
        else:
            pending.extend(reversed([*_parts(*one)]))
    return "".join(lines)


def _parts(node: dict[str, Any], indent: int) -> Iterator[tuple[dict[str, Any], int] | str]:
    """The lines of a node, and its children where theirs stand."""
    pad = " " * indent
    kind, children = node["type"], node["children"]
    yield f"{pad}{NODES[kind]} {{"
    if (shown := _value(node)) is not None:
        yield f"{pad}  value: {shown}"
    if kind == "slice":
        children = []
    elif kind == "subexpression" and len(children) > 2:
        # the package's parser joins what Go nests
        children = [{"type": kind, "children": children[:-1]}, children[-1]]
    if children:
        yield f"{pad}  children: {{"
    for child in children:
        yield child, indent + 4
    yield f"{pad}}}"


def _value(node: dict[str, Any]) -> str | None:
    match node["type"]:
        case "slice":
            # addresses: any will do
            parts = ["(*int)(nil)" if part is None else "(*int)(0x1)" for part in node["children"]]
            return f"[]*int{{{', '.join(parts)}}}"
        case "comparator":
            return NAMES[node["value"]]
        case "literal" if node["value"] is None:
            return None
        case "literal" | "function_expression" | "field" | "key_val_pair" | "index":
            return go_syntax(node["value"])
        case _:
            return None


def go_syntax(tree: Tree) -> str:
    """A decoded JSON value as fmt's `%#v` prints it."""
    match tree:
        case None:
            return "interface {}(nil)"
        case bool():
            return "true" if tree else "false"
        case str():
            return quote(tree)
        case float():
            return general(tree)
        case int():
            return str(tree)
        case list():
            return f"[]interface {{}}{{{', '.join(map(go_syntax, tree))}}}"
        case dict():
            pairs = (f"{quote(key)}:{go_syntax(tree[key])}" for key in sorted(tree))
            return f"map[string]interface {{}}{{{', '.join(pairs)}}}"
