"""A bar for long runs, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

WORTH_IT = 20
"""Steps from which on a bar is shown."""


def tracked(steps: Iterable[T], total: int, what: str, is_quiet: bool = False) -> Iterator[T]:
    """The same steps; a bar stands on STDERR while they go on, when it is a terminal and STDOUT is none.

    what: the steps, as the bar names them; is_quiet: nothing is written meanwhile, wherever STDOUT leads.
    """
    if total < WORTH_IT or not sys.stderr.isatty() or (sys.stdout.isatty() and not is_quiet):
        yield from steps
        return
    from rich.console import Console
    from rich.progress import Progress

    # what is written meanwhile is STDOUT's, which the bar would take to its own terminal
    bar = Progress(console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False)
    with bar:
        yield from bar.track(steps, total=total, description=what)
