"""Zones inside a text: numeric offsets in the forms of Go's layouts, and what looks like the name of a zone."""

from __future__ import annotations

import re

_LIMITS = (("hour", 24), ("minute", 60), ("second", 60))
_OFFSET = re.compile("[+-]([0-9]+)")
_CAPITALS = re.compile("[A-Z]{0,6}")


class OffsetError(Exception):
    """The text is no offset of this form; `beyond` names the part that is too large, empty for another reason."""

    def __init__(self, beyond: str = "") -> None:
        self.beyond = beyond
        super().__init__(beyond)


def read_offset(element: str, text: str) -> int:
    """Seconds east from the start of the text, as long as the element (such as `-07:00`); OffsetError.

    kyverno: Go accepts offsets up to 24 hours, 60 minutes and 60 seconds, inclusive.
    """
    colons = [at for at, char in enumerate(element) if char == ":"]
    written = text[: len(element)]
    if len(written) < len(element) or any(written[at] != ":" for at in colons):
        raise OffsetError
    parts = [written[at : at + 2] for at in range(1, len(element), 3 if colons else 2)]
    numbers = [int(part) if part.isascii() and part.isdigit() else -1 for part in parts]
    readable = numbers[: numbers.index(-1)] if -1 in numbers else numbers
    beyond = [unit for number, (unit, limit) in zip(readable, _LIMITS, strict=False) if number > limit]
    if beyond:
        raise OffsetError(beyond[-1])
    if -1 in numbers or written[0] not in "+-":
        raise OffsetError
    seconds = sum(number * size for number, size in zip(numbers, (3600, 60, 1), strict=False))
    return -seconds if written[0] == "-" else seconds


def name_length(rest: str) -> int:
    """How many characters look like the name of a zone; 0: none do."""
    if len(rest) < 3:
        return 0
    if rest.startswith(("ChST", "MeST")):
        return 4
    if rest.startswith("GMT"):
        return 3 + _offset_length(rest[3:])
    if rest[0] in "+-":
        return _offset_length(rest)
    found = _CAPITALS.match(rest)
    name = found[0] if found else ""
    if len(name) == 3 or (len(name) in (4, 5) and name.endswith("T")) or name == "WITA":
        return len(name)
    return 0


def _offset_length(rest: str) -> int:
    found = _OFFSET.match(rest)
    return found.end() if found and len(found[1].lstrip("0")) <= 2 and int(found[1].lstrip("0") or "0") <= 23 else 0
