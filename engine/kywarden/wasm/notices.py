"""What a module says of its parts: a bill of materials and the texts of their licences, in custom sections.

A host pays no attention to them; `kywarden inspect` shows them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from kywarden.values.trees import Map
from kywarden.wasm.json_sections import Damaged, find_map
from kywarden.wasm.sections import custom, find_custom, with_custom

BILL_SECTION = "kywarden.sbom"
LICENSES_SECTION = "kywarden.licenses"


@dataclass(frozen=True, slots=True)
class Notices:
    """bill: SPDX 2.3, see `sbom`; licenses: the texts, for people."""

    bill: Map
    licenses: str


def find(module: bytes) -> Notices | None:
    """The notices of a module, None when it has none; raises `Damaged`."""
    bill, licenses = find_map(module, BILL_SECTION), find_custom(module, LICENSES_SECTION)
    if bill is None or licenses is None:
        return None
    try:
        return Notices(bill, licenses.decode())
    except UnicodeDecodeError as error:
        raise Damaged(LICENSES_SECTION, "is no UTF-8") from error


def put(module: bytes, notices: Notices) -> bytes:
    """The module with these notices and no others."""
    bill = json.dumps(notices.bill, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return with_custom(module, custom(BILL_SECTION, bill), custom(LICENSES_SECTION, notices.licenses.encode()))
