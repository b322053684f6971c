"""What kustomize sees in a tree: YAML nodes with a kind, scalars as the text they are written as."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.values import strconv
from kywarden.values.trees import Map, Tree


class Missing(Enum):
    """Nothing stands there, not even null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
Part: TypeAlias = Tree | Missing


class Repeating(dict[str, Tree]):
    """A map in which some keys stand more than once; the first of each counts, until the map has to be written.

    repeated: a key for each pair of equal ones.
    """

    def __init__(self, fields: Mapping[str, Tree], repeated: Sequence[str]) -> None:
        super().__init__(fields)
        self.repeated = repeated


def copied(fields: Map) -> Map:
    """A copy of the map itself."""
    return Repeating(fields, fields.repeated) if isinstance(fields, Repeating) else dict(fields)


def is_absent(part: Part) -> bool:
    """Nothing or null."""
    return part is None or part is MISSING


def is_empty(part: Part) -> bool:
    """Nothing, null, or a container without content."""
    return part is None or part is MISSING or part == {} or part == []


def text_of(tree: Tree) -> str:
    """The text of a scalar, by which elements are told apart: 80 and "80" are the same; empty for containers."""
    match tree:
        case str():
            return tree
        case None:
            return "null"
        case bool():
            return "true" if tree else "false"
        case int():
            return str(tree)
        case float():
            return strconv.json_number(tree)
        case _:
            return ""


def kind_of(tree: Tree) -> str:
    """kyaml's name for the kind of a node."""
    match tree:
        case dict():
            return "MappingNode"
        case list():
            return "SequenceNode"
        case _:
            return "ScalarNode"


def expect(kind: str, part: Part, in_order: bool = False) -> None:
    """Raise EvaluationError unless the part is of a kind; nothing and null are of every kind.

    in_order: print the part with its keys sorted, as the object comes from Go's JSON.
    """
    if part is None or isinstance(part, Missing) or kind_of(part) == kind:
        return
    raise EvaluationError(
        f"wrong node kind: expected {kind} but got {kind_of(part)}: node contents:\n{_yaml(part, in_order)}\n"
    )


def _yaml(tree: Tree, in_order: bool) -> str:
    """The flow style in which kyaml prints what was JSON."""
    match tree:
        case dict():
            fields = [(key, tree[key]) for key in sorted(tree)] if in_order else tree.items()
            return f"{{{', '.join(f'{_quoted(key)}: {_yaml(value, in_order)}' for key, value in fields)}}}"
        case list():
            return f"[{', '.join(_yaml(item, in_order) for item in tree)}]"
        case str():
            return _quoted(tree)
        case _:
            return text_of(tree)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
