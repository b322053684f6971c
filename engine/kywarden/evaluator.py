"""Judging one request: plan the passes of all programs, run them webhook by webhook, decide.

Deciding is a separate act: each webhook gets the responses of its passes and answers; the first refusal, in the order
of the webhooks, is the answer to the request. A refusal in a mutating webhook ends the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kywarden import audit_trail
from kywarden.binding import requests
from kywarden.binding.scope import Scope
from kywarden.kinds.program import AS_WRITTEN, Decision, MutatingResponse, Pass, Program, Regime, Response, Webhook
from kywarden.model.request import Request
from kywarden.model.verdict import Phase, RuleResult, Verdict
from kywarden.model.world import World
from kywarden.patching.changes import carried_over
from kywarden.values import watch
from kywarden.values.trees import Map, encoded, same

PHASES: tuple[Phase, ...] = ("mutate", "enforce", "auditwarn", "audit", "")


def evaluate(programs: Iterable[Program], request: Request, world: World, regime: Regime = AS_WRITTEN) -> Verdict:
    """The verdict of all programs on the request, in Kyverno's order of webhooks and phases."""
    with watch.by(world.poll):
        return _evaluate(programs, request, world, regime)


def _evaluate(programs: Iterable[Program], request: Request, world: World, regime: Regime) -> Verdict:
    course = _Course(request, requests.scope_of(request, world), request.object)
    results: list[RuleResult] = []
    warnings: list[str] = []
    refusal: tuple[str, Webhook] | None = None
    for webhook, passes in groupby(plan(programs, request, world, regime), key=lambda planned: planned.webhook):
        run = _run_mutating if webhook.mutating else _run
        decision, responses, course = run(webhook, list(passes), course)
        results.extend(result for response in responses for result in response.results)
        warnings.extend(decision.warnings)
        if decision.denied is not None and refusal is None:
            refusal = (decision.denied, webhook)
            if webhook.mutating:
                break
    annotations = audit_trail.of(results)
    rules = tuple(results)
    before, after = request.object, course.mutated
    is_same = before is None or after is before or same(encoded(before), encoded(after))
    mutated = None if is_same else after
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


@dataclass(frozen=True, slots=True)
class _Course:
    """How far the judging of a request has come.

    mutated: the object with all changes that are kept; request: what is judged next, which in Kyverno's command line
    has no object any more once a mutation has failed.
    """

    request: Request
    scope: Scope
    mutated: Map | None


def _run(webhook: Webhook, passes: Sequence[Pass], course: _Course) -> tuple[Decision, list[Response], _Course]:
    request, scope = requests.named(course.request), course.scope
    responses = [planned.run(request, scope) for planned in passes]
    return webhook.decide(responses, request, scope.world), responses, course


def _run_mutating(
    webhook: Webhook, passes: Sequence[Pass], course: _Course
) -> tuple[Decision, list[Response], _Course]:
    """Each program works on what those before it left behind; the first refusal ends the webhook."""
    responses: list[Response] = []
    warnings: list[str] = []
    seen, scope, kept = requests.named(course.request), course.scope, course.mutated
    for planned in passes:
        response = planned.run(seen, scope)
        responses.append(response)
        decision = webhook.decide([response], seen, scope.world)
        if decision.denied is not None:
            return decision, responses, course
        warnings.extend(decision.warnings)
        if response.patched is not None and seen.object is not None and kept is not None:
            kept = carried_over(seen.object, response.patched, kept)
        if isinstance(response, MutatingResponse):
            seen = replace(seen, object=response.after)
            # kyverno: integers are int64 from here on, and an object that is gone is an empty map
            scope = scope.with_object(response.after if response.after is not None else {})
    request = replace(course.request, object=kept if seen.semantics == "admission" else seen.object)
    return (
        Decision(warnings=tuple(warnings)),
        responses,
        _Course(request, requests.scope_of(request, scope.world), kept),
    )
