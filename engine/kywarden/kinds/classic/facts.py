"""What reports ask about a ClusterPolicy or Policy, from its tree alone: it need not be one that can run here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kywarden.errors import PolicyError
from kywarden.kinds.classic import actions, autogen, check, load, schema
from kywarden.kinds.classic.autogen_copies import generated_names
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.resources import text
from kywarden.values.trees import Map

TOPICS: Mapping[str, str] = {
    "validate": "validate",
    "mutate": "mutate",
    "generate": "generate",
    "verifyImages": "verifyImages",
}
VALIDATE_TOPICS = ("podSecurity", "cel", "manifests", "assert", "deny", "foreach", "anyPattern", "pattern")
MUTATE_TOPICS = ("targets", "foreach", "patchesJson6902", "patchStrategicMerge")


def undecodable(tree: Map) -> Iterable[PolicyError]:
    return schema.problems(tree, schema.POLICY)


def refusal(tree: Map) -> str:
    return check.text(check.problems(tree))


def rule_names(tree: Map) -> list[str]:
    return [text(rule, "name") for rule in autogen.rules(tree)]


def topic(tree: Map, rule: str) -> str:
    rules = maps(one_map(tree.get("spec")).get("rules"))
    named = [one for one in rules if rule == text(one, "name")]
    named = named or [one for one in rules if rule in _names(text(one, "name"))]
    for one in named or rules:
        for key, name in TOPICS.items():
            if one.get(key) is not None:
                return f"{name} {_body(one, key)}".strip()
    return "no rule"


def _names(rule: str) -> list[str]:
    """The names of a rule and of its copies for pod controllers."""
    return [rule, *generated_names(rule)]


def _body(rule: Map, key: str) -> str:
    body = one_map(rule.get(key))
    bodies = {"validate": VALIDATE_TOPICS, "mutate": MUTATE_TOPICS}.get(key, ())
    found = next((one for one in bodies if body.get(one) is not None), "")
    return {"targets": "existing"}.get(found, found)


def audits(tree: Map, namespace: str, labels: dict[str, str]) -> bool:
    return not actions.enforces_as_a_whole(load.read(tree), namespace, labels)


def in_background(tree: Map) -> str:
    spec = one_map(tree.get("spec"))
    if spec.get("background") is not False:
        return "background scan"
    return "admission review" if spec.get("admission") is not False else ""
