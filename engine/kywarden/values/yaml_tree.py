"""From one YAML document to its tree: by the short way of `yaml_manifests`, or from the events of a parser.

What an alias stands for is shared, never copied; but it is counted, so that walks over the tree stay bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias, TypeVar

from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kywarden.values import watch, yaml_manifests, yaml_scalars
from kywarden.values.reading import MAX_ALIASED_NODES, MAX_KEYS, ReadError, read_error
from kywarden.values.trees import MAX_DEPTH, Map, Tree
from kywarden.values.yaml_scalars import Scalar, Unresolvable
from kywarden.values.yaml_scanner import events

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]

_MERGE_TAG = yaml_scalars.TAG + "merge"
_FOUND_CHARACTER = re.compile(r"^found character '.+' that")
"""PyYAML names the character, libyaml does not."""

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _unreadable(character: str) -> str:
    """Why a character is not read; a byte that is no UTF-8 comes as a surrogate (`surrogateescape`)."""
    if "\udc80" <= character <= "\udcff":
        return "invalid leading UTF-8 octet"
    return f"character U+{ord(character):04X} is not allowed"


class _Anchor:
    """What an anchor names; open while its node is being read."""

    __slots__ = ("complete", "tree")

    def __init__(self) -> None:
        self.complete = False
        self.tree: Tree = None

    def close(self, tree: Tree) -> Tree:
        self.complete = True
        self.tree = tree
        return tree


class DocumentReader:
    """Reads one document."""

    def __init__(
        self,
        text: str,
        first_line: int,
        source: str,
        with_marks: bool,
        strict: bool,
        portable: bool = False,
    ) -> None:
        self.text = text
        self.event: Callable[[], NodeEvent]
        self.first_line = first_line
        self.source = source
        self.strict = strict
        self.portable = portable
        self.poll = watch.current()
        self.root: Path | None = () if with_marks else None
        self.marks: dict[Path, Place] = {}
        self.anchors: dict[str, _Anchor] = {}
        self.keys = 0
        self.aliased = 0

    def read(self) -> Tree:
        """The tree of the document; the short way to it gives no marks."""
        if self.root is None:
            with suppress(yaml_manifests.Unusual):
                return yaml_manifests.read(self.text)
        return self.read_fully()

    def read_fully(self) -> Tree:
        if found := _UNREADABLE.search(self.text):
            error = read_error(_unreadable(found[0]), self.text, found.start(), self.source)
            error.line += self.first_line - 1
            raise error
        try:
            self.event = events(self.text, self.portable)
            self.event()
            start = self.event()
            if not isinstance(start, DocumentStartEvent):
                return None
            if start.version and start.version != (1, 1):
                raise self.error(start, "found incompatible YAML document")
            tree = self.node(self.event(), 1, self.root)
            self.event()
            return tree
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            reason = _FOUND_CHARACTER.sub("found character that", error.problem or error.context or "")
            raise ReadError(reason, self.first_line + line, column + 1, self.source) from None
        except YAMLError as error:
            raise ReadError(str(error), self.first_line, 1, self.source) from None

    def node(self, event: NodeEvent, depth: int, path: Path | None) -> Tree:
        """The tree of the node that the event begins; depth counts collections, from 1."""
        self.poll()
        if isinstance(event, ScalarEvent):
            value = self.scalar(event)
            tree = value if isinstance(value, str) else self.refusing(event, yaml_scalars.as_value, value)
            if event.anchor is not None:
                self.anchor(event.anchor).close(tree)
            return tree
        if isinstance(event, AliasEvent):
            return self.alias(event, depth)
        if depth > MAX_DEPTH:
            raise self.error(event, f"nested more than {MAX_DEPTH} levels deep")
        if event.anchor is None:
            return self.collection(event, depth, path)
        return self.anchor(event.anchor).close(self.collection(event, depth, path))

    def collection(self, event: NodeEvent, depth: int, path: Path | None) -> Tree:
        return self.sequence(depth, path) if isinstance(event, SequenceStartEvent) else self.mapping(depth, path)

    def sequence(self, depth: int, path: Path | None) -> list[Tree]:
        items: list[Tree] = []
        inner = None
        while not isinstance(event := self.event(), SequenceEndEvent):
            if path is not None:
                inner = (*path, len(items))
                self.mark(inner, event)
            items.append(self.node(event, depth + 1, inner))
        return items

    def mapping(self, depth: int, path: Path | None) -> Map:
        pairs: Map = {}
        inner = None
        while not isinstance(event := self.event(), MappingEndEvent):
            self.bound(len(pairs))
            if _is_merge(event):
                # kyverno: a merge overrides the keys before it and yields to those behind it.
                pairs.update(self.merged(depth))
                continue
            key = self.key(event, depth)
            if path is not None:
                inner = (*path, key)
                self.mark(inner, event)
            value = self.node(self.event(), depth + 1, inner)
            if self.strict and key in pairs:
                raise self.error(event, f"key {json.dumps(key, ensure_ascii=False)} already set in map")
            pairs[key] = value
        self.bound(len(pairs))
        self.keys += len(pairs)
        return pairs

    def bound(self, keys: int) -> None:
        """Count so many keys beside those of the mappings that have ended."""
        if self.keys + keys > MAX_KEYS:
            raise ReadError(f"more than {MAX_KEYS} keys", self.first_line, 1, self.source)

    def key(self, event: NodeEvent, depth: int) -> str:
        if isinstance(event, ScalarEvent):
            value = self.scalar(event)
            if event.anchor is not None:
                self.anchor(event.anchor).close(self.refusing(event, yaml_scalars.as_value, value))
        else:
            tree = self.node(event, depth + 1, None)
            if isinstance(tree, (dict, list)):
                raise self.error(event, "invalid map key")
            value = tree
        return value if isinstance(value, str) else self.refusing(event, yaml_scalars.as_key, value)

    def merged(self, depth: int) -> Map:
        """The pairs that the value of a merge key brings in."""
        event = self.event()
        tree = self.node(event, depth, None)
        if isinstance(tree, dict):
            return tree
        pairs: Map = {}
        if isinstance(event, SequenceStartEvent) and isinstance(tree, list):
            for part in reversed(tree):
                if not isinstance(part, dict):
                    break
                pairs.update(part)
            else:
                return pairs
        raise self.error(event, "map merge requires map or sequence of maps as the value")

    def scalar(self, event: ScalarEvent) -> Scalar:
        """The Go value; what is quoted or has the tag `!` is text."""
        if event.implicit[0] and not event.style and event.tag is None:
            return yaml_scalars.resolve(event.value)
        if event.tag is None or event.tag == "!":
            return event.value
        return self.refusing(event, yaml_scalars.resolve_tagged, event.tag, event.value)

    def anchor(self, name: str) -> _Anchor:
        anchor = self.anchors[name] = _Anchor()
        return anchor

    def alias(self, event: AliasEvent, depth: int) -> Tree:
        anchor = self.anchors.get(event.anchor or "")
        if anchor is None:
            raise self.error(event, f"unknown anchor '{event.anchor}' referenced")
        if not anchor.complete:
            raise self.error(event, f"anchor '{event.anchor}' value contains itself")
        if isinstance(anchor.tree, (dict, list)):
            self.weigh(anchor.tree, event, depth)
        return anchor.tree

    def weigh(self, tree: Tree, event: AliasEvent, depth: int) -> None:
        """Count what the alias stands for, level by level."""
        level: list[Tree] = [tree]
        while level:
            self.aliased += len(level)
            if self.aliased > MAX_ALIASED_NODES:
                raise self.error(event, f"document contains excessive aliasing: more than {MAX_ALIASED_NODES} nodes")
            collections = [node for node in level if isinstance(node, (dict, list))]
            if collections and depth > MAX_DEPTH:
                raise self.error(event, f"nested more than {MAX_DEPTH} levels deep")
            depth += 1
            level = [inner for node in collections for inner in (node.values() if isinstance(node, dict) else node)]

    def mark(self, path: Path, event: NodeEvent) -> None:
        self.marks[path] = self.place(event)

    def refusing(self, event: NodeEvent, convert: Callable[..., T], *values: Scalar) -> T:
        """The converted value, or the error at the event's place."""
        try:
            return convert(*values)
        except Unresolvable as reason:
            raise self.error(event, str(reason)) from None

    def error(self, event: NodeEvent, reason: str) -> ReadError:
        return ReadError(reason, *self.place(event), self.source)

    def place(self, event: NodeEvent) -> Place:
        mark = event.start_mark
        return (self.first_line + mark.line, mark.column + 1) if mark else (self.first_line, 1)


def _is_merge(event: NodeEvent) -> bool:
    return isinstance(event, ScalarEvent) and event.value == "<<" and (event.implicit[0] or event.tag == _MERGE_TAG)


def part(tree: Tree, path: Path) -> Tree:
    """What stands at a path; None when there is nothing."""
    for step in path:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and -len(tree) <= step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def path_text(path: Path) -> str:
    """`spec.rules[2].match`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
