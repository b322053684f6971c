"""Comments that waive findings: `# kywarden: ignore[rule-id, other-id]`, without brackets for all.

At the end of a line it is about that line; alone on a line about whatever begins on the next line, with all that is
inside of it; before the first key of a document about the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml

from kywarden.values.yaml_tree import Path, Place

_COMMENT = re.compile(r"(?:^|\s)(#)\s*kywarden:\s*ignore(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Waiver:
    """ids: empty for all; line, column: of the comment; first, last: the lines that it is about."""

    ids: frozenset[str]
    line: int
    column: int
    first: int
    last: int

    def covers(self, check: str, line: int) -> bool:
        return self.first <= line <= self.last and (not self.ids or check in self.ids)


def waivers(lines: Sequence[str], parts: Iterable[tuple[Place, Path, int]], first: int, last: int) -> list[Waiver]:
    """The waivers of the document that stands on these lines; parts: where each begins, and its last line."""
    comments = _comments(lines, first, min(last, len(lines)))
    if not comments:
        return []
    begins: dict[int, int] = {}
    for (line, _), _, end in parts:
        begins[line] = max(begins.get(line, 0), end)
    top = min(begins, default=first)
    found = []
    for number, comment in comments:
        ids = frozenset(word.strip() for word in (comment[2] or "").split(",") if word.strip())
        column = comment.start(1) + 1
        if lines[number - 1][: comment.start()].strip():
            found.append(Waiver(ids, number, column, number, number))
            continue
        target = next((line for line in range(number + 1, last + 1) if _says_something(lines[line - 1])), number)
        end = last if number < top else begins.get(target, target)
        found.append(Waiver(ids, number, column, target, max(end, target)))
    return found


def _comments(lines: Sequence[str], first: int, last: int) -> list[tuple[int, re.Match[str]]]:
    """The comments on these lines, with the number of each; none is inside a text."""
    written = [(number, found) for number in range(first, last + 1) for found in _COMMENT.finditer(lines[number - 1])]
    texts = _texts(lines[first - 1 : last], first) if written else []
    return [
        (number, found)
        for number, found in written
        if not any(begin <= (number, found.start(1)) < end for begin, end in texts)
    ]


def _texts(lines: Sequence[str], first: int) -> list[tuple[Place, Place]]:
    """Where the texts of a document begin and end, in lines from 1 and columns from 0."""
    try:
        tokens = [token for token in yaml.scan("\n".join(lines)) if isinstance(token, yaml.ScalarToken)]
    except yaml.YAMLError:  # read all the same, by a more lenient reader
        return []
    return [
        ((token.start_mark.line + first, token.start_mark.column), (token.end_mark.line + first, token.end_mark.column))
        for token in tokens
    ]


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
