"""What every format is made of: one result about one resource, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
