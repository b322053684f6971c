"""The line of a place with carets below it, as wide as a terminal shows both."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, get_character_cell_size

from kywarden.cli.screen import visible
from kywarden.values.yaml_places import Place

CUT = "…"


def snippet(lines: Sequence[str], place: Place, width: int = 120) -> tuple[str, str]:
    """The line of a place and a line of carets, cut around the place to a width in cells; wide characters take two."""
    line = visible(lines[place.line - 1].replace("\t", " ").rstrip()) if place.line <= len(lines) else ""
    start = min(place.column - 1, len(line))
    end = max(start, min(start + place.length, len(line)))
    before, marked, after = line[:start], line[start:end], line[end:]
    before = _last(before, max(width // 4, width - cell_len(marked + after)))
    rest = _first(marked + after, width - cell_len(before))
    carets = max(1, min(cell_len(marked), cell_len(rest)))
    return before + rest, " " * cell_len(before) + "^" * carets


def _first(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return text[: _fitting(text, width - 1)] + CUT


def _last(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return CUT + text[len(text) - _fitting(text[::-1], width - 1) :]


def _fitting(text: str, width: int) -> int:
    """How many characters fit into a width."""
    for index, character in enumerate(text):
        width -= get_character_cell_size(character)
        if width < 0:
            return index
    return len(text)
