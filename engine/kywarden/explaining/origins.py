"""Where policies, exceptions and requests come from: documents of files, with the places of their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kywarden import admission
from kywarden.errors import PolicyError, PolicyErrors, RequestError
from kywarden.kinds.table import EXCEPTIONS
from kywarden.model import lists
from kywarden.model.lists import MisfitError
from kywarden.model.resources import group_kind, text
from kywarden.values import documents, yaml_text
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_places import Place, Places, lines_of
from kywarden.values.yaml_tree import Path, path_text


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
    """One thing to judge: its envelope, the places of the document that holds it, and where its objects stand."""

    envelope: Map
    places: Places
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
    """The policies of files, given as name -> text. Raises ReadError, PolicyErrors."""
    return _sorted([origin for name, content in files.items() for origin in _of_text(content, name)])


def _of_text(content: str, name: str, portable: bool = False) -> Iterator[Origin]:
    lines = lines_of(content)
    for document in yaml_text.load_all(content, source=name, marks=True, strict=True, portable=portable):
        yield from _policies_of(document.tree, Places(lines, document, name), ())


def _policies_of(tree: Tree, places: Places, prefix: Path) -> Iterator[Origin]:
    try:
        yield from _spread(tree, places, prefix)
    except MisfitError as error:
        reason = error.reason if error.path else f"a policy {error.reason}"
        raise PolicyErrors([PolicyError(reason, path=path_text(error.path), source=places.file)]) from error


def _sorted(origins: list[Origin]) -> Policies:
    exceptions = tuple(one for one in origins if group_kind(one.tree) in EXCEPTIONS)
    return Policies(tuple(one for one in origins if group_kind(one.tree) not in EXCEPTIONS), exceptions)


def _spread(tree: Tree, places: Places, prefix: Path) -> Iterator[Origin]:
    for path, found in lists.spread(tree, prefix):
        yield Origin(found, places, path)


def inputs(name: str, data: bytes) -> Iterator[Input]:
    """What a file in YAML or JSON holds to judge. Raises ReadError, RequestError."""
    read = documents.read(data, source=name, marks=True)
    lines = lines_of(documents.decoded(data))
    for document in read:
        places = Places(lines, document, name)
        try:
            for origin in _spread(document.tree, places, ()):
                for envelope in admission.envelopes([origin.tree]):
                    yield Input(envelope, places, *_objects(origin, envelope))
        except MisfitError as error:
            raise RequestError(error.reason, path_text(error.path)) from error


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


def settings(given: Input, added: Policies) -> Policies:
    """The policies of the settings of an envelope, which have been checked, and behind them those that are added.

    Raises ReadError, PolicyErrors.
    """
    settings = given.envelope.get("settings")
    own = settings if isinstance(settings, dict) else {}
    origins: list[Origin] = []
    for key in ("policy", "policies", "exceptions"):
        listed = own.get(key)
        entries = listed if isinstance(listed, list) else [listed]
        for index, entry in enumerate(entries):
            where = ("settings", key, index) if isinstance(listed, list) else ("settings", key)
            origins += _of_entry(entry, where, given.places)
    first = _sorted(origins)
    return Policies((*first.policies, *added.policies), (*first.exceptions, *added.exceptions))


def _of_entry(entry: Tree, where: Path, file: Places) -> Iterator[Origin]:
    """The policies of one entry: an object of the envelope, or a YAML text of its own."""
    if isinstance(entry, str):
        yield from _of_text(entry, f"{file.file}#{'.'.join(map(str, where))}", portable=True)
    elif entry is not None:
        yield from _policies_of(entry, file, where)
