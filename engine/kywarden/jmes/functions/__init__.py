"""The functions of expressions: one module per family, each with one TABLE."""

from __future__ import annotations

from kywarden.jmes.functions import (
    arithmetic,
    builtin,
    certificates,
    collections,
    encoding,
    images,
    network,
    ordering,
    patterns,
    strings,
    time,
    versions,
)
from kywarden.jmes.signature import Function

FUNCTIONS: dict[str, Function] = {
    row.name: row
    for family in (
        builtin,
        ordering,
        strings,
        patterns,
        arithmetic,
        encoding,
        collections,
        time,
        versions,
        images,
        network,
        certificates,
    )
    for row in family.TABLE
}
"""Every function by its name; later families replace earlier ones."""
