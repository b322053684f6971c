"""For which kinds and operations Kyverno has its mutating webhooks called.

A webhook is registered once for all policies: what one of them asks for, all of them get to see.
Source: pkg/controllers/webhook/utils.go collectResourceDescriptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kywarden.judging import kinds
from kywarden.judging.kinds import KindTest
from kywarden.kinds.classic import match_block
from kywarden.model.match import ResourceDescription, ResourceFilter
from kywarden.values.trees import Map

OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
CHANGING = ("CREATE", "UPDATE")
"""What a rule that mutates is registered for when it names no operations."""


@dataclass(frozen=True, slots=True)
class Registration:
    """names: the test for the kinds that rules name at all; asks: for each operation, for those that they ask for."""

    names: KindTest
    asks: Mapping[str, KindTest]


def prepare(rules: Sequence[Map]) -> Registration:
    """The registration of rules that mutate."""
    asking = [_asked(rule) for rule in rules]
    asked: dict[str, list[str]] = {operation: [] for operation in OPERATIONS}
    for each in asking:
        for kind, operations in each.items():
            for operation in operations & asked.keys():
                asked[operation].append(kind)
    return Registration(
        kinds.prepare(kind for each in asking for kind in each),
        {operation: kinds.prepare(entries) for operation, entries in asked.items()},
    )


def _asked(rule: Map) -> dict[str, set[str]]:
    """The operations that a rule asks for, by entry of `kinds`."""
    asked: dict[str, set[str]] = {}
    for one in match_block.read(rule.get("match")).filters:
        for kind in one.resources.kinds:
            asked.setdefault(kind, set()).update(one.resources.operations or CHANGING)
    for one in match_block.read(rule.get("exclude")).any:
        if _excludes_operations(one):
            for kind in one.resources.kinds or tuple(asked):
                asked.get(kind, set()).difference_update(one.resources.operations or OPERATIONS)
    return asked


def _excludes_operations(one: ResourceFilter) -> bool:
    """kyverno: only a filter about nothing but kinds and operations is looked at."""
    described = one.resources
    bare = ResourceDescription(kinds=described.kinds, operations=described.operations)
    return one.user.is_empty and described == bare
