"""What `kyverno apply` counts, and the status that a result has for it.

Source: cmd/cli/kubectl-kyverno/processor/result.go, report/report.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kywarden.kinds.table import KINDS
from kywarden.model.resources import text
from kywarden.model.verdict import RuleResult, Status
from kywarden.testing.application import Outcome


@dataclass(frozen=True, slots=True)
class Judged:
    """One outcome as it is shown; audited: failures are shown as warnings because the policy only audits."""

    outcome: Outcome
    audited: bool = False

    def status(self, result: RuleResult) -> Status:
        """The status that is counted and shown: a failure may be a warning only."""
        if result.status == "fail" and not self.outcome.mutating:
            return "warn" if not self.outcome.policy.scored or self.audited else "fail"
        return result.status


def message(result: RuleResult) -> str:
    """The message of a result as reports and tests show it: properties of the rule may replace it."""
    properties = dict(result.properties)
    # kyverno: a failure that counts as a warning still has the message of a failure
    return properties.get("message") or properties.get(f"{result.status}Message") or result.message


@dataclass(slots=True)
class Counters:
    passed: int = 0
    failed: int = 0
    warned: int = 0
    errors: int = 0
    skipped: int = 0

    def add(self, judged: Iterable[Judged]) -> None:
        for one in judged:
            for result in one.outcome.results:
                match one.status(result):
                    case "pass":
                        self.passed += 1
                    case "fail":
                        self.failed += 1
                    case "warn":
                        self.warned += 1
                    case "error":
                        self.errors += 1
                    case "skip":
                        self.skipped += 1

    def __str__(self) -> str:
        return (
            f"pass: {self.passed}, fail: {self.failed}, warn: {self.warned}, error: {self.errors},"
            f" skip: {self.skipped} "
        )


def judged(outcome: Outcome, audit_warn: bool, labels: dict[str, str]) -> Judged:
    """The outcome as it is shown; audit_warn: failures of auditing policies are warnings."""
    entry = KINDS.get(outcome.policy.key)
    if not audit_warn or entry is None:
        return Judged(outcome)
    namespace = text(outcome.patched, "metadata", "namespace")
    return Judged(outcome, entry.facts.audits(outcome.policy.tree, namespace, labels))
