"""The door to a terminal: what comes from an input cannot steer it.

Control characters, and those that turn the direction of writing, are shown as signs of their own, one for each, so that
columns stay as they are.
"""

from __future__ import annotations

import re
import sys
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from kywarden.values.controls import DELETE, STEERING

_SIGNS = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    ord(DELETE): 0x2421,
    **dict.fromkeys(map(ord, STEERING), 0xFFFD),
}
_SIGNS_IN_LINES = {**_SIGNS, 0x0A: 0x240A}

_DIFFERENCE = re.compile(r"(\x1b\[(?:0|31|32)m)")


def visible(text: str) -> str:
    """A text of any number of lines, with signs in place of what would steer the terminal."""
    return text.translate(_SIGNS)


def visible_in_line(text: str) -> str:
    """A text that is one line, whatever is in it."""
    return text.translate(_SIGNS_IN_LINES)


def visible_but_colours(text: str) -> str:
    """The same for a text with differences in it, whose colours, red and green, stay."""
    return "".join(part if _DIFFERENCE.fullmatch(part) else visible(part) for part in _DIFFERENCE.split(text))


def write(text: str) -> None:
    """Write data to STDOUT: to the byte for a program, with signs for a terminal."""
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)


def tell(line: str) -> None:
    """Say something beside the output, on STDERR."""
    print(visible(line), file=sys.stderr)


class Screen(Console):
    """Prints lines; each text that is printed is one line."""

    def __init__(self, stream: TextIO | None = None, **options: Any) -> None:
        super().__init__(file=stream, highlight=False, **options)

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*(_line(one) if isinstance(one, Text) else one for one in objects), **options)

    def on_broken_pipe(self) -> None:
        """Whoever read the output has gone: it ends as any other output does, not with an exit code of rich's."""
        raise


def _line(text: Text) -> Text:
    line = text.copy()
    line.plain = visible_in_line(line.plain)
    return line
