"""Policies applied to a resource as Kyverno's command line does: one outcome for each policy and pass.

Mutating passes come first, each on the object as mutated so far; then the validating ones on the result, policies in
their given order. Nothing decides: the outcomes are listed.
Source: cmd/cli/kubectl-kyverno/processor/policy_processor.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kywarden import evaluator
from kywarden.binding import requests
from kywarden.kinds.program import MutatingResponse, Pass
from kywarden.model.request import Request
from kywarden.model.verdict import RuleResult
from kywarden.model.world import World
from kywarden.testing.policies import LoadedPolicy
from kywarden.values.trees import Map


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


def _plan(policies: Sequence[LoadedPolicy], request: Request, world: World) -> list[tuple[LoadedPolicy, Pass]]:
    planned = [
        (policy, one)
        for policy in policies
        if policy.program is not None
        for one in policy.program.passes(request, world)
    ]
    return sorted(planned, key=lambda pair: evaluator.turn(pair[1]))
