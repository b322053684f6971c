"""What a rule looks up: its context entries, the labels of namespaces, the roles of users, the addresses of hosts.

Expressions count as they are written; one that only comes out of a look-up is not foreseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from kywarden import jmes
from kywarden.binding import syntax
from kywarden.errors import EvaluationError
from kywarden.kinds.classic import match_block
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.kinds.outline import LookUp
from kywarden.model import access_reviews
from kywarden.model.match import MatchBlock
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree

_VARIABLE = re.compile(r"\{\{(?:[^{}]|\{[^{}]*\})*\}\}")
_COMPUTED = "\0"
_PATH = re.compile(
    r"/(?:api/(?P<core>[^/]+)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?/?"
)
_ROLES = re.compile(r"request\.(?:roles|clusterRoles)\b")

_RESOLVING = "is_external_url"
"""The function that asks for the addresses of a host."""

_BARE = ("list", "jmesPath")
"""Fields that hold an expression without braces."""

_STAND_IN = "x"
"""Stands for a variable inside of an expression."""

_RBAC = "rbac.authorization.k8s.io"


def of_rule(rule: Map) -> Iterator[LookUp]:
    """The look-ups of a rule or of a copy of it, whose tree fits the schema."""
    for entry in _entries(rule):
        for kind, read in ENTRIES.items():
            if isinstance(settings := entry.get(kind), dict):
                yield read(f"context entry {text(entry, 'name')}", settings)
    blocks = [match_block.read(rule.get("match")), match_block.read(rule.get("exclude"))]
    yield from _of_blocks(blocks)
    overrides = maps(one_map(rule.get("validate")).get("failureActionOverrides"))
    if any(override.get("namespaceSelector") is not None for override in overrides):
        yield namespaces("failureActionOverrides")
    yield from _of_words(rule)


def of_exception(spec: Map) -> Iterator[LookUp]:
    """The look-ups of an exception."""
    yield from _of_blocks([match_block.read(spec.get("match"))])
    yield from _of_words(spec)


def _of_words(tree: Map) -> Iterator[LookUp]:
    """Expressions that ask for the roles of the user, or for the addresses of a host."""
    written = json.dumps(tree)
    if _ROLES.search(written):
        yield from bindings("request.roles")
    if _RESOLVING in written and any(_RESOLVING in _functions(each) for each in _expressions(tree)):
        yield LookUp(_RESOLVING, "resolve")


def _expressions(tree: Tree, key: str = "") -> Iterator[str]:
    """All expressions in a tree; a variable inside of another one is an expression of its own."""
    match tree:
        case str():
            while found := syntax.variables(tree):
                yield from (each.expression for each in found)
                tree = syntax.replace_variables(tree, lambda _: _STAND_IN)
            if key in _BARE:
                yield tree
        case dict():
            for name, value in tree.items():
                yield from _expressions(name)
                yield from _expressions(value, name)
        case list():
            for item in tree:
                yield from _expressions(item)


def _functions(expression: str) -> frozenset[str]:
    """The functions that are called; none in what is no expression, which never comes so far."""
    try:
        return jmes.compile(expression.strip()).functions()
    except EvaluationError:
        return frozenset()


def _of_blocks(blocks: list[MatchBlock]) -> Iterator[LookUp]:
    filters = [each for block in blocks for each in block.filters]
    if any(each.resources.namespace_selector is not None for each in filters):
        yield namespaces("namespaceSelector")
    if any(each.user.roles or each.user.cluster_roles for each in filters):
        yield from bindings("roles")


def namespaces(origin: str) -> LookUp:
    """The labels of a namespace."""
    return LookUp(origin, kind="Namespace", plural="namespaces")


def bindings(origin: str) -> Iterator[LookUp]:
    """The roles of a user."""
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        yield LookUp(origin, "list", _RBAC, kind=kind, plural=f"{kind.lower()}s")


def _entries(rule: Map) -> Iterator[Map]:
    yield from maps(rule.get("context"))
    for body in (one_map(rule.get("validate")), one_map(rule.get("mutate"))):
        for entry in maps(body.get("foreach")):
            yield from _entries({**entry, "validate": {"foreach": entry.get("foreach")}})


def _config_map(origin: str, settings: Map) -> LookUp:
    name, namespace = _computed(text(settings, "name")), _computed(text(settings, "namespace"))
    constant = _COMPUTED not in name + namespace
    return LookUp(
        f"{origin} (configMap)",
        kind="ConfigMap",
        plural="configmaps",
        # kyverno: without a namespace the look-up is made in `default`
        namespace=(namespace or "default") if constant else "",
        name=name if constant else "",
    )


def _api_call(origin: str, settings: Map) -> LookUp:
    origin = f"{origin} (apiCall)"
    url = text(settings, "urlPath")
    if not url:
        return LookUp(origin, refused="a host calls no HTTP service")
    if text(settings, "method") == "POST":
        if access_reviews.are_posted_to(url):
            return LookUp(
                origin, "create", "authorization.k8s.io", kind="SubjectAccessReview", plural="subjectaccessreviews"
            )
        return LookUp(origin, refused="a host posts nothing to the API server but SubjectAccessReviews")
    found = _PATH.fullmatch(_computed(url).partition("?")[0])
    if found is None:
        return LookUp(
            origin, refused=f"{url} is neither an object nor a list of objects, and a host reads nothing else"
        )
    group, version, plural = found["group"] or "", found["version"] or found["core"], found["plural"]
    if _COMPUTED in group + version + plural:
        return LookUp(origin, refused=f"{url} names a kind only at run time, and a host must be told before")
    name, namespace = found["name"] or "", found["namespace"] or ""
    constant = name != "" and _COMPUTED not in name + namespace
    return LookUp(
        origin,
        "get" if name else "list",
        group,
        version,
        plural=plural,
        namespace=namespace if constant else "",
        name=name if constant else "",
        namespaced=found["namespace"] is not None,
    )


def _computed(written: str) -> str:
    """The text with a mark in place of each variable."""
    return _VARIABLE.sub(_COMPUTED, written)


def _global_reference(origin: str, settings: Map) -> LookUp:
    return LookUp(f"{origin} (globalReference)", refused="a host has no global context")


def _image_registry(origin: str, settings: Map) -> LookUp:
    own = settings.get("imageRegistryCredentials") is not None
    refused = "a host asks registries with its own credentials, not with the policy's" if own else ""
    return LookUp(f"{origin} (imageRegistry)", "pull", refused=refused)


ENTRIES: Mapping[str, Callable[[str, Map], LookUp]] = {
    "configMap": _config_map,
    "apiCall": _api_call,
    "globalReference": _global_reference,
    "imageRegistry": _image_registry,
}
"""The entries that look something up outside of the request."""
