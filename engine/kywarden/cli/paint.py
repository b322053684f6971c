"""Colours as Kyverno uses them: the header of a table always, cells on a terminal only."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from kywarden.cli.screen import visible, visible_but_colours

CYAN, GREEN, RED, YELLOW = "36;1", "32;1", "31;1", "33;1"

STATUS = {
    "Pass": GREEN,
    "Fail": RED,
    "Error": RED,
    "Warn": YELLOW,
    "Skip": CYAN,
    "Unsupported": YELLOW,
    "Excluded": YELLOW,
    "Not found": YELLOW,
    "Invalid Policy": YELLOW,
}


@dataclass(frozen=True, slots=True)
class Paint:
    """header: the header of tables is coloured; cells: everything is."""

    header: bool
    cells: bool

    @staticmethod
    def chosen(remove_color: bool) -> Paint:
        """The colours for STDOUT as it is."""
        return Paint(not remove_color, not remove_color and sys.stdout.isatty() and "NO_COLOR" not in os.environ)

    def cell(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0;22m" if self.cells and text else text

    def name(self, text: str) -> str:
        """A policy, a rule or a part of a resource's name."""
        return f"\x1b[{CYAN}m{visible(text)}\x1b[0;22m" if self.cells else visible(text)

    def status(self, text: str) -> str:
        if text in STATUS:
            return self.cell(STATUS[text], text)
        return visible_but_colours(text) if self.header else visible(text)

    def heading(self, text: str) -> str:
        return f"\x1b[40;32m{text}\x1b[0m" if self.header else text
