"""Replacement texts with `$1`, `${name}` and `$$` (Go's Regexp.Expand)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Part: TypeAlias = tuple[str, bool]
"""A text, or with True the name or number of a group."""


def parse(template: str) -> list[Part]:
    """The parts of a template; `$` before anything else stands for itself, and `$1x` names the group `1x`."""
    parts: list[Part] = []
    rest = template
    while True:
        before, dollar, rest = rest.partition("$")
        parts.append((before, False))
        if not dollar:
            return parts
        if rest.startswith("$"):
            parts.append(("$", False))
            rest = rest[1:]
            continue
        name, behind = _name(rest)
        if name:
            parts.append((name, True))
            rest = behind
        else:
            parts.append(("$", False))


def _name(text: str) -> tuple[str, str]:
    """The name at the beginning and what follows; an empty name when there is none."""
    inside = text[1:] if text.startswith("{") else text
    length = 0
    while length < len(inside) and (inside[length].isalpha() or inside[length].isdecimal() or inside[length] == "_"):
        length += 1
    if inside is text:
        return inside[:length], inside[length:]
    return (inside[:length], inside[length + 1 :]) if inside.startswith("}", length) else ("", text)


def expand(parts: list[Part], groups: Sequence[str | None], names: Sequence[str]) -> str:
    """The replacement for a match. groups: their texts, from the whole match on; names: of the groups from 1 on."""
    return "".join(_value(text, groups, names) if is_name else text for text, is_name in parts)


def _value(name: str, groups: Sequence[str | None], names: Sequence[str]) -> str:
    number = _number(name)
    if number is not None:
        return (groups[number] or "") if number < len(groups) else ""
    return next((text for text, known in zip(groups[1:], names, strict=True) if known == name and text is not None), "")


def _number(name: str) -> int | None:
    """A group's number; one with a leading zero or of more than nine digits is a name."""
    is_number = name.isascii() and name.isdigit() and len(name) <= 9 and (name == "0" or not name.startswith("0"))
    return int(name) if is_number else None
