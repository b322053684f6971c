"""`kyverno apply` and `kyverno test`: how they make a request out of a resource and a file of values.

They know no AdmissionRequest. A Values document fixes variables: for all policies, for a policy and a resource, for a
rule; `request.operation` among them decides the operation.
Source: cmd/cli/kubectl-kyverno/{processor/policy_processor.go,variables,store}; reference 0.
"""

from __future__ import annotations

from dataclasses import replace

from kywarden.binding import requests
from kywarden.binding.scope import Scope
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.request import Request
from kywarden.model.resources import text
from kywarden.model.world import World
from kywarden.values.trees import Map, Tree


def imitated(request: Request, world: World, policy: str) -> tuple[Request, Scope]:
    """The request and scope in which a policy of that name sees the resource."""
    resource = request.judged
    fixed = _policy_values(world.values(), policy, text(resource, "metadata", "name"))
    operation = fixed.setdefault("request.operation", request.operation)
    request = _with_operation(request, operation if operation in ("UPDATE", "DELETE") else "CREATE", resource)
    scope = requests.scope_of(request, world).with_variables(fixed)
    return _with_fixed_object(request, scope, fixed), scope


def rule_values(world: World, policy: str, rule: str) -> Map:
    """What is fixed for a rule, autogen copies included."""
    for entry in maps(world.values().get("policies")):
        if entry.get("name") != policy:
            continue
        for one in maps(entry.get("rules")):
            name = text(one, "name")
            if rule in (name, f"autogen-{name}", f"autogen-cronjob-{name}"):
                looped = one_map(one.get("foreachValues"))
                # kyverno: of the values for the elements of a foreach, all elements see the first
                firsts = {key: values[0] for key, values in looped.items() if isinstance(values, list) and values}
                return {**one_map(one.get("values")), **firsts}
    return {}


def _policy_values(values: Map, policy: str, resource: str) -> Map:
    fixed = dict(one_map(values.get("globalValues")))
    for entry in maps(values.get("policies")):
        if entry.get("name") == policy:
            for one in maps(entry.get("resources")):
                if one.get("name") == resource:
                    fixed.update(one_map(one.get("values")))
    return fixed


def _with_operation(request: Request, operation: Tree, resource: Map) -> Request:
    match operation:
        case "DELETE":
            return replace(request, operation="DELETE", object=None, old_object=resource)
        case "UPDATE":
            return replace(request, operation="UPDATE", object=resource, old_object=request.old_object or resource)
        case _:
            return replace(request, operation="CREATE", object=resource, old_object=None)


def _with_fixed_object(request: Request, scope: Scope, fixed: Map) -> Request:
    """The resource with the values that were fixed inside it."""
    if request.object is None or not any(name.startswith("request.object") for name in fixed):
        return request
    changed = scope.query_text("request.object")
    return replace(request, object=changed) if isinstance(changed, dict) else request
