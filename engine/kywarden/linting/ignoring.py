"""Comments that waive findings: `# kywarden: ignore[rule-id, other-id]`, without brackets for all.

At the end of a line it is about that line; alone on a line about whatever begins on the next line, with all that is
inside of it; before the first key of a document about the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kywarden.values.yaml_tree import Path, Place

_COMMENT = re.compile(r"(?:^|\s)#\s*kywarden:\s*ignore(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Waiver:
    """ids: empty for all; line: of the comment; first, last: the lines that it is about."""

    ids: frozenset[str]
    line: int
    first: int
    last: int

    def covers(self, check: str, line: int) -> bool:
        return self.first <= line <= self.last and (not self.ids or check in self.ids)


def waivers(lines: Sequence[str], parts: Iterable[tuple[Place, Path, int]], first: int, last: int) -> list[Waiver]:
    """The waivers of the document that stands on these lines; parts: where each begins, and its last line."""
    numbers = range(first, min(last, len(lines)) + 1)
    comments = [(number, comment) for number in numbers if (comment := _COMMENT.search(lines[number - 1]))]
    if not comments:
        return []
    begins: dict[int, int] = {}
    for (line, _), _, end in parts:
        begins[line] = max(begins.get(line, 0), end)
    top = min(begins, default=first)
    found = []
    for number, comment in comments:
        ids = frozenset(word.strip() for word in (comment[1] or "").split(",") if word.strip())
        if lines[number - 1][: comment.start()].strip():
            found.append(Waiver(ids, number, number, number))
            continue
        target = next((line for line in range(number + 1, last + 1) if _says_something(lines[line - 1])), number)
        end = last if number < top else begins.get(target, target)
        found.append(Waiver(ids, number, target, max(end, target)))
    return found


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
