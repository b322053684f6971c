"""The functions of JMESPath that order: the largest, the smallest, sorting (functions.go of the fork)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.absence import or_null, or_null_on_error
from kywarden.jmes.signature import ANY, ARRAY, EXPRESSION, Function, Types, refuse_map_list
from kywarden.model.world import World

_SORTABLE: Types = ("array[string]", "array[number]")
_COMPARABLE: Types = ("array[number]", "array[string]")


def _extreme(better: Callable[[Any, Any], bool]) -> Callable[[list[Any], World], Any]:
    def handle(arguments: list[Any], world: World) -> Any:
        best = None
        for item in arguments[0]:
            if best is None or better(item, best):
                best = item
        return best

    return handle


def _extreme_by(function: str, better: Callable[[Any, Any], bool]) -> Callable[[list[Any], World], Any]:
    def handle(arguments: list[Any], world: World) -> Any:
        items, reference = arguments
        refuse_map_list(function, items)
        if len(items) < 2:
            return items[0] if items else None
        best_item, best = items[0], or_null(reference.run, items[0], world)
        kind = _key_type(best)
        for item in items[1:]:
            world.poll()
            key = or_null(reference.run, item, world)
            if not isinstance(key, kind):
                raise EvaluationError(f"invalid type, must be {'number' if kind is float else 'string'}")
            if better(key, best):
                best_item, best = item, key
        return best_item

    return handle


def _key_type(key: Any) -> type:
    if isinstance(key, (float, str)):
        return float if isinstance(key, float) else str
    raise EvaluationError("invalid type, must be number of string")


def _sort(arguments: list[Any], world: World) -> list[Any]:
    return sorted(arguments[0])


def _sort_by(arguments: list[Any], world: World) -> Any:
    items, reference = arguments
    refuse_map_list("sort_by", items)
    if len(items) < 2:
        return items
    kind = _key_type(or_null(reference.run, items[0], world))
    keyed: list[tuple[Any, Any]] = []
    for item in items:
        world.poll()
        key = or_null_on_error(reference.run, item, world)
        if not isinstance(key, kind):
            raise EvaluationError("error in sort_by comparison")
        keyed.append((key, item))
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]


def _greater(left: Any, right: Any) -> bool:
    return bool(left > right)


def _less(left: Any, right: Any) -> bool:
    return bool(left < right)


TABLE: tuple[Function, ...] = (
    Function("max", (_COMPARABLE,), ANY, _extreme(_greater), "The largest number or string.", "max(`[1, 3, 2]`)"),
    Function(
        "max_by",
        (ARRAY, EXPRESSION),
        ANY,
        _extreme_by("max_by", _greater),
        "The item for which an expression is largest.",
        'max_by(`[{"n": 1}, {"n": 2}]`, &n)',
    ),
    Function("min", (_COMPARABLE,), ANY, _extreme(_less), "The smallest number or string.", "min(`[1, 3, 2]`)"),
    Function(
        "min_by",
        (ARRAY, EXPRESSION),
        ANY,
        _extreme_by("min_by", _less),
        "The item for which an expression is smallest.",
        'min_by(`[{"n": 1}, {"n": 2}]`, &n)',
    ),
    Function("sort", (_SORTABLE,), ARRAY, _sort, "A list of strings or numbers in order.", "sort(['b', 'a'])"),
    Function(
        "sort_by",
        (ARRAY, EXPRESSION),
        ARRAY,
        _sort_by,
        "A list ordered by an expression on its items.",
        'sort_by(`[{"n": 2}, {"n": 1}]`, &n)',
    ),
)
