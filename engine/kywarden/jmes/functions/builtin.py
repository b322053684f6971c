"""The functions of JMESPath itself, as Kyverno's fork of go-jmespath computes them (functions.go of the fork)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.absence import or_null
from kywarden.jmes.foreign import ExpressionReference, is_plain_list
from kywarden.jmes.limits import check_text, weigh
from kywarden.jmes.signature import (
    ANY,
    ARRAY,
    BOOL,
    EXPRESSION,
    NUMBER,
    OBJECT,
    STRING,
    STRINGS,
    Function,
    panic,
    refuse_map_list,
)
from kywarden.model.world import World
from kywarden.values import go_text, strconv


def _abs(arguments: list[Any], world: World) -> float:
    return abs(float(arguments[0]))


def _avg(arguments: list[Any], world: World) -> float:
    numbers = arguments[0]
    total = 0.0
    for number in numbers:
        total += number
    # kyverno: the average of nothing is NaN, which no JSON can hold
    return total / len(numbers) if numbers else math.nan


def _rounded(direction: Callable[[float], int]) -> Callable[[list[Any], World], float]:
    def handle(arguments: list[Any], world: World) -> float:
        number = float(arguments[0])
        return math.copysign(float(direction(number)), number) if math.isfinite(number) else number

    return handle


def _contains(arguments: list[Any], world: World) -> bool:
    searched, wanted = arguments
    if isinstance(searched, str):
        return isinstance(wanted, str) and wanted in searched
    refuse_map_list("contains", searched)
    for item in searched:
        if type(item) is type(wanted):
            if isinstance(item, (dict, list)):
                raise panic("contains", "lists and maps cannot be compared")
            if item == wanted:
                return True
    return False


def _starts_with(arguments: list[Any], world: World) -> bool:
    return bool(arguments[0].startswith(arguments[1]))


def _ends_with(arguments: list[Any], world: World) -> bool:
    return bool(arguments[0].endswith(arguments[1]))


def _join(arguments: list[Any], world: World) -> str:
    separator, parts = arguments
    check_text("join", sum(map(len, parts)) + len(separator) * len(parts))
    return str(separator.join(parts))


def _keys(arguments: list[Any], world: World) -> list[str]:
    # kyverno: Go's order is random; ours is that of the keys
    return sorted(arguments[0])


def _values(arguments: list[Any], world: World) -> list[Any]:
    return [arguments[0][key] for key in sorted(arguments[0])]


def _length(arguments: list[Any], world: World) -> float:
    return float(len(arguments[0]))


def _map(arguments: list[Any], world: World) -> list[Any]:
    reference, items = arguments
    refuse_map_list("map", items)
    results = []
    for item in items:
        world.poll()
        results.append(or_null(reference.run, item, world))
    return results


def _merge(arguments: list[Any], world: World) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for argument in arguments:
        if not isinstance(argument, dict):
            raise panic("merge", "an argument is no map")
        merged.update(argument)
    return merged


def _not_null(arguments: list[Any], world: World) -> Any:
    return next((argument for argument in arguments if argument is not None), None)


def _reverse(arguments: list[Any], world: World) -> Any:
    refuse_map_list("reverse", arguments[0])
    return arguments[0][::-1]


def _to_array(arguments: list[Any], world: World) -> list[Any]:
    value = arguments[0]
    return value if is_plain_list(value) else [value]


def _to_number(arguments: list[Any], world: World) -> float | None:
    value = arguments[0]
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return strconv.parse_float(value)
    _type_name(value)
    return None


def _to_string(arguments: list[Any], world: World) -> str:
    value = arguments[0]
    if isinstance(value, str):
        return value
    if isinstance(value, ExpressionReference):
        return "{}"
    weigh(value, world.poll)
    try:
        text = go_text.json_text(value)
    except ValueError as error:
        raise EvaluationError(f"json: {error}") from None
    check_text("to_string", len(text))
    return text


def _type(arguments: list[Any], world: World) -> str:
    return _type_name(arguments[0])


def _type_name(value: Any) -> str:
    # kyverno: integers and the result of items() are of no type
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if is_plain_list(value):
        return "array"
    for kind, name in ((float, "number"), (str, "string"), (dict, "object")):
        if isinstance(value, kind):
            return name
    raise EvaluationError("unknown type")


TABLE: tuple[Function, ...] = (
    Function("abs", (NUMBER,), NUMBER, _abs, "The absolute value of a number.", "abs(`-1`)"),
    Function("avg", (("array[number]",),), NUMBER, _avg, "The average of a list of numbers.", "avg(`[1, 2]`)"),
    Function("ceil", (NUMBER,), NUMBER, _rounded(math.ceil), "The next integer upward.", "ceil(`1.2`)"),
    Function(
        "contains",
        (("array", "string"), ANY),
        BOOL,
        _contains,
        "Whether a list has an item, or a string a part.",
        "contains('nginx:latest', ':')",
    ),
    Function(
        "ends_with",
        (STRING, STRING),
        BOOL,
        _ends_with,
        "Whether a string ends with another.",
        "ends_with('a.yaml', '.yaml')",
    ),
    Function("floor", (NUMBER,), NUMBER, _rounded(math.floor), "The next integer downward.", "floor(`1.8`)"),
    Function(
        "join", (STRING, STRINGS), STRING, _join, "Glue strings, a separator between them.", "join('-', ['a', 'b'])"
    ),
    Function("keys", (OBJECT,), ARRAY, _keys, "The keys of a map, sorted.", "keys({a: 'x', b: 'y'})"),
    Function(
        "length",
        (("string", "array", "object"),),
        NUMBER,
        _length,
        "The number of characters, items or keys.",
        "length('word')",
    ),
    Function("map", (EXPRESSION, ARRAY), ARRAY, _map, "Evaluate an expression on each item.", "map(&a, [{a: 'x'}])"),
    Function(
        "merge",
        (OBJECT,),
        OBJECT,
        _merge,
        "One map of several, the later ones winning.",
        "merge({a: 'x'}, {b: 'y'})",
        True,
    ),
    Function(
        "not_null", (ANY,), ANY, _not_null, "The first argument that is not null.", "not_null(missing, 'x')", True
    ),
    Function(
        "reverse", (("array", "string"),), ANY, _reverse, "A list or string from back to front.", "reverse('abc')"
    ),
    Function(
        "starts_with",
        (STRING, STRING),
        BOOL,
        _starts_with,
        "Whether a string starts with another.",
        "starts_with('kube-system', 'kube-')",
    ),
    Function("to_array", (ANY,), ARRAY, _to_array, "The list itself, or a list of the one value.", "to_array('x')"),
    Function("to_number", (ANY,), NUMBER, _to_number, "The number that a string spells, or null.", "to_number('1.5')"),
    Function("to_string", (ANY,), STRING, _to_string, "The string itself, or the value as JSON.", "to_string(`[1]`)"),
    Function("type", (ANY,), STRING, _type, "The name of a value's type.", "type(`1`)"),
    Function("values", (OBJECT,), ARRAY, _values, "The values of a map, in the order of its keys.", "values({a: 'x'})"),
)
