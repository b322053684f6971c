"""The attributes of a filter of a match or exclude block, as tests on a candidate.

All attributes of a filter must hold; inside one attribute, one entry of its list is enough (Kyverno:
pkg/engine/utils/match.go doesResourceMatchConditionBlock and pkg/utils/match).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from kywarden.judging import kinds, labels
from kywarden.judging.candidate import Candidate
from kywarden.model.match import LabelSelector, ResourceDescription, Subject, UserDescription
from kywarden.values import wildcard

Role: TypeAlias = Literal["match", "exclude", "exception"]
"""What a filter is for: the three differ in small ways."""

Test: TypeAlias = Callable[[Candidate], bool]


class Attribute(NamedTuple):
    """One attribute of a filter: its field and its test.

    about_user: it looks at who asks; asks: it may ask the world.
    """

    name: str
    holds: Test
    about_user: bool = False
    asks: bool = False


def of_resource(described: ResourceDescription, role: Role) -> list[Attribute]:
    """The attributes written under `resources`; in an exception operations do not count."""
    attributes: list[Attribute] = []
    if described.operations and role != "exception":
        attributes.append(Attribute("operations", lambda candidate: candidate.operation in described.operations))
    if described.kinds:
        is_of_kind = kinds.prepare(described.kinds)
        attributes.append(Attribute("kinds", lambda candidate: is_of_kind(candidate.kind, candidate.subresource)))
    if described.name:
        is_name = wildcard.prepare(described.name)
        attributes.append(Attribute("name", lambda candidate: is_name(candidate.name)))
    if described.names:
        is_one_of_names = _any_of(described.names)
        attributes.append(Attribute("names", lambda candidate: is_one_of_names(candidate.name)))
    if described.namespaces:
        is_one_of_namespaces = _any_of(described.namespaces)
        attributes.append(Attribute("namespaces", lambda candidate: is_one_of_namespaces(candidate.listed_namespace)))
    if described.annotations:
        have_annotations = _annotations(described.annotations)
        attributes.append(Attribute("annotations", lambda candidate: have_annotations(candidate.annotations)))
    if described.selector is not None:
        selects = labels.prepare(described.selector)
        attributes.append(Attribute("selector", lambda candidate: selects(candidate.labels)))
    if described.namespace_selector is not None:
        looks_at_any = role != "exception" and "*" in described.kinds
        passes = _namespace_selector(described.namespace_selector, role == "exception", looks_at_any)
        attributes.append(Attribute("namespaceSelector", passes, asks=True))
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


def of_user(described: UserDescription) -> list[Attribute]:
    """The attributes about who asks; roles are literal, subjects hold wildcards."""
    attributes: list[Attribute] = []
    if described.roles:
        roles = frozenset(described.roles)
        attributes.append(
            Attribute(
                "roles", lambda candidate: not roles.isdisjoint(candidate.roles.roles), about_user=True, asks=True
            )
        )
    if described.cluster_roles:
        cluster = frozenset(described.cluster_roles)
        attributes.append(
            Attribute(
                "clusterRoles",
                lambda candidate: not cluster.isdisjoint(candidate.roles.cluster_roles),
                about_user=True,
                asks=True,
            )
        )
    if described.subjects:
        tests = tuple(map(_subject, described.subjects))
        attributes.append(
            Attribute("subjects", lambda candidate: any(test(candidate) for test in tests), about_user=True)
        )
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
