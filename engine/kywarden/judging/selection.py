"""Selection: is a rule, or an exception, about this request?

`prepare` compiles a match and an exclude block once; `Selection.selects` then tests a candidate. Tests that the
candidate alone answers come first, so that the world is asked for namespace labels and roles only where the answer
depends on them (Kyverno: pkg/engine/utils/match.go; for exceptions pkg/engine/utils/exceptions.go).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kywarden.judging.attributes import Attribute, Role, Test, of_resource, of_user
from kywarden.judging.candidate import Candidate
from kywarden.model.match import MatchBlock, ResourceFilter
from kywarden.model.resources import text
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of match or exclude: the filter's place in its block, such as `("any", 0)`, and the attribute in it.

    attribute: empty for the filter as a whole.
    """

    block: str
    place: tuple[str | int, ...]
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """A prepared pair of match and exclude."""

    matched: _Block
    excluded: _Block | None

    def hindrances(self, candidate: Candidate) -> list[Clause]:
        """Why the rule is not about the candidate: what of match it does not meet, or what of exclude it meets."""
        if candidate.resource is None:
            return []
        if not self.matched.matches(candidate):
            return [
                Clause("match", one.place, attribute.name)
                for one in self.matched.filters
                for attribute in one.unmet(candidate)
            ]
        excluded = self.excluded
        if excluded is None or not excluded.matches(candidate):
            return []
        return [Clause("exclude", one.place) for one in excluded.filters if one.matches(candidate)]

    def selects(self, candidate: Candidate) -> bool:
        """Whether the rule is about the candidate. Raises EvaluationError where the world is asked and silent."""
        return (
            candidate.resource is not None
            and self.matched.matches(candidate)
            and (self.excluded is None or not self.excluded.matches(candidate))
        )


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
    """One filter; `anonymous` are the tests that count when nobody says who asks; asks: one may ask the world.

    place: in its block; attributes: those that are written.
    """

    tests: tuple[Test, ...]
    anonymous: tuple[Test, ...]
    asks: bool
    place: tuple[str | int, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    def unmet(self, candidate: Candidate) -> list[Attribute]:
        """The attributes that the candidate does not meet."""
        tests = self.tests if candidate.user is not None else self.anonymous
        return [one for one in self.attributes if one.holds in tests and not one.holds(candidate)]

    def matches(self, candidate: Candidate) -> bool:
        tests = self.tests if candidate.user is not None else self.anonymous
        return all(holds(candidate) for holds in tests)


@dataclass(frozen=True, slots=True)
class _Block:
    """A whole block; filters that ask the world stand last."""

    filters: tuple[_Filter, ...]
    one_is_enough: bool

    def matches(self, candidate: Candidate) -> bool:
        for one in self.filters:
            if one.matches(candidate) is self.one_is_enough:
                return self.one_is_enough
        return not self.one_is_enough


def _block(block: MatchBlock, role: Role) -> _Block:
    mode = "any" if block.any else "all"
    listed = block.any or block.all
    filters = [_filter(one, role, (mode, index)) for index, one in enumerate(listed)]
    filters = filters or [_filter(block.bare, role, ())]
    filters.sort(key=_asks)
    return _Block(tuple(filters), one_is_enough=bool(block.any))


def _filter(one: ResourceFilter, role: Role, place: tuple[str | int, ...]) -> _Filter:
    says_nothing = one.user.is_empty if role == "exception" else one.user.is_absent
    if one.resources.is_empty and says_nothing:
        return _Filter(_EMPTY, _EMPTY, asks=False, place=place)
    attributes = of_resource(one.resources, role) + of_user(one.user)
    attributes.sort(key=_asks)
    tests = anonymous = _tests(attributes)
    if role == "match" and not says_nothing:
        # Where nobody says who asks, the user part of a match filter counts as not written.
        without_user = _tests(attribute for attribute in attributes if not attribute.about_user)
        anonymous = _EMPTY if one.resources.is_empty else without_user
    return _Filter(tests, anonymous, any(map(_asks, attributes)), place, tuple(attributes))


def _tests(attributes: Iterable[Attribute]) -> tuple[Test, ...]:
    return tuple([attribute.holds for attribute in attributes])


def _asks(part: Attribute | _Filter) -> bool:
    return part.asks


def _never(candidate: Candidate) -> bool:
    return False


_EMPTY: tuple[Test, ...] = (_never,)
"""The tests of a filter that says nothing: it matches nothing."""
