"""What a policy asks of those who deploy it: which requests it must be shown, and what it looks up.

An outline is made from the policy's tree alone. Whoever reads one needs to know nothing of the policy's kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.errors import PolicyError
from kywarden.model.match import MatchBlock
from kywarden.values.trees import Map

Verb: TypeAlias = Literal["get", "list", "create", "pull", "resolve"]


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a rule asks the outside: for objects of the cluster, or beyond it.

    origin: what asks; verb: `create` when a review is asked for, which is no object of the cluster, `pull` when a
    registry is asked about an image, `resolve` when a name server is asked about a host; group, version, kind, plural:
    of objects, one of kind and plural is empty when only the other is known; namespace, name: of the one object where
    they are constant, else empty; namespaced: a list is asked for in one namespace, constant or not; refused: why
    nothing can answer, empty when something can.
    """

    origin: str
    verb: Verb = "get"
    group: str = ""
    version: str = "v1"
    kind: str = ""
    plural: str = ""
    namespace: str = ""
    name: str = ""
    namespaced: bool = False
    refused: str = ""

    @property
    def concerns_cluster(self) -> bool:
        """Whether the cluster is asked, which must know the kind and permit the question."""
        return self.verb in ("get", "list", "create")

    @property
    def reads(self) -> bool:
        """Whether objects of the cluster are read."""
        return self.verb in ("get", "list")


@dataclass(frozen=True, slots=True)
class Choice:
    """The requests that a rule, or one of the copies made of it, is about."""

    match: MatchBlock
    exclude: MatchBlock


@dataclass(frozen=True, slots=True)
class RuleOutline:
    """One rule as written.

    topic: its type in words; mutates: it belongs to the mutating webhook; operations: those in which it can have an
    answer when its match names none; copies: names of the rules generated from it; enforces: None when the namespace
    decides; judged: what in it is no matter of registration (preconditions, …); problems: why it cannot run here.
    """

    index: int
    name: str
    topic: str
    mutates: bool
    operations: tuple[str, ...]
    choices: tuple[Choice, ...]
    copies: tuple[str, ...]
    enforces: bool | None
    look_ups: tuple[LookUp, ...]
    judged: tuple[str, ...]
    problems: tuple[PolicyError, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The policy around its rules.

    tree: the policy for a host, without what only Kyverno's controllers read; namespaced: it is about its own namespace
    only; timeout: seconds, None when not set; match_conditions: CEL for the API server; admitted: it takes part in
    admission; in_background: existing objects are judged, too; warns: failures that do not deny become warnings.
    reduced: `reduced(indexes)` is the policy with only these rules, which act in it as they do when Kyverno evaluates
    them apart from the others; enforcing: a host's policy with every failure made to deny.
    """

    tree: Map
    rules: tuple[RuleOutline, ...]
    namespaced: bool
    fails_closed: bool
    timeout: int | None
    match_conditions: tuple[Map, ...]
    admitted: bool
    in_background: bool
    warns: bool
    reduced: Callable[[tuple[int, ...]], Outline]
    enforcing: Callable[[Map], Map]
