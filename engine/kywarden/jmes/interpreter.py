"""The meaning of a syntax tree: each node becomes a function of the current value.

A key that is missing raises `NotFound`. It passes through sub-expressions, index expressions and the right side of
`&&`; every other node turns it into null (kyverno: D.1; interpreter.go of the fork).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kywarden.errors import EvaluationError, NotFound
from kywarden.jmes import projections
from kywarden.jmes.absence import is_false, or_null
from kywarden.jmes.foreign import ExpressionReference, Node
from kywarden.jmes.functions import FUNCTIONS
from kywarden.jmes.limits import weigh
from kywarden.jmes.parser import Syntax
from kywarden.jmes.signature import Function, has_type
from kywarden.model.world import World
from kywarden.values.trees import same


def compile_node(syntax: Syntax) -> Node:
    """The function of one node of a syntax tree."""
    return _COMPILERS[syntax["type"]](syntax)


def _children(syntax: Syntax) -> list[Node]:
    return [compile_node(child) for child in syntax["children"]]


def _spine(syntax: Syntax) -> list[Node]:
    """The operands of a left-associative chain such as `a || b || c`, which may be long."""
    kind = syntax["type"]
    operands = []
    while syntax["type"] == kind:
        left, right = syntax["children"]
        operands.append(right)
        syntax = left
    operands.append(syntax)
    return [compile_node(operand) for operand in reversed(operands)]


def _field(syntax: Syntax) -> Node:
    key: str = syntax["value"]

    def field(value: Any, world: World) -> Any:
        if isinstance(value, dict):
            try:
                return value[key]
            except KeyError:
                raise NotFound(key) from None
        return None

    return field


def _path(keys: list[str]) -> Node:
    """Plain `a.b.c`, by far the most frequent expression."""

    def path(value: Any, world: World) -> Any:
        for key in keys:
            if not isinstance(value, dict):
                return None
            try:
                value = value[key]
            except KeyError:
                raise NotFound(key) from None
        return value

    return path


def _chain(syntax: Syntax) -> Node:
    children = syntax["children"]
    if all(child["type"] == "field" for child in children):
        return _path([child["value"] for child in children])
    first, *rest = _children(syntax)

    def chain(value: Any, world: World) -> Any:
        value = first(value, world)
        for step in rest:
            value = step(value, world)
        return value

    return chain


def _index(syntax: Syntax) -> Node:
    position: int = syntax["value"]

    def index(value: Any, world: World) -> Any:
        if isinstance(value, list) and -len(value) <= position < len(value):
            return value[position]
        return None

    return index


def _slice(syntax: Syntax) -> Node:
    part = slice(*syntax["children"])

    def cut(value: Any, world: World) -> Any:
        if not isinstance(value, list):
            return None
        if part.step == 0:
            raise EvaluationError("Invalid slice, step cannot be 0")
        return value[part]

    return cut


def _literal(syntax: Syntax) -> Node:
    constant = syntax["value"]
    return lambda value, world: constant


def _current(syntax: Syntax) -> Node:
    return lambda value, world: value


def _comparator(syntax: Syntax) -> Node:
    left, right = _children(syntax)
    name: str = syntax["value"]
    if name in ("eq", "ne"):
        wanted = name == "eq"

        def equality(value: Any, world: World) -> bool:
            first = or_null(left, value, world)
            second = or_null(right, value, world)
            if isinstance(first, (dict, list)) and isinstance(second, (dict, list)):
                weigh(first, world.poll)
            return same(first, second) is wanted

        return equality
    holds = _ORDER[name]

    def order(value: Any, world: World) -> bool | None:
        first = or_null(left, value, world)
        second = or_null(right, value, world)
        # kyverno: only float64 is ordered; strings and integers compare to null
        if isinstance(first, float) and isinstance(second, float):
            return holds(first, second)
        return None

    return order


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "lt": lambda first, second: first < second,
    "lte": lambda first, second: first <= second,
    "gt": lambda first, second: first > second,
    "gte": lambda first, second: first >= second,
}


def _or(syntax: Syntax) -> Node:
    operands = _spine(syntax)

    def either(value: Any, world: World) -> Any:
        result = None
        for operand in operands:
            result = or_null(operand, value, world)
            if not is_false(result):
                break
        return result

    return either


def _and(syntax: Syntax) -> Node:
    *operands, last = _spine(syntax)

    def both(value: Any, world: World) -> Any:
        for operand in operands:
            result = or_null(operand, value, world)
            if is_false(result):
                return result
        return last(value, world)

    return both


def _not(syntax: Syntax) -> Node:
    (operand,) = _children(syntax)
    return lambda value, world: is_false(or_null(operand, value, world))


def _pipe(syntax: Syntax) -> Node:
    steps = _spine(syntax)

    def pipe(value: Any, world: World) -> Any:
        for step in steps:
            value = or_null(step, value, world)
        return value

    return pipe


def _projection(syntax: Syntax) -> Node:
    source, each = _children(syntax)
    if syntax["children"][1]["type"] == "identity":
        return projections.over_items(source)
    return projections.over_list(source, each)


def _multi_select_list(syntax: Syntax) -> Node:
    members = _children(syntax)

    def select(value: Any, world: World) -> Any:
        return None if value is None else [or_null(member, value, world) for member in members]

    return select


def _multi_select_dict(syntax: Syntax) -> Node:
    members = [(pair["value"], compile_node(pair["children"][0])) for pair in syntax["children"]]

    def select(value: Any, world: World) -> Any:
        return None if value is None else {key: or_null(member, value, world) for key, member in members}

    return select


def _expref(syntax: Syntax) -> Node:
    (target,) = syntax["children"]
    reference = ExpressionReference(target, compile_node(target))
    return lambda value, world: reference


def _function(syntax: Syntax) -> Node:
    name = syntax["value"]
    arguments = _children(syntax)
    if name is None:
        return _failing("invalid node value type")
    function = FUNCTIONS.get(name)
    prepared = _prepared(function, syntax["children"]) if function else None

    def call(value: Any, world: World) -> Any:
        resolved = [or_null(argument, value, world) for argument in arguments]
        if function is None:
            raise EvaluationError(f"unknown function: {name}")
        return function.call(resolved, world, prepared)

    return call


def _prepared(function: Function, arguments: list[Syntax]) -> Any:
    """What a function makes of its first argument, if that is a literal; a fault in it is reported at each call."""
    if function.prepare is None or not arguments or arguments[0]["type"] != "literal":
        return None
    first = arguments[0]["value"]
    if not has_type(first, function.parameters[0]):
        return None
    try:
        return function.prepare(first)
    except EvaluationError:
        return None


def _failing(reason: str) -> Node:
    def fail(value: Any, world: World) -> Any:
        raise EvaluationError(reason)

    return fail


_COMPILERS: dict[str, Callable[[Syntax], Node]] = {
    "and_expression": _and,
    "broken": lambda syntax: _failing("Unknown AST node: ASTEmpty"),
    "comparator": _comparator,
    "current": _current,
    "expref": _expref,
    "field": _field,
    "filter_projection": lambda syntax: projections.over_matches(*_children(syntax)),
    "flatten": lambda syntax: projections.flattened(*_children(syntax)),
    "function_expression": _function,
    "identity": _current,
    "index": _index,
    "index_expression": _chain,
    "literal": _literal,
    "multi_select_dict": _multi_select_dict,
    "multi_select_list": _multi_select_list,
    "not_expression": _not,
    "or_expression": _or,
    "pipe": _pipe,
    "projection": _projection,
    "slice": _slice,
    "subexpression": _chain,
    "value_projection": lambda syntax: projections.over_values(*_children(syntax)),
}
