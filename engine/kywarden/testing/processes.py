"""Much work of one kind, done by several processes; answers come in the order of the work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context
from threading import Thread
from time import sleep
from typing import Any, TypeVar

from kywarden.testing.files import LoadError

T = TypeVar("T")

LOOK = 0.5
"""Seconds between two looks at who is the parent."""

CHUNKS = 8
"""Pieces into which the work of each process is cut, so that all end at about the same time."""

_work: Callable[[int], Any] | None = None
"""What the processes of a pool do; they are copies of this one, so it need not be sent to them."""


def each(work: Callable[[int], T], count: int, jobs: int, is_much: bool) -> Iterator[T]:
    """`work` of each number below `count`, in their order.

    jobs: processes; 0 for as many as there are processors when it is much work. One process, where processes cannot be
    copied. What the work answers must be picklable, and what it changes stays in its process. The answers raise what
    the work raises, and `LoadError` when a process is killed, for want of memory, say.
    """
    jobs = min(jobs or ((os.cpu_count() or 1) if is_much else 1), count)
    if jobs <= 1 or "fork" not in get_all_start_methods():
        return map(work, range(count))
    global _work
    _work = work
    pool = ProcessPoolExecutor(jobs, get_context("fork"), _stay_with, (os.getpid(),))
    # the copies are made here, before the caller starts a thread
    return _closing(pool, pool.map(_do, range(count), chunksize=max(1, count // (jobs * CHUNKS))))


def _stay_with(parent: int) -> None:
    """End this process when its parent has ended, which does not tell: a signal may have killed it."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(LOOK)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _do(index: int) -> Any:
    assert _work is not None
    return _work(index)


def _closing(pool: ProcessPoolExecutor, answers: Iterator[T]) -> Iterator[T]:
    with pool:
        try:
            yield from answers
        except BrokenProcessPool:
            raise LoadError("a process that shared the work was killed (-j 1 starts none)") from None
