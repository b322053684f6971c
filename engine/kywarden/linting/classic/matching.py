"""Match and exclude: kinds that do not exist, and filters that nothing can pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kywarden.judging import kinds
from kywarden.kinds.classic import match_block
from kywarden.kinds.classic.trees import one_map, texts
from kywarden.linting.classic.subject import Rule, block_filters, filters
from kywarden.linting.finding import Remark
from kywarden.linting.suggestions import nearest
from kywarden.model.builtin_kinds import CLUSTER_SCOPED, NAMESPACED
from kywarden.model.match import ResourceFilter
from kywarden.values import wildcard
from kywarden.values.trees import Map
from kywarden.values.yaml_tree import Path

_GROUPS: Mapping[str, frozenset[str]] = {
    group: frozenset(f"{NAMESPACED.get(group, '')} {CLUSTER_SCOPED.get(group, '')}".split())
    for group in NAMESPACED.keys() | CLUSTER_SCOPED.keys()
}
_KINDS = frozenset().union(*_GROUPS.values())
_NAMESPACED_KINDS = frozenset(kind for listed in NAMESPACED.values() for kind in listed.split())
_REQUEST_KINDS = frozenset(
    (
        *("Eviction", "Scale", "PodExecOptions", "PodAttachOptions", "PodPortForwardOptions", "PodProxyOptions"),
        *("NodeProxyOptions", "ServiceProxyOptions", "TokenRequest", "DeleteOptions", "List"),
    )
)
"""Kinds of requests that no object of a cluster has."""

SUBRESOURCES = frozenset(
    (
        *("status", "scale", "exec", "attach", "portforward", "proxy", "log", "eviction", "binding", "bindings"),
        *("ephemeralcontainers", "resize", "token", "approval", "finalize"),
    )
)
SPELLED_ALIKE = 0.88
"""Custom kinds may have any name, so only what is nearly a built-in one is taken for a slip."""


def remarks(rule: Rule) -> Iterator[Remark]:
    for one, path in filters(rule):
        yield from _kind_remarks(one_map(one.get("resources")), (*path, "resources", "kinds"))
        yield from _role_remarks(one, path)
    for one, path in block_filters(rule, "match"):
        yield from _empty_remarks(one_map(one.get("resources")), (*path, "resources"))
    yield from _exclusion_remarks(rule)


def _kind_remarks(resources: Map, path: Path) -> Iterator[Remark]:
    for index, entry in enumerate(texts(resources.get("kinds"))):
        for message, hint in _kind_problems(entry):
            yield Remark("unknown-kind", message, (*path, index), (entry,), hint)


def _kind_problems(entry: str) -> Iterator[tuple[str, str]]:
    selector = kinds.parse(entry)
    kind, group = selector.kind, selector.group
    if not kind:
        yield f'"{entry}" names no kind', "write Kind, version/Kind or group/version/Kind, and /subresource behind it"
        return
    if selector.subresource in _KINDS and kind not in _KINDS:
        group_too = f'"{kind}/*/{selector.subresource}" or ' if "." in kind else ""
        hint = f'write {group_too}"{selector.subresource}"'
        yield f'"{entry}" names the subresource {selector.subresource} of a kind {kind}', hint
        return
    if wildcard.contains_wildcard(entry):
        return
    if group in _GROUPS and kind not in _GROUPS[group]:
        found = nearest(kind, _GROUPS[group], 0.7)
        if found:
            yield f'there is no kind {kind} in the group "{group}"', f'did you mean "{entry.replace(kind, found)}"?'
    elif group == "*" and kind not in _KINDS and kind not in _REQUEST_KINDS:
        found = _slip(kind)
        if found:
            yield f"no cluster has a kind {kind} by itself", f'did you mean "{entry.replace(kind, found)}"?'
    is_unknown = selector.subresource and selector.subresource not in SUBRESOURCES
    if kind in _KINDS and is_unknown and (found := nearest(selector.subresource, SUBRESOURCES)):
        yield f"{kind} has no subresource {selector.subresource}", f'did you mean "{found}"?'


def _slip(kind: str) -> str:
    """The built-in kind that a word surely stands for: in other case, in plural, or with a slip."""
    for form in (kind, kind.removesuffix("s"), kind.removesuffix("es"), kind.removesuffix("ies") + "y"):
        for known in _KINDS:
            if form.lower() == known.lower():
                return known
    return nearest(kind, _KINDS, SPELLED_ALIKE) if len(kind) > 4 else ""


def _role_remarks(one: Map, path: Path) -> Iterator[Remark]:
    for key in ("roles", "clusterRoles"):
        for index, role in enumerate(texts(one.get(key))):
            if wildcard.contains_wildcard(role):
                message = f'"{role}" is compared as it is written: {key} know no wildcards'
                yield Remark("literal-wildcard", message, (*path, key, index), (role,))


def _empty_remarks(resources: Map, path: Path) -> Iterator[Remark]:
    """Attributes that none of the kinds can have."""
    listed = [kinds.parse(entry).kind for entry in texts(resources.get("kinds"))]
    if not listed or not all(kind in _KINDS for kind in listed):
        return
    if resources.get("namespaceSelector") is not None and set(listed) == {"Namespace"}:
        message, hint = "a Namespace never passes a namespaceSelector", "use selector, for its own labels"
        yield Remark("matches-nothing", message, (*path, "namespaceSelector"), hint=hint)
    namespaces = texts(resources.get("namespaces"))
    clustered = [kind for kind in listed if kind not in _NAMESPACED_KINDS and kind != "Namespace"]
    if namespaces and clustered == listed and not any(wildcard.matches(one, "") for one in namespaces):
        message = f"{', '.join(dict.fromkeys(listed))} live in no namespace, so no namespace matches"
        yield Remark("matches-nothing", message, (*path, "namespaces"))


def _exclusion_remarks(rule: Rule) -> Iterator[Remark]:
    """Match filters that one exclude filter covers whole."""
    matched, excluded = block_filters(rule, "match"), block_filters(rule, "exclude")
    exclude = one_map(rule.tree.get("exclude"))
    if exclude.get("all") and len(excluded) > 1:
        return
    needed = one_map(rule.tree.get("match")).get("all")
    covered = [(one, path) for one, path in matched if any(_covers(other, one) for other, _ in excluded)]
    if matched and (len(covered) == len(matched) or (needed and covered)):
        message = "exclude takes out everything that match selects, so the rule never applies"
        yield Remark("matches-nothing", message, (*rule.path, "exclude"))
    elif covered:
        for _, path in covered:
            yield Remark("matches-nothing", "exclude takes out everything that this filter selects", path)


def _covers(excluding: Map, matching: Map) -> bool:
    """Whether every request that one filter takes is taken by the other, as far as their texts tell."""
    outer, inner = match_block.read({"any": [excluding]}).any[0], match_block.read({"any": [matching]}).any[0]
    return outer != ResourceFilter() and _covers_resources(outer, inner) and _covers_user(outer, inner)


def _covers_resources(outer: ResourceFilter, inner: ResourceFilter) -> bool:
    wide, narrow = outer.resources, inner.resources
    names = [*narrow.names, *([narrow.name] if narrow.name else [])]
    return (
        _all_match(wide.kinds, narrow.kinds, kinds_too=True)
        and _all_match((wide.name,) if wide.name else (), names)
        and _all_match(wide.names, names)
        and _all_match(wide.namespaces, narrow.namespaces)
        and (not wide.operations or (bool(narrow.operations) and set(narrow.operations) <= set(wide.operations)))
        and set(wide.annotations) <= set(narrow.annotations)
        and wide.selector in (None, narrow.selector)
        and wide.namespace_selector in (None, narrow.namespace_selector)
    )


def _covers_user(outer: ResourceFilter, inner: ResourceFilter) -> bool:
    wide, narrow = outer.user, inner.user
    return all(
        not some or (bool(others) and set(others or ()) <= set(some))
        for some, others in (
            (wide.roles, narrow.roles),
            (wide.cluster_roles, narrow.cluster_roles),
            (wide.subjects, narrow.subjects),
        )
    )


def _all_match(patterns: tuple[str, ...], words: tuple[str, ...] | list[str], kinds_too: bool = False) -> bool:
    """Whether one of the patterns covers each word; no pattern covers all, no word is any word."""
    if not patterns:
        return True
    if not words:
        return any(pattern == "*" for pattern in patterns)
    return all(
        any(wildcard.matches(pattern, word) or (kinds_too and _same_kind(pattern, word)) for pattern in patterns)
        for word in words
    )


def _same_kind(pattern: str, word: str) -> bool:
    wide, narrow = kinds.parse(pattern), kinds.parse(word)
    pairs = zip(
        (wide.group, wide.version, wide.kind, wide.subresource),
        (narrow.group, narrow.version, narrow.kind, narrow.subresource),
        strict=True,
    )
    return bool(wide.kind) and all(wildcard.matches(one, other) for one, other in pairs)
