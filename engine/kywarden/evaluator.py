"""Judging one request: plan the passes of all programs, run them webhook by webhook, decide.

Deciding is a separate act: each webhook gets the responses of its passes and answers; the first refusal, in the order
of the webhooks, is the answer to the request. A refusal in a mutating webhook ends the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from kywarden.binding import requests
from kywarden.binding.scope import Scope
from kywarden.kinds.program import AS_WRITTEN, Decision, Pass, Program, Regime, Response, Webhook
from kywarden.model.request import Request
from kywarden.model.verdict import Phase, RuleResult, Verdict
from kywarden.model.world import World

PHASES: tuple[Phase, ...] = ("mutate", "enforce", "auditwarn", "audit", "")
AUDIT_PHASES = ("auditwarn", "audit")


def evaluate(programs: Iterable[Program], request: Request, world: World, regime: Regime = AS_WRITTEN) -> Verdict:
    """The verdict of all programs on the request, in Kyverno's order of webhooks and phases."""
    scope = requests.scope_of(request, world)
    results: list[RuleResult] = []
    warnings: list[str] = []
    original = request.object
    refusal: tuple[str, Webhook] | None = None
    for webhook, passes in groupby(plan(programs, request, world, regime), key=lambda planned: planned.webhook):
        decision, responses, request, scope = _run(webhook, list(passes), request, scope)
        results.extend(result for response in responses for result in response.results)
        warnings.extend(decision.warnings)
        if decision.denied is not None and refusal is None:
            refusal = (decision.denied, webhook)
            if webhook.mutating:
                break
    annotations = {_annotation_key(result): _annotation_text(result) for result in results if _leaves_trace(result)}
    rules = tuple(results)
    if refusal is not None:
        denied, by = refusal
        return Verdict(False, denied, None, tuple(warnings), None, annotations, rules, by.name)
    mutated = request.object if request.object is not original else None
    return Verdict(True, warnings=tuple(warnings), mutated=mutated, annotations=annotations, rules=rules)


def plan(programs: Iterable[Program], request: Request, world: World, regime: Regime = AS_WRITTEN) -> list[Pass]:
    """All passes in the order in which they run; within one phase of a webhook, programs keep their order."""
    passes = [planned for program in programs for planned in program.passes(request, world)]
    passes = [planned for planned in passes if regime.runs(planned.webhook.mutating)]
    passes.sort(key=turn)
    return passes


def turn(planned: Pass) -> tuple[int, str, int]:
    """When a pass has its turn among others."""
    return planned.webhook.rank, planned.webhook.name, PHASES.index(planned.phase)


def _run(
    webhook: Webhook, passes: Sequence[Pass], request: Request, scope: Scope
) -> tuple[Decision, list[Response], Request, Scope]:
    responses: list[Response] = []
    for planned in passes:
        response = planned.run(request, scope)
        responses.append(response)
        if response.patched is not None:
            request = replace(request, object=response.patched)
            scope = requests.scope_of(request, scope.world)
    return webhook.decide(responses, request, scope.world), responses, request, scope


def _leaves_trace(result: RuleResult) -> bool:
    return result.phase in AUDIT_PHASES and result.status in ("fail", "error")


def _annotation_key(result: RuleResult) -> str:
    return f"{result.policy.replace('/', '.')}.{result.rule}"


def _annotation_text(result: RuleResult) -> str:
    return f"{result.status}: {result.message}"
