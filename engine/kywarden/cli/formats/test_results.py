"""The results of a test in the formats of `kyverno test -o`, to the letter.

Source: cmd/cli/kubectl-kyverno/commands/test/output.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kywarden.cli.json_output import indented
from kywarden.testing.comparison import Row
from kywarden.values import yaml_objects
from kywarden.values.trees import Map

HEADINGS = ("ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON")


def cells(row: Row) -> list[str]:
    """The row as texts, without its message."""
    return [str(row.number), row.policy, row.rule, row.resource, row.verdict, row.reason]


def _objects(rows: Sequence[Row], detailed: bool) -> list[Map]:
    return [
        {
            **dict(zip(HEADINGS, cells(row), strict=True)),
            "ID": row.number,
            **({"Message": row.message} if detailed else {}),
        }
        for row in rows
    ]


def json(rows: Sequence[Row], detailed: bool) -> str:
    return indented([*_objects(rows, detailed)])


def yaml(rows: Sequence[Row], detailed: bool) -> str:
    return yaml_objects.dump([*_objects(rows, detailed)])


def markdown(rows: Sequence[Row], detailed: bool) -> str:
    headings = [*HEADINGS, "MESSAGE"] if detailed else [*HEADINGS]
    lines = [f"| {' | '.join(headings)} | ", f"|{'----|' * len(headings)}"]
    lines += [f"| {' | '.join([*cells(row), row.message] if detailed else cells(row))} |" for row in rows]
    return "\n".join(lines) + "\n"


def junit(rows: Sequence[Row], detailed: bool) -> str:
    # kyverno: nothing is escaped, and a failure is closed only with its message
    suites: dict[str, list[Row]] = {}
    for row in rows:
        suites.setdefault(row.policy, []).append(row)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<testsuites {_counts(rows)}>\n"]
    for policy, members in suites.items():
        parts.append(f' <testsuite name="{policy}" {_counts(members)}>\n')
        parts += [_case(row, detailed) for row in members]
        parts.append(" </testsuite>\n")
    return "".join([*parts, "</testsuites>"])


def _case(row: Row, detailed: bool) -> str:
    where = f"    Policy: {row.policy}\n    Rule: {row.rule}\n    Resource: {row.resource}\n"
    message = f"    Message: {row.message}\n" if detailed else ""
    if row.failed:
        closed = f"{message}   </failure>\n" if detailed else ""
        said = f'   <failure message="{row.reason}">\n{where}    Result: {row.verdict}{closed}'
    else:
        said = f"   <system-out><![CDATA[\n    Reason: {row.reason}\n{where}{message}   ]]></system-out>\n"
    return f'  <testcase classname="{row.rule}" name="{row.resource}">\n{said}  </testcase>\n'


def _counts(rows: Sequence[Row]) -> str:
    return f'tests="{len(rows)}" failures="{sum(row.failed for row in rows)}"'


FORMATS: Mapping[str, Callable[[Sequence[Row], bool], str]] = {
    "json": json,
    "yaml": yaml,
    "markdown": markdown,
    "junit": junit,
}
