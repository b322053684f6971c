"""Where policies, exceptions and requests come from: documents of files, with the places of their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kywarden import admission
from kywarden.errors import RequestError
from kywarden.kinds.table import EXCEPTIONS
from kywarden.model.resources import group_kind, text
from kywarden.values import yaml_text
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_places import Place, Places
from kywarden.values.yaml_tree import Path


@dataclass(frozen=True, slots=True)
class Origin:
    """A tree and where it stands: below `prefix` in a document with places."""

    tree: Map
    places: Places
    prefix: Path = ()

    def of(self, path: Path) -> Place:
        """The key at a path of the tree, or what is nearest around it."""
        return self.places.of((*self.prefix, *path))

    def value(self, path: Path) -> Place:
        """The value at a path; the key of a map or list, or what is nearest around it."""
        return self.places.value((*self.prefix, *path))

    def piece(self, path: Path, *pieces: str) -> Place:
        """A piece of the text at a path."""
        return self.places.piece((*self.prefix, *path), *pieces)


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to judge: its envelope, and where its objects stand."""

    envelope: Map
    new: Origin | None
    old: Origin | None


@dataclass(frozen=True, slots=True)
class Policies:
    """Policies and exceptions in the order in which they are loaded."""

    policies: tuple[Origin, ...]
    exceptions: tuple[Origin, ...]

    def exception(self, key: str) -> Origin | None:
        """The exception of that name, `namespace/name`."""
        for origin in self.exceptions:
            namespace = text(origin.tree, "metadata", "namespace")
            name = text(origin.tree, "metadata", "name")
            if key == (f"{namespace}/{name}" if namespace else name):
                return origin
        return None


def policies(files: Mapping[str, str]) -> Policies:
    """The policies of files, given as name -> text. Raises ReadError."""
    origins = [
        origin
        for name, content in files.items()
        for document in yaml_text.load_all(content, source=name, marks=True, strict=True)
        for origin in _spread(document.tree, Places(content, document, name), ())
    ]
    return _sorted(origins)


def _sorted(origins: list[Origin]) -> Policies:
    exceptions = tuple(one for one in origins if group_kind(one.tree) in EXCEPTIONS)
    return Policies(tuple(one for one in origins if group_kind(one.tree) not in EXCEPTIONS), exceptions)


def _spread(tree: Tree, places: Places, prefix: Path) -> Iterator[Origin]:
    """The documents of a tree: itself, or the items of a List."""
    if isinstance(tree, dict):
        items = tree.get("items")
        if tree.get("kind") == "List" and isinstance(items, list):
            for index, item in enumerate(items):
                yield from _spread(item, places, (*prefix, "items", index))
        else:
            yield Origin(tree, places, prefix)


def inputs(name: str, content: str) -> Iterator[Input]:
    """What a file holds to judge. Raises ReadError, RequestError."""
    for document in yaml_text.load_all(content, source=name, marks=True):
        places = Places(content, document, name)
        if not isinstance(document.tree, dict):
            raise RequestError("must be a map", name)
        for origin in _spread(document.tree, places, ()):
            try:
                envelopes = list(admission.envelopes([origin.tree]))
            except RequestError as error:
                raise RequestError(error.reason, error.path, name) from error
            for envelope in envelopes:
                yield Input(envelope, *_objects(origin, envelope))


def _objects(origin: Origin, envelope: Map) -> tuple[Origin | None, Origin | None]:
    """Where the new and the old object stand in the document."""
    request = envelope.get("request")
    if not isinstance(request, dict):
        return None, None
    if "request" in origin.tree:
        prefix: Path = ("request",)
    elif isinstance(origin.tree.get("operation"), str):
        prefix = ()
    else:
        return origin, None
    found = [request.get(key) for key in ("object", "oldObject")]
    new, old = (
        Origin(tree, origin.places, (*origin.prefix, *prefix, key)) if isinstance(tree, dict) else None
        for tree, key in zip(found, ("object", "oldObject"), strict=True)
    )
    return new, old


def settings(envelope: Map, given: Policies, file: Places | None = None) -> Policies:
    """The policies given, and behind them those of the envelope's own settings."""
    own = envelope.get("settings")
    if not isinstance(own, dict):
        return given
    origins: list[Origin] = []
    for key in ("policy", "policies", "exceptions"):
        listed = own.get(key)
        entries = listed if isinstance(listed, list) else [listed]
        for index, entry in enumerate(entries):
            where = ("settings", key, index) if isinstance(listed, list) else ("settings", key)
            origins += _of_entry(entry, where, file)
    more = _sorted(origins)
    return Policies((*given.policies, *more.policies), (*given.exceptions, *more.exceptions))


def _of_entry(entry: Tree, where: Path, file: Places | None) -> Iterator[Origin]:
    """The policies of one entry: an object of the envelope, or a YAML text of its own."""
    name = f"{file.file if file else 'envelope'}#{'.'.join(map(str, where))}"
    if isinstance(entry, str):
        for document in yaml_text.load_all(entry, source=name, marks=True, strict=True):
            yield from _spread(document.tree, Places(entry, document, name), ())
    elif isinstance(entry, dict) and file is not None:
        yield from _spread(entry, file, where)
