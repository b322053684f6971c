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
from kywarden.testing.files import LoadError, go_error
from kywarden.testing.policies import LoadedPolicy
from kywarden.values import yaml_objects
from kywarden.values.trees import Map

DIVIDER = "-" * 70
HEADINGS = ("ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON")
ENDINGS = ("yml", "yaml")
PRIVATE, OF_GROUP = 0o600, 0o750
"""Modes of the files and folders that are made."""

WORDS = {"pass": "Pass", "fail": "Fail", "warn": "Warn", "error": "Error", "skip": "Skip"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where mutated objects go: a file, a directory, or STDOUT (None).

    bare: without the line before them; silent: nothing of it stands on STDOUT.
    """

    path: str | None
    is_directory: bool
    bare: bool
    silent: bool

    @staticmethod
    def prepared(name: str, bare: bool, silent: bool) -> Target:
        """The target of `-o`; a file is made and emptied, a directory is made. Raises `Refused`."""
        if not name:
            return Target(None, False, bare, silent)
        path = posixpath.normpath(name)
        is_directory = path.rpartition("/")[2].rpartition(".")[2] not in ENDINGS
        if not Path(path).exists():
            _make(path, is_directory)
        elif not is_directory:
            try:
                Path(path).write_text("", encoding="utf-8")
            except OSError as error:
                reason = go_error("open", path, error)
                raise Refused(f"failed to truncate the existing file at {path} ({reason})") from None
        return Target(path, is_directory, bare, silent)

    def write(self, outcome: Outcome, original: Map) -> None:
        """Print or write the object as one policy left it; raises `LoadError`."""
        written = yaml_objects.dump(outcome.patched)
        if self.path is not None:
            self._save(Path(self.path), text(original, "metadata", "name"), written)
        elif not self.silent:
            head = "" if self.bare else f"\npolicy {outcome.policy.name} applied to {place(original)}:"
            screen.write(f"{visible(head)}\n{written}\n---\n")
        if not self.silent:
            sys.stdout.write("\n\nMutation:\nMutation has been applied successfully.")

    def _save(self, path: Path, name: str, written: str) -> None:
        if self.is_directory:
            if "/" in name:
                # kyverno: such a name leads anywhere
                raise LoadError(f"failed to print mutated result (the name {name} is a path)")
            path /= f"{name}-mutated.yaml"
        try:
            path.touch(PRIVATE)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{written}\n---\n\n")
        except OSError as error:
            raise LoadError(f"failed to print mutated result ({go_error('open', str(path), error)})") from None


def _make(path: str, is_directory: bool) -> None:
    folder = Path(path) if is_directory else Path(path).parent
    attempt, verb, named = "directory", "mkdir", str(folder)
    try:
        folder.mkdir(OF_GROUP, parents=True, exist_ok=True)
        if not is_directory:
            attempt, verb, named = "file", "open", path
            Path(path).touch(PRIVATE)
    except OSError as error:
        reason = f"failed to create {attempt} ({go_error(verb, named, error)})"
        # kyverno: the words stand twice
        raise Refused(f"failed to create file/folder (failed to create file/folder ({reason}))") from None


def place(resource: Map) -> str:
    """A resource as text names it: `namespace/Kind/name`; what has none of them is a payload."""
    _, kind, namespace, name = resources.key(resource)
    shown = f"{namespace}/{kind}/{name}"
    return "JSON payload" if shown == "//" else shown


def invalid_lines(policies: Iterable[LoadedPolicy]) -> list[str]:
    """The policies that Kyverno refuses, between two rules."""
    lines: list[str] = []
    refused = [policy for policy in policies if policy.invalid]
    for heading, is_apart in (("Policies Skipped:", False), ("Invalid Policies:", True)):
        # kyverno: one reason has a heading of its own
        listed = [policy for policy in refused if policy.invalid.startswith("variable 'element.name'") is is_apart]
        if listed:
            told = [f"{number}. {policy.name}: {policy.invalid}" for number, policy in enumerate(listed, 1)]
            lines += [DIVIDER, heading, *told, DIVIDER]
    return lines


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
