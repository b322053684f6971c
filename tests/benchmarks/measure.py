"""Measuring: several jobs in interleaved rounds, so that a slow moment of the machine hits all of them alike."""

from __future__ import annotations

import gc
import resource
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

Job = Callable[[], object]


@dataclass(slots=True)
class Timing:
    """Milliseconds of one job, one figure per round."""

    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def least(self) -> float:
        return min(self.rounds)


def interleaved(jobs: Mapping[str, Job], rounds: int, repeats: int) -> dict[str, Timing]:
    """The timings by name: in each round every job has its turn, `repeats` times in a row. One round more warms up."""
    timings = {name: Timing() for name in jobs}
    for number in range(rounds + 1):
        gc.collect()
        gc.disable()
        for name, job in jobs.items():
            job()  # so that each finds the processor's caches as it would among its like
            started = perf_counter()
            for _ in range(repeats):
                job()
            milliseconds = (perf_counter() - started) * 1000 / repeats
            if number:
                timings[name].rounds.append(milliseconds)
        gc.enable()
    return timings


def peak_of(job: Job) -> int:
    """Bytes that the job has at most at one time, beyond what was there before."""
    job()
    tracemalloc.start()
    try:
        job()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def page_faults(job: Job) -> int:
    """Pages of memory that the job touches for the first time: what a fresh instance copies."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    job()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
