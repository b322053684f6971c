"""Characters that would steer a terminal: controls above ASCII, and those that turn the direction of writing.

In JSON, and in the quoted texts of YAML, an escape means the same. Controls of ASCII are escaped there anyhow.
"""

from __future__ import annotations

STEERING = frozenset(map(chr, (*range(0x80, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))))
DELETE = "\x7f"

_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in (DELETE, *STEERING)}


def escaped(document: str) -> str:
    """A document in which these characters stand in quoted texts only, with escapes in their place."""
    return document.translate(_ESCAPES)
