"""Tables as Kyverno prints them (lensesio/tableprinter over kataras/tablewriter)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from kywarden.cli.paint import Paint

COLUMN, LINE = "│", "─"
CELL_LIMIT = 300
"""Bytes beyond which the text of a cell is wrapped."""

COUNTED_FROM = 11
"""Rows from which on the first heading tells their number."""

_ANSI = re.compile(r"\x1b\[(?:[0-9]{1,3}(?:;[0-9]{1,3})*)?[m|K]")


def render(headings: Sequence[str], rows: Sequence[Sequence[str]], paint: Paint) -> str:
    """The table, empty when there are no rows; cells may hold colours."""
    if not rows:
        return ""
    names = list(headings)
    if len(rows) >= COUNTED_FROM:
        names[0] = f"{names[0]} ({len(rows)}) "
    cells = [[wrapped(cell).split("\n") for cell in row] for row in rows]
    widths = [
        max(_width(line) for line in [name, *(line for row in cells for line in row[column])])
        for column, name in enumerate(names)
    ]
    rule = COLUMN + COLUMN.join(LINE * (width + 2) for width in widths) + COLUMN
    titles = [paint.heading(_padded(name.strip(), width)) for name, width in zip(names, widths, strict=True)]
    lines = [rule, _line(titles), rule, *(line for row in cells for line in _row_lines(row, widths)), rule]
    return "\n".join(lines) + "\n"


def _row_lines(row: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for number in range(max(map(len, row))):
        texts = [cell[number] if number < len(cell) else "" for cell in row]
        yield _line([_padded(text, width) for text, width in zip(texts, widths, strict=True)])


def _line(texts: Sequence[str]) -> str:
    return COLUMN + COLUMN.join(f" {text} " for text in texts) + COLUMN


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal, without colours."""
    return cell_len(_ANSI.sub("", text))


def wrapped(cell: str) -> str:
    """The text of a cell, wrapped when it is long."""
    if len(cell.encode()) <= CELL_LIMIT:
        return cell
    if "\n" in cell:
        # kyverno: of a long text that ends a line the last two bytes are lost
        return wrapped(cell.encode()[:-2].decode(errors="replace")) if cell.endswith("\n") else cell
    words = cell.split()
    if not words:
        return cell
    lines, left = [words[0]], CELL_LIMIT - len(words[0].encode())
    for word in words[1:]:
        size = len(word.encode())
        if size + 1 <= left:
            lines[-1] += f" {word}"
            # kyverno: the space before the word is counted twice
            left -= size + 2
        else:
            lines.append(word)
            left = CELL_LIMIT - size
    return "\n".join(lines)
