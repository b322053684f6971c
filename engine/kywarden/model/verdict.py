"""What an evaluation yields: one result per rule, and the verdict on the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kywarden.values.trees import Tree

Status: TypeAlias = Literal["pass", "fail", "skip", "error", "warn"]
Phase: TypeAlias = Literal["enforce", "auditwarn", "audit", "mutate", ""]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The answer of one rule.

    policy: `name`, or `namespace/name` of a namespaced policy; type: Kyverno's word, such as `Validation`.
    properties: what reports say besides: `exceptions`, `controls` and the like.
    """

    policy: str
    rule: str
    type: str
    status: Status
    message: str
    phase: Phase = ""
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one request.

    mutated: the whole object after mutation, None when nothing changed.
    webhook: the Kyverno webhook that would have denied, empty when accepted.
    """

    accepted: bool
    message: str = ""
    code: int | None = None
    warnings: tuple[str, ...] = ()
    mutated: Tree = None
    annotations: dict[str, str] = field(default_factory=dict)
    rules: tuple[RuleResult, ...] = ()
    webhook: str = ""
