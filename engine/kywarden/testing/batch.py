"""Many tests: their reports in the order of the tests, whoever runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kywarden.testing import processes, run
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
    """The reports of all tests; jobs: as for `processes.each`."""
    files = Files()

    def report(index: int) -> Report:
        unit = units[index]
        return run.run(unit.manifest, unit.expectations, files, _marked if unit.colours else _plain)

    return processes.each(report, len(units), jobs, len(units) >= WORTH_IT)


def _marked(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(code: str, text: str) -> str:
    return text
