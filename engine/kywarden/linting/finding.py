"""What a check says of a part of a policy, and the finding that becomes of it: with file, line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.values.yaml_places import Place
from kywarden.values.yaml_tree import Path

Level: TypeAlias = Literal["error", "warning", "note"]
"""error: the policy is refused or a rule cannot do what it says; warning: it surely does not mean that; note: it works,
but there is a better way or a trap."""

LEVELS: tuple[Level, ...] = ("note", "warning", "error")
"""From the least to the worst."""


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the table of checks; text: what it means and why it matters, for the documentation."""

    id: str
    level: Level
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check says.

    path: from the root of the document; pieces: of the text at the path, each inside the one before, for the caret;
    at_value: the value is meant and not its key; hint: what to write instead.
    """

    check: str
    message: str
    path: Path
    pieces: tuple[str, ...] = ()
    hint: str = ""
    at_value: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark with its place; policy, rule: names, empty where it is not inside one."""

    check: Check
    message: str
    hint: str
    place: Place
    path: str
    policy: str
    rule: str

    @property
    def said(self) -> str:
        """Message and hint in one sentence."""
        return f"{self.message}: {self.hint}" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class RuleReport:
    """Whether a rule can run here; reasons: why not."""

    policy: str
    rule: str
    topic: str
    place: Place
    reasons: tuple[str, ...] = ()

    @property
    def supported(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found in the files of one run.

    policies: their number; sources: lines by file, for snippets; unread: why files could not be read.
    """

    findings: tuple[Finding, ...]
    rules: tuple[RuleReport, ...]
    policies: int
    sources: dict[str, list[str]]
    unread: tuple[str, ...] = ()
