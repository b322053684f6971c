"""The poll of what is deep below: matchers and readers that are called in too many places to be handed one.

Whoever evaluates does so inside `watch.by(world.poll)`; elsewhere nobody waits, and nothing is looked at.
"""

from __future__ import annotations

from _thread import _local  # what `threading` has, without its weight
from collections.abc import Iterator
from contextlib import contextmanager

from kywarden.values.trees import Poll, never

_here = _local()


def current() -> Poll:
    """The poll of whoever evaluates now; one without a deadline where nobody does."""
    found: Poll = getattr(_here, "poll", never)
    return found


@contextmanager
def by(poll: Poll) -> Iterator[None]:
    """In here `poll` ends what takes too long, by raising `errors.Timeout`."""
    before = current()
    _here.poll = poll
    try:
        yield
    finally:
        _here.poll = before
