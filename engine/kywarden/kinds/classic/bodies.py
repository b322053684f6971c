"""What all rule bodies have in common: what they are given and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kywarden.model.request import Request
from kywarden.model.verdict import Status
from kywarden.model.world import World
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class Case:
    """What a body judges: `resource` is None on DELETE, where only the old object is there."""

    request: Request
    resource: Map | None
    world: World


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a body."""

    status: Status
    message: str


class Body(Protocol):
    """The prepared body of a rule."""

    def judge(self, case: Case) -> Outcome | None:
        """The outcome; None when Kyverno gives no response at all."""
