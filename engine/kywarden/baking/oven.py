"""Baking: kywarden's module is started further with the policies as its settings, and its memory is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import wasmtime

from kywarden import module
from kywarden.baking import contents, description
from kywarden.baking.contents import Contents
from kywarden.baking.subjects import Baking
from kywarden.model.resources import text
from kywarden.values.trees import Map
from kywarden.wasm import metadata, notices, sbom, snapshot
from kywarden.wasm.encoding import FormatError
from kywarden.wasm.files import Files
from kywarden.wasm.json_sections import Damaged
from kywarden.wasm.notices import Notices
from kywarden.wasm.sandbox import Exited, Forbidden
from kywarden.wasm.sbom import Component
from kywarden.wasm.sections import Id, Kind, payload, read, read_exports, with_custom

EXPORTS = (("prepare", Kind.FUNCTION), ("memory", Kind.MEMORY))
"""What is called, and what is kept."""


class BaseError(ValueError):
    """The module to start from is no module of kywarden's, or has policies in it already."""


class Refused(ValueError):
    """The module itself does not take the settings: its own words."""


@dataclass(frozen=True, slots=True)
class Loaf:
    """A baked module, its metadata, and what whoever deploys it must know."""

    module: bytes
    metadata: Map
    notes: tuple[str, ...]


def check_base(base: bytes) -> None:
    """Raise `BaseError` when nothing can be baked into a module."""
    try:
        exports = {(export.name, export.kind) for export in read_exports(payload(read(base), Id.EXPORT))}
        baked, noticed = contents.find(base), notices.find(base)
    except FormatError as error:
        raise BaseError(f"is no WebAssembly module: {error}") from error
    except Damaged as error:
        raise BaseError(f"is no module of kywarden: {error}") from error
    if baked is not None:
        raise BaseError("has policies baked into it already: name the module that they were baked into")
    for name, kind in EXPORTS:
        if (name, kind) not in exports:
            raise BaseError(f"is no module of kywarden: it has no export {name}")
    if noticed is not None and not sbom.names_packages(noticed.bill):
        raise BaseError("is no module of kywarden: its bill of materials names no packages")


def bake(base: bytes, baking: Baking, settings: Map, *, version: str, annotations: Mapping[str, str]) -> Loaf:
    """A module with the settings in it, which hold the documents of `baking`. Equal input gives equal bytes.

    version: of kywarden; annotations: of the metadata, above those of the policies. Raises `BaseError`, `Refused`.
    """
    check_base(base)
    try:
        taken = snapshot.take(
            base,
            argv=["policy.wasm"],
            files=Files({}),
            init="prepare",
            start="_start",
            stdin=contents.written(settings),
            drop=["prepare"],
        )
    except Exited as end:
        if end.code == module.REFUSED:
            raise Refused(end.stderr.strip()) from end
        raise _unable(end) from end
    except (snapshot.Unsound, FormatError, Forbidden, wasmtime.WasmtimeError) as error:
        raise _unable(error) from error
    described = description.of(baking, annotations)
    taken = with_custom(taken, contents.section(Contents(version, contents.digest(base), settings)))
    if (found := notices.find(base)) is not None:
        taken = notices.put(taken, Notices(_bill(found.bill, baking, described), found.licenses))
    return Loaf(metadata.append(taken, described), described, tuple(description.notes(baking, described)))


def _unable(error: Exception) -> BaseError:
    """In one line, whatever is said of a module."""
    return BaseError(f"cannot be started: {' '.join(str(error).split())}")


def _bill(bill: Map, baking: Baking, described: Map) -> Map:
    """The bill of the base with the policies."""
    parts = [
        Component(
            text(tree, "metadata", "name"), comment=text(tree, "kind"), sha256=contents.digest(contents.written(tree))
        )
        for tree in (*baking.policies, *baking.exceptions)
    ]
    title = text(described, "annotations", "io.kubewarden.policy.title")
    version = text(described, "annotations", "io.kubewarden.policy.version")
    return sbom.extended(bill, Component(title, version), parts)
