"""How many expectations were met, by the type of the rule that they are about: the table of what is supported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kywarden.testing.comparison import EXCLUDED, Row

COLUMNS = ("passed", "failed", "unsupported", "without an answer")


def by_rule_type(rows: Iterable[Row]) -> str:
    """A Markdown table; an expectation that passed because the rule said nothing is counted apart."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.topic, Counter())[_column(row)] += 1
    lines = [f"| rule type | {' | '.join(COLUMNS)} |", f"| --- | {' | '.join('---:' for _ in COLUMNS)} |"]
    lines += [_line(topic, counts[topic]) for topic in sorted(counts)]
    lines.append(_line("all", sum(counts.values(), Counter())))
    return "\n".join(lines) + "\n"


def _line(topic: str, counted: Counter[str]) -> str:
    return f"| {topic} | {' | '.join(str(counted[column]) for column in COLUMNS)} |"


def _column(row: Row) -> str:
    match row.verdict:
        case "Fail":
            return "failed"
        case "Unsupported":
            return "unsupported"
        case _:
            return "without an answer" if row.reason == EXCLUDED else "passed"
