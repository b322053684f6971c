"""`kywarden lint`: what is wrong with policies, told before they judge anything."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kywarden.cli import files, lint_text
from kywarden.cli.failures import Exit, Failure, exit_codes
from kywarden.cli.formats.lint import FORMATS
from kywarden.cli.screen import Screen
from kywarden.linting import documentation, json_schema, linter
from kywarden.linting.checks import CHECKS
from kywarden.linting.finding import LEVELS, Report

ENDINGS = (".yaml", ".yml", ".json")
"""Of the files that are looked for in folders."""

EXAMPLES = """\
examples:
  kywarden lint policies/                        every policy below a folder
  kywarden lint --format sarif policy.yaml       also json and github (annotations of a pull request)
  kywarden lint --level note policy.yaml         traps and deprecated fields, too
  kywarden lint --rules policies/                which rules kywarden runs, and why not
  kywarden lint --about never-holds              what a check finds, with an example
  kywarden lint --schema > kyverno.schema.json   the fields of policies, for editors

A comment '# kywarden: ignore[never-holds]' waives findings of its line or, alone on a line, of what follows.

"""


def add(subcommands: Any) -> None:
    """Register the command."""
    parser = subcommands.add_parser(
        "lint",
        help="say what is wrong with policies, with the line",
        description="Check policies without judging anything: fields, variables, expressions, rules that can never\n"
        "apply, patterns that can never hold, patches that destroy, and what kywarden does not support.",
        epilog=EXAMPLES + exit_codes("nothing found", "findings", "an input cannot be read; the others are linted"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="POLICY", help="files in YAML or JSON, folders, - for STDIN")
    parser.add_argument("-f", "--format", choices=("text", *FORMATS), default="text", help="how findings are printed")
    parser.add_argument(
        "-l", "--level", choices=LEVELS, default="warning", help="the least level that is told (default: warning)"
    )
    parser.add_argument(
        "--ignore", action="append", default=[], choices=tuple(CHECKS), metavar="CHECK", help="leave a check out"
    )
    parser.add_argument("--rules", action="store_true", help="print for each rule whether it is supported")
    parser.add_argument("--about", choices=tuple(CHECKS), metavar="CHECK", help="print what a check is about, and end")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of policies, and end")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """The command."""
    if arguments.about:
        sys.stdout.write(documentation.section(CHECKS[arguments.about]))
        return Exit.ACCEPTED
    if arguments.schema:
        sys.stdout.write(json.dumps(json_schema.schema(), indent=2) + "\n")
        return Exit.ACCEPTED
    if not arguments.files:
        raise Failure("name a policy, a folder of policies, or - for STDIN")
    report = _told(_lint(arguments.files), arguments.level, arguments.ignore)
    _print(report, arguments)
    if report.unread:
        raise Failure(*report.unread)
    if arguments.rules:
        return Exit.ACCEPTED if all(rule.supported for rule in report.rules) else Exit.DENIED
    return Exit.DENIED if report.findings else Exit.ACCEPTED


def _print(report: Report, arguments: argparse.Namespace) -> None:
    """What was found in the files that could be read; nothing where none could."""
    if report.unread and not report.policies:
        return
    console = Screen(soft_wrap=True)
    if arguments.rules:
        lint_text.show_rules(report.rules, console)
    elif arguments.format == "text":
        lint_text.show(report, console)
    else:
        sys.stdout.write(FORMATS[arguments.format](report))


def _lint(names: list[str]) -> Report:
    unread: list[str] = []
    report = linter.lint(_texts(names, unread))
    report = replace(report, unread=(*unread, *report.unread))
    if not report.policies and not report.unread:
        raise files.without_policy(names)
    return report


def _texts(names: list[str], unread: list[str]) -> Iterator[tuple[str, str]]:
    """Names and texts; unread: takes what is to be said of those that cannot be read."""
    for name in names:
        try:
            for file in files.expanded(name, ENDINGS):
                yield from _text(file, unread)
        except Failure as failure:
            unread.extend(failure.lines)


def _text(name: str, unread: list[str]) -> Iterator[tuple[str, str]]:
    try:
        yield files.shown(name), files.text(name)
    except Failure as failure:
        unread.extend(failure.lines)


def _told(report: Report, level: str, ignored: list[str]) -> Report:
    told = LEVELS[LEVELS.index(level) :]
    kept = (one for one in report.findings if one.check.level in told and one.check.id not in ignored)
    return replace(report, findings=tuple(kept))
