"""Kyverno's own configuration, a ConfigMap: which requests it never looks at.

Source: pkg/config/config.go; https://kyverno.io/docs/installation/customization/#configmap-keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kywarden.judging import request_filter
from kywarden.judging.kinds import KindSelector
from kywarden.kinds.outline import LookUp
from kywarden.migrate import selectors
from kywarden.model.resources import text, texts
from kywarden.values import json_text, wildcard
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

SETTINGS = {
    "resourceFilters": "resourceFilters",
    "excludeGroups": "excludeGroups",
    "excludeUsernames": "excludeUsers",
    "excludeRoles": "excludeRoles",
    "excludeClusterRoles": "excludeClusterRoles",
}
"""Keys of the ConfigMap that are settings, and how these are called."""

NEEDS_ROLES = ("excludeRoles", "excludeClusterRoles")
BINDINGS = tuple(
    LookUp("excluded roles", "list", "rbac.authorization.k8s.io", kind=kind, plural=f"{kind.lower()}s")
    for kind in ("RoleBinding", "ClusterRoleBinding")
)
SELECTING = ("webhooks", "matchConditions")

REGISTRY = {"defaultRegistry": "docker.io", "enableDefaultRegistryMutation": "true"}
"""Keys about images without a registry, with the values that the module goes by."""

INERT = frozenset(
    (
        *("generateSuccessEvents", "successEventActions", "updateRequestThreshold", "maxContextSize"),
        *("webhookAnnotations", "webhookLabels"),
    )
)
"""Keys about Kyverno's own objects and limits."""

_FILTER = re.compile(r"\[([^\[\]]*)\]")


class ConfigurationError(Exception):
    """The document is no configuration of Kyverno."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is carried over.

    settings: for the module; excluded: namespaces in which nothing is judged; filtered: kinds of which nothing is
    judged; namespace_expressions, object_expressions, match_conditions: for the API server; look_ups: what the settings
    look up; notes: what is not carried over.
    """

    settings: Map
    excluded: frozenset[str] = frozenset()
    filtered: tuple[KindSelector, ...] = ()
    namespace_expressions: tuple[Map, ...] = ()
    object_expressions: tuple[Map, ...] = ()
    match_conditions: tuple[Map, ...] = ()
    look_ups: tuple[LookUp, ...] = ()
    notes: tuple[str, ...] = ()


def read(tree: Tree) -> Configuration:
    """The configuration of a ConfigMap; raises `ConfigurationError`."""
    if text(tree, "kind") != "ConfigMap" or text(tree, "apiVersion") != "v1":
        raise ConfigurationError("is no ConfigMap")
    data = texts(tree, "data")
    webhooks = _read_json(data, "webhooks")
    webhooks = webhooks if isinstance(webhooks, dict) else {}
    conditions = _read_json(data, "matchConditions")
    return Configuration(
        settings={name: data[key].strip() for key, name in SETTINGS.items() if data.get(key, "").strip()},
        excluded=frozenset(_excluded_namespaces(data.get("resourceFilters", ""))),
        filtered=tuple(_filtered_kinds(data.get("resourceFilters", ""))),
        namespace_expressions=tuple(selectors.expressions_of(webhooks.get("namespaceSelector"))),
        object_expressions=tuple(selectors.expressions_of(webhooks.get("objectSelector"))),
        match_conditions=tuple(each for each in conditions if isinstance(each, dict))
        if isinstance(conditions, list)
        else (),
        look_ups=BINDINGS if any(data.get(key, "").strip() for key in NEEDS_ROLES) else (),
        notes=tuple(_notes(data)),
    )


def _read_json(data: Mapping[str, str], key: str) -> Tree:
    written = data.get(key, "").strip()
    if not written:
        return None
    try:
        return json_text.load(written.encode())
    except ReadError as error:
        raise ConfigurationError(f"data.{key}: {error}") from error


def _excluded_namespaces(filters: str) -> Iterator[str]:
    """Namespaces whose every object is filtered out: `[*/*,kube-system,*]`."""
    for found in _FILTER.finditer(filters):
        match found[1].split(","):
            case ["*/*", namespace, "*"] if namespace and not wildcard.contains_wildcard(namespace):
                yield namespace


def _filtered_kinds(filters: str) -> Iterator[KindSelector]:
    """Kinds whose every object is filtered out: `[ReplicaSet,*,*]`."""
    for each in request_filter.read_resources(filters):
        if each.namespace == each.name == "*":
            yield each.kind


def _notes(data: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(data):
        if key in REGISTRY:
            if (value := data[key].strip()) != REGISTRY[key]:
                yield f"{key}: {value} is not carried over: an image without a registry is one of docker.io"
        elif key not in SETTINGS and key not in SELECTING and key not in INERT:
            yield f"{key} of Kyverno's configuration is not known here and is not carried over"
