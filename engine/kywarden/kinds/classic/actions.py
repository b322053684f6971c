"""Enforce or Audit: the two places where Kyverno asks, and their two different answers.

Before evaluation the policy cache sorts the rules (`enforced`); after it the block decision asks again for each rule
that failed (`blocks`). A refusal needs both.
Source: pkg/policycache/cache.go checkValidationFailureActionOverrides; pkg/engine/api/engineresponse.go ruleAction.
"""

from __future__ import annotations

from collections.abc import Iterable

from kywarden.judging import labels
from kywarden.kinds.classic import match_block
from kywarden.kinds.classic.policy import Action, Override, Policy
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.kinds.program import FailureAction
from kywarden.model.request import Request
from kywarden.model.resources import text
from kywarden.model.world import World
from kywarden.values import wildcard
from kywarden.values.trees import Map, Tree


def read(rule: Map) -> Action | None:
    """What a failure of the rule does; None when the rule does not validate."""
    validate = rule.get("validate")
    if not isinstance(validate, dict):
        return None
    own = validate.get("failureAction")
    return Action(None if own is None else enforces(own), read_overrides(validate.get("failureActionOverrides")))


def enforces(tree: Tree) -> bool:
    """Whether a failure action blocks: `Enforce` or the older `enforce`."""
    return tree in ("Enforce", "enforce")


def read_overrides(tree: Tree) -> tuple[Override, ...]:
    """The entries of a list of overrides."""
    return tuple(map(_override, maps(tree)))


def _override(tree: Map) -> Override:
    namespaces = tree.get("namespaces")
    selector = match_block.read_selector(tree.get("namespaceSelector"))
    return Override(
        enforces=enforces(tree.get("action")),
        namespaces=tuple(str(name) for name in namespaces) if isinstance(namespaces, list) else None,
        selects=labels.prepare(selector) if selector is not None else None,
        has_wildcards=selector is not None and labels.has_wildcard(selector),
    )


def overruled(tree: Map, action: FailureAction) -> Map:
    """The policy's tree with one failure action for all its rules, in all namespaces."""
    if action == "policy":
        return tree
    spec = {key: value for key, value in one_map(tree.get("spec")).items() if key != "validationFailureActionOverrides"}
    rules: list[Tree] = [_overruled_rule(rule) for rule in maps(spec.get("rules"))]
    return {**tree, "spec": {**spec, "validationFailureAction": action, "rules": rules}}


def _overruled_rule(rule: Map) -> Map:
    validate = rule.get("validate")
    if not isinstance(validate, dict):
        return rule
    kept = {key: value for key, value in validate.items() if key not in ("failureAction", "failureActionOverrides")}
    return {**rule, "validate": kept}


def may_enforce(policy: Policy) -> bool:
    """Whether the policy cache counts the policy as enforcing: some action or override of it is Enforce."""
    return (
        policy.enforces
        or any(override.enforces for override in policy.overrides)
        or any(
            action.enforces or any(override.enforces for override in action.overrides)
            for action in policy.actions
            if action is not None
        )
    )


def enforced(policy: Policy, action: Action, request: Request, world: World) -> bool:
    """Whether the rule runs in the blocking pass: by the first override for the namespace, else by its own action.

    Raises `EvaluationError` when an override needs namespace labels that the world does not know.
    """
    # kyverno: overrides of the spec beat the rule's own failureAction here, unless the rule has overrides
    for override in action.overrides or policy.overrides:
        if _names_namespace(override, request, world):
            return override.enforces
    return policy.enforces if action.enforces is None else action.enforces


def blocks(policy: Policy, action: Action, request: Request, labels: dict[str, str] | None) -> bool:
    """Whether a failure of the rule denies; labels are the decision's view of the namespace, None when unknown."""
    return _enforces(policy, (action,), text(request.judged, "metadata", "namespace"), labels)


def enforces_as_a_whole(policy: Policy, namespace: str, labels: dict[str, str] | None) -> bool:
    """Whether the policy counts as enforcing where Kyverno asks for one action only: its first rule with an action of
    its own decides (EngineResponse.GetValidationFailureAction)."""
    return _enforces(policy, [action for action in policy.actions if action is not None], namespace, labels)


def _enforces(policy: Policy, actions: Iterable[Action], namespace: str, labels: dict[str, str] | None) -> bool:
    """By the first of the rules' actions that says something, else by the policy."""
    for action in actions:
        found = _first(action.overrides, namespace, labels)
        if found is not None:
            return found.enforces
        if action.enforces is not None:
            return action.enforces
    found = _first(policy.overrides, namespace, labels)
    return policy.enforces if found is None else found.enforces


def _names_namespace(override: Override, request: Request, world: World) -> bool:
    if not override.namespaces and override.selects is None:
        return True
    if not request.namespace:
        return False
    if any(wildcard.matches(pattern, request.namespace) for pattern in override.namespaces or ()):
        return True
    # kyverno: the policy cache reads the selector without wildcards, so one with wildcards is invalid and never selects
    return (
        override.selects is not None
        and not override.has_wildcards
        and override.selects(world.namespace_labels(request.namespace))
    )


def _first(overrides: Iterable[Override], namespace: str, labels: dict[str, str] | None) -> Override | None:
    for override in overrides:
        named = override.namespaces is None or any(
            wildcard.matches(pattern, namespace) for pattern in override.namespaces
        )
        if named and _selected(override, labels):
            return override
    return None


def _selected(override: Override, labels: dict[str, str] | None) -> bool:
    if override.selects is None:
        return True
    if labels is None:  # unknown labels: fail closed
        return override.enforces
    return override.selects(labels)
