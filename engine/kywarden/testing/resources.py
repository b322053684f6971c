"""Resources as Kyverno's command line takes them from files: a namespace for each, no null where a map belongs.

Source: cmd/cli/kubectl-kyverno/resource/resource.go, utils/common/common.go.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kywarden.kinds.classic.trees import one_map
from kywarden.model import builtin_kinds
from kywarden.model.resources import group_version, text
from kywarden.testing.files import YAML, Files, LoadError, yaml_error
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

MAPS = frozenset(("annotations", "labels", "matchLabels", "nodeSelector", "data", "stringData"))
"""Keys under which a null becomes an empty map."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is written: its file, empty for STDIN, and its first line."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """The resources of some files, and what to tell about files that are missing; places: of each resource."""

    resources: list[Map]
    complaints: list[str]
    places: list[Place]


def load(paths: Sequence[str], files: Files) -> Loaded:
    """The resources of the files, or of the directory that stands first.

    Raises `LoadError` when the first is missing, or when a file is no YAML or holds something without a kind.
    """
    found = Loaded([], [], [])
    for index, path in enumerate(_expanded(paths)):
        if path.startswith(("http://", "https://")):
            found.complaints.append(complaint(path, f"failed to process {path}: addresses are not fetched"))
            continue
        cleaned = posixpath.normpath(path)
        try:
            chunks = files.chunks(cleaned)
        except LoadError as error:
            if index == 0 and not Path(path).exists():
                raise LoadError(f"stat {path}: no such file or directory") from None
            found.complaints.append(complaint(path, str(error)))
            continue
        for tree, (line, chunk) in zip(files.documents(cleaned), chunks, strict=True):
            for resource in unpacked(tree, chunk):
                found.resources.append(resource)
                found.places.append(Place(path, line + _lines_before(chunk)))
    return found


def _lines_before(chunk: str) -> int:
    """The blank lines and comments before a document."""
    lines = chunk.split("\n")
    return next((at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)


def of_text(content: str) -> list[Map]:
    """The resources of a text; raises `LoadError` when it is no YAML or holds something without a kind."""
    try:
        chunks = [chunk for _, chunk in yaml_text.split(content)]
        return [resource for chunk in chunks for resource in unpacked(yaml_text.load(chunk), chunk)]
    except ReadError as error:
        raise LoadError(yaml_error(error)) from None


def _expanded(paths: Sequence[str]) -> Iterable[str]:
    """The files that are meant: those of a directory when one stands first, which drops the others."""
    if paths and Path(paths[0]).is_dir():
        names = sorted(entry.name for entry in os.scandir(paths[0]))
        return [posixpath.join(posixpath.normpath(paths[0]), name) for name in names if name.endswith(YAML)]
    return paths


def complaint(path: str, reason: str) -> str:
    """What is printed about a file that cannot be read, between two rules."""
    rule = "-" * 70
    return f"\n{rule}\nfailed to load resources: {path}. \nerror: {reason}\n{rule}\n"


def unpacked(tree: Tree, written: str = "") -> list[Map]:
    """The resources of one document: itself, or the items of a v1 List, on which Kyverno crashes."""
    if isinstance(tree, dict) and text(tree, "kind") == "List" and text(tree, "apiVersion") == "v1":
        items = tree.get("items")
        return [prepared(item, written) for item in items] if isinstance(items, list) else []
    return [prepared(tree, written)]


def prepared(tree: Tree, written: str = "") -> Map:
    """One document as a resource; raises `LoadError` when it has no kind; `written`: its text."""
    if not isinstance(tree, dict) or not text(tree, "kind"):
        raise LoadError(f"Object 'Kind' is missing in '{written}'")
    resource = _without_null_maps(tree)
    metadata = resource.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if not text(metadata, "namespace") and is_namespaced(resource):
        return {**resource, "metadata": {**metadata, "namespace": "default"}}
    return resource


def is_namespaced(resource: Map) -> bool:
    """Whether objects of the kind have a namespace; kinds that are not built in are taken to have one."""
    return builtin_kinds.is_namespaced(group_version(resource)[0], text(resource, "kind"))


def _without_null_maps(tree: Map) -> Map:
    return {key: {} if value is None and key in MAPS else _inside(value) for key, value in tree.items()}


def _inside(tree: Tree) -> Tree:
    match tree:
        case dict():
            return _without_null_maps(tree)
        case list():
            # kyverno: maps in lists of lists are not looked at
            return [_without_null_maps(item) if isinstance(item, dict) else item for item in tree]
        case _:
            return tree


def key(resource: Map) -> tuple[str, str, str, str]:
    """What tells a resource of a test from the others: apiVersion, kind, namespace, name."""
    return (
        text(resource, "apiVersion"),
        text(resource, "kind"),
        text(resource, "metadata", "namespace"),
        text(resource, "metadata", "name"),
    )


def told(resource: Map) -> str:
    """The name of a resource in an error, whatever it is."""
    name = one_map(resource.get("metadata")).get("name")
    return "" if name is None else str(name)


def unique(resources: Iterable[Map]) -> tuple[list[Map], list[Map]]:
    """The first resource of each group, kind, namespace and name, and the last of each that stands again."""
    seen: dict[tuple[str, str, str, str], Map] = {}
    again: dict[tuple[str, str, str, str], Map] = {}
    for resource in resources:
        identity = (group_version(resource)[0], *key(resource)[1:])
        if identity in seen:
            again[identity] = resource
        else:
            seen[identity] = resource
    return list(seen.values()), list(again.values())
