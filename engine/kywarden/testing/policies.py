"""Policy files as Kyverno's command line reads them: what can run, what is invalid, what we do not support.

Directories are read recursively; names with a leading dot and other endings than .yaml and .yml are passed over. A
document that does not decode drops itself, an unknown field or a foreign kind drops the whole path.
Source: cmd/cli/kubectl-kyverno/policy/load.go.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kywarden.errors import PolicyErrors
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.classic.schema import UnknownField
from kywarden.kinds.program import Program
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.model.resources import group_kind, group_version, text, texts
from kywarden.testing import served
from kywarden.testing.files import YAML, Files, LoadError, yaml_error
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree, described

LIST = ("v1", "List")
ADDRESSES = ("http://", "https://")

UNSUPPORTED_KINDS = {
    **dict.fromkeys(
        (
            ("policies.kyverno.io", f"{scope}{kind}Policy")
            for scope in ("", "Namespaced")
            for kind in ("Validating", "Mutating", "ImageValidating", "Generating", "Deleting")
        ),
        "CEL policies are not supported",
    ),
    **dict.fromkeys(
        (
            ("admissionregistration.k8s.io", f"{kind}AdmissionPolicy{part}")
            for kind in ("Validating", "Mutating")
            for part in ("", "Binding")
        ),
        "admission policies of Kubernetes need CEL, which is not supported",
    ),
    ("kyverno.io", "CleanupPolicy"): "clean-up policies are not an admission matter",
    ("kyverno.io", "ClusterCleanupPolicy"): "clean-up policies are not an admission matter",
}
"""Kinds that Kyverno's command line knows and we do not."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPolicy:
    """One policy of a run.

    program: None when it cannot run: `invalid` holds Kyverno's reason to refuse it, `unsupported` ours.
    """

    tree: Map
    source: str
    program: Program | None = None
    invalid: str = ""
    unsupported: str = ""

    @property
    def name(self) -> str:
        return text(self.tree, "metadata", "name")

    @property
    def namespace(self) -> str:
        return text(self.tree, "metadata", "namespace")

    @property
    def kind(self) -> str:
        return text(self.tree, "kind")

    @property
    def key(self) -> tuple[str, str]:
        """Group and kind."""
        return group_kind(self.tree)

    @property
    def annotations(self) -> dict[str, str]:
        return texts(self.tree, "metadata", "annotations")

    @property
    def scored(self) -> bool:
        """Whether its failures are failures; those of an unscored policy are warnings."""
        return self.annotations.get("policies.kyverno.io/scored") != "false"


@dataclass(slots=True)
class PolicyDocuments:
    """What the paths hold: policies and exceptions as trees with their file, problems as (path, reason).

    passed_over: why the path itself is not even read, empty when it is.
    """

    policies: list[tuple[Map, str]] = field(default_factory=list)
    exceptions: list[Map] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    passed_over: str = ""

    def add(self, other: PolicyDocuments) -> None:
        self.policies.extend(other.policies)
        self.exceptions.extend(other.exceptions)
        self.problems.extend(other.problems)


def collect(path: str, files: Files) -> PolicyDocuments:
    """The policies of one path; raises `LoadError` when Kyverno gives the whole path up."""
    cleaned = posixpath.normpath(path)
    if not Path(cleaned).exists():
        raise LoadError(f"stat {cleaned}: no such file or directory")
    found = PolicyDocuments()
    # kyverno: `.` and `..` count as hidden too
    if posixpath.basename(cleaned).startswith("."):
        found.passed_over = "names with a leading dot are passed over"
        return found
    if Path(cleaned).is_dir():
        for name in sorted(entry.name for entry in os.scandir(path)):
            try:
                found.add(collect(posixpath.join(cleaned, name), files))
            except LoadError as error:
                raise LoadError(f"failed to load {path}: {error}") from None
    elif cleaned.endswith(YAML):
        try:
            found.add(read(path, files.text(cleaned)))
        except LoadError as error:
            raise LoadError(f"failed to load file {path}: {error}") from None
    else:
        found.passed_over = f"policies are read from {' and '.join(YAML)}"
    return found


def read(source: str, content: str) -> PolicyDocuments:
    """The policies of one text; raises `LoadError` for an unknown field or a kind that is no policy."""
    found = PolicyDocuments()
    for tree, reason in parsed(content):
        if (text(tree, "apiVersion"), text(tree, "kind")) == LIST:
            _add_items(found, tree.get("items"), source)
        elif reason:
            found.problems.append((source, f"failed to parse document ({reason})"))
        else:
            _add(found, tree, source)
    return found


def parsed(content: str) -> Iterator[tuple[Map, str]]:
    """Each document of a text, with the reason why it cannot be read or has no schema, empty when it has one.

    Raises `LoadError` when the text does not fall into documents.
    """
    try:
        chunks = [chunk for _, chunk in yaml_text.split(content)]
    except ReadError:
        raise LoadError("unable to read yaml") from None
    for chunk in chunks:
        try:
            read = yaml_text.load(chunk)
        except ReadError as error:
            yield {}, f"failed to parse yaml: error converting YAML to JSON: {yaml_error(error)}"
            continue
        tree = read if isinstance(read, dict) else {}
        yield tree, served.missing(text(tree, "apiVersion"), text(tree, "kind"))


def _add_items(found: PolicyDocuments, items: Tree, source: str) -> None:
    """What a v1 List holds; kyverno: a List in it is a kind that is no policy."""
    if items is not None and not isinstance(items, list):
        found.problems.append((source, f"failed to process List: items must be a list, not {described(items)}"))
        return
    for index, item in enumerate(items or ()):
        if not isinstance(item, dict):
            found.problems.append((source, f"List item {index} is not a valid object"))
            continue
        try:
            _add(found, item, source)
        except LoadError as error:
            found.problems.append((source, f"failed to process List item {index}: {error}"))


def _add(found: PolicyDocuments, tree: Map, source: str) -> None:
    key = text(tree, "apiVersion"), text(tree, "kind")
    if key in served.EXCEPTIONS_BESIDE_POLICIES:
        found.exceptions.append(tree)
        return
    if key not in served.POLICIES:
        group, version = group_version(tree)
        raise LoadError(f"policy type not supported {group}/{version}, Kind={key[1]}")
    entry = KINDS.get(group_kind(tree))
    if entry is None:
        found.policies.append((tree, source))
        return
    for problem in entry.facts.undecodable(tree):
        if isinstance(problem, UnknownField):
            place = f"{problem.path}: Invalid value: value provided for unknown field"
            raise LoadError(f"failed to parse document ({place})")
        found.problems.append((source, f"failed to parse document ({problem.path}: {problem.reason})"))
        return
    found.policies.append((tree, source))


def prepare(documents: PolicyDocuments, exceptions: Sequence[Map]) -> list[LoadedPolicy]:
    """The policies, each ready to run under the exceptions, or with the reason why it does not run.

    Raises `LoadError` for an exception that cannot be read.
    """
    exemptions = [prepared for tree in exceptions if (prepared := _exemption(tree)) is not None]
    return [_prepared(tree, source, exemptions) for tree, source in documents.policies]


def _exemption(tree: Map) -> Exemption | None:
    entry = EXCEPTIONS.get(group_kind(tree))
    if entry is None:
        return None
    try:
        return entry.load(tree)
    except PolicyErrors as errors:
        raise LoadError(f"unable to load exceptions ({errors})") from None


def _prepared(tree: Map, source: str, exemptions: Sequence[Exemption]) -> LoadedPolicy:
    key = group_kind(tree)
    entry = KINDS.get(key)
    if entry is None:
        return LoadedPolicy(tree, source, unsupported=UNSUPPORTED_KINDS[key])
    if refused := entry.facts.refusal(tree):
        return LoadedPolicy(tree, source, invalid=refused)
    try:
        return LoadedPolicy(tree, source, entry.load(tree, exemptions))
    except PolicyErrors as errors:
        # what Kyverno accepts and we do not load is a limit of ours
        reasons = dict.fromkeys(problem.reason for problem in errors.problems)
        return LoadedPolicy(tree, source, unsupported="; ".join(reasons))
