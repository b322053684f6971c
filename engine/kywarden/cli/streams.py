"""The streams of the process: UTF-8 everywhere; STDIN as Kyverno takes it: no terminal, not /dev/null."""

from __future__ import annotations

import os
import stat
import sys
from io import TextIOWrapper
from pathlib import Path


def prepare() -> None:
    """Make the process independent of where it runs.

    Streams are UTF-8 whatever the locale says, and bytes that are none are kept, for the readers of a text to refuse; a
    stream that is closed reads or writes nothing.
    """
    nothing = Path(os.devnull)
    if sys.stdin is None:
        sys.stdin = nothing.open(encoding="utf-8")
    elif isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, nothing.open("w", encoding="utf-8"))
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if os.environ.get("COLUMNS") == "0":  # some terminals say so when they do not know
        del os.environ["COLUMNS"]


def abandon_output() -> None:
    """Drop what STDOUT still holds, so that the end of the process does not try again to write it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_given() -> bool:
    """Whether something is piped in."""
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def text() -> str:
    """What is piped in."""
    return sys.stdin.read()
