"""What it costs an evaluation that it can be watched, when nobody watches: the question whether anybody does."""

from __future__ import annotations

from timeit import repeat
from typing import Any
from unittest.mock import patch

from kywarden.binding.scope import Scope
from kywarden.host.given import GivenHost
from tests.benchmarks.measure import Job

ASKED = 20_000


def questions(job: Job) -> int:
    """How often a run of the job asks."""
    count = 0
    ask: Any = Scope.trace.fget

    def counted(scope: Scope) -> object:
        nonlocal count
        count += 1
        return ask(scope)

    with patch.object(Scope, "trace", property(counted)):
        job()
    return count


def cost() -> float:
    """Milliseconds of one question, with the loop that asks it."""
    scope = Scope.root(dict, GivenHost().world({}, 1000, {}), "CREATE")

    def ask() -> None:
        for _ in range(ASKED):
            if scope.trace is not None:
                raise AssertionError

    return min(repeat(ask, number=1, repeat=5)) * 1000 / ASKED
