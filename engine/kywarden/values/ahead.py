"""Preparing ahead of time what is otherwise prepared when it is first needed.

A request prepares only what it reaches. Policies that are kept for many requests, as in a baked module, are loaded
inside `ahead.of_time()`: there whoever would put something off does it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_wanted: list[None] = []


def is_wanted() -> bool:
    """Whether nothing is to be put off now."""
    return bool(_wanted)


@contextmanager
def of_time() -> Iterator[None]:
    """In here nothing is put off."""
    _wanted.append(None)
    try:
        yield
    finally:
        _wanted.pop()
