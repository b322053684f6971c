"""Judging one request: plan the passes of all programs, run them webhook by webhook, decide.

Deciding is a separate act: each webhook gets the responses of its passes and answers; the first refusal, in the order
of the webhooks, is the answer to the request. A refusal in a mutating webhook ends the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from kywarden import audit_trail
from kywarden.binding import requests
from kywarden.binding.scope import Scope
from kywarden.kinds.program import AS_WRITTEN, Decision, MutatingResponse, Pass, Program, Regime, Response, Webhook
from kywarden.model.request import Request
from kywarden.model.verdict import Phase, RuleResult, Verdict
from kywarden.model.world import World
from kywarden.patching.changes import carried_over
from kywarden.values.trees import encoded, same

PHASES: tuple[Phase, ...] = ("mutate", "enforce", "auditwarn", "audit", "")


def evaluate(programs: Iterable[Program], request: Request, world: World, regime: Regime = AS_WRITTEN) -> Verdict:
    """The verdict of all programs on the request, in Kyverno's order of webhooks and phases."""
    scope = requests.scope_of(request, world)
    results: list[RuleResult] = []
    warnings: list[str] = []
    original = request.object
    refusal: tuple[str, Webhook] | None = None
    for webhook, passes in groupby(plan(programs, request, world, regime), key=lambda planned: planned.webhook):
        run = _run_mutating if webhook.mutating else _run
        decision, responses, request, scope = run(webhook, list(passes), request, scope)
        results.extend(result for response in responses for result in response.results)
        warnings.extend(decision.warnings)
        if decision.denied is not None and refusal is None:
            refusal = (decision.denied, webhook)
            if webhook.mutating:
                break
    annotations = audit_trail.annotations(results)
    rules = tuple(results)
    is_kept = original is None or request.object is original or same(encoded(original), encoded(request.object))
    mutated = None if is_kept else request.object
    if refusal is not None:
        denied, by = refusal
        return Verdict(False, denied, None, tuple(warnings), mutated, annotations, rules, by.name)
    return Verdict(True, warnings=tuple(warnings), mutated=mutated, annotations=annotations, rules=rules)


def plan(programs: Iterable[Program], request: Request, world: World, regime: Regime = AS_WRITTEN) -> list[Pass]:
    """All passes in the order in which they run; within one phase of a webhook, programs keep their order."""
    passes = [planned for program in programs for planned in program.passes(request, world)]
    called = {planned.webhook.name for planned in passes if planned.calls}
    passes = [each for each in passes if each.webhook.name in called and regime.runs(each.webhook.mutating)]
    passes.sort(key=turn)
    return passes


def turn(planned: Pass) -> tuple[int, str, int]:
    """When a pass has its turn among others."""
    return planned.webhook.rank, planned.webhook.name, PHASES.index(planned.phase)


def _run(
    webhook: Webhook, passes: Sequence[Pass], request: Request, scope: Scope
) -> tuple[Decision, list[Response], Request, Scope]:
    named = requests.named(request)
    responses = [planned.run(named, scope) for planned in passes]
    return webhook.decide(responses, named, scope.world), responses, request, scope


def _run_mutating(
    webhook: Webhook, passes: Sequence[Pass], request: Request, scope: Scope
) -> tuple[Decision, list[Response], Request, Scope]:
    """Each program works on what those before it left behind; the first refusal ends the webhook.

    Also answers the request with all changes that are kept, and its scope.
    """
    responses: list[Response] = []
    warnings: list[str] = []
    seen, kept, world = requests.named(request), request.object, scope.world
    for planned in passes:
        response = planned.run(seen, scope)
        responses.append(response)
        decision = webhook.decide([response], seen, world)
        if decision.denied is not None:
            return decision, responses, request, scope
        warnings.extend(decision.warnings)
        if response.patched is not None and seen.object is not None and kept is not None:
            kept = carried_over(seen.object, response.patched, kept)
        if isinstance(response, MutatingResponse):
            seen = replace(seen, object=response.after)
            # kyverno: integers are int64 from here on, and an object that is gone is an empty map
            scope = scope.with_object(response.after if response.after is not None else {})
    # kyverno: its command line drops nothing, and where a mutation failed it has no object any more
    request = replace(request, object=kept if request.semantics == "admission" else seen.object)
    return Decision(warnings=tuple(warnings)), responses, request, requests.scope_of(request, world)
