"""The public tests of policies: every expectation on supported rule types is met, as it is with Kyverno itself.

The table that is printed is that of `kywarden test --summary-by-rule-type`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kywarden.testing import batch, discovery, manifest, statistics
from kywarden.testing.batch import Unit
from kywarden.testing.files import Files
from kywarden.testing.manifest import Manifest
from tests.conformance.golden import CORPUS

pytestmark = pytest.mark.corpus

MINIMUM = {"policies": 1398, "cli": 166}
"""Expectations that must at least be met: a rule type that is refused by mistake must not go unnoticed."""

NOT_RUN = {
    "cli/test-context-configmap/kyverno-test.yaml": "failed to get the resource's namespace",
}
"""Tests that cannot be run, as with Kyverno, by a part of the reason."""


@pytest.mark.parametrize("corpus", MINIMUM)
def test_every_expectation_on_supported_rule_types_is_met(
    corpus: str, record_property: Callable[[str, object], None]
) -> None:
    files = Files()
    units: list[Unit] = []
    for path in discovery.find(str(CORPUS / corpus), "kyverno-test.yaml"):
        for test in manifest.read(path, files):
            assert isinstance(test, Manifest), test
            units.append(Unit(test, test.results))
    reports = list(batch.reports(units, 1))
    rows = [row for report in reports for row in report.rows]
    record_property("table", f"{corpus}\n{statistics.by_rule_type(rows)}")
    errors = {
        path: report.error
        for report in reports
        if report.error
        and not ((known := NOT_RUN.get(path := report.path.removeprefix(f"{CORPUS}/"))) and known in report.error)
    }
    assert errors == {}
    assert [f"{report.path}: {row}" for report in reports for row in report.rows if row.failed] == []
    assert sum(row.verdict in ("Pass", "Skip") for row in rows) >= MINIMUM[corpus]
