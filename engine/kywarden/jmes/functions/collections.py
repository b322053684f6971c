"""Functions that take apart and build lists and maps (pkg/engine/jmespath/functions.go)."""

from __future__ import annotations

from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.foreign import MapList, is_plain_list
from kywarden.jmes.functions.conversion import text_of
from kywarden.jmes.numbers import whole
from kywarden.jmes.signature import ANY, ARRAY, OBJECT, STRING, TEXT, Function, failure, wrong_type
from kywarden.model.world import World
from kywarden.values.trees import Tree


def _lookup(arguments: list[Any], world: World) -> Tree:
    container, key = arguments
    if isinstance(container, dict):
        if not isinstance(key, str):
            raise wrong_type("lookup", 2, "String")
        value: Tree = container.get(key)
        return value
    if not is_plain_list(container):
        raise wrong_type("lookup", 1, "Object or Array")
    if not isinstance(key, float):
        raise wrong_type("lookup", 2, "Number")
    try:
        index = whole(key)
    except EvaluationError as error:
        raise failure("lookup", f"argument #2: {error}") from None
    return container[index] if 0 <= index < len(container) else None


def _items(arguments: list[Any], world: World) -> MapList:
    container, key_name, value_name = arguments
    if isinstance(container, dict):
        pairs: list[tuple[Tree, Tree]] = [(key, container[key]) for key in sorted(container)]
    elif is_plain_list(container):
        pairs = [(float(index), value) for index, value in enumerate(container)]
    else:
        raise wrong_type("items", 1, "Object or Array")
    return MapList({key_name: key, value_name: value} for key, value in pairs)


def _object_from_lists(arguments: list[Any], world: World) -> dict[str, Tree]:
    keys, values = arguments
    for number, argument in enumerate(arguments, 1):
        if not is_plain_list(argument):
            raise wrong_type("object_from_lists", number, "Array")
    built: dict[str, Tree] = {}
    for index, key in enumerate(keys):
        try:
            name = text_of(key)
        except EvaluationError:
            raise wrong_type("object_from_lists", 1, "StringArray") from None
        built[name] = values[index] if index < len(values) else None
    return built


TABLE: tuple[Function, ...] = (
    Function(
        "lookup",
        (("object", "array"), TEXT),
        ANY,
        _lookup,
        "The value of a key in a map or of an index in a list; null when there is none.",
        "lookup({a: 'x'}, 'a')",
    ),
    Function(
        "items",
        (("object", "array"), STRING, STRING),
        ARRAY,
        _items,
        "A list with one map per entry, holding its key (or index) and its value under the names given.",
        "items({a: 'x'}, 'key', 'value')",
    ),
    Function(
        "object_from_lists",
        (ARRAY, ARRAY),
        OBJECT,
        _object_from_lists,
        "A map of a list of keys and a list of values; missing values are null.",
        "object_from_lists(['a', 'b'], ['x', 'y'])",
    ),
)
