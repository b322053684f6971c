"""Explanations as text for people: each statement with the lines of the policy and of the object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from kywarden.cli.snippet import snippet
from kywarden.explaining.statement import Explanation, RuleStory, Statement
from kywarden.values.yaml_places import Place

STYLES = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold yellow",
    "skip": "cyan",
    "warn": "yellow",
}
MARGIN = "bold blue"
IDLE = ("not selected", "not run")
"""Rules that are only counted, unless all are so."""
QUIET = ("pass", "no answer", *IDLE)
"""Rules that are told in one line, unless everything is asked for."""


def show(explanation: Explanation, console: Console, everything: bool) -> None:
    """Print one explanation."""
    accepted = explanation.accepted
    verdict = ("accepted", "bold green") if accepted else ("denied", "bold red")
    console.print(Text.assemble(verdict, f"  {explanation.operation} {explanation.resource}"))
    if explanation.note:
        console.print(Text(f"  {explanation.note}", "dim"))
    told = [rule for rule in explanation.rules if everything or rule.status not in IDLE]
    for rule in told or explanation.rules:
        console.print()
        _Printer(console, explanation.sources, everything or not told).rule(rule)
    left_out = len(explanation.rules) - len(told) if told else 0
    if left_out:
        rules = "rule does" if left_out == 1 else "rules do"
        console.print()
        console.print(Text(f"{left_out} {rules} not match the request (--all tells why)", "dim"))


class _Printer:
    def __init__(self, console: Console, sources: Mapping[str, list[str]], everything: bool) -> None:
        self.console = console
        self.sources = sources
        self.everything = everything
        self.seen: set[Place] = set()

    def rule(self, story: RuleStory) -> None:
        status = (story.status, STYLES.get(story.status, "dim"))
        audit = "  (audit)" if story.phase in ("audit", "auditwarn") else ""
        self.console.print(Text.assemble(f"{story.policy} / {story.rule}: ", status, (audit, "dim")))
        if story.message and story.status not in ("pass", "skip"):
            self._lines(story.message, "  ", "dim")
        if self.everything or story.status not in QUIET:
            for statement in self._told(story.statements):
                self.statement(statement, "  ")
        else:
            for statement in story.statements:
                if statement.kind == "patch":
                    self.statement(statement, "  ")

    def statement(self, statement: Statement, indent: str) -> None:
        style = "" if statement.decides else "dim"
        self._lines(statement.text, indent, style, "- ")
        for place in (statement.policy, statement.resource):
            if place is not None and place not in self.seen:
                self.seen.add(place)
                self._place(place, f"{indent}  ")
        for inner in self._told(statement.inner):
            self.statement(inner, f"{indent}  ")

    def _told(self, statements: list[Statement]) -> Iterator[Statement]:
        """Those that decide, or hold what decides, or tell where a value comes from."""
        for one in statements:
            if self.everything or one.kind in ("variable", "entry") or any(each.decides for each in one.all()):
                yield one

    def _lines(self, text: str, indent: str, style: str, mark: str = "") -> None:
        first, *rest = text.split("\n")
        self.console.print(Text(f"{indent}{mark}{first}", style))
        for line in rest:
            self.console.print(Text(f"{indent}{' ' * len(mark)}{line}", style))

    def _place(self, place: Place, indent: str) -> None:
        number = str(place.line)
        gap = " " * len(number)
        width = max(self.console.width - len(indent) - len(number) - 3, 30)
        line, carets = snippet(self.sources.get(place.file, []), place, width)
        self.console.print(Text.assemble(indent, (f"{gap}--> ", MARGIN), str(place)))
        self.console.print(Text.assemble(indent, (f"{number} | ", MARGIN), line))
        self.console.print(Text.assemble(indent, (f"{gap} | ", MARGIN), (carets, "bold")))
