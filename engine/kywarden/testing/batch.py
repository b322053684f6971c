"""Many tests, one after the other or by several processes; reports come in the order of the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from kywarden.testing import run
from kywarden.testing.files import Files
from kywarden.testing.manifest import Expectation, Manifest
from kywarden.testing.run import Report

WORTH_IT = 64
"""Tests from which on processes are started when the caller leaves it open: each start costs as much as a few tests."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One test and the results of it that are checked; colours: differences are marked for a terminal."""

    manifest: Manifest
    expectations: Sequence[Expectation]
    colours: bool = False


def reports(units: Sequence[Unit], jobs: int) -> Iterator[Report]:
    """The reports of all tests, in their order.

    jobs: processes; 0 for as many as there are processors, if that is worth it.
    """
    jobs = jobs or (os.cpu_count() or 1 if len(units) >= WORTH_IT else 1)
    jobs = min(jobs, len(units))
    if jobs <= 1:
        files = Files()
        yield from (_report(unit, files) for unit in units)
        return
    chunk = max(1, len(units) // (jobs * 8))
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_report_alone, units, chunksize=chunk)


def _report(unit: Unit, files: Files) -> Report:
    return run.run(unit.manifest, unit.expectations, files, _marked if unit.colours else _plain)


_FILES = Files()
"""What a process of a pool has read."""


def _report_alone(unit: Unit) -> Report:
    return _report(unit, _FILES)


def _marked(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(code: str, text: str) -> str:
    return text
