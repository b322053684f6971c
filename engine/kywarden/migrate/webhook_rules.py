"""The `rules` of a Kubewarden policy: for which resources and operations the API server calls it.

They may be wider than the policy, which looks at every request again, and never narrower.
Source: Kyverno pkg/controllers/webhook; validation of webhook rules as in Kubernetes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kywarden.kinds.outline import RuleOutline
from kywarden.migrate.catalog import Catalog, Target
from kywarden.values.trees import Map

OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
CONNECTED = ("exec", "attach", "portforward", "proxy")
"""Subresources that are connected to, never created or updated."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A target and the operations for which it is registered."""

    target: Target
    operations: tuple[str, ...]


def of_rule(rule: RuleOutline, catalog: Catalog) -> list[Registration]:
    """What a rule and its copies are to be called for, each once."""
    found: dict[Registration, None] = {}
    for choice in rule.choices:
        for each in choice.match.filters:
            described = each.resources
            for entry in described.kinds:
                for target in catalog.targets(entry):
                    operations = described.operations or _possible(target.resource, rule.operations)
                    found[Registration(target, in_order(operations))] = None
    return list(found)


def _possible(resource: str, operations: tuple[str, ...]) -> tuple[str, ...]:
    """Of the operations that a rule does not ask for by name, those that the resource knows."""
    known: tuple[str, ...]
    _, slash, subresource = resource.partition("/")
    if not slash:
        known = OPERATIONS[:3]
    elif subresource == "*":
        known = OPERATIONS
    else:
        known = ("CONNECT",) if subresource in CONNECTED else OPERATIONS[:2]
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
    rules: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (group, versions, resource), wanted in operations.items():
        rules.setdefault((group, versions, wanted), set()).add(resource)
    return [
        {
            "apiGroups": [group],
            "apiVersions": list(versions),
            "operations": list(wanted),
            "resources": list(_resources(group, resources)),
        }
        for (group, versions, wanted), resources in sorted(rules.items())
    ]


def _resources(group: str, resources: set[str]) -> Iterator[str]:
    """The names without those that another one covers, which the API server refuses."""
    if group in ("", "*") and resources & {"pods", "*"}:
        # kyverno: whoever judges Pods judges the containers that are added to running ones
        resources = resources | {"pods/ephemeralcontainers"}
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
