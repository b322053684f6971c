"""The entries of `kinds`: group, version, kind and subresource, each a wildcard pattern.

`Pod`, `v1/Pod`, `apps/*/Deployment`, `Pod/exec`, `apps/v1/Deployment.scale`, `*/*`: how many pieces there are, and
whether the first looks like a version, decides what a piece means (Kyverno: pkg/utils/kube/kind.go).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from kywarden.errors import EvaluationError
from kywarden.model.builtin_kinds import groups, plural
from kywarden.model.request import Kind
from kywarden.values import wildcard

_VERSION = re.compile(r"v[0-9]+((alpha|beta)[0-9]+)?|\*")
_POD = Kind("", "v1", "Pod")

KindTest: TypeAlias = Callable[[Kind, str], bool]
"""Does one of the entries match this kind with this subresource (empty: none)?"""


@dataclass(frozen=True, slots=True)
class KindSelector:
    """A parsed entry; every part is a wildcard pattern, an empty `subresource` means no subresource."""

    group: str
    version: str
    kind: str
    subresource: str


def parse(entry: str) -> KindSelector:
    """The parts of a `kinds` entry; five pieces or more match nothing (Kyverno: ParseKindSelector)."""
    *pieces, last = entry.split("/")
    match [*pieces, *last.split(".")]:
        case [kind]:
            return KindSelector("*", "*", kind, "")
        case ["*", "*"]:
            return KindSelector("*", "*", "*", "*")
        case ["*", subresource] if subresource == subresource.lower():
            return KindSelector("*", "*", "*", subresource)
        case [version, kind] if _VERSION.fullmatch(version):
            return KindSelector("*", version, kind, "")
        case [kind, subresource]:
            # kyverno: `networking.k8s.io/NetworkPolicy` is a kind and its subresource and never matches.
            return KindSelector("*", "*", kind, subresource)
        case [version, kind, subresource] if _VERSION.fullmatch(version):
            return KindSelector("*", version, kind, subresource)
        case [group, version, kind]:
            return KindSelector(group, version, kind, "")
        case [group, version, kind, subresource]:
            return KindSelector(group, version, kind, subresource)
    return KindSelector("", "", "", "")


def prepare(entries: Iterable[str]) -> KindTest:
    """The test for a list of `kinds` entries (Kyverno: CheckKind, as policies and exceptions call it).

    The test raises EvaluationError where the kind of a subresource's parent is not known and would decide.
    """
    entries = tuple(entries)
    literal: set[tuple[str, str]] = set()
    others: list[KindSelector] = []
    for entry in entries:
        if entry.isalnum():
            literal.add((entry, ""))
            continue
        selector = parse(entry)
        anywhere = selector.group == "*" and selector.version == "*"
        if anywhere and not wildcard.contains_wildcard(selector.kind + selector.subresource):
            literal.add((selector.kind, selector.subresource))
        else:
            others.append(selector)
    pods = any(kind == "Pod" for kind, _ in literal)
    tests = tuple(map(_test, others))

    def matches(kind: Kind, subresource: str) -> bool:
        if not kind.kind:
            return any(_takes_parent(parse(entry), kind, subresource) for entry in entries)
        if (kind.kind, subresource) in literal:
            return True
        if pods and _is_ephemeral_containers(kind, subresource):
            return True
        return any(test(kind, subresource) for test in tests)

    return matches


def _takes_parent(selector: KindSelector, parent: Kind, subresource: str) -> bool:
    """Whether an entry takes a subresource of a custom resource of which only the plural is known.

    The usual plural of the entry's kind answers; an EvaluationError where it does not, since plurals are free.
    """
    if not (
        wildcard.matches(selector.subresource, subresource)
        and wildcard.matches(selector.group, parent.group)
        and wildcard.matches(selector.version, parent.version)
    ):
        return False
    if selector.kind == "*" or plural(selector.kind) == parent.resource:
        return True
    if groups(selector.kind):  # built in, so of another group
        return False
    name = f"{parent.resource}.{parent.group}"
    raise EvaluationError(f"the kind of {name} is not known; the setting customResources tells it ({name}: Kind)")


def contains(entries: Iterable[str], kind: str) -> bool:
    """Whether one of the entries names this kind, in any spelling, with or without subresource.

    Another reading of the entries than `parse`: here `Pod.exec` and `v1/Pod/exec` name Pod, and the group counts as
    part of a kind where the version is missing (Kyverno: ContainsKind).
    """
    return any(_named(entry) == kind for entry in entries)


def _test(selector: KindSelector) -> KindTest:
    group, version, kind_matches, subresource_matches = (
        wildcard.prepare(part) for part in (selector.group, selector.version, selector.kind, selector.subresource)
    )

    def matches(kind: Kind, subresource: str) -> bool:
        return (
            kind_matches(kind.kind)
            and group(kind.group)
            and version(kind.version)
            and (subresource_matches(subresource) or _is_ephemeral_containers(kind, subresource))
        )

    return matches


def _is_ephemeral_containers(kind: Kind, subresource: str) -> bool:
    """kyverno: an entry for Pods, whatever subresource it names, also takes their ephemeral containers."""
    return subresource == "ephemeralcontainers" and kind == _POD


def _named(entry: str) -> str:
    match entry.split("/"):
        case [kind]:
            named = kind.replace(".", "/", 1)
        case ["*", "*"]:
            named = entry
        case [version, kind] if _VERSION.fullmatch(version):
            named = kind.replace(".", "/", 1)
        case [_, _]:
            named = entry
        case [version, kind, subresource] if _VERSION.fullmatch(version):
            named = f"{kind}/{subresource}"
        case [_, _, kind]:
            named = kind.replace(".", "/", 1)
        case [_, _, kind, subresource]:
            named = f"{kind}/{subresource}"
        case _:
            named = ""
    kind, slash, rest = named.partition("/")
    return kind if slash and "/" not in rest else named
