"""KINDS: every kind of policy there is for us, and how it is loaded. The only list of kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kywarden.kinds.classic import exceptions
from kywarden.kinds.classic import load as classic
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.program import Program
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """A kind of policy: its served versions, and `load(policy, exemptions)`, which raises `PolicyErrors`."""

    versions: tuple[str, ...]
    load: Callable[[Map, Sequence[Exemption]], Program]


@dataclass(frozen=True, slots=True)
class ExceptionKind:
    """A kind that exempts from policies: its versions, and `load(exception)`, which raises `PolicyErrors`."""

    versions: tuple[str, ...]
    load: Callable[[Map], Exemption]


KINDS: dict[tuple[str, str], PolicyKind] = {
    ("kyverno.io", "ClusterPolicy"): PolicyKind(("v1", "v2beta1"), classic.load),
    ("kyverno.io", "Policy"): PolicyKind(("v1", "v2beta1"), classic.load),
}

EXCEPTIONS: dict[tuple[str, str], ExceptionKind] = {
    ("kyverno.io", "PolicyException"): ExceptionKind(("v2", "v2beta1"), exceptions.prepare),
}
"""Kinds that are no policies but exempt from them."""
