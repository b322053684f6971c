"""KINDS: every kind of policy there is for us, and how it is loaded. The only list of kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kywarden.errors import PolicyError
from kywarden.kinds.classic import exceptions, facts
from kywarden.kinds.classic import load as classic
from kywarden.kinds.classic import outline as classic_outline
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.outline import LookUp, Outline
from kywarden.kinds.program import AS_WRITTEN, Program, Regime
from kywarden.values.trees import Map


class Facts(Protocol):
    """What reports ask about a policy's tree, whether the policy can run or not."""

    def undecodable(self, tree: Map) -> Iterable[PolicyError]:
        """Why the tree does not decode into its kind."""

    def refusal(self, tree: Map) -> str:
        """The text with which Kyverno refuses a policy that decodes, empty when it accepts it."""

    def rule_names(self, tree: Map) -> list[str]:
        """The names of all rules, generated ones included."""

    def topic(self, tree: Map, rule: str) -> str:
        """The type of a rule, or of the policy's rules when it has no such rule."""

    def audits(self, tree: Map, namespace: str, labels: dict[str, str]) -> bool:
        """Whether the policy as a whole only audits in a namespace."""

    def in_background(self, tree: Map) -> str:
        """When Kyverno evaluates the policy: `background scan`, `admission review` or never (empty)."""


class _Load(Protocol):
    def __call__(self, tree: Map, exemptions: Sequence[Exemption] = (), regime: Regime = AS_WRITTEN) -> Program: ...


class _Outline(Protocol):
    def __call__(self, tree: Map, *, loads: bool = False) -> Outline: ...


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """A kind of policy: its served versions, `load(policy, exemptions, regime)`, which raises `PolicyErrors`, facts,
    and `outline(policy)`, for those who deploy it, of a tree that decodes."""

    versions: tuple[str, ...]
    load: _Load
    facts: Facts
    outline: _Outline


@dataclass(frozen=True, slots=True)
class ExceptionKind:
    """A kind that exempts from policies: its versions, `load(exception)`, which raises `PolicyErrors`, and the look-ups
    of an exception that loads."""

    versions: tuple[str, ...]
    load: Callable[[Map], Exemption]
    look_ups: Callable[[Map], tuple[LookUp, ...]]


KINDS: dict[tuple[str, str], PolicyKind] = {
    ("kyverno.io", "ClusterPolicy"): PolicyKind(("v1", "v2beta1"), classic.load, facts, classic_outline.outline),
    ("kyverno.io", "Policy"): PolicyKind(("v1", "v2beta1"), classic.load, facts, classic_outline.outline),
}

EXCEPTIONS: dict[tuple[str, str], ExceptionKind] = {
    ("kyverno.io", "PolicyException"): ExceptionKind(
        ("v2", "v2beta1"), exceptions.prepare, classic_outline.exception_look_ups
    ),
}
"""Kinds that are no policies but exempt from them."""
