"""Selectors of a Kubewarden policy: a first look that spares calls.

The policy itself looks again at what they let through, so a selector is taken over only where it can never hide a
request that some rule is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kywarden.judging import labels
from kywarden.kinds.outline import Choice
from kywarden.model.match import LabelSelector, MatchBlock, ResourceFilter
from kywarden.model.resources import texts
from kywarden.values import wildcard
from kywarden.values.trees import Map, Tree

NAME_LABEL = "kubernetes.io/metadata.name"


def namespaces(choices: Sequence[Choice]) -> frozenset[str] | None:
    """The only namespaces in which any of the choices can select a request, None when they are not known by name."""
    return _union(_names(choice.match) for choice in choices)


def excluded_namespaces(choices: Sequence[Choice]) -> frozenset[str]:
    """Namespaces in which none of the choices can select a request."""
    excluded = [_excluded_names(choice) for choice in choices]
    return frozenset.intersection(*excluded) if excluded else frozenset()


def namespace_labels(choices: Sequence[Choice]) -> LabelSelector | None:
    """The namespace selector that all of the choices have, None when there is no such."""
    return _common(choices, lambda each: each.resources.namespace_selector)


def object_labels(choices: Sequence[Choice]) -> LabelSelector | None:
    """The selector of labels that all of the choices have, None when there is no such or when a choice is about
    subresources, whose objects have labels of their own or none."""
    kinds = [kind for choice in choices for kind in choice.match.kinds]
    if any("/" in kind or "." in kind for kind in kinds if not _is_group_version_kind(kind)):
        return None
    return _common(choices, lambda each: each.resources.selector)


def expressions(selector: LabelSelector) -> list[Map]:
    """The selector as `matchExpressions`: Kubewarden loses `matchLabels` of a namespaceSelector without a word."""
    pairs: list[Map] = [_requirement(key, "In", [value]) for key, value in selector.match_labels]
    return pairs + [_requirement(each.key, each.operator, each.values) for each in selector.match_expressions]


def expressions_of(tree: Tree) -> list[Map]:
    """The same of a selector's tree."""
    written = tree.get("matchExpressions") if isinstance(tree, dict) else None
    pairs: list[Map] = [_requirement(key, "In", [value]) for key, value in texts(tree, "matchLabels").items()]
    return pairs + [each for each in (written if isinstance(written, list) else []) if isinstance(each, dict)]


def named(operator: str, names: Iterable[str]) -> Map:
    """The requirement that a namespace has one of the names, or none of them."""
    return _requirement(NAME_LABEL, operator, sorted(names))


def _requirement(key: str, operator: str, values: Iterable[str]) -> Map:
    listed = list(values)
    return {"key": key, "operator": operator, **({"values": list(listed)} if listed else {})}


def _is_group_version_kind(kind: str) -> bool:
    return kind.count("/") == 2 and "." not in kind.rpartition("/")[2]


def _in_use(block: MatchBlock) -> tuple[Sequence[ResourceFilter], bool]:
    """The filters that count, and whether one of them is enough."""
    if block.any:
        return block.any, True
    return (block.all, False) if block.all else ((block.bare,), True)


def _names(block: MatchBlock) -> frozenset[str] | None:
    filters, one_is_enough = _in_use(block)
    names = [_exact_names(each) for each in filters]
    if one_is_enough:
        return _union(names)
    known = [each for each in names if each is not None]
    return frozenset.intersection(*known) if known else None


def _exact_names(each: ResourceFilter) -> frozenset[str] | None:
    written = each.resources.namespaces
    if not written or any(map(wildcard.contains_wildcard, written)):
        return None
    return frozenset(written)


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    united: frozenset[str] = frozenset()
    for each in sets:
        if each is None:
            return None
        united |= each
    return united


def _excluded_names(choice: Choice) -> frozenset[str]:
    filters, one_is_enough = _in_use(choice.exclude)
    if not one_is_enough and len(filters) > 1:
        return frozenset()
    return frozenset(name for each in filters if _is_about_namespaces(each, choice.match) for name in _exact(each))


def _exact(each: ResourceFilter) -> Iterable[str]:
    return (name for name in each.resources.namespaces if not wildcard.contains_wildcard(name))


def _is_about_namespaces(each: ResourceFilter, match: MatchBlock) -> bool:
    """Whether the filter says nothing but namespaces, for all kinds that the match block names."""
    described = each.resources
    others = (described.name, described.names, described.annotations, described.operations)
    if any(others) or described.selector is not None or described.namespace_selector is not None:
        return False
    return each.user.is_empty and (not described.kinds or set(match.kinds) <= set(described.kinds))


def _common(
    choices: Sequence[Choice], selector_of: Callable[[ResourceFilter], LabelSelector | None]
) -> LabelSelector | None:
    found: set[LabelSelector] = set()
    for choice in choices:
        filters, one_is_enough = _in_use(choice.match)
        selectors = [selector_of(each) for each in filters]
        if one_is_enough and None in selectors:
            return None
        known = [each for each in selectors if each is not None]
        if not known:
            return None
        found.update(known if one_is_enough else known[:1])
    selector = found.pop() if len(found) == 1 else None
    if selector is None or selector.is_empty or labels.has_wildcard(selector) or labels.problem(selector):
        return None
    return selector
