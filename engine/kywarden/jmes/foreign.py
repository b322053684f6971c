"""Values that only an expression can make: Go types beside those that JSON decodes to.

Kyverno's functions give some results a Go type that the interpreter does not treat as a number, list or map. They
stand in a tree as subclasses of `int` and `list`, so that whoever does not care need not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kywarden.model.world import World
from kywarden.values.trees import Tree

Node: TypeAlias = Callable[[Any, World], Any]
"""One compiled node: (current value, world) -> a tree or an `ExpressionReference`; raises `EvaluationError`."""


class Int(int):
    """Go's `int` (the result of `compare`), which never equals an int64."""

    __slots__ = ()


class MapList(list[Tree]):
    """Go's `[]map[string]interface{}` (the result of `items`): projections see a list, most functions do not."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ExpressionReference:
    """`&expression`: an unevaluated argument of `sort_by` and its like."""

    syntax: Mapping[str, Any]
    run: Node = field(compare=False, repr=False)


def is_plain_list(value: object) -> bool:
    """Whether Go would see `[]interface{}`."""
    return isinstance(value, list) and not isinstance(value, MapList)
