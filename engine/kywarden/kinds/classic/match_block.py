"""Read a `match` or `exclude` block from a policy's tree: every wrong type and every unknown field is a problem.

A null field counts as absent, as in a cluster (Kyverno: api/kyverno/v1/match_resources_types.go and the files beside).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from kywarden.errors import PolicyError, PolicyErrors
from kywarden.model.match import (
    LabelRequirement,
    LabelSelector,
    MatchBlock,
    ResourceDescription,
    ResourceFilter,
    Subject,
    UserDescription,
)
from kywarden.values.trees import Map, Tree

_USER = ("roles", "clusterRoles", "subjects")
_FILTER = ("resources", *_USER)
_BLOCK = ("any", "all", *_FILTER)
_RESOURCES = (
    "kinds",
    "name",
    "names",
    "namespaces",
    "annotations",
    "selector",
    "namespaceSelector",
    "operations",
)

T = TypeVar("T")


def read(tree: Tree, path: str) -> MatchBlock:
    """The block at a path such as `spec.rules[0].match`. Raises PolicyErrors with all problems found in it."""
    reader = _Reader()
    block = reader.block(tree, path)
    if reader.problems:
        raise PolicyErrors(reader.problems)
    return block


class _Reader:
    """Reads and collects problems; what cannot be read is taken as absent."""

    def __init__(self) -> None:
        self.problems: list[PolicyError] = []

    def block(self, tree: Tree, path: str) -> MatchBlock:
        fields = self.map(tree, path, _BLOCK)
        return MatchBlock(
            any=self.list(fields, "any", path, self.filter),
            all=self.list(fields, "all", path, self.filter),
            bare=self.filter({key: value for key, value in fields.items() if key in _FILTER}, path),
        )

    def filter(self, tree: Tree, path: str) -> ResourceFilter:
        fields = self.map(tree, path, _FILTER)
        return ResourceFilter(
            self.resources(fields.get("resources"), f"{path}.resources"),
            UserDescription(
                roles=self.texts_if_written(fields, "roles", path),
                cluster_roles=self.texts_if_written(fields, "clusterRoles", path),
                subjects=self.list_if_written(fields, "subjects", path, self.subject),
            ),
        )

    def resources(self, tree: Tree, path: str) -> ResourceDescription:
        fields = self.map(tree, path, _RESOURCES)
        return ResourceDescription(
            kinds=self.texts(fields, "kinds", path),
            name=self.text(fields.get("name"), f"{path}.name"),
            names=self.texts(fields, "names", path),
            namespaces=self.texts(fields, "namespaces", path),
            annotations=self.pairs(fields.get("annotations"), f"{path}.annotations"),
            selector=self.selector(fields.get("selector"), f"{path}.selector"),
            namespace_selector=self.selector(fields.get("namespaceSelector"), f"{path}.namespaceSelector"),
            operations=self.texts(fields, "operations", path),
        )

    def selector(self, tree: Tree, path: str) -> LabelSelector | None:
        if tree is None:
            return None
        fields = self.map(tree, path, ("matchLabels", "matchExpressions"))
        return LabelSelector(
            self.pairs(fields.get("matchLabels"), f"{path}.matchLabels"),
            self.list(fields, "matchExpressions", path, self.requirement),
        )

    def requirement(self, tree: Tree, path: str) -> LabelRequirement:
        fields = self.map(tree, path, ("key", "operator", "values"))
        return LabelRequirement(
            self.text(fields.get("key"), f"{path}.key"),
            self.text(fields.get("operator"), f"{path}.operator"),
            self.texts(fields, "values", path),
        )

    def subject(self, tree: Tree, path: str) -> Subject:
        fields = self.map(tree, path, ("kind", "apiGroup", "name", "namespace"))
        self.text(fields.get("apiGroup"), f"{path}.apiGroup")
        kind, name, namespace = (self.text(fields.get(key), f"{path}.{key}") for key in ("kind", "name", "namespace"))
        return Subject(kind, name, namespace)

    def map(self, tree: Tree, path: str, known: Iterable[str]) -> Map:
        """The fields of a map; those that are not known are problems."""
        if tree is None:
            return {}
        if not isinstance(tree, dict):
            self.problem("a map", tree, path)
            return {}
        unknown = [key for key in tree if key not in known]
        self.problems += [PolicyError(f"unknown field {key!r}", path=path) for key in unknown]
        return {key: value for key, value in tree.items() if key not in unknown}

    def list(self, fields: Map, key: str, path: str, read_one: Callable[[Tree, str], T]) -> tuple[T, ...]:
        return self.list_if_written(fields, key, path, read_one) or ()

    def list_if_written(
        self, fields: Map, key: str, path: str, read_one: Callable[[Tree, str], T]
    ) -> tuple[T, ...] | None:
        tree = fields.get(key)
        if tree is None:
            return None
        if not isinstance(tree, list):
            self.problem("a list", tree, f"{path}.{key}")
            return None
        return tuple(read_one(element, f"{path}.{key}[{index}]") for index, element in enumerate(tree))

    def texts(self, fields: Map, key: str, path: str) -> tuple[str, ...]:
        return self.list(fields, key, path, self.text)

    def texts_if_written(self, fields: Map, key: str, path: str) -> tuple[str, ...] | None:
        return self.list_if_written(fields, key, path, self.text)

    def pairs(self, tree: Tree, path: str) -> tuple[tuple[str, str], ...]:
        """The entries of a map of strings."""
        fields = self.map(tree, path, tree if isinstance(tree, dict) else ())
        return tuple((key, self.text(value, f"{path}.{key}")) for key, value in fields.items())

    def text(self, tree: Tree, path: str) -> str:
        """A string; null, also as an element of a list, is the empty one, as Go decodes it."""
        if tree is None:
            return ""
        if not isinstance(tree, str):
            self.problem("a string", tree, path)
            return ""
        return tree

    def problem(self, wanted: str, found: Tree, path: str) -> None:
        self.problems.append(PolicyError(f"must be {wanted}, not {_described(found)}", path=path))


def _described(tree: Tree) -> str:
    match tree:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "a map"
    return "null"
