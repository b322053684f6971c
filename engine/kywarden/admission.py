"""Requests, read and made: an AdmissionRequest into a `Request`, any other input into an envelope.

Inputs that people have at hand (an AdmissionReview, a bare AdmissionRequest, bare objects) become the one envelope that
every implementation is sent, so that all of them see the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kywarden.errors import RequestError
from kywarden.model import lists
from kywarden.model.builtin_kinds import is_namespaced, kind_of, plural
from kywarden.model.lists import MisfitError
from kywarden.model.request import Kind, Request, Semantics, User
from kywarden.model.resources import group_version, text
from kywarden.values.trees import Map, Tree, described, floated
from kywarden.values.yaml_tree import Path, path_text

OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")

NO_CUSTOM_RESOURCES: Mapping[str, str] = MappingProxyType({})

PLAIN_USER: Map = {"username": "plain-user", "groups": ["system:authenticated"]}
"""Who asks when an object comes alone: somebody without roles."""


def read(
    tree: Tree, semantics: Semantics = "admission", custom_resources: Mapping[str, str] = NO_CUSTOM_RESOURCES
) -> Request:
    """An AdmissionRequest as a `Request`; raises `RequestError` with the path of what is wrong.

    custom_resources: the kinds of custom resources by the name of their definition, `plural.group`.
    """
    request = _map(tree, "request")
    kind = _kind(request, semantics, custom_resources)
    operation = request.get("operation")
    if operation not in OPERATIONS:
        raise RequestError(f"must be one of {', '.join(OPERATIONS)}, not {described(operation)}", "request.operation")
    new, old = _object(request, "object"), _object(request, "oldObject")
    if new is None and operation in ("CREATE", "UPDATE"):
        raise RequestError(f"is missing, though the operation is {operation}", "request.object")
    if old is None and operation == "DELETE":
        raise RequestError("is missing, though the operation is DELETE", "request.oldObject")
    return Request(
        tree=request,
        kind=kind,
        subresource=_text(request, "subResource", "request"),
        name=_text(request, "name", "request"),
        namespace=_text(request, "namespace", "request"),
        operation=str(operation),
        user=_user(request) if request.get("userInfo") is not None or semantics == "admission" else None,
        object=_typed(new, semantics) if operation != "DELETE" else None,
        old_object=_typed(old, semantics),
        semantics=semantics,
    )


def envelopes(documents: list[Tree]) -> Iterator[Map]:
    """One envelope for each thing to judge in the documents of an input, in order.

    A document is an envelope, an AdmissionReview, an AdmissionRequest, an object, or a List of objects.
    """
    for index, document in enumerate(documents):
        where = f"document {index + 1}" if len(documents) > 1 else ""
        try:
            for path, tree in lists.spread(document):
                yield _envelope(tree, _joined(where, path))
        except MisfitError as error:
            raise RequestError(error.reason, _joined(where, error.path)) from error


def _joined(document: str, path: Path) -> str:
    return ", ".join(filter(None, (document, path_text(path))))


def _envelope(document: Map, where: str) -> Map:
    match document:
        case {"kind": "AdmissionReview", "request": dict() as request}:
            return {"request": request}
        case {"kind": "AdmissionReview"}:
            raise RequestError("this AdmissionReview has no request", where)
        case {"request": _}:
            return document
        case {"operation": str(), "kind": dict()}:
            return {"request": document}
        case {"apiVersion": str(), "kind": str()}:
            return {"request": creation(document), "world": {"roles": [], "clusterRoles": []}}
    raise RequestError(
        "is no envelope (request, settings), AdmissionReview, AdmissionRequest or Kubernetes object", where
    )


def creation(resource: Map) -> Map:
    """The AdmissionRequest with which the API server would ask about the creation of an object by a plain user."""
    group, version = group_version(resource)
    kind = text(resource, "kind")
    metadata = resource.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, dict) else {}
    if is_namespaced(group, kind):
        metadata["namespace"] = metadata.get("namespace") or "default"
    resource = {**resource, "metadata": metadata}
    gvk: Map = {"group": group, "version": version, "kind": kind}
    gvr: Map = {"group": group, "version": version, "resource": plural(kind)}
    request: Map = {
        "uid": "00000000-0000-0000-0000-000000000000",
        "kind": gvk,
        "resource": gvr,
        "requestKind": gvk,
        "requestResource": gvr,
    }
    if metadata.get("name"):
        request["name"] = metadata["name"]
    namespace = metadata.get("name") if (group, kind) == ("", "Namespace") else metadata.get("namespace")
    if namespace:
        request["namespace"] = namespace
    return {
        **request,
        "operation": "CREATE",
        "userInfo": PLAIN_USER,
        "object": resource,
        "dryRun": False,
        "options": {"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions"},
    }


def _kind(request: Map, semantics: Semantics, custom_resources: Mapping[str, str]) -> Kind:
    """The kind that rules name: that of the object, and for a subresource that of its parent.

    A subresource may have objects of another kind, such as Scale or PodExecOptions; `resource` names the parent. The
    status of a custom resource is an object of its own group; the parent of another, such as its scale, has the kind
    that the settings tell, or one that is left open; Kyverno's command line takes the object's.
    Source: pkg/webhooks/handlers/enrich.go.
    """
    kind = _map(request.get("kind"), "request.kind")
    named = Kind(
        _text(kind, "group", "request.kind"),
        _text(kind, "version", "request.kind"),
        _text(kind, "kind", "request.kind", required=True),
    )
    if not _text(request, "subResource", "request"):
        return named
    resource = request.get("resource")
    group, version, plural_name = (text(resource, key) for key in ("group", "version", "resource"))
    parent = kind_of(group, plural_name) or custom_resources.get(f"{plural_name}.{group}", "")
    if not parent and (semantics != "admission" or group == named.group or not plural_name):
        return named
    return Kind(group, version, parent, "" if parent else plural_name)


def _user(request: Map) -> User:
    info = request.get("userInfo")
    if info is None:
        return User()
    info = _map(info, "request.userInfo")
    groups = info.get("groups")
    if groups is not None and not (isinstance(groups, list) and all(isinstance(group, str) for group in groups)):
        raise RequestError("must be a list of strings", "request.userInfo.groups")
    return User(
        username=_text(info, "username", "request.userInfo"),
        uid=_text(info, "uid", "request.userInfo"),
        groups=tuple(str(group) for group in groups or ()),
    )


def _object(request: Map, key: str) -> Map | None:
    tree = request.get(key)
    if tree is None:
        return None
    resource = _map(tree, f"request.{key}")
    metadata = resource.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise RequestError(f"must be a map, not {described(metadata)}", f"request.{key}.metadata")
    return resource


def _map(tree: Tree, path: str) -> Map:
    if isinstance(tree, dict):
        return tree
    if tree is None:
        raise RequestError("is missing", path)
    raise RequestError(f"must be a map, not {described(tree)}", path)


def _text(tree: Map, key: str, path: str, required: bool = False) -> str:
    value = tree.get(key)
    if isinstance(value, str) and (value or not required):
        return value
    if value is None and not required:
        return ""
    raise RequestError(
        "is missing" if value in (None, "") else f"must be a string, not {described(value)}", f"{path}.{key}"
    )


def _typed(resource: Map | None, semantics: Semantics) -> Map | None:
    """The object with the number types of the program that is imitated."""
    # kyverno: `kyverno test` reads resources with float64 integers
    typed = floated(resource) if semantics == "test" else resource
    return typed if isinstance(typed, dict) else None
