"""What `kywarden test` prints about rows: tables, and why some are not supported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kywarden.cli import table
from kywarden.cli.formats import test_results
from kywarden.cli.paint import Paint
from kywarden.testing.comparison import Row


def results_table(rows: Sequence[Row], detailed: bool, paint: Paint) -> str:
    """The table of rows; empty when there are none."""
    headings = [*test_results.HEADINGS, "MESSAGE"] if detailed else [*test_results.HEADINGS]
    return table.render(headings, [_painted(row, detailed, paint) for row in rows], paint)


def _painted(row: Row, detailed: bool, paint: Paint) -> list[str]:
    namespace, slash, policy = row.policy.partition("/")
    before, _, name = row.resource.rpartition("/")
    cells = [
        str(row.number),
        f"{paint.name(namespace)}{slash}{paint.name(policy.partition('/')[0])}" if slash else paint.name(namespace),
        paint.name(row.rule),
        f"{paint.name(before)}/{paint.name(name)}" if before else paint.name(name),
        paint.status(row.verdict),
        paint.status(row.reason),
    ]
    return [*cells, paint.status(row.message)] if detailed else cells


def unsupported_lines(rows: Iterable[Row]) -> list[str]:
    """How many rows are not supported, by reason, the most frequent first; nothing when all are."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.verdict == "Unsupported":
            counts[row.message] = counts.get(row.message, 0) + 1
    if not counts:
        return []
    reasons = sorted(counts.items(), key=lambda item: -item[1])
    return [
        f"{sum(counts.values())} tests are unsupported: they need what kywarden does not evaluate",
        *(f"  {number} {reason}" for reason, number in reasons),
    ]
