"""Linting files: read, ask the loader and the checks of the kind, place what they say, leave out what is waived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from kywarden import loader
from kywarden.errors import PolicyError, PolicyErrors
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.linting import ignoring
from kywarden.linting.checks import CHECKS
from kywarden.linting.classic import policies
from kywarden.linting.classic.subject import rules
from kywarden.linting.finding import Finding, Remark, Report, RuleReport
from kywarden.loader import Source
from kywarden.model import lists
from kywarden.model.lists import MisfitError
from kywarden.model.resources import group_kind, group_version, text
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map
from kywarden.values.yaml_places import Place, Places, lines_of
from kywarden.values.yaml_text import Document
from kywarden.values.yaml_tree import Path, part, path_text

GROUPS = ("kyverno.io", "policies.kyverno.io")
BESIDE = frozenset(("Test", "Values", "Value", "UserInfo", "Context", "GlobalContextEntry", "UpdateRequest"))
"""Kinds of these groups that stand beside policies; those of tests are often written with the group of policies."""

CHECKERS: Mapping[tuple[str, str], Callable[[Map], Iterable[Remark]]] = {
    ("kyverno.io", "ClusterPolicy"): policies.remarks,
    ("kyverno.io", "Policy"): policies.remarks,
    ("kyverno.io", "PolicyException"): policies.exception_remarks,
}
"""What is asked beside the loader, by kind."""


@dataclass(frozen=True, slots=True)
class _Linted:
    findings: list[Finding]
    rules: list[RuleReport]


def lint(files: Iterable[tuple[str, str]]) -> Report:
    """Everything found in files, given as (name, text); what is no policy is passed over."""
    findings: list[Finding] = []
    reports: list[RuleReport] = []
    sources: dict[str, list[str]] = {}
    unread: list[str] = []
    count = 0
    for name, content in files:
        sources[name] = lines_of(content)
        try:
            read = yaml_text.load_all(content, source=name, marks=True, strict=True)
            documents = [item for document in read for item in _spread(document, name)]
        except ReadError as error:
            unread.append(str(error))
            continue
        for document, following in zip_longest(documents, documents[1:]):
            end = following.line - 1 if following else len(sources[name])
            if isinstance(document.tree, dict) and _is_policy(document.tree):
                linted = _lint_document(document.tree, sources[name], document, name, end)
                findings += linted.findings
                reports += linted.rules
                count += 1
    return Report(tuple(findings), tuple(reports), count, sources, tuple(unread))


def _spread(document: Document, source: str) -> Iterator[Document]:
    """The document itself, or the objects of a List; raises ReadError for what a List cannot hold."""
    if not isinstance(document.tree, dict) or not lists.is_list(document.tree):
        yield document
        return
    try:
        found = dict(lists.spread(document.tree))
    except MisfitError as error:
        place = document.marks.get(error.path, (document.line, 1))
        raise ReadError(str(error), *place, source) from error
    marks: dict[Path, dict[Path, tuple[int, int]]] = {path: {} for path in found}
    for path, place in document.marks.items():
        for length in range(2, len(path), 2):
            if path[:length] in marks:
                marks[path[:length]][path[length:]] = place
    for path, tree in found.items():
        yield Document(tree, document.marks.get(path, (document.line, 1))[0], marks[path])


def _is_policy(tree: Map) -> bool:
    return group_version(tree)[0] in GROUPS and text(tree, "kind") not in BESIDE


def _lint_document(tree: Map, lines: list[str], document: Document, name: str, end: int) -> _Linted:
    places = Places(lines, document, name)
    problems = list(_load_problems(tree))
    checker = CHECKERS.get(group_kind(tree))
    if group_version(tree)[1] not in _served(tree):
        remarks = [Remark("unsupported", problem.reason, places.path("kind")) for problem in problems]
    else:
        remarks = [*_misfit_remarks(problems, places), *(checker(tree) if checker else ())]
        remarks += _refusal_remarks(problems, places, remarks)
    findings = [_finding(remark, tree, places) for remark in dict.fromkeys(remarks)]
    findings.sort(key=lambda finding: (finding.place.line, finding.place.column))
    kept = list(_unwaived(findings, document, places, end))
    return _Linted(kept, list(_rule_reports(tree, problems, places)))


def _served(tree: Map) -> tuple[str, ...]:
    entry = KINDS.get(group_kind(tree)) or EXCEPTIONS.get(group_kind(tree))
    return entry.versions if entry else ()


def _load_problems(tree: Map) -> Iterator[PolicyError]:
    """What the loader says of the document alone."""
    try:
        loader.load([Source(tree)])
    except PolicyErrors as errors:
        # a file of exceptions alone is no mistake
        is_exception = group_kind(tree) in EXCEPTIONS
        yield from (one for one in errors.problems if one.policy or not is_exception)


def _misfit_remarks(problems: Iterable[PolicyError], places: Places) -> Iterator[Remark]:
    for problem in problems:
        check = policies.check_of(problem)
        if check:
            hint = policies.hint_for(problem)
            yield Remark(check, problem.reason, places.path(problem.path), hint=hint, at_value=check != "unsupported")


def _refusal_remarks(problems: Iterable[PolicyError], places: Places, found: list[Remark]) -> Iterator[Remark]:
    """Refusals of Kyverno's own check, where nothing more exact was found in the same rule."""
    errors = [remark.path for remark in found if CHECKS[remark.check].level == "error"]
    for problem in problems:
        if policies.is_refusal(problem):
            path = places.path(problem.path)
            if not any(_same_rule(path, other) for other in errors):
                yield Remark("refused", policies.said_by(problem), path)


def _same_rule(path: Path, other: Path) -> bool:
    return path[:3] == other[:3] if path[:2] == ("spec", "rules") and len(path) > 2 else True


def _finding(remark: Remark, tree: Map, places: Places) -> Finding:
    if remark.pieces:
        place = places.piece(remark.path, *remark.pieces)
        if remark.pieces[-1].endswith("("):
            place = replace(place, length=max(place.length - 1, 1))
    elif remark.at_value:
        place = places.value(remark.path)
    else:
        place = places.of(remark.path)
    check = CHECKS[remark.check]
    return Finding(
        check, remark.message, remark.hint, place, path_text(remark.path), _name(tree), _rule_name(tree, remark.path)
    )


def _name(tree: Map) -> str:
    name, namespace = text(tree, "metadata", "name"), text(tree, "metadata", "namespace")
    return f"{namespace}/{name}" if namespace and text(tree, "kind") == "Policy" else name


def _rule_name(tree: Map, path: Path) -> str:
    return text(part(tree, path[:3]), "name") if path[:2] == ("spec", "rules") else ""


def _unwaived(findings: list[Finding], document: Document, places: Places, end: int) -> Iterator[Finding]:
    parts = ((place, path, places.last_line(path)) for path, place in document.marks.items())
    waivers = ignoring.waivers(places.lines, parts, document.line, end)
    used: set[int] = set()
    for finding in findings:
        waiving = [one for one in waivers if one.covers(finding.check.id, finding.place.line)]
        if waiving:
            used.update(one.line for one in waiving)
        else:
            yield finding
    # the rest would be silent about a finding that comes back
    for waiver in waivers:
        if waiver.line not in used:
            yield _unused(waiver, places)


def _unused(waiver: ignoring.Waiver, places: Places) -> Finding:
    unknown = sorted(waiver.ids - CHECKS.keys())
    message = f"there is no check {', '.join(unknown)}" if unknown else "the comment waives nothing"
    length = len(places.lines[waiver.line - 1]) - waiver.column + 1
    place = Place(places.file, waiver.line, waiver.column, length)
    return Finding(CHECKS["unused-ignore"], message, "", place, "", "", "")


def _rule_reports(tree: Map, problems: list[PolicyError], places: Places) -> Iterator[RuleReport]:
    """Each rule with the reasons why it cannot run here; what is wrong with the policy concerns all its rules."""
    entry = KINDS.get(group_kind(tree))
    if entry is None:
        return
    for rule in rules(tree):
        own = [one for one in problems if _concerns(places.path(one.path), rule.path)]
        reasons = tuple(dict.fromkeys(one.reason for one in own))
        yield RuleReport(_name(tree), rule.name, entry.facts.topic(tree, rule.name), places.of(rule.path), reasons)


def _concerns(path: Path, rule: Path) -> bool:
    return path[:3] == rule or path[:2] != ("spec", "rules") or len(path) < 3
