"""The attributes of a filter of a match or exclude block, as tests on a candidate.

All attributes of a filter must hold; inside one attribute, one entry of its list is enough (Kyverno:
pkg/engine/utils/match.go doesResourceMatchConditionBlock and pkg/utils/match).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.judging import kinds, labels
from kywarden.judging.candidate import Candidate
from kywarden.model.match import LabelSelector, ResourceDescription, Subject, UserDescription
from kywarden.values import wildcard

Role: TypeAlias = Literal["match", "exclude", "exception"]
"""What a filter is for: the three differ in small ways."""

Test: TypeAlias = Callable[[Candidate], bool]

_REASONS = {
    "operations": "operation does not match",
    "kinds": "kind does not match",
    "name": "name does not match",
    "names": "none of the names match",
    "namespaces": "namespace does not match",
    "annotations": "annotations do not match",
    "selector": "selector does not match",
    "namespaceSelector": "namespace selector does not match",
    "roles": "the user has none of the roles",
    "clusterRoles": "the user has none of the cluster roles",
    "subjects": "the user is none of the subjects",
}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a rule is not about a candidate.

    path: the attribute or block that decided, such as `match.any[0].resources.kinds`; empty for the request as a whole.
    reason: a short sentence.
    parts: the mismatches of all filters, where any of them would have done.
    """

    path: str
    reason: str
    parts: tuple[Mismatch, ...] = ()

    def __str__(self) -> str:
        whole = f"{self.path}: {self.reason}" if self.path else self.reason
        return "; ".join([whole, *map(str, self.parts)])


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a filter: its test, and the mismatch where the test fails.

    about_user: it looks at who asks; asks: it may ask the world.
    """

    holds: Test
    mismatch: Mismatch
    about_user: bool = False
    asks: bool = False


def of_resource(described: ResourceDescription, path: str, role: Role) -> list[Attribute]:
    """The attributes written under `resources`; in an exception operations do not count."""
    attributes: list[Attribute] = []

    def require(name: str, holds: Test, asks: bool = False) -> None:
        attributes.append(Attribute(holds, Mismatch(f"{path}.{name}", _REASONS[name]), asks=asks))

    if described.operations and role != "exception":
        require("operations", lambda candidate: candidate.operation in described.operations)
    if described.kinds:
        is_of_kind = kinds.prepare(described.kinds)
        require("kinds", lambda candidate: is_of_kind(candidate.kind, candidate.subresource))
    if described.name:
        is_name = wildcard.prepare(described.name)
        require("name", lambda candidate: is_name(candidate.name))
    if described.names:
        is_one_of_names = _any_of(described.names)
        require("names", lambda candidate: is_one_of_names(candidate.name))
    if described.namespaces:
        is_one_of_namespaces = _any_of(described.namespaces)
        require("namespaces", lambda candidate: is_one_of_namespaces(candidate.listed_namespace))
    if described.annotations:
        have_annotations = _annotations(described.annotations)
        require("annotations", lambda candidate: have_annotations(candidate.annotations))
    if described.selector is not None:
        selects = labels.prepare(described.selector)
        require("selector", lambda candidate: selects(candidate.labels))
    if described.namespace_selector is not None:
        looks_at_any = role != "exception" and "*" in described.kinds
        passes = _namespace_selector(described.namespace_selector, role == "exception", looks_at_any)
        require("namespaceSelector", passes, asks=True)
    return attributes


def _any_of(patterns: Sequence[str]) -> Callable[[str], bool]:
    tests = tuple(map(wildcard.prepare, patterns))
    return lambda text: any(test(text) for test in tests)


def _annotations(wanted: Sequence[tuple[str, str]]) -> labels.LabelTest:
    """Every pair of patterns must match some annotation; key and value of the same one."""
    pairs = tuple((wildcard.prepare(key), wildcard.prepare(value)) for key, value in wanted)
    return lambda annotations: all(
        any(is_key(key) and is_value(value) for key, value in annotations.items()) for is_key, is_value in pairs
    )


def _namespace_selector(selector: LabelSelector, namespaces_pass: bool, looks_at_any: bool) -> Test:
    """The test of the namespace's labels.

    kyverno: a Namespace itself never passes, in exceptions it always does; a resource that states no kind passes
    unread, unless `looks_at_any`.
    """
    selects = labels.prepare(selector)

    def passes(candidate: Candidate) -> bool:
        match candidate.resource_kind:
            case "Namespace":
                return namespaces_pass
            case "" if not looks_at_any:
                return True
        return selects(candidate.namespace_labels)

    return passes


def of_user(described: UserDescription, path: str) -> list[Attribute]:
    """The attributes about who asks; roles are literal, subjects hold wildcards."""
    attributes: list[Attribute] = []

    def require(name: str, holds: Test, asks: bool) -> None:
        mismatch = Mismatch(f"{path}.{name}", _REASONS[name])
        attributes.append(Attribute(holds, mismatch, about_user=True, asks=asks))

    if described.roles:
        roles = frozenset(described.roles)
        require("roles", lambda candidate: not roles.isdisjoint(candidate.roles.roles), asks=True)
    if described.cluster_roles:
        cluster_roles = frozenset(described.cluster_roles)
        require(
            "clusterRoles", lambda candidate: not cluster_roles.isdisjoint(candidate.roles.cluster_roles), asks=True
        )
    if described.subjects:
        tests = tuple(map(_subject, described.subjects))
        require("subjects", lambda candidate: any(test(candidate) for test in tests), asks=False)
    return attributes


def _subject(subject: Subject) -> Test:
    match subject.kind:
        case "User":
            is_user = wildcard.prepare(subject.name)
            return lambda candidate: is_user(candidate.username)
        case "Group":
            is_group = wildcard.prepare(subject.name)
            return lambda candidate: any(map(is_group, candidate.groups))
        case "ServiceAccount":
            is_account = wildcard.prepare(f"system:serviceaccount:{subject.namespace}:{subject.name}")
            return lambda candidate: is_account(candidate.username)
    return lambda candidate: False
