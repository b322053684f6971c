"""A document while a JSON patch changes it: maps and lists are copied when an operation opens them, not before.

So what a patch does not reach is shared with the document it was given, and that document stays as it was.
Source: the containers of github.com/evanphx/json-patch v5, with the options that Kyverno sets.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.values import strconv
from kywarden.values.strconv import INT64
from kywarden.values.trees import Tree

MAX_PADDING: Final = 10_000
"""Nulls that an operation may put in front of an index."""

INVALID_INDEX: Final = "invalid index referenced"
MISSING: Final = "missing value"

_INDEX = re.compile(r"[+-]?[0-9]+", re.ASCII)


class Null:
    """A null that a patch has put there.

    kyverno: unlike a null of the document it is not as good as absent: nothing is added below it, and it does not
    equal the null of a `test`.
    """


NULL: Final = Null()


class OpenMap(dict[str, "Node"]):
    """A map that belongs to the patch."""


class OpenList(list["Node"]):
    """A list that belongs to the patch."""


Node: TypeAlias = Tree | OpenMap | OpenList | Null
Container: TypeAlias = OpenMap | OpenList


class NoSuchKey(EvaluationError):
    """A map does not have the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"unable to get nonexistent key: {key}: {MISSING}")


def opened(node: Node) -> Node:
    """The node, as a container of one's own if it is a map or a list."""
    match node:
        case OpenMap() | OpenList():
            return node
        case dict():
            return OpenMap(node)
        case list():
            return OpenList(node)
        case _:
            return node


def container(tree: Tree) -> Container | None:
    """A container of one's own with the content of a map or list, None for anything else."""
    node = opened(tree)
    return node if isinstance(node, OpenMap | OpenList) else None


def closed(node: Node) -> Tree:
    """The tree of a node: nothing opened is left in it."""
    match node:
        case Null():
            return None
        case OpenMap():
            return {key: closed(value) for key, value in node.items()}
        case OpenList():
            return [closed(value) for value in node]
        case _:
            return node


def get(target: Container, key: str) -> Node:
    """What stands at a key or index, opened; raises EvaluationError where there is nothing."""
    if key == "":
        return None  # kyverno: the empty key names the container itself, of which below the root nothing is known
    if isinstance(target, OpenMap):
        if key not in target:
            raise NoSuchKey(key)
        target[key] = node = opened(target[key])
        return node
    place = _place(target, key)
    target[place] = node = opened(target[place])
    return node


def put(target: Container, key: str, node: Node) -> None:
    """Replace what stands at a key or index."""
    if isinstance(target, OpenMap):
        target[key] = node
    else:
        target[_place(target, key)] = node


def add(target: Container, key: str, node: Node) -> None:
    """Set a key, or insert before an index; `-` is the end of a list."""
    if isinstance(target, OpenMap):
        target[key] = node
    elif key == "-":
        target.append(node)
    else:
        try:
            index = _index(key)
        except EvaluationError as error:
            raise error.within(f"value was not a proper array index: '{key}'") from None
        size = len(target) + 1
        if not -size <= index < size:
            raise _invalid(index)
        target.insert(index if index >= 0 else index + size, node)


def remove(target: Container, key: str) -> None:
    """Take away what stands at a key or index, if anything does."""
    if isinstance(target, OpenMap):
        target.pop(key, None)
        return
    index = _index(key)
    if -len(target) <= index < len(target):
        del target[index]


def pad(target: OpenList, length: int) -> None:
    """Fill the list with nulls up to a length."""
    if length - len(target) > MAX_PADDING:
        raise EvaluationError(f"index {length} lies more than {MAX_PADDING} behind the end of the list")
    target.extend([NULL] * (length - len(target)))


def number(key: str) -> int | None:
    """The index that a key is written as, None when it is none (Go's strconv.Atoi)."""
    if _INDEX.fullmatch(key) is None or len(key.lstrip("+-0")) > 19:
        return None
    index = int(key)
    return index if index in INT64 else None


def equals(node: Node, value: Tree) -> bool:
    """Whether a part of the document is the value of a test, number types included."""
    if isinstance(node, dict):
        return (
            isinstance(value, dict)
            and len(node) == len(value)
            and all(key in value and _equals_or_null(inner, value[key]) for key, inner in node.items())
        )
    if isinstance(node, list):
        return (
            isinstance(value, list)
            and len(node) == len(value)
            and all(_item_equals(inner, other) for inner, other in zip(node, value, strict=True))
        )
    return type(node) is type(value) and node == value


def _equals_or_null(node: Node, value: Tree) -> bool:
    return value is None if node is None else value is not None and equals(node, value)


def _item_equals(node: Node, value: Tree) -> bool:
    if node is None or value is None:
        raise crash("test of a list that holds null")  # kyverno: a panic
    return equals(node, value)


def crash(what: str) -> EvaluationError:
    """What Kyverno crashes on is an error of the rule here."""
    return EvaluationError(f"Kyverno crashes on a {what}")


def size(node: Node, limit: int) -> int:
    """How many nodes a tree has, counted as far as the limit."""
    pending: list[Node] = [node]
    count = 0
    while pending and count <= limit:
        found = pending.pop()
        count += 1
        if isinstance(found, dict):
            pending.extend(found.values())
        elif isinstance(found, list):
            pending.extend(found)
    return count


def _index(key: str) -> int:
    index = number(key)
    if index is None:
        reason = "value out of range" if _INDEX.fullmatch(key) else "invalid syntax"
        raise EvaluationError(f"strconv.Atoi: parsing {strconv.quote(key)}: {reason}")
    return index


def _place(target: OpenList, key: str) -> int:
    """The position of an index, which may count from the end."""
    index = _index(key)
    if not -len(target) <= index < len(target):
        raise _invalid(index)
    return index


def _invalid(index: int) -> EvaluationError:
    return EvaluationError(f"Unable to access invalid index: {index}: {INVALID_INDEX}")
