"""A bar for long runs, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

WORTH_IT = 20
"""Steps from which on a bar is shown."""


def tracked(steps: Iterable[T], total: int) -> Iterator[T]:
    """The same steps; a bar stands on STDERR while they go on, when it is a terminal and STDOUT is none."""
    if total < WORTH_IT or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from steps
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(steps, total=total, console=Console(stderr=True), transient=True, description="tests")
