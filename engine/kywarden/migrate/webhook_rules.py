"""The `rules` of a Kubewarden policy: for which resources and operations the API server calls it.

They may be wider than the policy, which looks at every request again, and never narrower. Kubewarden's audit scanner
lists what they say is created; it gives up on a policy that is called for the creation of subresources, of which there
are no lists. So these are named only for the operations that they know.
Source: Kyverno pkg/controllers/webhook; validation of webhook rules as in Kubernetes; kubewarden-controller
internal/audit-scanner/policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kywarden.judging import kinds
from kywarden.judging.kinds import KindSelector
from kywarden.kinds.outline import RuleOutline
from kywarden.migrate.catalog import Catalog, Target
from kywarden.values import wildcard
from kywarden.values.trees import Map

OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
SUBRESOURCES = {
    **dict.fromkeys(("exec", "attach", "portforward", "proxy"), ("CONNECT",)),
    **dict.fromkeys(("ephemeralcontainers", "resize", "scale", "status"), ("UPDATE",)),
    **dict.fromkeys(("binding", "eviction", "token"), ("CREATE",)),
    "*": OPERATIONS,
}
"""The operations that a subresource knows; others are taken to be created and updated."""

EPHEMERAL = "pods/ephemeralcontainers"
"""What is updated when a container is added to a running Pod."""
COVERING = (EPHEMERAL, "pods/*", "*/ephemeralcontainers", "*/*")


@dataclass(frozen=True, slots=True)
class Registration:
    """A target and the operations for which it is registered."""

    target: Target
    operations: tuple[str, ...]


def of_rule(rule: RuleOutline, catalog: Catalog, filtered: Sequence[KindSelector] = ()) -> list[Registration]:
    """What a rule and its copies are to be called for, each once.

    filtered: kinds about which no request is judged; a target goes only if nothing else is behind it.
    """
    found: dict[Registration, None] = {}
    for choice in rule.choices:
        for each in choice.match.filters:
            described = each.resources
            for entry in described.kinds:
                selector = kinds.parse(entry)
                for target in catalog.targets(entry):
                    if any(_covers(kind, selector, target) for kind in filtered):
                        continue
                    operations = _possible(target.resource, described.operations or rule.operations)
                    found[Registration(target, in_order(operations))] = None
    return list(found)


def _covers(filtered: KindSelector, selector: KindSelector, target: Target) -> bool:
    """Whether all requests about a target, which stands for a selector, are of a kind that is filtered out."""
    if selector.kind == "Pod" and filtered.subresource != "*":
        return False  # whoever judges Pods also judges the containers that are added to running ones
    return (
        _includes(filtered.kind, selector.kind)
        and _includes(filtered.subresource, selector.subresource)
        and _includes(filtered.group, target.group)
        and all(_includes(filtered.version, version) for version in target.versions)
    )


def _includes(pattern: str, other: str) -> bool:
    """Whether a pattern takes all that another one takes, as far as that is plain to see."""
    return pattern in ("*", other) or (not wildcard.contains_wildcard(other) and wildcard.matches(pattern, other))


def _possible(resource: str, operations: tuple[str, ...]) -> tuple[str, ...]:
    """Of the operations that a rule asks for, those that the resource knows; all when it knows none of them."""
    _, slash, subresource = resource.partition("/")
    known = SUBRESOURCES.get(subresource, OPERATIONS[:2]) if slash else OPERATIONS[:3]
    return tuple(each for each in operations if each in known) or operations


def in_order(operations: Iterable[str]) -> tuple[str, ...]:
    """Operations in the order in which people write them."""
    wanted = frozenset(operations)
    return tuple(each for each in OPERATIONS if each in wanted)


def written(registrations: Iterable[Registration]) -> list[Map]:
    """The rules: one for each group, versions and operations."""
    operations: dict[tuple[str, tuple[str, ...], str], tuple[str, ...]] = {}
    for each in registrations:
        key = (each.target.group, each.target.versions, each.target.resource)
        operations[key] = in_order((*operations.get(key, ()), *each.operations))
    for group, versions, resource in list(operations):
        # kyverno: whoever judges Pods judges the containers that are added to running ones
        if group in ("", "*") and resource in ("pods", "*") and "UPDATE" in operations[group, versions, resource]:
            covering = (operations.get((group, versions, each), ()) for each in COVERING)
            if not any("UPDATE" in each for each in covering):
                operations[group, versions, EPHEMERAL] = ("UPDATE",)
    rules: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (group, versions, resource), wanted in operations.items():
        rules.setdefault((group, versions, wanted), set()).add(resource)
    return [
        {
            "apiGroups": [group],
            "apiVersions": list(versions),
            "operations": list(wanted),
            "resources": list(_resources(resources)),
        }
        for (group, versions, wanted), resources in sorted(rules.items())
    ]


def _resources(resources: set[str]) -> Iterator[str]:
    """The names without those that another one covers, which the API server refuses."""
    if "*/*" in resources:
        yield "*/*"
        return
    for each in sorted(resources):
        parent, slash, subresource = each.partition("/")
        if not slash:
            covered = each != "*" and "*" in resources
        else:
            covered = (parent != "*" and f"*/{subresource}" in resources) or (
                subresource != "*" and f"{parent}/*" in resources
            )
        if not covered:
            yield each
