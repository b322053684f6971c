"""The policy check of generate rules, as Kyverno makes it without a cluster: every target counts as namespaced.

Source: api/kyverno/v1/common_types.go Generation.Validate, pkg/policy/generate/validate.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.binding import syntax
from kywarden.judging import anchors
from kywarden.kinds.classic import encoding, schema
from kywarden.kinds.classic.check.refusal import Refusal, forbidden, free
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs, texts
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Map, Tree

_ONE_SOURCE = "only one of generate patterns(data, clone, cloneList and foreach) can be specified"


def problems(rule: RuleSubject, namespace: str, *, namespaced: bool) -> Iterator[Refusal]:
    """What is wrong with the structure of the rule's targets; namespace: of the policy."""
    if rule.generate is None:
        return
    generate = rule.generate
    sources = (
        generate.get("data") is not None,
        not encoding.is_zero(generate.get("clone"), schema.CLONE),
        one_map(generate.get("cloneList")).get("kinds") is not None,
        generate.get("foreach") is not None,
    )
    if sources.count(True) > 1:
        yield forbidden(rule.place, _ONE_SOURCE, place=f"{rule.place}.generate")
        return
    for target, path in _targets(rule, generate):
        place = path.replace(rule.place, f"{rule.place}.generate", 1)
        for key, detail in _target_problems(target, namespace if namespaced else None):
            yield forbidden(f"{path}.{key}", detail, place=f"{place}.{key}")


def _targets(rule: RuleSubject, generate: Map) -> list[tuple[Map, str]]:
    """The targets with their paths; kyverno: `generate` is missing from the paths."""
    if generate.get("foreach") is None:
        return [(generate, rule.place)]
    entries = structs(generate.get("foreach"))
    return [(entry, f"{rule.place}.foreach[{index}]") for index, entry in enumerate(entries)]


def _target_problems(target: Map, namespace: str | None) -> Iterator[tuple[str, str]]:
    """Field and detail; namespace: of the policy that holds the target, None for a ClusterPolicy."""
    asked = text(target, "namespace")
    clone = one_map(target.get("clone"))
    if namespace is not None:
        mismatched = "target resource scope mismatched: a namespaced policy cannot "
        if asked != namespace:
            received = f"generate resources in other namespaces, expected: {namespace}, received: {asked} "
            yield "namespace", mismatched + received
        elif text(clone, "name") and text(clone, "namespace") != namespace:
            received = f"expected: {namespace}, received: {text(clone, 'namespace')} "
            yield "namespace", f"{mismatched}clone resources from other namespaces, {received}"
    if text(target, "kind") and not asked:
        yield "namespace", "target namespace must be set for a namespaced resource"
    clones = one_map(target.get("cloneList"))
    if not clones.get("kinds"):
        for key in ("kind", "name", "apiVersion"):
            if not text(target, key):
                yield key, f"{key} can not be empty"
        return
    source = text(clones, "namespace")
    if namespace is not None and source != namespace:
        detail = (
            "a namespaced policy cannot clone resources from other namespace, "
            f"expected: {namespace}, received: {source}"
        )
        for _ in texts(clones.get("kinds")):
            yield "cloneList.namespace", detail
    if not source:
        yield "cloneList.namespace", "namespace is required for namespaced target resources"


def warnings(rule: RuleSubject) -> Iterator[str]:
    """Variables in what is cloned."""
    if rule.generate is None or "{{" not in rule.written:
        return
    for target, path in _targets(rule, rule.generate):
        described = {key: target.get(key) for key in ("apiVersion", "kind", "clone", "cloneList")}
        if syntax.is_variable(encoding.text(described, schema.GENERATE)):
            yield f"variables in {path}.clone/cloneList would lead to incorrect synchronization behavior"


def check(rule: RuleSubject) -> None:
    """Raises `Refusal` for a selector with wildcards, for anchors, and for a rule that triggers itself."""
    generate = rule.generate
    if generate is None:
        return
    selector = one_map(generate.get("cloneList")).get("selector")
    if wildcard.contains_wildcard(encoding.text(selector, schema.SELECTOR)):
        place = ".generate.cloneList.selector"
        raise rule.refusal(".generate.selector.", "wildcard characters `*/?` not supported", place)
    if found := _anchor(generate.get("data"), "/"):
        reason = f"anchors not supported on generate resources: unsupported anchor {found[1]}"
        raise rule.refusal(f".generate.data.{found[0]}.", reason, ".generate.data")
    kind = text(generate, "kind")
    if kind in texts(one_map(rule.match.get("resources")).get("kinds")):
        raise free("generation kind and match resource kind should not be the same", f"{rule.place}.generate.kind")


def _anchor(tree: Tree, path: str) -> tuple[str, str] | None:
    """Path and key of the first anchor."""
    match tree:
        case dict():
            for key, value in tree.items():
                inner = f"{path}/{key}"
                found = (inner, key) if anchors.parse(key) else _anchor(value, inner)
                if found:
                    return found
        case list():
            for index, item in enumerate(tree):
                if found := _anchor(item, f"{path}{index}/"):
                    return found
    return None
