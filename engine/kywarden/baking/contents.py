"""What was baked into a module, readable from the file: JSON in the custom section `kywarden.baked`.

The policies themselves are objects in the module's memory; the section says which, for people and programs. A host pays
no attention to it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from kywarden.values.trees import Map
from kywarden.wasm.json_sections import Damaged, find_map
from kywarden.wasm.sections import Section, custom

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
    """What is baked into a module, None when nothing is.

    Raises `encoding.FormatError` when it is no module, `json_sections.Damaged` when the section is not as written.
    """
    tree = find_map(module, SECTION)
    if tree is None:
        return None
    settings = tree.get("settings")
    if not isinstance(settings, dict):
        raise Damaged(SECTION, "holds no settings")
    return Contents(str(tree.get("kywarden", "")), str(tree.get("base", "")), settings)
