"""What every format is made of: one result about one resource, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.testing.counters import Judged
from kywarden.testing.policies import LoadedPolicy
from kywarden.testing.resources import Place, key

Outcome: TypeAlias = Literal["pass", "fail", "warn", "error", "skip", "unsupported"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result.

    resource: as text; severity, category: of the policy, empty when it says none; file: of the resource or test, empty
    when unknown (STDIN); line, column: counted from 1.
    """

    policy: str
    rule: str
    resource: str
    outcome: Outcome
    message: str
    severity: str = ""
    category: str = ""
    file: str = ""
    line: int = 1
    column: int = 1

    @property
    def title(self) -> str:
        return f"{self.policy}/{self.rule}" if self.rule else self.policy


def of_outcomes(judged: Sequence[tuple[Judged, Place]], policies: Sequence[LoadedPolicy]) -> list[Finding]:
    """The results of `apply`, each with the place of its resource; a policy that did not run is a finding too."""
    found = [
        Finding(policy.name, "", policy.kind, "error" if policy.invalid else "unsupported", reason, file=policy.source)
        for policy in policies
        if (reason := policy.invalid or policy.unsupported)
    ]
    for one, place in judged:
        policy = one.outcome.policy
        for result in one.outcome.results:
            found.append(
                Finding(
                    f"{policy.namespace}/{policy.name}" if policy.namespace else policy.name,
                    result.rule,
                    "/".join(part for part in key(one.outcome.resource)[1:] if part),
                    one.status(result),
                    result.message,
                    policy.annotations.get("policies.kyverno.io/severity", ""),
                    policy.annotations.get("policies.kyverno.io/category", ""),
                    place.file,
                    place.line,
                )
            )
    return found
