"""What was baked into a module, readable from the file: JSON in the custom section `kywarden.baked`.

The policies themselves are objects in the module's memory; the section says which, for people and programs. A host pays
no attention to it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from kywarden.values.trees import Map
from kywarden.wasm.sections import Section, custom, find_custom

SECTION = "kywarden.baked"


@dataclass(frozen=True, slots=True)
class Contents:
    """kywarden: the version that baked; base: SHA-256 of the module it started from; settings: all that was baked,
    policies and exceptions included."""

    kywarden: str
    base: str
    settings: Map


def digest(module: bytes) -> str:
    return hashlib.sha256(module).hexdigest()


def written(settings: Map) -> bytes:
    """Settings as the module reads them, the order of keys kept."""
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()


def section(contents: Contents) -> Section:
    tree: Map = {"kywarden": contents.kywarden, "base": contents.base, "settings": contents.settings}
    return custom(SECTION, written(tree))


def find(module: bytes) -> Contents | None:
    """What is baked into a module, None when nothing is; raises `encoding.FormatError` when it is no module."""
    found = find_custom(module, SECTION)
    tree = None if found is None else json.loads(found)
    if not isinstance(tree, dict) or not isinstance(settings := tree.get("settings"), dict):
        return None
    return Contents(str(tree.get("kywarden", "")), str(tree.get("base", "")), settings)
