"""The migration: documents in, custom resources, roles and a report out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from kywarden.errors import PolicyErrors
from kywarden.kinds.outline import LookUp
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.migrate import access, custom_resource, notes, parts, rows
from kywarden.migrate.custom_resource import Made
from kywarden.migrate.options import Options
from kywarden.migrate.parts import Part
from kywarden.migrate.report import PolicyReport, Rejected, Report
from kywarden.migrate.subject import Exempting, Subject
from kywarden.model.resources import group_kind, group_version, text, texts
from kywarden.values.trees import Map

_Key: TypeAlias = tuple[str, str, str]

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")

KYVERNO_GROUPS = ("kyverno.io", "policies.kyverno.io")


@dataclass(frozen=True, slots=True)
class Document:
    """One document and the name of the file it stands in."""

    tree: Map
    source: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """One custom resource.

    baked: the policy to bake into its module, None when its settings hold it; deadline: milliseconds to bake with it,
    None for the default.
    """

    made: Made
    baked: Map | None = None
    deadline: int | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """outputs: one for each part of each policy; roles: for the policy server; report: what became of each rule."""

    outputs: tuple[Output, ...]
    roles: tuple[Map, ...]
    report: Report


class _Rejection(Exception):
    """A document becomes nothing."""

    def __init__(self, reason: str, *, harmless: bool = False) -> None:
        self.reason, self.harmless = reason, harmless
        super().__init__(reason)


def migrate(documents: Iterable[Document], options: Options) -> Migration:
    """Migrate all policies among the documents; exceptions among them go with the policies that they name."""
    documents = list(documents)
    rejected: list[Rejected] = []
    exceptions = list(_exceptions(documents, rejected))
    outputs: list[Output] = []
    look_ups: list[LookUp] = []
    reports: list[PolicyReport] = []
    names: dict[_Key, str] = {}
    for document in documents:
        if group_kind(document.tree) in EXCEPTIONS:
            continue
        try:
            subject = _subject(document, exceptions, options)
            report, made = _migrated(subject)
            names |= _claims(names, [each for _, each in made], subject.key)
        except _Rejection as rejection:
            rejected.append(_rejected(document, rejection))
            continue
        reports.append(report)
        for part, each in made:
            outputs.append(_output(subject, part, each))
            look_ups += subject.look_ups(part.rules)
    look_ups = list(dict.fromkeys(replace(each, origin="") for each in look_ups))
    return Migration(
        tuple(outputs),
        tuple(access.roles(look_ups, options.account)),
        Report(tuple(reports), tuple(rejected), tuple(notes.of_all(options, look_ups, bool(outputs)))),
    )


def is_name(text: str) -> bool:
    """Whether a text can be the name of a Kubernetes object."""
    return _NAME.fullmatch(text) is not None


def _migrated(subject: Subject) -> tuple[PolicyReport, list[tuple[Part, Made]]]:
    outline = subject.outline
    reasons = {rule.index: list(rows.impossible(subject, rule)) for rule in outline.rules}
    possible = [rule for rule in outline.rules if not reasons[rule.index]]
    split = list(parts.split(outline, possible, subject.options.module.baked))
    made = [(part, custom_resource.make(subject, part)) for part in split]
    report = PolicyReport(
        subject.key,
        subject.kind,
        subject.source,
        tuple(
            rows.carried(subject, rule, carriers)
            if (carriers := [(part, each) for part, each in made if part.carries(rule)])
            else rows.left_out(rule, reasons[rule.index])
            for rule in outline.rules
        ),
        tuple(notes.of_policy(subject, made)),
    )
    return report, made


def _output(subject: Subject, part: Part, made: Made) -> Output:
    if not subject.options.module.baked:
        return Output(made)
    return Output(made, custom_resource.worded(part.tree, subject), custom_resource.deadline(subject, part))


def _subject(document: Document, exceptions: Sequence[tuple[frozenset[str], Exempting]], options: Options) -> Subject:
    tree = document.tree
    kind = KINDS.get(group_kind(tree))
    group, version = group_version(tree)
    if kind is None:
        ours = group in KYVERNO_GROUPS
        reason = "is no kind of policy that is known here" if ours else "is no policy"
        raise _Rejection(f"{text(tree, 'kind') or 'a document without kind'} {reason}", harmless=not ours)
    if version not in kind.versions:
        raise _Rejection(f"version {version} is not served, only {', '.join(kind.versions)}")
    if problems := list(kind.facts.undecodable(tree)):
        raise _Rejection("; ".join(map(str, problems)))
    name, namespace = text(tree, "metadata", "name"), text(tree, "metadata", "namespace")
    if not is_name(name) or (namespace and not is_name(namespace)):
        raise _Rejection(f'"{name}" is no name of a Kubernetes object')
    outline = kind.outline(tree)
    namespace = (namespace or "default") if outline.namespaced else ""
    subject = Subject(
        name,
        namespace,
        texts(tree, "metadata", "annotations"),
        document.source,
        text(tree, "kind"),
        outline,
        (),
        options,
    )
    return replace(subject, exempting=tuple(each for policies, each in exceptions if subject.key in policies))


def _exceptions(documents: Iterable[Document], rejected: list[Rejected]) -> Iterator[tuple[frozenset[str], Exempting]]:
    """The exceptions among the documents, with the policies that they name."""
    for document in documents:
        tree = document.tree
        kind = EXCEPTIONS.get(group_kind(tree))
        if kind is None:
            continue
        try:
            if group_version(tree)[1] not in kind.versions:
                raise _Rejection(f"version {group_version(tree)[1]} is not served, only {', '.join(kind.versions)}")
            names = frozenset(policy for policy, _ in kind.load(tree).names)
        except PolicyErrors as errors:
            rejected.append(_rejected(document, _Rejection(str(errors))))
        except _Rejection as rejection:
            rejected.append(_rejected(document, rejection))
        else:
            kept: Map = {key: tree[key] for key in ("apiVersion", "kind")}
            kept["metadata"] = {key: text(tree, "metadata", key) for key in ("name", "namespace")}
            yield names, Exempting({**kept, "spec": tree.get("spec")}, kind.look_ups(tree))


def _claims(names: dict[_Key, str], made: Sequence[Made], policy: str) -> dict[_Key, str]:
    """The objects that a policy becomes; two policies cannot become one."""
    for each in made:
        if each.key in names:
            raise _Rejection(f"{each.kind} {each.name} would be made of {names[each.key]} and of {policy}")
    return {each.key: policy for each in made}


def _rejected(document: Document, rejection: _Rejection) -> Rejected:
    tree = document.tree
    named = "/".join(part for part in (text(tree, "metadata", "namespace"), text(tree, "metadata", "name")) if part)
    return Rejected(
        document.source, f"{text(tree, 'kind')} {named}".strip() or "document", rejection.reason, rejection.harmless
    )
