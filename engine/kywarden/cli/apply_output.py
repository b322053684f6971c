"""What `kywarden apply` prints: mutated objects on the way, then failures as text or as a table.

Source: cmd/cli/kubectl-kyverno/commands/apply/{command,print,table}.go, processor/policy_processor.go.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kywarden.cli import screen, table
from kywarden.cli.drop_in import Refused
from kywarden.cli.paint import Paint
from kywarden.cli.screen import visible
from kywarden.kinds.table import KINDS
from kywarden.model.resources import text
from kywarden.model.verdict import RuleResult
from kywarden.testing import resources
from kywarden.testing.application import Outcome
from kywarden.testing.counters import Judged
from kywarden.testing.policies import LoadedPolicy
from kywarden.values import yaml_objects
from kywarden.values.trees import Map

DIVIDER = "-" * 70
HEADINGS = ("ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON")
ENDINGS = ("yml", "yaml")
WORDS = {"pass": "Pass", "fail": "Fail", "warn": "Warn", "error": "Error", "skip": "Skip"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where mutated objects go: a file, a directory, or STDOUT (None); `bare`: without the line before them."""

    path: str | None
    is_directory: bool
    bare: bool

    @staticmethod
    def prepared(name: str, bare: bool) -> Target:
        """The target of `-o`; a file is made and emptied, a directory is made. Raises `Refused`."""
        if not name:
            return Target(None, False, bare)
        path = posixpath.normpath(name)
        is_directory = path.rpartition("/")[2].rpartition(".")[2] not in ENDINGS
        try:
            if is_directory:
                Path(path).mkdir(parents=True, exist_ok=True)
            else:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_text("", encoding="utf-8")
        except OSError as error:
            raise Refused(f"failed to create file/folder ({error.strerror} {path})") from None
        return Target(path, is_directory, bare)

    def write(self, outcome: Outcome, original: Map) -> None:
        """Print or write the object as one policy left it."""
        written = yaml_objects.dump(outcome.patched)
        if self.path is None:
            head = "" if self.bare else f"\npolicy {outcome.policy.name} applied to {place(original)}:"
            screen.write(f"{visible(head)}\n{written}\n---\n")
        else:
            name = f"{text(original, 'metadata', 'name')}-mutated.yaml"
            path = Path(self.path) / name if self.is_directory else Path(self.path)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{written}\n---\n\n")
        sys.stdout.write("\n\nMutation:\nMutation has been applied successfully.")


def place(resource: Map) -> str:
    """A resource as text names it: `namespace/Kind/name`; what has none of them is a payload."""
    _, kind, namespace, name = resources.key(resource)
    shown = f"{namespace}/{kind}/{name}"
    return "JSON payload" if shown == "//" else shown


def invalid_lines(policies: Iterable[LoadedPolicy]) -> list[str]:
    """The policies that Kyverno refuses, between two rules."""
    refused = [policy for policy in policies if policy.invalid]
    if not refused:
        return []
    lines = [f"{number}. {policy.name}: {policy.invalid}" for number, policy in enumerate(refused, 1)]
    return [DIVIDER, "Policies Skipped:", *lines, DIVIDER]


def failure_lines(judged: Iterable[Judged]) -> list[str]:
    """The failures, a block for each policy and resource, and what became of mutations."""
    lines: list[str] = []
    for one in judged:
        outcome = one.outcome
        where = f"policy {outcome.policy.name} -> resource {place(outcome.resource)}"
        failed = [result for result in outcome.results if result.status == "fail"]
        for result in outcome.results:
            lines += _mutation_lines(result, where)
        if failed:
            lines.append(f"{where} failed{' as audit warning' if one.audited else ''}:")
        for number, result in enumerate(failed, 1):
            lines.append(f"{number} - {result.rule} {result.message or 'validation failed'}")
    return lines


def _mutation_lines(result: RuleResult, where: str) -> list[str]:
    if result.type != "Mutation":
        return []
    match result.status:
        case "skip":
            return ["", f"skipped mutate {where}"]
        case "error":
            return ["", f"error while applying mutate {where} ", f"error:  {result.message}"]
        case _:
            return []


def results_table(judged: Sequence[Judged], detailed: bool, paint: Paint) -> str:
    """The table of all results; empty when there are none."""
    rows: list[list[str]] = []
    for one in judged:
        policy, resource = one.outcome.policy, one.outcome.resource
        names = [policy.namespace, policy.name] if policy.namespace else [policy.name]
        _, kind, namespace, name = resources.key(resource)
        parts = [namespace, kind, name] if namespace else [kind, name]
        for result in one.outcome.results:
            cells = [
                str(len(rows) + 1),
                "/".join(map(paint.name, names)),
                paint.name(result.rule) if policy.key in KINDS else "",
                "/".join(map(paint.name, parts)),
                paint.status(WORDS[one.status(result)]),
                "",
            ]
            rows.append([*cells, visible(result.message)] if detailed else cells)
    return table.render([*HEADINGS, "MESSAGE"] if detailed else HEADINGS, rows, paint)
