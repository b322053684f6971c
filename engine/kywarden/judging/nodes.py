"""Prepared patterns, and the walk along them.

The order in which keys are judged, the anchors and the leaves depend on the pattern alone and are settled once. On the
walk the first failure that counts ends a map or list; unmet conditions are collected and skip what encloses them.
Source: Kyverno pkg/engine/validate/validate.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TypeAlias

from kywarden.judging import anchors, leaf, metadata_keys
from kywarden.judging.failures import (
    EmptyPattern,
    Failure,
    NoneSatisfies,
    NotList,
    NotMap,
    NotSearchable,
    Path,
    PatternNotList,
    PatternNotMap,
    Skipped,
    TooShort,
    Unequal,
)
from kywarden.judging.fields import Field, Node, Walk, judge_of
from kywarden.values import ahead
from kywarden.values.trees import Map, Tree

Anchored: TypeAlias = Set[int]
"""The maps and lists of a pattern, by `id`, in or below which a key is an anchor (the addition anchor does not count).
"""


def prepare(pattern: Tree) -> Node:
    """The node for a pattern."""
    return _node(pattern, _anchored(pattern))


def _node(pattern: Tree, anchored: Anchored) -> Node:
    """The node for a part of a pattern; the first element decides what a list means."""
    if isinstance(pattern, dict):
        return _mapping({key: _field(key, value, anchored) for key, value in pattern.items()})
    if not isinstance(pattern, list):
        return _Scalar(pattern, leaf.prepare(pattern))
    match pattern:
        case []:
            return _EmptyList()
        case [dict() as first, *_]:
            return _EachElement(_node(first, anchored))
        case [list(), *_]:
            return _ElementByElement([_node(element, anchored) for element in pattern])
    return _EachElement(_Scalar(pattern[0], leaf.prepare(pattern[0])))


@dataclass(slots=True, eq=False)  # made often, and twice as fast as frozen
class _Scalar:
    """A leaf; a list as value must hold element by element."""

    pattern: Tree
    holds: leaf.Leaf

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        if not isinstance(value, list):
            return None if self.holds(value) else Unequal(path, value, self.pattern)
        for element in value:
            walk.poll()
            if not self.holds(element):
                return Unequal(path, value, self.pattern)
        return None


@dataclass(slots=True, eq=False)  # as above
class _Mapping:
    """A map.

    first: fields that are all judged before the others; rest: the others, of which the first failure is the answer.
    recorded: fields whose presence anywhere decides whether a failure is reported with a path.
    metadata: the field of that name; expandable: by tag, its labels and annotations where keys may have wildcards.
    """

    fields: dict[str, Field]
    first: Sequence[Field]
    rest: Sequence[Field]
    recorded: Sequence[Field]
    metadata: Field | None
    expandable: dict[str, Field]

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        walk.poll()
        if not isinstance(value, dict):
            return NotMap(path, value)
        for field in self.recorded:
            if not walk.present.get(field.written):
                walk.present[field.written] = field.key in value
        this = _expanded(self, value, walk) if self.expandable else self
        if this.first and (failure := this.check_first(value, path, walk)):
            return failure
        for field in this.rest:
            if failure := field.judge(field, value, path, walk):
                return failure
        return None

    def check_first(self, value: Map, path: Path, walk: Walk) -> Failure | None:
        """What the fields that are judged before the others say."""
        skipped: list[Failure] = []
        applies = unmet = False
        for field in self.first:
            failure = field.judge(field, value, path, walk)
            if failure is None:
                applies = True
            elif failure.skips:
                skipped.append(failure)
                unmet = unmet or failure.direct
            elif not unmet:
                return failure
        return Skipped(path, skipped) if skipped and (unmet or not applies) else None


@dataclass(frozen=True, slots=True, eq=False)
class _EmptyList:
    """A list without elements, which no list matches."""

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        return EmptyPattern(path) if isinstance(value, list) else NotList(path)


@dataclass(frozen=True, slots=True, eq=False)
class _EachElement:
    """A list that begins with a map or scalar: that is for each element.

    kyverno: the other elements of such a list count for nothing.
    """

    node: Node

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        if not isinstance(value, list):
            return NotList(path)
        if isinstance(self.node, _Scalar):
            return self.node.check(value, path, walk)
        return _check_elements(repeat(self.node), value, path, walk)


@dataclass(frozen=True, slots=True, eq=False)
class _ElementByElement:
    """A list that begins with a list: compared position by position; further elements of the value are free."""

    nodes: Sequence[Node]

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        if not isinstance(value, list):
            return NotList(path)
        if len(value) < len(self.nodes):
            return TooShort(path, len(value), len(self.nodes))
        return _check_elements(self.nodes, value, path, walk)


@dataclass(frozen=True, slots=True, eq=False)
class _Existence:
    """The pattern at an existence anchor: each of its maps is satisfied by at least one element of the value.

    nodes: the prepared maps; None in place of an element that is no map, a failure once it is reached.
    """

    pattern: Tree
    nodes: Sequence[Node | None]

    def check(self, value: Tree, path: Path, walk: Walk) -> Failure | None:
        if not isinstance(value, list):
            return NotSearchable(path, value)
        if not isinstance(self.pattern, list):
            return PatternNotList(path, self.pattern)
        for node in self.nodes:
            if node is None:
                return PatternNotMap(path)
            if all(node.check(element, (path, index), walk) for index, element in enumerate(value)):
                return NoneSatisfies(path)
        return None


def _check_elements(nodes: Iterable[Node], elements: list[Tree], path: Path, walk: Walk) -> Failure | None:
    """The first failure that is no skip; skips count only where no element applies."""
    skipped: list[Failure] = []
    applies = False
    for index, (node, element) in enumerate(zip(nodes, elements, strict=False)):
        failure = node.check(element, (path, index), walk)
        if failure is None:
            applies = True
        elif failure.skips:
            skipped.append(failure)
        else:
            return failure
    return Skipped(path, skipped) if skipped and not applies else None


def _field(written: str, pattern: Tree, anchored: Anchored) -> Field:
    has_anchors = id(pattern) in anchored
    anchor = anchors.parse(written)
    if anchor is None or anchor.modifier not in anchors.VALIDATING:
        # kyverno: an addition anchor means nothing in a pattern, its key is looked up with the anchor
        key, modifier = written, None
    else:
        key, modifier = anchor.key, anchor.modifier
    grow = _existence if modifier == anchors.EXISTENCE else _node
    judge = judge_of(modifier, pattern)
    field = Field(written, key, modifier, pattern, has_anchors, judge, lambda: grow(pattern, anchored))
    if ahead.is_wanted():
        field.complete()
    return field


def _existence(pattern: Tree, anchored: Anchored) -> Node:
    elements = pattern if isinstance(pattern, list) else []
    nodes = [_node(element, anchored) if isinstance(element, dict) else None for element in elements]
    return _Existence(pattern, nodes)


def _mapping(fields: dict[str, Field]) -> _Mapping:
    first: list[Field] = []
    with_anchors: list[Field] = []
    without: list[Field] = []
    for written in sorted(fields):
        field = fields[written]
        if field.modifier in anchors.JUDGED_FIRST:
            first.append(field)
        elif field.modifier is not None or field.has_anchors:
            with_anchors.append(field)
        else:
            without.append(field)
    # kyverno: keys with anchors in or below them are put in front one by one, hence in descending order
    rest = [*reversed(with_anchors), *without]
    recorded = [field for field in first if field.modifier in anchors.RECORDED]
    metadata = _named("metadata", fields)
    return _Mapping(fields, first, rest, recorded, metadata, _expandable(metadata))


def _named(key: str, fields: dict[str, Field]) -> Field | None:
    written = metadata_keys.written_as(key, fields)
    return fields[written] if written else None


def _expandable(metadata: Field | None) -> dict[str, Field]:
    if metadata is None or not isinstance(metadata.node, _Mapping):
        return {}
    fields = {tag: _named(tag, metadata.node.fields) for tag in metadata_keys.TAGS}
    return {tag: field for tag, field in fields.items() if field and metadata_keys.is_expandable(field.pattern)}


def _expanded(mapping: _Mapping, resource: Map, walk: Walk) -> _Mapping:
    """The map with the keys of its labels and annotations as the resource has them.

    kyverno: keys that were replaced stay so for the following elements of a list.
    """
    known = walk.expanded.get(mapping)
    this = known if isinstance(known, _Mapping) else mapping
    if this.metadata is None or not isinstance(this.metadata.node, _Mapping):
        return this
    changed: dict[str, Field] = {}
    for tag, field in this.expandable.items():
        pattern = metadata_keys.expand(field.pattern, resource.get("metadata"), tag)
        if pattern is not None:
            changed[field.written] = _field(field.written, pattern, _anchored(pattern))
    if not changed:
        return this
    metadata = replace(this.metadata, _node=_mapping({**this.metadata.node.fields, **changed}))
    walk.expanded[mapping] = this = _mapping({**this.fields, metadata.written: metadata})
    return this


def _anchored(pattern: Tree) -> Anchored:
    found: set[int] = set()
    _find_anchors(pattern, found)
    return found


def _find_anchors(pattern: Tree, found: set[int]) -> bool:
    has_anchors = False
    if isinstance(pattern, dict):
        for key, value in pattern.items():
            if (isinstance(value, (dict, list)) and _find_anchors(value, found)) or (
                ")" in key and _is_validating(key)
            ):
                has_anchors = True
    elif isinstance(pattern, list):
        for value in pattern:
            if _find_anchors(value, found):
                has_anchors = True
    if has_anchors:
        found.add(id(pattern))
    return has_anchors


def _is_validating(key: str) -> bool:
    anchor = anchors.parse(key)
    return anchor is not None and anchor.modifier in anchors.VALIDATING
