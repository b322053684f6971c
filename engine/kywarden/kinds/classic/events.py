"""What the rules of a policy tell a trace, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kywarden.judging.candidate import Candidate
from kywarden.judging.pattern import Mismatch
from kywarden.judging.pod_security import PodSecurity, Violations
from kywarden.kinds.classic.bodies import Outcome
from kywarden.model.verdict import Phase
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class RuleBegun:
    """A rule is tested on a candidate; policy, name: of the policy and the rule; rule: as prepared."""

    policy: str
    name: str
    rule: object
    phase: Phase
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class RuleEnded:
    """outcome: None when the rule does not select the candidate, or has nothing to say; selected: which of both.

    after: the object that a mutation left behind.
    """

    selected: bool
    outcome: Outcome | None
    after: Map | None = None


@dataclass(frozen=True, slots=True)
class Exempted:
    """Exceptions that apply, by name."""

    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class PatternJudged:
    """body: whose pattern it is; alternative: its index in `anyPattern`, None for `pattern`."""

    body: object
    alternative: int | None
    target: Tree
    mismatch: Mismatch | None


@dataclass(frozen=True, slots=True)
class PodSecurityJudged:
    settings: PodSecurity
    violations: Violations | None


@dataclass(frozen=True, slots=True)
class Iterated:
    """An entry of a foreach goes through these elements."""

    entry: object
    elements: Sequence[Tree]


@dataclass(frozen=True, slots=True)
class ElementBegun:
    entry: object
    index: int
    element: Tree


@dataclass(frozen=True, slots=True)
class ElementEnded:
    """outcome: None when the preconditions of the entry do not hold, or nothing was said."""

    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class PastBegun:
    """The old object of an update is judged, too."""


@dataclass(frozen=True, slots=True)
class PastEnded:
    """failed: it fails, so the update is forgiven."""

    failed: bool
