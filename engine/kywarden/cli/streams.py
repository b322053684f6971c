"""STDIN as Kyverno takes it: a pipe or a file counts, a terminal or /dev/null does not."""

from __future__ import annotations

import os
import stat
import sys


def is_given() -> bool:
    """Whether something is piped in."""
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def text() -> str:
    """What is piped in."""
    return sys.stdin.read()
