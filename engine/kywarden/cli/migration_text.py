"""The report of a migration as text for people, coloured on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from kywarden.cli.screen import Screen, visible
from kywarden.explaining.words import counted
from kywarden.migrate.report import Report, Row
from kywarden.values.trees import Map

STYLES = {"maps": "green", "judged inside": "green", "partly": "yellow", "not possible": "bold red"}
WIDTH = 120
"""Columns where there is no terminal to ask."""


def show(report: Report, more: Map, stream: TextIO) -> None:
    """Print the report; `more` may hold the names of the files that were written, and the commands to run next."""
    console = Screen(stream, width=None if stream.isatty() else WIDTH)
    if report.policies:
        console.print(_table(report))
    for policy in report.policies:
        for note in policy.notes:
            console.print(Text(f"{policy.policy}: {note}"))
    for each in report.rejected:
        if not each.harmless:
            where = f"{each.source}: " if each.source else ""
            console.print(Text.assemble(("not possible  ", "bold red"), f"{where}{each.document}: {each.reason}"))
    if harmless := sum(each.harmless for each in report.rejected):
        console.print(Text(f"passed over: {counted(harmless, 'document')} without a policy", "dim"))
    for note in report.notes:
        console.print(Text(f"note: {note}", "yellow"))
    counts = ", ".join(f"{count} {result}" for result, count in report.counts().items() if count)
    console.print(Text(f"rules: {counts or 'none'}"))
    names = more.get("files")
    for name in names if isinstance(names, list) else []:
        console.print(Text(f"wrote {name}"))
    commands = more.get("commands")
    for command in commands if isinstance(commands, list) else []:
        console.print(Text(f"run   {command}"), soft_wrap=True)


def _table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for column in ("policy", "rule", "result", "what becomes of it"):
        table.add_column(column, overflow="fold", ratio=3 if column.startswith("what") else None)
    for policy in report.policies:
        for index, row in enumerate(policy.rows):
            table.add_row(
                escape(visible(policy.policy)) if index == 0 else "",
                f"{escape(visible(row.rule))}\n[dim]{escape(row.type)}[/dim]",
                Text(row.result, STYLES[row.result]),
                Text(visible("\n".join(_lines(row)))),
            )
    return table


def _lines(row: Row) -> Iterator[str]:
    yield from row.maps
    yield from (f"inside: {each}" for each in row.inside)
    yield from (f"not possible: {each}" for each in row.missing)
