"""A `match` or `exclude` block from a policy's tree, which fits the schema.

Null counts as absent, and as an empty string or filter where it is an element of a list, as Go decodes it (Kyverno:
api/kyverno/v1/match_resources_types.go and the files beside).
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.kinds.classic.trees import one_map, structs
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

_NO_RESOURCES = ResourceDescription()
_NO_USER = UserDescription()


def read(tree: Tree) -> MatchBlock:
    """The block, an empty one for null."""
    if not isinstance(tree, dict):
        return MatchBlock()
    return MatchBlock(_filters(tree.get("any")), _filters(tree.get("all")), _filter(tree))


def kinds(tree: Tree) -> Iterator[str]:
    """The `kinds` entries of all filters of the block, without reading the rest."""
    block = one_map(tree)
    for one in (block, *structs(block.get("any")), *structs(block.get("all"))):
        yield from _texts(one_map(one.get("resources")).get("kinds"))


def read_selector(tree: Tree) -> LabelSelector | None:
    """A label selector, None for null."""
    if not isinstance(tree, dict):
        return None
    return LabelSelector(
        _pairs(tree.get("matchLabels")), tuple(map(_requirement, structs(tree.get("matchExpressions"))))
    )


def _filters(tree: Tree) -> tuple[ResourceFilter, ...]:
    return tuple(map(_filter, structs(tree))) if tree else ()


def _filter(tree: Map) -> ResourceFilter:
    return ResourceFilter(_resources(tree.get("resources")), _user(tree))


def _resources(tree: Tree) -> ResourceDescription:
    if not isinstance(tree, dict):
        return _NO_RESOURCES
    return ResourceDescription(
        _texts(tree.get("kinds")),
        _text(tree.get("name")),
        _texts(tree.get("names")),
        _texts(tree.get("namespaces")),
        _pairs(tree.get("annotations")),
        read_selector(tree.get("selector")),
        read_selector(tree.get("namespaceSelector")),
        _texts(tree.get("operations")),
    )


def _user(tree: Map) -> UserDescription:
    roles, cluster_roles, subjects = tree.get("roles"), tree.get("clusterRoles"), tree.get("subjects")
    if roles is None and cluster_roles is None and subjects is None:
        return _NO_USER
    return UserDescription(
        None if roles is None else _texts(roles),
        None if cluster_roles is None else _texts(cluster_roles),
        None if subjects is None else tuple(map(_subject, structs(subjects))),
    )


def _requirement(tree: Map) -> LabelRequirement:
    return LabelRequirement(_text(tree.get("key")), _text(tree.get("operator")), _texts(tree.get("values")))


def _subject(tree: Map) -> Subject:
    return Subject(_text(tree.get("kind")), _text(tree.get("name")), _text(tree.get("namespace")))


def _pairs(tree: Tree) -> tuple[tuple[str, str], ...]:
    return tuple((key, _text(value)) for key, value in tree.items()) if isinstance(tree, dict) else ()


def _texts(tree: Tree) -> tuple[str, ...]:
    return tuple(map(_text, tree)) if isinstance(tree, list) else ()


def _text(tree: Tree) -> str:
    return tree if isinstance(tree, str) else ""
