"""What the readers of JSON and YAML have in common: one error with a place, and the bounds of a document."""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.errors import KywardenError

MAX_KEYS = 100_000
"""Keys of all objects of one document together: the hash seed of the module is fixed, so collisions can be computed."""

MAX_ALIASED_NODES = 100_000
"""Nodes that the aliases of one YAML document may stand for; what Go's reader calls excessive aliasing."""


@dataclass(eq=False)
class ReadError(KywardenError):
    """A document cannot be read.

    reason: a short sentence; line, column: counted from 1, in characters; source: file or name of the input.
    """

    reason: str
    line: int = 1
    column: int = 1
    source: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{self.source}, {place}: {self.reason}" if self.source else f"{place}: {self.reason}"


def read_error(reason: str, text: str, position: int, source: str = "") -> ReadError:
    """The error at a position of the text."""
    line_start = text.rfind("\n", 0, position) + 1
    return ReadError(reason, text.count("\n", 0, position) + 1, position - line_start + 1, source)
