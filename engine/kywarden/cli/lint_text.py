"""Findings and supported rules as text for people: the line, a caret, what to write instead."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from kywarden.cli.snippet import snippet
from kywarden.explaining.words import counted
from kywarden.linting.finding import Finding, Report, RuleReport

STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
MARGIN = "bold blue"


def show(report: Report, console: Console) -> None:
    """Print all findings and a line that counts them."""
    for finding in report.findings:
        _show_finding(finding, report.sources[finding.place.file], console)
    console.print(_summary(report))


def _show_finding(finding: Finding, lines: list[str], console: Console) -> None:
    level, place = finding.check.level, finding.place
    number = str(place.line)
    gap = " " * len(number)
    line, carets = snippet(lines, place, max(console.width - len(number) - 3, 30))
    console.print(Text.assemble((f"{level}[{finding.check.id}]", STYLES[level]), f": {finding.message}"))
    console.print(Text.assemble((f"{gap}--> ", MARGIN), str(place)))
    console.print(Text.assemble((f"{gap} |", MARGIN)))
    console.print(Text.assemble((f"{number} | ", MARGIN), line))
    console.print(Text.assemble((f"{gap} | ", MARGIN), (carets, STYLES[level])))
    if finding.hint:
        console.print(Text.assemble((f"{gap} = ", MARGIN), finding.hint))
    console.print()


def _summary(report: Report) -> Text:
    levels = [finding.check.level for finding in report.findings]
    counts = [counted(levels.count(level), level) for level in STYLES if level in levels]
    supported = sum(rule.supported for rule in report.rules)
    rules = f"{supported} of {counted(len(report.rules), 'rule')} supported"
    return Text(f"{counted(report.policies, 'document')}, {rules}: {', '.join(counts) or 'nothing found'}")


def show_rules(rules: Iterable[RuleReport], console: Console) -> None:
    """Print for each rule whether it runs here, and why not."""
    for rule in rules:
        word = ("supported", "green") if rule.supported else ("refused  ", "bold red")
        console.print(Text.assemble(word, f"  {rule.policy} / {rule.rule}  ", (rule.topic, "dim")))
        for line in (line for reason in rule.reasons for line in reason.split("\n")):
            console.print(Text(f"           {line}"))
