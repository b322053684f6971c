"""The outline of a ClusterPolicy or Policy.

Which operations Kyverno registers: pkg/controllers/webhook/utils.go collectResourceDescriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from kywarden.errors import PolicyError, PolicyErrors
from kywarden.judging import kinds
from kywarden.kinds.classic import actions, autogen, facts, load, look_ups, match_block
from kywarden.kinds.classic.autogen_copies import generated_names
from kywarden.kinds.classic.policy import Policy
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.kinds.outline import Choice, LookUp, Outline, RuleOutline
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Map

_RULE_PATH = re.compile(r"spec\.rules\[(\d+)\]")
_CONDITIONS_PATH = "spec.webhookConfiguration.matchConditions"

WHOLE = ("CREATE", "UPDATE", "DELETE", "CONNECT")
"""kyverno: what the webhooks of validate rules are registered for when a rule names no operations."""

ON_DELETION = ("deny", "cel", "manifests")
OF_NEW_OBJECTS = ("CREATE", "UPDATE", "CONNECT")
CHANGING = ("CREATE", "UPDATE")

SORTS = ("validate", "mutate")
"""The bodies that decide in which webhook a rule runs."""

REGISTRATION = ("admission", "webhookTimeoutSeconds", "webhookConfiguration")
"""Fields of the spec that are about Kyverno's webhooks; of the last one, only `failurePolicy` is more than that."""


def outline(tree: Map, *, loads: bool = False) -> Outline:
    """The outline of a policy, even of one that cannot run here; loads: it is known to have no problems."""
    spec = one_map(tree.get("spec"))
    webhook = one_map(spec.get("webhookConfiguration"))
    policy = load.read(tree)
    timeout = webhook.get("timeoutSeconds") or spec.get("webhookTimeoutSeconds")
    rules = maps(spec.get("rules"))
    problems = [()] * len(rules) if loads else _problems(tree, len(rules))
    all_rules = autogen.rules(tree)
    return Outline(
        tree=_for_host(tree),
        rules=tuple(_rule(index, rule, policy, all_rules, problems[index]) for index, rule in enumerate(rules)),
        namespaced=policy.namespaced,
        fails_closed=policy.fails_closed,
        timeout=timeout if isinstance(timeout, int) and not isinstance(timeout, bool) else None,
        match_conditions=tuple(maps(webhook.get("matchConditions"))),
        admitted=policy.admitted,
        in_background=spec.get("background") is not False,
        warns=policy.emits_warnings,
        reduced=partial(_reduced, policy),
        enforcing=partial(actions.overruled, action="Enforce"),
    )


def _problems(tree: Map, count: int) -> list[tuple[PolicyError, ...]]:
    """The problems of each rule; what is wrong with the policy itself is wrong with all."""
    found: list[list[PolicyError]] = [[] for _ in range(count)]
    for problem in _loading_problems(tree):
        inside = _RULE_PATH.match(problem.path)
        concerned = [found[int(inside[1])]] if inside and int(inside[1]) < count else found
        for each in concerned:
            each.append(problem)
    return list(map(tuple, found))


def _loading_problems(tree: Map) -> Iterator[PolicyError]:
    try:
        load.load(tree)
    except PolicyErrors as errors:
        # conditions that only the API server can evaluate are a matter of registration
        yield from (problem for problem in errors.problems if problem.path != _CONDITIONS_PATH)


def _rule(
    index: int, rule: Map, policy: Policy, all_rules: list[Map], problems: tuple[PolicyError, ...]
) -> RuleOutline:
    name = text(rule, "name")
    names = generated_names(name)
    copies = [each for each in all_rules if text(each, "name") in names]
    return RuleOutline(
        index=index,
        name=name,
        topic=facts.topic(policy.tree, name),
        mutates=rule.get("mutate") is not None,
        operations=_operations(rule),
        choices=tuple(
            Choice(match_block.read(each.get("match")), match_block.read(each.get("exclude")))
            for each in (rule, *copies)
        ),
        copies=tuple(text(each, "name") for each in copies),
        enforces=_enforces(policy, index),
        look_ups=tuple(dict.fromkeys((*look_ups.of_rule(rule), *_of_overrides(policy)))),
        judged=tuple(_judged(rule)),
        problems=problems,
    )


def _operations(rule: Map) -> tuple[str, ...]:
    """The operations in which a rule can have an answer; patterns and pod security say nothing of a deletion."""
    validate = one_map(rule.get("validate"))
    if rule.get("validate") is None:
        return CHANGING
    lists = [text(entry, "list") for entry in maps(validate.get("foreach"))]
    # kyverno: a list of the new object is empty on a deletion, it is not looked for in the old one
    if any(validate.get(key) is not None for key in ON_DELETION) or not all("request.object" in each for each in lists):
        return WHOLE
    return OF_NEW_OBJECTS


def _enforces(policy: Policy, index: int) -> bool | None:
    action = policy.actions[index]
    if action is None:
        return True
    base = policy.enforces if action.enforces is None else action.enforces
    overrides = (*action.overrides, *policy.overrides)
    return base if all(override.enforces is base for override in overrides) else None


def _of_overrides(policy: Policy) -> Iterator[LookUp]:
    if any(override.selects is not None for override in policy.overrides):
        yield look_ups.namespaces("validationFailureActionOverrides")


def _judged(rule: Map) -> Iterator[str]:
    if rule.get("preconditions") is not None:
        yield "preconditions"
    if maps(rule.get("context")):
        yield "context"
    if one_map(rule.get("validate")).get("failureActionOverrides"):
        yield "failureActionOverrides"


def _reduced(policy: Policy, indexes: tuple[int, ...]) -> Outline:
    """The policy with only these rules.

    Kyverno sorts rules into passes and computes autogen in each, but looks the policy up only for the kinds of the
    whole one's rules of that sort: an annotation keeps the generated rules to these.
    """
    tree = policy.reduced(indexes)
    own = maps(one_map(tree.get("spec")).get("rules"))
    possible = {kind for kind in autogen.CONTROLLERS if autogen.rules(tree, kind) != own}
    sorts = {key for rule in own for key in SORTS if rule.get(key) is not None}
    called = {
        kinds.parse(entry).kind
        for rule in autogen.rules(policy.tree)
        if any(rule.get(key) is not None for key in sorts)
        for entry in match_block.read(rule.get("match")).kinds
    }
    allowed = {kind for kind in possible if any(wildcard.matches(pattern, kind) for pattern in called)}
    if allowed != possible:
        metadata = one_map(tree.get("metadata"))
        annotations: Map = {**one_map(metadata.get("annotations"))}
        annotations[autogen.ANNOTATION] = ",".join(sorted(allowed)) or "none"
        tree = {**tree, "metadata": {**metadata, "annotations": annotations}}
    return outline(tree)


def _for_host(tree: Map) -> Map:
    """The policy without words for people and without what registers webhooks."""
    metadata, spec = one_map(tree.get("metadata")), one_map(tree.get("spec"))
    kept: Map = {key: metadata[key] for key in ("name", "namespace") if metadata.get(key)}
    asked = one_map(metadata.get("annotations")).get(autogen.ANNOTATION)
    if asked is not None:
        kept["annotations"] = {autogen.ANNOTATION: asked}
    left = {key: value for key, value in spec.items() if key not in REGISTRATION}
    failure = one_map(spec.get("webhookConfiguration")).get("failurePolicy")
    if failure is not None:
        left["webhookConfiguration"] = {"failurePolicy": failure}
    return {"apiVersion": tree.get("apiVersion"), "kind": tree.get("kind"), "metadata": kept, "spec": left}


def exception_look_ups(tree: Map) -> tuple[LookUp, ...]:
    """What an exception, whose tree fits the schema, looks up."""
    return tuple(look_ups.of_exception(one_map(tree.get("spec"))))
