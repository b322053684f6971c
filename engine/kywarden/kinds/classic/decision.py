"""How Kyverno's validating webhooks decide on a request, and the words of the refusal.

Source: pkg/webhooks/resource/validation/validation.go, pkg/webhooks/utils/{block,warning}.go,
pkg/engine/api/engineresponse.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kywarden.errors import EvaluationError
from kywarden.kinds.classic import actions
from kywarden.kinds.classic.policy import Action, Policy
from kywarden.kinds.program import Decision, Response, Webhook
from kywarden.model.request import Request
from kywarden.model.resources import text
from kywarden.model.verdict import RuleResult
from kywarden.model.world import World
from kywarden.values import yaml_objects
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicResponse(Response):
    """The response of a policy, with what the decision asks of it; `failed`: the actions of the rules that failed."""

    policy: Policy
    failed: tuple[Action, ...] = ()


def decide(responses: Sequence[Response], request: Request, world: World) -> Decision:
    """Deny when an Enforce rule failed, or when any rule is in error and one policy has failurePolicy Fail."""
    answered = [
        response for response in responses if isinstance(response, ClassicResponse) and response.phase != "audit"
    ]
    blocking = [response for response in answered if response.phase != "auditwarn"]
    # only the overrides of rules that failed look at them
    labels = _labels(answered, request, world) if any(response.failed for response in blocking) else None
    # kyverno: one Fail policy makes the errors of all policies of this webhook deny
    strict = any(response.policy.fails_closed for response in blocking)
    if any(_blocks(response, strict, request, labels) for response in blocking):
        return Decision(denied=blocked_text(blocking, request))
    return Decision(warnings=tuple(_warnings(answered)))


def blocked_text(responses: Sequence[ClassicResponse], request: Request) -> str:
    """The text of a refusal: a header, then YAML of policy, rule and message (kyverno: odd line breaks and blanks)."""
    failures: Map = {}
    for response in responses:
        reasons: Map = {
            result.rule: result.message for result in response.results if result.status not in ("pass", "skip")
        }
        if reasons:
            # kyverno: a Policy and a ClusterPolicy of one name overwrite each other
            failures[response.policy.name] = reasons
    judged = request.judged
    resource = "/".join((text(judged, "kind"), text(judged, "metadata", "namespace"), text(judged, "metadata", "name")))
    return (
        f"\n\nresource {resource} was blocked due to the following policies \n\n{yaml_objects.dump(failures, indent=2)}"
        if failures
        else ""
    )


def _blocks(response: ClassicResponse, strict: bool, request: Request, labels: dict[str, str] | None) -> bool:
    if strict and any(result.status == "error" for result in response.results):
        return True
    return any(actions.blocks(response.policy, action, request, labels) for action in response.failed)


def _labels(responses: Sequence[ClassicResponse], request: Request, world: World) -> dict[str, str] | None:
    """The namespace labels that the decision sees, None when they are not known.

    They are loaded only when some rule has a namespace selector.
    """
    if request.kind.kind == "Namespace" or not request.namespace:
        return {}
    # kyverno: so a selector in the overrides of the spec alone never finds any (its command line always has them)
    if request.semantics == "admission" and not any(response.policy.selects_namespaces for response in responses):
        return {}
    try:
        return world.namespace_labels(request.namespace)
    except EvaluationError:  # the rules that asked are in error already
        return None


def _warnings(responses: Sequence[ClassicResponse]) -> list[str]:
    return [
        f"policy {response.policy.name}.{result.rule}: {result.message}"
        for response in responses
        for result in response.results
        if _warns(result)
    ]


def _warns(result: RuleResult) -> bool:
    return result.status in ("fail", "error", "warn")


VALIDATE_IGNORE = Webhook("validate.kyverno.svc-ignore", 30, decide)
VALIDATE_FAIL = Webhook("validate.kyverno.svc-fail", 40, decide)
COMMAND_LINE = Webhook("", 50, decide)
