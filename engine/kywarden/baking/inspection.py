"""What is in a module file: everything that can be read without running it."""

from __future__ import annotations

import gzip

from kywarden import settings as operator_settings
from kywarden.baking import contents
from kywarden.baking.contents import Contents
from kywarden.baking.subjects import Baking, described, sorted_out
from kywarden.kinds.table import KINDS
from kywarden.model.resources import group_kind, text
from kywarden.values.trees import Map, Tree, maps
from kywarden.wasm import metadata, notices
from kywarden.wasm.json_sections import Damaged
from kywarden.wasm.sections import (
    PAGE,
    Id,
    Section,
    payload,
    read,
    read_exports,
    read_imports,
    read_memories,
)


def inspect(module: bytes) -> Map:
    """The report of a module; raises `encoding.FormatError` when it is none, `Damaged` when a section of it is."""
    sections = read(module)
    found = contents.find(module)
    told = metadata.find(module)
    report: Map = {
        "kind": "baked" if found else "base" if _has_prepare(sections) else "foreign",
        "kywarden": found.kywarden if found else text(told or {}, "annotations", "io.kubewarden.policy.version"),
        "size": len(module),
        "gzip": len(gzip.compress(module, 9, mtime=0)),
        "sha256": contents.digest(module),
        "memoryPages": sum(each.minimum for each in read_memories(payload(sections, Id.MEMORY))),
        "memoryBytes": PAGE * sum(each.minimum for each in read_memories(payload(sections, Id.MEMORY))),
        "imports": [f"{each.module}.{each.name}" for each in read_imports(payload(sections, Id.IMPORT))],
        "exports": [each.name for each in read_exports(payload(sections, Id.EXPORT))],
        "metadata": told,
    }
    if found:
        report |= _baked(found)
    if (noticed := notices.find(module)) is not None:
        report["components"] = _components(noticed.bill)
    return report


def _has_prepare(sections: list[Section]) -> bool:
    return any(each.name == "prepare" for each in read_exports(payload(sections, Id.EXPORT)))


def _baked(found: Contents) -> Map:
    read_back, problems = operator_settings.read(found.settings)
    trees = [tree for key in ("policies", "exceptions") for tree in maps(found.settings.get(key))]
    policies, exceptions = sorted_out(trees)
    if problems or not all(map(_decodes, policies)):
        raise Damaged(contents.SECTION, "holds settings that no module takes")
    return {
        "base": found.base,
        "policies": [*described(Baking(policies, exceptions, read_back))],
        "exceptions": [text(tree, "metadata", "name") for tree in exceptions],
        "settings": {key: value for key, value in found.settings.items() if key not in ("policies", "exceptions")},
    }


def _components(bill: Map) -> list[Tree]:
    return [
        {"name": text(each, "name"), "version": text(each, "versionInfo"), "license": text(each, "licenseDeclared")}
        for each in maps(bill.get("packages"))
    ]


def _decodes(policy: Map) -> bool:
    kind = KINDS.get(group_kind(policy))
    return kind is not None and next(iter(kind.facts.undecodable(policy)), None) is None
