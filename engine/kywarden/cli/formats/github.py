"""Annotations of GitHub Actions: workflow commands that mark lines of files in a pull request.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kywarden.cli.formats.findings import Finding

COMMANDS = {"fail": "error", "error": "error", "warn": "warning", "unsupported": "notice"}


def render(findings: Sequence[Finding]) -> str:
    """A line for each finding that deserves one."""
    return "".join(f"{_line(COMMANDS[one.outcome], one)}\n" for one in findings if one.outcome in COMMANDS)


def _line(name: str, finding: Finding) -> str:
    places = {"file": finding.file, "line": str(finding.line), "col": str(finding.column)} if finding.file else {}
    return command(
        name, {**places, "title": finding.title}, f"{finding.resource}: {finding.message or finding.outcome}"
    )


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """One workflow command: `error`, `warning` or `notice`, with properties such as `file` and `line`."""
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
