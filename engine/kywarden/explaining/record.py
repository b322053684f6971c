"""The record of an evaluation: what each rule told, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from kywarden.judging.candidate import Candidate
from kywarden.kinds.classic.bodies import Outcome
from kywarden.kinds.classic.events import PastBegun, PastEnded, RuleBegun, RuleEnded
from kywarden.model.verdict import Phase
from kywarden.values.trees import Map


@dataclass(slots=True)
class RuleRecord:
    """One run of one rule.

    rule: as prepared; events: what it told, without what it told of the old object of an update.
    """

    policy: str
    name: str
    rule: object
    phase: Phase
    candidate: Candidate
    events: list[object] = field(default_factory=list)
    selected: bool = False
    outcome: Outcome | None = None
    after: Map | None = None


class Recorder:
    """A trace that keeps what it is told, rule by rule."""

    def __init__(self) -> None:
        self.records: list[RuleRecord] = []
        self._open: RuleRecord | None = None
        self._is_past = False

    def __call__(self, event: object) -> None:
        match event:
            case RuleBegun():
                self._open = RuleRecord(event.policy, event.name, event.rule, event.phase, event.candidate)
                self.records.append(self._open)
            case RuleEnded() if self._open is not None:
                self._open.selected, self._open.outcome = event.selected, event.outcome
                self._open.after = event.after
                self._open = None
            case PastBegun():
                self._is_past = True
            case PastEnded():
                self._is_past = False
                self._keep(event)
            case _ if not self._is_past:
                self._keep(event)

    def _keep(self, event: object) -> None:
        if self._open is not None:
            self._open.events.append(event)
