"""One key of a pattern map against a resource map: what each anchor asks.

Source: Kyverno pkg/engine/anchor/handlers.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from kywarden.judging import anchors
from kywarden.judging.failures import (
    ConditionUnmet,
    Failure,
    Forbidden,
    GlobalUnmet,
    KeyMissing,
    NotFound,
    Path,
)
from kywarden.values.trees import Map, Poll, Tree


class Walk:
    """The state of one match.

    poll: called at each map and list element.
    present: each condition and existence anchor met so far, as written: whether any resource map had its key.
    expanded: what became of pattern maps whose wildcard keys were replaced.
    """

    __slots__ = ("expanded", "poll", "present")

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        self.present: dict[str, bool] = {}
        self.expanded: dict[Node, Node] = {}


class Node(Protocol):
    """A prepared pattern."""

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        """Why the value does not match, or None."""
        ...


@dataclass(slots=True, eq=False)
class Field:
    """One key of a pattern map.

    written: the key as written; key: the one looked up in the resource.
    modifier: that of the anchor, None for an ordinary key; pattern: the value as written.
    judge: what is asked of the resource map; has_anchors: whether there are anchors in or below the pattern.
    """

    written: str
    key: str
    modifier: str | None
    pattern: Tree
    has_anchors: bool
    judge: Judge
    _prepare: Callable[[], Node]
    _node: Node | None = None

    @property
    def node(self) -> Node:
        """The prepared pattern: made when a resource has something to hold against it, which is seldom all of it."""
        return self._node or self.complete()

    def complete(self) -> Node:
        """Make it now."""
        self._node = node = self._prepare()
        return node


Judge: TypeAlias = Callable[[Field, Map, Path, Walk], Failure | None]


def judge_of(modifier: str | None, pattern: Tree) -> Judge:
    """The judge of a key with that anchor (None: an ordinary key) and that pattern."""
    if modifier is None and pattern == "*":
        return _is_anything
    return _JUDGES[modifier]


def _matches(field: Field, resource: Map, path: Path, walk: Walk) -> Failure | None:
    key = field.key
    node = field._node or field.complete()
    return node.check(resource.get(key), (path, key), walk)


def _is_anything(field: Field, resource: Map, path: Path, walk: Walk) -> Failure | None:
    return NotFound(path, field.key) if resource.get(field.key) is None else None


def _matches_if_present(field: Field, resource: Map, path: Path, walk: Walk) -> Failure | None:
    key = field.key
    return field.node.check(resource[key], (path, key), walk) if key in resource else None


def _is_absent(field: Field, resource: Map, path: Path, walk: Walk) -> Failure | None:
    return Forbidden((path, field.key)) if field.key in resource else None


def _meets_condition(field: Field, resource: Map, path: Path, walk: Walk) -> Failure | None:
    key = field.key
    if key not in resource:
        return KeyMissing(path)
    failure = field.node.check(resource[key], (path, key), walk)
    return ConditionUnmet(failure.path, failure) if failure else None


def _meets_global_condition(field: Field, resource: Map, path: Path, walk: Walk) -> Failure | None:
    failure = _matches_if_present(field, resource, path, walk)
    return GlobalUnmet(failure.path, failure) if failure else None


_JUDGES: dict[str | None, Judge] = {
    None: _matches,
    anchors.CONDITION: _meets_condition,
    anchors.GLOBAL: _meets_global_condition,
    anchors.EQUALITY: _matches_if_present,
    anchors.NEGATION: _is_absent,
    anchors.EXISTENCE: _matches_if_present,
}
