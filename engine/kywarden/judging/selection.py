"""Selection: is a rule, or an exception, about this request?

`prepare` compiles a match and an exclude block once; `Selection.selects` then tests a candidate. Tests that the
candidate alone answers come first, so that the world is asked for namespace labels and roles only where the answer
depends on them (Kyverno: pkg/engine/utils/match.go; for exceptions pkg/engine/utils/exceptions.go).
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.judging.attributes import Attribute, Mismatch, Role, of_resource, of_user
from kywarden.judging.candidate import Candidate
from kywarden.model.match import MatchBlock, ResourceFilter
from kywarden.model.resources import text
from kywarden.values.trees import Map


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
class _Filter:
    """One filter; `anonymous` are the attributes that count when nobody says who asks."""

    path: str
    attributes: tuple[Attribute, ...]
    anonymous: tuple[Attribute, ...]
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
    empty = [Attribute(lambda candidate: False, Mismatch(path, "the filter is empty"))]
    says_nothing = one.user.is_empty if role == "exception" else one.user.is_absent
    if one.resources.is_empty and says_nothing:
        attributes = anonymous = empty
    else:
        attributes = of_resource(one.resources, f"{path}.resources", role) + of_user(one.user, path)
        attributes.sort(key=lambda attribute: attribute.asks)
        anonymous = attributes
        if role == "match":
            # Where nobody says who asks, the user part of a match filter counts as not written.
            without_user = [attribute for attribute in attributes if not attribute.about_user]
            anonymous = empty if one.resources.is_empty else without_user
    asks = any(attribute.asks for attribute in attributes)
    return _Filter(path, tuple(attributes), tuple(anonymous), asks)
