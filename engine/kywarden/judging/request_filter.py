"""Requests that are let through before any policy is asked: by who asks, and by what is asked about.

The syntax is that of Kyverno's ConfigMap: names with wildcards after commas, `!` before those that are never let
through; resources as `[kind,namespace,name]` one after the other.
Source: Kyverno pkg/config/{config,types}.go, pkg/webhooks/handlers/filter.go, pkg/engine/internal/match.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kywarden.judging import kinds
from kywarden.judging.kinds import KindSelector
from kywarden.model.request import Kind, Request
from kywarden.model.resources import text
from kywarden.model.world import World
from kywarden.values import wildcard

_ENTRY = re.compile(r"\[([^\[\]]*)\]")
_NAMESPACE = Kind("", "v1", "Namespace")

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Names:
    """Patterns of names: whoever fits one of `excluded` is let through, unless he fits one of `included`."""

    excluded: tuple[Test, ...] = ()
    included: tuple[Test, ...] = ()


NOBODY = Names()


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """One entry of `resourceFilters`; every part is a wildcard pattern."""

    kind: KindSelector
    namespace: str
    name: str


_EMPTY = ResourceFilter(KindSelector("", "", "", ""), "", "")


def read_names(written: str) -> Names:
    """The patterns of a list after commas."""
    if not written:
        return NOBODY
    excluded: list[Test] = []
    included: list[Test] = []
    for part in map(str.strip, written.split(",")):
        pattern = part[1:].strip() if part.startswith("!") else part
        if pattern:
            (included if part.startswith("!") else excluded).append(wildcard.prepare(pattern))
    return Names(tuple(excluded), tuple(included))


def read_resources(written: str) -> tuple[ResourceFilter, ...]:
    """The entries of `resourceFilters`; what stands outside of brackets is no entry."""
    filters: list[ResourceFilter] = []
    last = _EMPTY
    for entry in _ENTRY.findall(written):
        match entry.split(","):
            case [kind, *rest] if len(rest) <= 2:
                namespace, name = (*rest, "", "")[:2]
                last = ResourceFilter(kinds.parse(kind), namespace, name) if kind else _EMPTY
        # kyverno: an entry of four parts or more is the one before it once more
        filters.append(last)
    return tuple(filters)


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What is let through; nothing by default."""

    groups: Names = NOBODY
    users: Names = NOBODY
    roles: Names = NOBODY
    cluster_roles: Names = NOBODY
    resources: tuple[ResourceFilter, ...] = ()

    def lets_through(self, request: Request, world: World) -> bool:
        """Whether no policy is asked about the request; raises `EvaluationError` when roles matter and are unknown."""
        return self._excludes_user(request, world) or self._excludes_resource(request)

    def _excludes_user(self, request: Request, world: World) -> bool:
        user = request.user
        if user is None:
            return False
        named: list[tuple[Names, tuple[str, ...]]] = [(self.users, (user.username,)), (self.groups, user.groups)]
        if self.roles != NOBODY or self.cluster_roles != NOBODY:
            bound = world.roles(user, request.namespace)
            named += [(self.roles, bound.roles), (self.cluster_roles, bound.cluster_roles)]
        if any(_fits(names.included, candidates) for names, candidates in named):
            return False
        return any(_fits(names.excluded, candidates) for names, candidates in named)

    def _excludes_resource(self, request: Request) -> bool:
        if not self.resources:
            return False
        places = [(request.namespace, request.name)]
        # kyverno: the engine asks again, about the old and the new object as they name themselves
        for resource in (request.object, request.old_object):
            if resource is not None:
                places.append((text(resource, "metadata", "namespace"), text(resource, "metadata", "name")))
        return any(_filters(one, request, namespace, name) for one in self.resources for namespace, name in places)


NOTHING = RequestFilter()


def _fits(tests: tuple[Test, ...], candidates: Iterable[str]) -> bool:
    return any(test(candidate) for test in tests for candidate in candidates)


def _filters(one: ResourceFilter, request: Request, namespace: str, name: str) -> bool:
    kind, selector = request.kind, one.kind
    if not (
        wildcard.matches(selector.group, kind.group)
        and wildcard.matches(selector.version, kind.version)
        and wildcard.matches(selector.kind, kind.kind)
        and wildcard.matches(selector.subresource, request.subresource)
    ):
        return False
    if wildcard.matches(one.namespace, namespace) and wildcard.matches(one.name, name):
        return True
    # kyverno: `[*,kube-system,*]` filters the Namespace itself, too
    return kind == _NAMESPACE and wildcard.matches(one.namespace, name)
