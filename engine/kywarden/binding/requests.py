"""The scope at the top of the chain: what a request offers to expressions.

Kyverno's programs fill it differently: the webhook puts the AdmissionRequest through JSON, so every number is a float64
and absent objects are null; `kyverno apply` and `test` know the object, its namespace and the operation only.
Source: Kyverno pkg/engine/policycontext/policy_context.go, pkg/engine/context/context.go; reference 0, C.4, C.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kywarden.binding.images import ImageLoader
from kywarden.binding.scope import Loader, Scope
from kywarden.model.request import Request, User
from kywarden.model.resources import text
from kywarden.model.world import World
from kywarden.values.trees import Map, Tree, floated

_TEXTS = ("subResource", "requestSubResource", "name", "namespace")
_ROLES = re.compile(r"[rR]oles|(?<!\w)request(?![\w.])|request\.\*")
_ACCOUNT_PREFIX = len("system:serviceaccount:")


def scope_of(request: Request, world: World) -> Scope:
    """The scope of a request, in the semantics it asks for. Nothing is computed before an expression is evaluated."""
    values = _admission_values if request.semantics == "admission" else _resource_values
    return Scope.root(lambda: values(request), world, request.operation, _loaders(request))


def named(request: Request) -> Request:
    """The request as rules judge it: its objects have the kind and the namespace that the request states.

    Expressions see the objects as they were sent, until the first rule leaves one behind.
    Source: pkg/utils/admission/resource.go ConvertResource.
    """
    if request.semantics != "admission":
        return request
    new, old = _named(request.object, request), _named(request.old_object, request)
    if new is request.object and old is request.old_object:
        return request
    return replace(request, object=new, old_object=old)


def _named(resource: Map | None, request: Request) -> Map | None:
    if resource is None:
        return None
    kind = request.kind
    if not kind.kind:  # the parent of a subresource whose kind nobody told
        return resource
    version = f"{kind.group}/{kind.version}" if kind.group else kind.version
    if (resource.get("apiVersion"), resource.get("kind")) != (version, kind.kind):
        resource = {**resource, "apiVersion": version, "kind": kind.kind}
    fields = resource.get("metadata", {})
    if not isinstance(fields, dict):
        return resource
    namespace = None if kind.kind == "Namespace" else request.namespace or fields.get("namespace")
    if fields.get("namespace") == namespace:
        return resource
    others = {key: value for key, value in fields.items() if key != "namespace"}
    return {**resource, "metadata": {**others, "namespace": namespace} if namespace else others}


def _loaders(request: Request) -> tuple[Loader, ...]:
    loaders: list[Loader] = []
    if request.user is not None:
        loaders.append(_RolesLoader(request.user, request.namespace))
    if request.object is not None and request.operation != "DELETE":
        loaders.append(ImageLoader({**request.object, "kind": request.kind.kind}))
    return tuple(loaders)


def _admission_values(request: Request) -> Map:
    """The webhook's: fields that Go omits when empty are absent, the objects and options null."""
    tree = request.tree
    fields: Map = {
        "uid": text(tree, "uid"),
        "kind": _group_version(tree.get("kind"), "kind"),
        "resource": _group_version(tree.get("resource"), "resource"),
        "operation": request.operation,
        "userInfo": _user_info(tree.get("userInfo")),
        "object": floated(request.object),
        "oldObject": floated(request.old_object),
        "options": floated(tree.get("options")),
    }
    fields.update({name: value for name in _TEXTS if (value := text(tree, name))})
    for name in ("requestKind", "requestResource"):
        if isinstance(tree.get(name), dict):
            fields[name] = _group_version(tree[name], name.removeprefix("request").lower())
    if isinstance(dry_run := tree.get("dryRun"), bool):
        fields["dryRun"] = dry_run
        if dry_run:
            # kyverno: the field DryRun of RequestInfo is called so in JSON
            fields["synchronize"] = True
    return {"request": fields, **_service_account(text(tree, "userInfo", "username"))}


def _resource_values(request: Request) -> Map:
    """Those of `apply` and `test`: no old object on CREATE, an empty namespace where there is none."""
    number_types = floated if request.semantics == "test" else _kept
    fields: Map = {"operation": request.operation, "namespace": ""}
    if request.object is not None:
        fields["object"] = number_types(request.object)
        fields["namespace"] = text(request.object, "metadata", "namespace")
    if request.old_object is not None:
        fields["oldObject"] = number_types(request.old_object)
    if request.user is None:
        return {"request": fields}
    fields["userInfo"] = _user_info(request.tree.get("userInfo"))
    return {"request": fields, **_service_account(request.user.username)}


def _kept(tree: Tree) -> Tree:
    return tree


def _group_version(tree: Tree, last: str) -> Tree:
    return {name: text(tree, name) for name in ("group", "version", last)}


def _user_info(tree: Tree) -> Tree:
    """Who asks; what is empty is absent."""
    fields = tree if isinstance(tree, dict) else {}
    return {name: value for name in ("username", "uid", "groups", "extra") if (value := fields.get(name))}


def _service_account(username: str) -> Map:
    """Name and namespace of a service account, empty for other users."""
    # kyverno: the prefix is cut off unseen, so other long names with a colon yield something too
    parts = username.encode()[_ACCOUNT_PREFIX:].decode(errors="replace").split(":")
    name, namespace = (parts[1], parts[0]) if len(parts) > 1 else ("", "")
    return {"serviceAccountName": name, "serviceAccountNamespace": namespace}


@dataclass(frozen=True, slots=True)
class _RolesLoader:
    """`request.roles` and `request.clusterRoles`, asked for when an expression speaks of them; absent when empty."""

    user: User
    namespace: str
    storing: str = ""

    def is_mentioned(self, text: str) -> bool:
        return _ROLES.search(text) is not None

    def load(self, scope: Scope) -> Map:
        roles = scope.world.roles(self.user, self.namespace)
        found: Map = {}
        if roles.roles:
            found["roles"] = list(roles.roles)
        if roles.cluster_roles:
            found["clusterRoles"] = list(roles.cluster_roles)
        return {"request": found} if found else {}
