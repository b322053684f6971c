"""The six operations of a JSON patch, each on the document as changed so far.

Their failures are told in the words of the Go library, which reach users inside rule messages.
Source: github.com/evanphx/json-patch v5, patch.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

from kywarden.errors import EvaluationError
from kywarden.patching import opened
from kywarden.patching.opened import INVALID_INDEX, MISSING, NULL, Container, Node, NoSuchKey, Null, OpenList, OpenMap
from kywarden.values.go_text import json_type
from kywarden.values.trees import MAX_DEPTH, Tree, depth_exceeds

MAX_COPIED: Final = 100_000
"""Nodes that all `copy` operations of a patch may bring into being; each may double the document."""

INVALID: Final = "invalid state detected"
NO_OBJECT: Final = "invalid value, expected object"

_ESCAPED = re.compile("~[01]")
_UNESCAPED: Final = {"~0": "~", "~1": "/"}

_C = TypeVar("_C", OpenMap, OpenList)


@dataclass(frozen=True, slots=True)
class Operation:
    """One step; `source` is the path `from`; `value` means nothing unless `has_value`."""

    kind: str
    path: str
    source: str = ""
    value: Tree = None
    has_value: bool = False


@dataclass(slots=True)
class State:
    """root: the document as changed so far, None for null; itself: what the empty key of the root stands for.

    kyverno: that is a second reading of the document as it was at first; what is changed there is lost.
    """

    root: Container | None
    itself: Node
    copied: int = 0

    def find(self, path: str) -> tuple[Container | None, str] | None:
        """The container that a path leads into, and the last key; None when there is none."""
        steps = path.split("/")
        if len(steps) < 2:
            return (self.root, "") if path == "" else None
        container = self.root
        for step in steps[1:-1]:
            try:
                node = self.get(container, _unescaped(step))
            except EvaluationError:
                return None
            if not isinstance(node, OpenMap | OpenList):
                return None
            container = node
        return container, _unescaped(steps[-1])

    def get(self, container: Container | None, key: str) -> Node:
        """What stands at a key of a container; raises EvaluationError where there is nothing."""
        if key == "" and container is self.root:
            self.itself = opened.opened(self.itself)
            return self.itself
        return opened.get(_there(container), key)


def add(state: State, operation: Operation) -> None:
    path = operation.path
    if path == "":
        if not isinstance(operation.value, dict | list | None):
            what = f"{json_type(operation.value)} into Go value of type map[string]*jsonpatch.lazyNode"
            raise EvaluationError(f"json: cannot unmarshal {what}")
        state.root = opened.container(operation.value)
        state.itself = operation.value
        return
    _make_parents(state, path)
    with _within(f"error in add for path: '{path}'"):
        target, key = _found(state, path, f'add operation does not apply: doc is missing path: "{path}"')
        opened.add(_there(target), key, _fitting(path, _value(operation)))


def remove(state: State, operation: Operation) -> None:
    found = state.find(operation.path)
    if found is not None:
        with _within(f"error in remove for path: '{operation.path}'"):
            opened.remove(_there(found[0]), found[1])


def replace(state: State, operation: Operation) -> None:
    path = operation.path
    if path == "":
        state.root = opened.container(operation.value)
        state.itself = None
        if state.root is None:
            raise EvaluationError("replace operation value must be object or array: %!w(<nil>)")
        return
    target, key = _found(state, path, f"replace operation does not apply: doc is missing path: {path}")
    try:
        state.get(target, key)
    except EvaluationError:
        raise EvaluationError(f"replace operation does not apply: doc is missing key: {path}: {MISSING}") from None
    with _within(f"error in remove for path: '{path}'"):
        opened.put(_there(target), key, _fitting(path, _value(operation)))


def move(state: State, operation: Operation) -> None:
    path, source = operation.path, operation.source
    if source == "":
        raise EvaluationError(f"unable to move entire document to another path: {INVALID}")
    target, key = _found(state, source, f"move operation does not apply: doc is missing from path: {source}")
    with _within(f"error in move for path: '{key}'"):
        node = state.get(target, key)
        opened.remove(_there(target), key)
    target, key = _found(state, path, f"move operation does not apply: doc is missing destination path: {path}")
    with _within(f"error in move for path: '{path}'"):
        opened.add(_there(target), key, _fitting(path, node))


def copy(state: State, operation: Operation) -> None:
    path, source = operation.path, operation.source
    target, key = _found(state, source, f'copy operation does not apply: doc is missing from path: "{source}"')
    with _within(f"error in copy for from: '{source}'"):
        node = state.get(target, key)
    target, key = _found(state, path, f"copy operation does not apply: doc is missing destination path: {path}")
    copied = NULL if isinstance(node, Null) else opened.closed(_fitting(path, node))
    state.copied += opened.size(copied, MAX_COPIED)
    if state.copied > MAX_COPIED:
        raise EvaluationError(f"the copies of the patch have more than {MAX_COPIED} nodes")
    with _within("error while adding value during copy"):
        opened.add(_there(target), key, copied)


def test(state: State, operation: Operation) -> None:
    path = operation.path
    failed = EvaluationError(f"testing value {path} failed: test failed")
    if path == "":
        if not operation.has_value:
            raise opened.crash("test of the whole document without value")
        if state.root is None or not opened.equals(state.root, operation.value):
            raise failed
        return
    target, key = _found(state, path, f"test operation does not apply: is missing path: {path}")
    try:
        node = state.get(target, key)
    except NoSuchKey:
        node = None
    except EvaluationError as error:
        raise error.within(f"error in test for path: '{path}'") from None
    if node is None and operation.value is None:
        return
    if node is None or operation.value is None or not opened.equals(node, operation.value):
        raise failed


APPLY: Final[Mapping[str, Callable[[State, Operation], None]]] = {
    "add": add,
    "remove": remove,
    "replace": replace,
    "move": move,
    "test": test,
    "copy": copy,
}


def _make_parents(state: State, path: str) -> None:
    """Make the containers on the way to a path that are not there."""
    steps = path.split("/")[1:]
    container = state.root
    for step, following in pairwise(steps):
        try:
            node = state.get(container, _unescaped(step))
        except EvaluationError:
            node = None
        if node is None:
            container = _made(container, step, following)
        elif isinstance(node, OpenMap | OpenList):
            container = node
        else:
            raise EvaluationError(INVALID)


def _made(container: Container | None, step: str, following: str) -> Container:
    """A new container at a step: a list when an index follows, with nulls up to it."""
    index = opened.number(step)
    if index is not None and isinstance(container, OpenList):
        opened.pad(container, index)
    length = opened.number(following)
    if length is None and following != "-":
        return _attached(container, step, OpenMap())
    if length is not None and length < -1:
        what = f"Unable to ensure path for negative index other than -1: {length}"
        raise EvaluationError(f"{what}: {INVALID_INDEX}")
    made = _attached(container, step, OpenList())
    opened.pad(made, length or 0)
    return made


def _attached(container: Container | None, step: str, made: _C) -> _C:
    # kyverno: the step keeps its `~1`, and where it fits nowhere, what is made hangs in the air
    with suppress(EvaluationError):
        opened.add(_there(container), step, made)
    return made


def _found(state: State, path: str, otherwise: str) -> tuple[Container | None, str]:
    found = state.find(path)
    if found is None:
        raise _Told(f"{otherwise}: {MISSING}")
    return found


class _Told(EvaluationError):
    """A failure that nothing is put in front of."""


@contextmanager
def _within(attempt: str) -> Iterator[None]:
    try:
        yield
    except _Told:
        raise
    except EvaluationError as error:
        raise error.within(attempt) from None


def _there(target: Container | None) -> Container:
    if target is None:
        raise EvaluationError(NO_OBJECT)
    return target


def _value(operation: Operation) -> Node:
    return NULL if operation.value is None else operation.value


def _fitting(path: str, node: Node) -> Node:
    """The node, unless it would nest too deeply at the path."""
    if depth_exceeds(opened.closed(node), MAX_DEPTH - path.count("/")):
        raise _Told(f"the patch nests more than {MAX_DEPTH} levels deep at path {path}")
    return node


def _unescaped(step: str) -> str:
    return _ESCAPED.sub(lambda found: _UNESCAPED[found[0]], step) if "~" in step else step
