"""Autogen: rules about Pods become rules about the controllers that make Pods.

Whether that happens is decided for the whole policy, from its rules and an annotation (Kyverno:
pkg/autogen/v1/autogen.go). All of it works on the policy's tree, whose types have been checked.
"""

from __future__ import annotations

from kywarden.judging import kinds
from kywarden.kinds.classic.autogen_copies import KINDS_WRITTEN_OUT, copies, is_generated_name
from kywarden.kinds.classic.trees import maps, one_map, texts
from kywarden.model.resources import text
from kywarden.values.trees import Map

ANNOTATION = "pod-policies.kyverno.io/autogen-controllers"

CONTROLLERS = frozenset(KINDS_WRITTEN_OUT) - {"Pod"}


def rules(policy: Map, kind: str | None = None) -> list[Map]:
    """The rules that Kyverno evaluates for a kind, or for all kinds: those of the policy, then the generated ones.

    Where nothing is generated the policy's rules are returned as they are, also those named `autogen-…`
    (Kyverno: ComputeRules).
    """
    own = own_rules(policy)
    asked = controllers(policy)
    if (kind and kind not in asked) or not supported_controllers(own):
        return own
    wanted = kind or ",".join(sorted(asked))
    if wanted == "none":
        return own
    generated = [copy for rule in own for copy in copies(rule, wanted)]
    if not generated:
        return own
    return [rule for rule in own if not is_generated_name(text(rule, "name"))] + generated


def own_rules(policy: Map) -> list[Map]:
    """The rules as written."""
    return maps(one_map(policy.get("spec")).get("rules"))


def controllers(policy: Map) -> frozenset[str]:
    """The kinds for which rules may be generated: those in the annotation, untrimmed; without it all controllers."""
    asked = one_map(one_map(policy.get("metadata")).get("annotations")).get(ANNOTATION)
    return frozenset(asked.split(",")) if isinstance(asked, str) else CONTROLLERS


def supported_controllers(own: list[Map]) -> frozenset[str]:
    """The controllers that the rules allow: all or none, for all rules together (Kyverno: CanAutoGen).

    One rule with `generate`, with a JSON patch, with names, selectors or annotations, or with Pod beside another kind
    turns autogen off; without a filter that lists Pod or a controller it is not needed.
    """
    needed = False
    for rule in own:
        mutate = one_map(rule.get("mutate"))
        patches = [mutate, *maps(mutate.get("foreach"))]
        if rule.get("generate") or any(patch.get("patchesJson6902") for patch in patches):
            return frozenset()
        for described in _described_resources(rule):
            if not _is_convertible(described):
                return frozenset()
            needed = needed or not KINDS_WRITTEN_OUT.keys().isdisjoint(texts(described.get("kinds")))
    return CONTROLLERS if needed else frozenset()


def _described_resources(rule: Map) -> list[Map]:
    """The `resources` of every filter, the bare ones included."""
    blocks = (one_map(rule.get("match")), one_map(rule.get("exclude")))
    return [
        one_map(one.get("resources"))
        for block in blocks
        for one in (block, *maps(block.get("any")), *maps(block.get("all")))
    ]


def _is_convertible(described: Map) -> bool:
    if described.get("name") or described.get("names"):
        return False
    # kyverno: an empty selector or an empty map of annotations counts too.
    if described.get("selector") is not None or described.get("annotations") is not None:
        return False
    listed = texts(described.get("kinds"))
    return len(listed) < 2 or not kinds.contains(listed, "Pod")
