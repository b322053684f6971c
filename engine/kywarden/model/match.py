"""The match and exclude blocks of a rule, as written: which requests a rule is about.

`any` wins over `all`, and both win over the bare form. Lists are ORed inside one attribute, attributes are ANDed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelRequirement:
    """One entry of `matchExpressions`; `operator` is In, NotIn, Exists or DoesNotExist, unless it is wrong."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """A Kubernetes label selector; in Kyverno keys and values of `match_labels` may hold wildcards."""

    match_labels: tuple[tuple[str, str], ...] = ()
    match_expressions: tuple[LabelRequirement, ...] = ()

    @property
    def is_empty(self) -> bool:
        """It selects everything."""
        return not self.match_labels and not self.match_expressions


@dataclass(frozen=True, slots=True)
class Subject:
    """A user, group or service account; `kind` is User, Group or ServiceAccount, unless it is wrong."""

    kind: str
    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class ResourceDescription:
    """What is said about the resource and the operation (`resources`)."""

    kinds: tuple[str, ...] = ()
    name: str = ""
    names: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    operations: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == _NOTHING


_NOTHING = ResourceDescription()


@dataclass(frozen=True, slots=True)
class UserDescription:
    """What is said about who asks.

    None: the list is not written. Kyverno tells it from an empty list where it asks whether a filter says anything.
    """

    roles: tuple[str, ...] | None = None
    cluster_roles: tuple[str, ...] | None = None
    subjects: tuple[Subject, ...] | None = None

    @property
    def is_absent(self) -> bool:
        """No list is written, not even an empty one."""
        return self.roles is None and self.cluster_roles is None and self.subjects is None

    @property
    def is_empty(self) -> bool:
        return not self.roles and not self.cluster_roles and not self.subjects


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """One filter: all its attributes must match."""

    resources: ResourceDescription = ResourceDescription()
    user: UserDescription = UserDescription()


@dataclass(frozen=True, slots=True)
class MatchBlock:
    """A whole `match` or `exclude` block; `bare` is the old form without `any` and `all`."""

    any: tuple[ResourceFilter, ...] = ()
    all: tuple[ResourceFilter, ...] = ()
    bare: ResourceFilter = ResourceFilter()

    @property
    def filters(self) -> Iterator[ResourceFilter]:
        """Every filter, in use or not: the bare one, those of `all`, those of `any`."""
        yield self.bare
        yield from self.all
        yield from self.any

    @property
    def kinds(self) -> tuple[str, ...]:
        """The `kinds` entries of all filters."""
        return tuple(kind for one in self.filters for kind in one.resources.kinds)
