"""Policies applied to a resource as Kyverno's command line does: one outcome for each policy and pass.

Mutating passes come first, each on the object as mutated so far; then the validating ones on the result, policies in
their given order. Nothing decides: the outcomes are listed.
Source: cmd/cli/kubectl-kyverno/processor/policy_processor.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from kywarden import evaluator
from kywarden.binding import requests
from kywarden.errors import Timeout
from kywarden.kinds.program import MutatingResponse, Pass
from kywarden.model.request import Request
from kywarden.model.verdict import RuleResult
from kywarden.model.world import World
from kywarden.testing import processes
from kywarden.testing.files import LoadError
from kywarden.testing.policies import LoadedPolicy
from kywarden.testing.surroundings import Surroundings
from kywarden.values.trees import Map

WORTH_IT = 2_000
"""Policies times resources from which on processes are started when the caller leaves it open."""

_Packed: TypeAlias = tuple[int, Map, Map, tuple[RuleResult, ...], bool]
"""An outcome with its policy as a number, for the way between processes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one policy answered about one resource in one pass.

    resource: as it came into the pass; patched: as it went out of it; mutating: the pass may change it.
    """

    policy: LoadedPolicy
    resource: Map
    patched: Map
    results: tuple[RuleResult, ...]
    mutating: bool = False


Answer: TypeAlias = list[Outcome] | str
"""The outcomes for a resource, or why there are none."""


def apply(policies: Sequence[LoadedPolicy], request: Request, world: World) -> Iterator[Outcome]:
    """The outcomes of the policies that can run, in the order in which Kyverno's command line has them."""
    scope = requests.scope_of(request, world)
    for policy, planned in _plan(policies, request, world):
        before = request.judged
        response = planned.run(request, scope)
        if isinstance(response, MutatingResponse) and request.object is not None:
            # kyverno: a mutation in error leaves nothing for the policies behind it
            request = replace(request, object=response.after or {})
            scope = requests.scope_of(request, world)
        yield Outcome(policy, before, request.judged, response.results, planned.webhook.mutating)


def answers(
    policies: Sequence[LoadedPolicy], resources: Sequence[Map], surroundings: Surroundings, jobs: int
) -> Iterator[Answer]:
    """For each resource, in order, the outcomes, or why there are none; jobs: as for `processes.each`."""
    numbers = {id(policy): number for number, policy in enumerate(policies)}

    def answer(index: int) -> list[_Packed] | str:
        resource = resources[index]
        try:
            request, world = surroundings.request(resource), surroundings.world(resource)
            return [_packed(outcome, numbers) for outcome in apply(policies, request, world)]
        except (LoadError, Timeout) as error:
            return str(error)

    found = processes.each(answer, len(resources), jobs, len(policies) * len(resources) >= WORTH_IT)
    return (one if isinstance(one, str) else [_unpacked(packed, policies) for packed in one] for one in found)


def _packed(outcome: Outcome, numbers: Mapping[int, int]) -> _Packed:
    number = numbers[id(outcome.policy)]
    return number, outcome.resource, outcome.patched, outcome.results, outcome.mutating


def _unpacked(packed: _Packed, policies: Sequence[LoadedPolicy]) -> Outcome:
    number, resource, patched, results, mutating = packed
    return Outcome(policies[number], resource, patched, results, mutating)


def _plan(policies: Sequence[LoadedPolicy], request: Request, world: World) -> list[tuple[LoadedPolicy, Pass]]:
    planned = [
        (policy, one)
        for policy in policies
        if policy.program is not None
        for one in policy.program.passes(request, world)
    ]
    return sorted(planned, key=lambda pair: evaluator.turn(pair[1]))
