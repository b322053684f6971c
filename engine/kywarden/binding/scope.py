"""The scope: what the expressions of a rule can see, as a chain from the request down to the element of a foreach.

A scope is never changed by whoever holds it: each step (a context entry, an element, a patched object) makes a new one
below. What it does change inside is memory: values are built at first use, context entries are loaded when an
expression first mentions their name.
Source: Kyverno pkg/engine/context/{context,deferred,evaluate}.go; reference C.4 to C.7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kywarden.binding.query import Query
from kywarden.errors import EvaluationError
from kywarden.model.trace import Trace, TracedWorld
from kywarden.model.world import World
from kywarden.values.trees import Map, Tree, floated

MAX_LOADED = 2 * 1024 * 1024
"""Bytes of JSON that all context entries of one request may have together (DefaultMaxContextSize)."""

MAX_LOADING = 32
"""Context entries that may wait for each other."""

MAX_SEARCHES = 10_000
"""Values of one request that may hold variables themselves."""


class Loader(Protocol):
    """A prepared context entry: one policy's, shared by all requests.

    storing: what is attempted when its value is kept, as Kyverno's error says it; empty for nothing to say.
    """

    @property
    def storing(self) -> str: ...

    def is_mentioned(self, text: str) -> bool:
        """Whether an expression mentions its name."""

    def load(self, scope: Scope) -> Map:
        """The values to add by name: maps are merged into those already there. Raises EvaluationError."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Told to a trace: a context entry is about to be loaded."""

    loader: Loader


@dataclass(frozen=True, slots=True)
class Loaded:
    """Told to a trace: a context entry was loaded, or why it could not be."""

    loader: Loader
    values: Map
    error: EvaluationError | None = None


class Replaced(dict[str, Tree]):
    """Values of a loader that take the place of earlier ones instead of being merged into them."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A context entry of one scope."""

    loader: Loader
    owner: Scope
    is_loaded: bool = False


@dataclass(slots=True)
class _Shared:
    """What all scopes of one request have in common.

    visible: how many entries the one being loaded may use, None outside of loading; depth: loads that wait for
    another; size: bytes loaded so far; searches: values searched for variables; trace: who watches, if anybody does.
    """

    trace: Trace | None = None

    visible: int | None = None
    depth: int = 0
    size: int = 0
    searches: int = 0


class Scope:
    """One level of the chain. Made by `Scope.root` and by the `with_…` methods; see the module."""

    __slots__ = ("_attempted", "_change", "_entries", "_parent", "_root", "_shared", "operation", "world")

    def __init__(
        self,
        world: World,
        operation: str,
        change: Callable[[Map], None],
        parent: Scope | None = None,
    ) -> None:
        self.world = world
        self.operation = operation
        self._change = change
        self._parent = parent
        self._root: Map | None = None
        self._entries: tuple[_Entry, ...] = parent._entries if parent else ()
        self._attempted: set[_Entry] = set()
        self._shared: _Shared = parent._shared if parent else _Shared(_watching(world))

    @staticmethod
    def root(values: Callable[[], Map], world: World, operation: str, loaders: Iterable[Loader] = ()) -> Scope:
        """The scope at the top: its values are made at first use; `loaders` stand beside them (the images)."""
        scope = Scope(world, operation, lambda root: root.update(values()))
        scope._add_entries(loaders)
        return scope

    # What it answers

    @property
    def is_delete(self) -> bool:
        """Whether the request deletes the object: variables then speak of the old one."""
        return self.operation == "DELETE"

    @property
    def trace(self) -> Trace | None:
        """Who watches the evaluation; None when nobody does, and nothing need be told."""
        return self._shared.trace

    def query(self, query: Query) -> Tree:
        """The value of an expression. Loads the context entries that its text mentions.

        Raises EvaluationError with Kyverno's text: of the entry that fails to load, or of the expression.
        """
        self._load_mentioned(query.text)
        if query.expression is None:
            raise EvaluationError(query.flaw)
        try:
            return query.expression.search(self.values(), self.world)
        except EvaluationError as error:
            raise error.within("JMESPath query failed") from None

    def query_text(self, text: str) -> Tree:
        """`query` for an expression that is itself computed."""
        return self.query(Query.of(text))

    def has(self, name: str) -> bool:
        """Whether a value of that name is set."""
        return name in self.values()

    def values(self) -> Map:
        """All values by name, as far as they are loaded. Not to be changed."""
        if self._root is None:
            root = dict(self._parent.values()) if self._parent else {}
            self._change(root)
            self._root = root
        return self._root

    def count_search(self) -> None:
        """Count one value that is searched for variables; EvaluationError beyond MAX_SEARCHES per request."""
        self.world.poll()
        self._shared.searches += 1
        if self._shared.searches > MAX_SEARCHES:
            raise EvaluationError("too many values hold variables: does one contain itself?")

    # Scopes below

    def with_entries(self, loaders: Iterable[Loader]) -> Scope:
        """A scope with context entries: of a rule, or of a foreach."""
        below = Scope(self.world, self.operation, _nothing, self)
        below._add_entries(loaders)
        return below

    def with_element(self, element: Tree, index: int, nesting: int) -> Scope:
        """The scope of one element of a foreach; `nesting` counts the loops around it from 0 (AddElement)."""
        # kyverno: a number or boolean passes through JSON, lists and maps do not; the index stays int64
        value = element if isinstance(element, str | dict | list) else floated(element)
        # kyverno: entries that failed are tried again once a loop has begun
        self._attempted.clear()
        return self._with(
            {
                "element": value,
                f"element{nesting}": value,
                "elementIndex": index,
                f"elementIndex{nesting}": index,
            }
        )

    def with_object(self, tree: Tree) -> Scope:
        """`request.object` is this tree, number types included: what a rule leaves behind for the next (C.5)."""
        return self._with_request(self.operation, {"object": tree})

    def with_objects(self, tree: Tree, old: Tree, operation: str) -> Scope:
        """Both objects and the operation are others, as when an UPDATE's old object is judged."""
        return self._with_request(operation, {"object": tree, "oldObject": old, "operation": operation})

    def with_variables(self, variables: Mapping[str, Tree]) -> Scope:
        """Values that the caller fixed, by dotted name such as `request.object.metadata.name` (AddVariable)."""

        def change(root: Map) -> None:
            for name, value in variables.items():
                _assign(root, _name_parts(name), value)

        return Scope(self.world, self.operation, change, self)

    def _with(self, values: Map) -> Scope:
        return Scope(self.world, self.operation, lambda root: root.update(values), self)

    def _with_request(self, operation: str, fields: Map) -> Scope:
        def change(root: Map) -> None:
            request = root.get("request")
            root["request"] = {**request, **fields} if isinstance(request, dict) else fields

        return Scope(self.world, operation, change, self)

    # Context entries

    def _add_entries(self, loaders: Iterable[Loader]) -> None:
        self._entries += tuple(_Entry(loader, self) for loader in loaders)

    def _load_mentioned(self, text: str) -> None:
        """Load the entries that a text mentions, in their order; each may use only those before it."""
        # kyverno: names are found in the text, so a word of a literal loads the entry of that name as well
        visible = self._shared.visible
        while (index := self._next_mentioned(text, visible)) is not None:
            self._load(index)

    def _next_mentioned(self, text: str, visible: int | None) -> int | None:
        for index, entry in enumerate(self._entries[:visible]):
            if not entry.is_loaded and entry.loader.is_mentioned(text) and entry not in self._attempted:
                return index
        return None

    def _load(self, index: int) -> None:
        entry, shared = self._entries[index], self._shared
        # kyverno: an entry that failed is not tried again, its name is then an unknown key
        self._attempted.add(entry)
        if shared.depth >= MAX_LOADING:
            raise EvaluationError(f"more than {MAX_LOADING} context entries wait for each other")
        shared.visible = index
        shared.depth += 1
        if self.trace is not None:
            self.trace(Loading(entry.loader))
        try:
            values = entry.loader.load(self)
            if self.trace is not None:
                self.trace(Loaded(entry.loader, values))
            self._store(entry, values)
        except EvaluationError as error:
            if self.trace is not None:
                self.trace(Loaded(entry.loader, {}, error))
            raise
        finally:
            # kyverno: once it has loaded another entry, even the entries behind it are visible to the one that waits
            shared.visible = None
            shared.depth -= 1

    def _store(self, entry: _Entry, values: Map) -> None:
        """Keep what was loaded, here and in all scopes up to the entry's own."""
        if entry.owner._parent is not None:
            self._count_size(entry.loader, values)
        entry.is_loaded = True
        scope: Scope | None = self
        while scope is not None:
            root = scope.values()
            for name, value in values.items():
                root[name] = value if isinstance(values, Replaced) else _merged(root.get(name), value)
            scope = scope._parent if scope is not entry.owner else None

    def _count_size(self, loader: Loader, values: Map) -> None:
        size = self._shared.size + sum(len(json.dumps(value, separators=(",", ":"))) for value in values.values())
        if size > MAX_LOADED:
            error = EvaluationError(f"context size limit exceeded: {size} bytes exceeds limit of {MAX_LOADED} bytes")
            raise error.within(loader.storing) if loader.storing else error
        self._shared.size = size


def _watching(world: World) -> Trace | None:
    return world.trace if isinstance(world, TracedWorld) else None


def _nothing(root: Map) -> None:
    """The change of a scope that adds no value."""


def _merged(old: Tree, new: Tree) -> Tree:
    """The new value, maps merged into maps (mergeMaps)."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


def _assign(root: Map, names: list[str], value: Tree) -> None:
    *outer, last = names
    nested: Tree = {last: value}
    for name in reversed(outer):
        nested = {name: nested}
    if isinstance(nested, dict):
        for name, inner in nested.items():
            root[name] = _merged(root.get(name), inner)


def _name_parts(name: str) -> list[str]:
    """A dotted name as Go's CSV reader splits it: parts with dots stand between double quotes."""
    return [quoted.replace('""', '"') if quoted else bare for quoted, bare in _NAME_PART.findall(name)]


_NAME_PART = re.compile(r'(?:^|(?<=\.))(?:"((?:[^"]|"")*)"|([^."]*))(?=\.|$)')
