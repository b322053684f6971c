"""A cluster with Kubewarden in it, as far as it decides who is called and what comes out.

Written from the description of webhooks in the Kubernetes API and of Kubewarden's modes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kywarden import protocol
from kywarden.host.given import GivenHost
from kywarden.model.builtin_kinds import is_namespaced
from tests import data

Tree = Any

NAME_LABEL = "kubernetes.io/metadata.name"


def is_called(resource: Tree, request: Tree, world: Tree) -> bool:
    """Whether the API server asks a policy about a request; match conditions are taken to hold."""
    spec = resource["spec"]
    return (
        any(_names(rule, request) for rule in spec["rules"])
        and _is_in_namespace(resource, request)
        and _selects_namespace(spec.get("namespaceSelector"), request, world)
        and _selects_object(spec.get("objectSelector"), request)
    )


def _names(rule: Tree, request: Tree) -> bool:
    asked = request["resource"]
    subresource = request.get("subResource", "")
    return (
        rule["apiGroups"][0] in ("*", asked["group"])
        and bool({"*", asked["version"]} & set(rule["apiVersions"]))
        and request["operation"] in rule["operations"]
        and any(_is_resource(each, asked["resource"], subresource) for each in rule["resources"])
    )


def _is_resource(pattern: str, resource: str, subresource: str) -> bool:
    parent, slash, below = pattern.partition("/")
    if parent not in ("*", resource):
        return False
    return below in ("*", subresource) if slash else not subresource


def _is_in_namespace(resource: Tree, request: Tree) -> bool:
    if resource["kind"] == "ClusterAdmissionPolicy":
        return True
    return bool(request.get("namespace") == resource["metadata"]["namespace"] and _is_namespaced(request))


def _is_namespaced(request: Tree) -> bool:
    return is_namespaced(request["resource"]["group"], request["kind"]["kind"])


def _selects_namespace(selector: Tree, request: Tree, world: Tree) -> bool:
    kind = request["kind"]
    judged = request.get("object") or request.get("oldObject") or {}
    if not selector:
        return True
    if (kind["group"], kind["kind"]) == ("", "Namespace") and not request.get("subResource"):
        labels = dict((judged.get("metadata") or {}).get("labels") or {})
        return holds(selector, {NAME_LABEL: judged["metadata"].get("name"), **labels})
    namespace = request.get("namespace")
    if not namespace or not _is_namespaced(request):
        return True
    return holds(selector, {NAME_LABEL: namespace, **(world.get("namespaceLabels") or {})})


def _selects_object(selector: Tree, request: Tree) -> bool:
    if not selector:
        return True
    objects = [each for each in (request.get("object"), request.get("oldObject")) if each]
    return any(holds(selector, (each.get("metadata") or {}).get("labels") or {}) for each in objects)


def holds(selector: Tree, labels: dict[str, str]) -> bool:
    """Whether labels fit `matchExpressions`."""
    return all(_fits(each, labels) for each in selector["matchExpressions"])


def _fits(requirement: Tree, labels: dict[str, str]) -> bool:
    value = labels.get(requirement["key"])
    match requirement["operator"]:
        case "In":
            return value in requirement["values"]
        case "NotIn":
            return value not in requirement["values"]
        case "Exists":
            return value is not None
    return value is None


def admit(resources: Iterable[Tree], request: Tree, world: Tree) -> tuple[bool, Tree]:
    """Whether a request is admitted, and the object that is: policies that mutate come first."""
    resources = sorted(resources, key=lambda each: not each["spec"]["mutating"])
    for resource in resources:
        if not is_called(resource, request, world):
            continue
        answer = ask(resource, request, world)
        if resource["spec"]["mode"] == "monitor":
            continue
        if not answer["accepted"]:
            return False, None
        if "mutated_object" in answer:
            assert resource["spec"]["mutating"], answer
            request = {**request, "object": answer["mutated_object"]}
    return True, request.get("object")


def ask(resource: Tree, request: Tree, world: Tree) -> Tree:
    """The answer of the module with the settings of a policy."""
    settings = {"deadlineMilliseconds": data.PATIENCE, **resource["spec"]["settings"]}
    envelope = {"request": request, "settings": settings, "world": world}
    return json.loads(protocol.handle("validate", json.dumps(envelope).encode(), GivenHost()))
