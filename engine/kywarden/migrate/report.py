"""What became of each rule, as data: for people, for programs, for the exit code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from kywarden.values.trees import Map, Tree

Result: TypeAlias = Literal["maps", "judged inside", "partly", "not possible"]


@dataclass(frozen=True, slots=True)
class Row:
    """One rule.

    type: of the rule, in words; maps: what Kubewarden and the API server do for it; inside: what the module judges
    instead; missing: what is not possible, and why; made: the custom resources that carry it, none when it is left out.
    """

    rule: str
    type: str
    maps: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    made: tuple[str, ...] = ()

    @property
    def result(self) -> Result:
        if self.missing:
            return "partly" if self.made else "not possible"
        return "judged inside" if self.inside else "maps"


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """One policy: its rows, one for each rule as written, and what is to be known of the whole."""

    policy: str
    kind: str
    source: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that becomes nothing, and why; harmless: it never was a policy."""

    source: str
    document: str
    reason: str
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The whole: of policies, of documents that are none, and what concerns all policies."""

    policies: tuple[PolicyReport, ...]
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Nothing is missing."""
        return not any(row.missing for policy in self.policies for row in policy.rows) and all(
            each.harmless for each in self.rejected
        )

    def counts(self) -> dict[Result, int]:
        """How many rules came to each result."""
        counted: dict[Result, int] = {"maps": 0, "judged inside": 0, "partly": 0, "not possible": 0}
        for row in self.rows():
            counted[row.result] += 1
        return counted

    def rows(self) -> Iterator[Row]:
        """The rows of all policies."""
        for policy in self.policies:
            yield from policy.rows

    def written(self) -> Map:
        """The report as a tree."""
        return {
            "policies": [_written(policy) for policy in self.policies],
            "rejected": [asdict(each) for each in self.rejected],
            "notes": list(self.notes),
            "summary": {str(result): count for result, count in self.counts().items()},
        }


def _written(policy: PolicyReport) -> Tree:
    rules: list[Tree] = [
        {
            "rule": row.rule,
            "type": row.type,
            "result": row.result,
            "maps": list(row.maps),
            "judgedInside": list(row.inside),
            "notPossible": list(row.missing),
            "policies": list(row.made),
        }
        for row in policy.rows
    ]
    return {
        "policy": policy.policy,
        "kind": policy.kind,
        "source": policy.source,
        "rules": rules,
        "notes": list(policy.notes),
    }
