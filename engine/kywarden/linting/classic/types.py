"""The type of an expression's value, as far as its text tells: `bool`, `text`, `list`, `map`, or empty for any."""

from __future__ import annotations

from typing import Any

from kywarden import jmes
from kywarden.binding import syntax
from kywarden.errors import EvaluationError
from kywarden.jmes.functions import FUNCTIONS
from kywarden.values.trees import Tree

TAGS = ("labels", "annotations")
_TEXTS = [
    path.split(".")
    for path in (
        *("request.operation", "request.name", "request.namespace", "request.userInfo.username"),
        *("request.object.kind", "request.object.metadata.name", "request.object.metadata.namespace"),
    )
]
_RETURNED = {"string": "text", "bool": "bool", "boolean": "bool", "array": "list", "object": "map", "number": "number"}


def of_side(tree: Tree) -> str:
    """The type of one side of a condition: constant, or one whole variable."""
    match tree:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "map"
        case str():
            return _of_text(tree)
    return ""


def _of_text(text: str) -> str:
    variables = syntax.variables(text)
    if not variables:
        return "" if "$(" in text else "text"
    if syntax.is_variable(syntax.replace_variables(text, lambda _: "x")):
        return ""  # a variable inside a variable
    if variables[0].whole != text:
        return "text"
    try:
        return of_expression(jmes.compile(variables[0].expression).syntax)
    except EvaluationError:
        return ""


def of_expression(node: dict[str, Any]) -> str:
    """The type that a node has whenever it yields anything."""
    match node["type"]:
        case "comparator" | "not_expression":
            return "bool"
        case "multi_select_list" | "projection" | "filter_projection" | "value_projection" | "flatten":
            return "list"
        case "multi_select_dict":
            return "map"
        case "subexpression":
            return "text" if _is_text(plain_path(node)) else ""
        case "literal":
            return of_side(node["value"]) if not isinstance(node["value"], str) else "text"
        case "pipe":
            return of_expression(node["children"][1])
        case "or_expression" | "and_expression":
            first, second = map(of_expression, node["children"])
            return first if first == second else ""
        case "function_expression":
            function = FUNCTIONS.get(node["value"])
            return _RETURNED.get(function.returns[0], "") if function and len(function.returns) == 1 else ""
    return ""


def _is_text(keys: list[str]) -> bool:
    """Whether a path of the request leads to a text, if to anything."""
    return keys in _TEXTS or (len(keys) == 5 and keys[:3] == ["request", "object", "metadata"] and keys[3] in TAGS)


def plain_path(node: jmes.Syntax) -> list[str]:
    """The keys of a plain path, empty for anything else."""
    if node["type"] == "field":
        return [node["value"]]
    if node["type"] == "subexpression" and all(child["type"] == "field" for child in node["children"]):
        return [child["value"] for child in node["children"]]
    return []
