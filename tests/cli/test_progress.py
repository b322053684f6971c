"""The bar of long runs."""

from __future__ import annotations

import io
import sys

import pytest

from kywarden.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "error", "total", "is_quiet", "shown"),
    [
        (io.StringIO, Terminal, 30, False, True),
        (Terminal, Terminal, 30, False, False),
        (Terminal, Terminal, 30, True, True),
        (io.StringIO, io.StringIO, 30, True, False),
        (Terminal, io.StringIO, 30, True, False),
        (io.StringIO, Terminal, progress.WORTH_IT - 1, False, False),
    ],
)
def test_a_bar_stands_on_a_terminal_only(
    out: type[io.StringIO],
    error: type[io.StringIO],
    total: int,
    is_quiet: bool,
    shown: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", out())
    monkeypatch.setattr(sys, "stderr", error())
    monkeypatch.setenv("TERM", "xterm")
    for number in progress.tracked(range(total), total, "pods", is_quiet):
        print(number)
    assert ("pods" in sys.stderr.getvalue()) is shown
    assert sys.stdout.getvalue() == "".join(f"{number}\n" for number in range(total))
