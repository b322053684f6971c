"""Selection: is a rule, or an exception, about this request?

`prepare` compiles a match and an exclude block once; `Selection.selects` then tests a candidate. Tests that the
candidate alone answers come first, so that the world is asked for namespace labels and roles only where the answer
depends on them (Kyverno: pkg/engine/utils/match.go; for exceptions pkg/engine/utils/exceptions.go).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.judging import kinds, labels
from kywarden.judging.candidate import Candidate
from kywarden.model.match import (
    LabelSelector,
    MatchBlock,
    ResourceDescription,
    ResourceFilter,
    Subject,
    UserDescription,
)
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Map

Role: TypeAlias = Literal["match", "exclude", "exception"]
"""What a filter is for: the three differ in small ways."""

Test: TypeAlias = Callable[[Candidate], bool]


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
class Selection:
    """A prepared pair of match and exclude."""

    matched: _Block
    excluded: _Block | None

    def selects(self, candidate: Candidate) -> bool:
        """Whether the rule is about the candidate. Raises EvaluationError where the world is asked and silent."""
        return (
            candidate.resource is not None
            and self.matched.matches(candidate)
            and (self.excluded is None or not self.excluded.matches(candidate))
        )

    def mismatch(self, candidate: Candidate) -> Mismatch | None:
        """Why the rule is not about the candidate, None when it is: for explanations; errors as in `selects`."""
        if candidate.resource is None:
            return Mismatch("", "there is no resource")
        mismatch = self.matched.mismatch(candidate)
        if mismatch is None and self.excluded is not None and self.excluded.matches(candidate):
            return self.excluded.exclusion(candidate)
        return mismatch


def prepare(match: MatchBlock, exclude: MatchBlock | None = None) -> Selection:
    """The selection of a rule; `exclude` counts only for what `match` takes."""
    return Selection(_block(match, "match"), _block(exclude, "exclude") if exclude is not None else None)


def prepare_exception(match: MatchBlock) -> Selection:
    """The selection of a PolicyException: only `any` and `all`, and operations do not count."""
    return Selection(_block(MatchBlock(any=match.any, all=match.all), "exception"), None)


def is_in_namespace(policy_namespace: str, *resources: Map | None) -> bool:
    """Whether a namespaced Policy may look at the request: every object given lives in the policy's namespace.

    resources: the new and the old object; None where there is none (Kyverno: checkNamespacedPolicy).
    """
    wanted = policy_namespace or "default"
    return all(text(resource, "metadata", "namespace") == wanted for resource in resources if resource is not None)


@dataclass(frozen=True, slots=True)
class _Attribute:
    """One attribute of a filter: its test, and the mismatch where the test fails."""

    holds: Test
    mismatch: Mismatch
    about_user: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class _Filter:
    """One filter; `anonymous` are the attributes that count when nobody says who asks."""

    path: str
    attributes: tuple[_Attribute, ...]
    anonymous: tuple[_Attribute, ...]
    asks: bool

    def mismatch(self, candidate: Candidate) -> Mismatch | None:
        for attribute in self.attributes if candidate.user is not None else self.anonymous:
            if not attribute.holds(candidate):
                return attribute.mismatch
        return None


@dataclass(frozen=True, slots=True)
class _Block:
    """A whole block; filters that ask the world stand last."""

    path: str
    filters: tuple[_Filter, ...]
    one_is_enough: bool

    def matches(self, candidate: Candidate) -> bool:
        for one in self.filters:
            if (one.mismatch(candidate) is None) is self.one_is_enough:
                return self.one_is_enough
        return not self.one_is_enough

    def mismatch(self, candidate: Candidate) -> Mismatch | None:
        """Why the block does not match: the first filter that fails, or all of them where one is enough."""
        if self.matches(candidate):
            return None
        parts = (part for one in self.filters if (part := one.mismatch(candidate)) is not None)
        return Mismatch(self.path, "no filter matches", tuple(parts)) if self.one_is_enough else next(parts)

    def exclusion(self, candidate: Candidate) -> Mismatch:
        """The mismatch of a candidate that this block excludes."""
        one = next(one for one in self.filters if one.mismatch(candidate) is None)
        return Mismatch(one.path if self.one_is_enough else self.path, "excluded")


def _block(block: MatchBlock, role: Role) -> _Block:
    path = "match" if role == "exception" else role
    if block.any:
        filters = [_filter(one, f"{path}.any[{index}]", role) for index, one in enumerate(block.any)]
    elif block.all:
        filters = [_filter(one, f"{path}.all[{index}]", role) for index, one in enumerate(block.all)]
    else:
        filters = [_filter(block.bare, path, role)]
    filters.sort(key=lambda one: one.asks)
    return _Block(path, tuple(filters), one_is_enough=bool(block.any))


def _filter(one: ResourceFilter, path: str, role: Role) -> _Filter:
    empty = [_Attribute(lambda candidate: False, Mismatch(path, "the filter is empty"))]
    says_nothing = one.user.is_empty if role == "exception" else one.user.is_absent
    if one.resources.is_empty and says_nothing:
        attributes = anonymous = empty
    else:
        attributes = _of_resource(one.resources, f"{path}.resources", role) + _of_user(one.user, path)
        attributes.sort(key=lambda attribute: attribute.asks)
        anonymous = attributes
        if role == "match":
            # Where nobody says who asks, the user part of a match filter counts as not written.
            without_user = [attribute for attribute in attributes if not attribute.about_user]
            anonymous = empty if one.resources.is_empty else without_user
    asks = any(attribute.asks for attribute in attributes)
    return _Filter(path, tuple(attributes), tuple(anonymous), asks)


def _of_resource(described: ResourceDescription, path: str, role: Role) -> list[_Attribute]:
    attributes: list[_Attribute] = []

    def require(name: str, holds: Test, asks: bool = False) -> None:
        attributes.append(_Attribute(holds, Mismatch(f"{path}.{name}", _REASONS[name]), asks=asks))

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


def _of_user(described: UserDescription, path: str) -> list[_Attribute]:
    attributes: list[_Attribute] = []

    def require(name: str, holds: Test, asks: bool) -> None:
        mismatch = Mismatch(f"{path}.{name}", _REASONS[name])
        attributes.append(_Attribute(holds, mismatch, about_user=True, asks=asks))

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
