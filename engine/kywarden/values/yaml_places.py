"""Where the parts of a YAML document stand in its text: places for messages.

The reader gives the marks of keys and list elements; values and pieces of values are found from there in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kywarden.values.trees import Tree
from kywarden.values.yaml_text import Document
from kywarden.values.yaml_tree import Path, path_text

_PLAIN_END = re.compile(r"\s+#|\s*$")
_KEY_END = re.compile(r""""(?:[^"\\]|\\.)*"\s*:|'(?:[^']|'')*'\s*:|[^\n]*?:(?=\s|$)""", re.MULTILINE)
_BEFORE_BLOCK = re.compile(r"(?:[&!]\S*\s+)*[|>][-+0-9]*\s*(?:#.*)?$")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of one line of a file. line, column: counted from 1, in characters; length: characters, at least 1."""

    file: str
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def lines_of(text: str) -> list[str]:
    """The lines of a file, as places count them."""
    return text.replace("\r\n", "\n").split("\n")


class Places:
    """The places of one document, which was read with marks; lines: of its whole file."""

    def __init__(self, lines: list[str], document: Document, file: str = "") -> None:
        self.file = file
        self.lines = lines
        self._marks = document.marks
        self._first = document.line
        self._ordered = sorted((place, path) for path, place in document.marks.items())
        self._starts = [place for place, _ in self._ordered]
        self._paths: dict[str, Path] | None = None

    def of(self, path: Path) -> Place:
        """The key at the end of the path, or the list element; of the nearest part around it that is marked."""
        path = self._marked(path)
        if not path:
            return Place(self.file, *self._beginning())
        line, column = self._marks[path]
        rest = self._rest(line, column)
        found = _KEY_END.match(rest)
        if found:
            return Place(self.file, line, column, len(found[0][:-1].rstrip()))
        return Place(self.file, line, column, self._scalar_length(path, line, column))

    def value(self, path: Path) -> Place:
        """The scalar at the path: of a block scalar its first line. The key where a map or list stands there."""
        path = self._marked(path)
        start = self._value_start(path)
        if start is None:
            return self.of(path)
        return Place(self.file, *start, self._scalar_length(path, *start))

    def piece(self, path: Path, *pieces: str) -> Place:
        """A piece of the text at the path, each of the pieces inside the one before; the value when it is not found."""
        path = self._marked(path)
        start = self._marks[path] if path else self._beginning()
        end = self._end(path)
        found = None
        for piece in pieces:
            inner = self._find(piece, start, end)
            if inner is None:
                break
            found = inner
            start, end = inner
        if found is None:
            return self.value(path)
        (line, column), (end_line, end_column) = found
        length = end_column - column if line == end_line else len(self._rest(line, column).rstrip())
        return Place(self.file, line, column, max(length, 1))

    def path(self, written: str) -> Path:
        """The path that a text such as `spec.rules[2].match` names, as far as it is there."""
        if self._paths is None:
            self._paths = {path_text(path): path for path in self._marks}
        while written:
            if written in self._paths:
                return self._paths[written]
            written = written[: max(written.rfind("."), written.rfind("["), 0)]
        return ()

    def last_line(self, path: Path) -> int:
        """The last line of what stands at the path."""
        line, column = self._end(self._marked(path))
        return line if column > 1 and self._rest(line, 1)[: column - 1].strip(" -") else line - 1

    def _marked(self, path: Path) -> Path:
        while path and path not in self._marks:
            path = path[:-1]
        return path

    def _beginning(self) -> tuple[int, int]:
        return self._starts[0] if self._starts else (self._first, 1)

    def _rest(self, line: int, column: int) -> str:
        return self.lines[line - 1][column - 1 :] if line <= len(self.lines) else ""

    def _end(self, path: Path) -> tuple[int, int]:
        """Where the next part begins that is not inside the path."""
        index = bisect_right(self._starts, self._marks[path]) if path else len(self._ordered)
        while index < len(self._ordered) and self._ordered[index][1][: len(path)] == path:
            index += 1
        if index < len(self._ordered):
            return self._starts[index]
        line = self._beginning()[0]
        while line <= len(self.lines) and not self.lines[line - 1].startswith("---"):
            line += 1
        return line, 1

    def _scalar_length(self, path: Path, line: int, column: int) -> int:
        rest = self._rest(line, column)
        end_line, end_column = self._end(path)
        if line == end_line and path:
            rest = rest[: end_column - column].rstrip(" ,[]{}\"'") or rest
        return _scalar_length(rest)

    def _value_start(self, path: Path) -> tuple[int, int] | None:
        if not path:
            return None
        line, column = self._marks[path]
        rest = self._rest(line, column)
        if isinstance(path[-1], str):
            found = _KEY_END.match(rest)
            if found is None:
                return None
            offset = found.end() + len(rest[found.end() :]) - len(rest[found.end() :].lstrip())
            column, rest = column + offset, rest[offset:]
        properties = None if _BEFORE_BLOCK.match(rest) else _PROPERTIES.match(rest)
        offset = properties.end() if properties else 0
        column, rest = column + offset, rest[offset:]
        if rest and not rest.startswith("#") and not _BEFORE_BLOCK.match(rest):
            return line, column
        end, _ = self._end(path)
        for number in range(line + 1, min(end, len(self.lines)) + 1):
            text = self.lines[number - 1]
            if text.strip() and not (text.lstrip().startswith("#") and not rest):
                begins_inside = any(place[0] == number for place, inner in self._inside(path) if inner != path)
                return None if begins_inside else (number, len(text) - len(text.lstrip()) + 1)
        return None

    def _inside(self, path: Path) -> Sequence[tuple[tuple[int, int], Path]]:
        first = bisect_right(self._starts, self._marks[path])
        last = bisect_right(self._starts, self._end(path))
        return self._ordered[first:last]

    def _find(
        self, piece: str, start: tuple[int, int], end: tuple[int, int]
    ) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Start and end of a piece of text between two positions; as written, quoted, or broken into lines."""
        first, last = start[0], min(end[0], len(self.lines))
        lines = self.lines[first - 1 : last]
        if not lines or not piece.strip():
            return None
        if end[0] <= len(self.lines):
            lines[-1] = lines[-1][: end[1] - 1]
        lines[0] = " " * (start[1] - 1) + lines[0][start[1] - 1 :]
        text = "\n".join(lines)
        for written in (piece, piece.replace("'", "''"), piece.replace("\\", "\\\\").replace('"', '\\"')):
            offset = text.find(written)
            if offset >= 0:
                return _position(text, offset, first), _position(text, offset + len(written), first)
        words = re.search(r"\s+".join(map(re.escape, piece.split())), text)
        if words is None:
            return None
        return _position(text, words.start(), first), _position(text, words.end(), first)


def _position(text: str, offset: int, first: int) -> tuple[int, int]:
    return first + text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset)


def _scalar_length(rest: str) -> int:
    if rest[:1] in ('"', "'"):
        quoted = re.match(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""", rest)
        if quoted:
            return len(quoted[0])
    end = _PLAIN_END.search(rest)
    rest = rest[: end.start()] if end else rest
    depth = 0
    for index, character in enumerate(rest):
        depth += (character in "[{") - (character in "]}")
        if depth < 0:  # the end of a flow collection around it
            return max(index, 1)
    return max(len(rest), 1)


def strings(tree: Tree, path: Path) -> Iterator[tuple[str, Path]]:
    """All texts and keys, a key with the path of its value."""
    match tree:
        case str():
            yield tree, path
        case dict():
            for key, value in tree.items():
                yield key, (*path, key)
                yield from strings(value, (*path, key))
        case list():
            for index, item in enumerate(tree):
                yield from strings(item, (*path, index))
