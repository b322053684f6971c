"""The policy check of match and exclude: what a block must hold, and that the two do not cancel each other out.

Source: api/kyverno/v1/{match_resources,resource_description,user_info,rule}_types.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.judging import labels
from kywarden.kinds.classic import encoding, match_block, schema
from kywarden.kinds.classic.check.refusal import Refusal, forbidden, invalid, invalid_text, required
from kywarden.kinds.classic.trees import one_map, structs, texts
from kywarden.model.match import LabelSelector
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Map, Tree

_SUBJECT_KINDS = ("User", "Group", "ServiceAccount")
_EMPTY_SET = "Rule is matching an empty set"


def block_problems(block: Map, path: str, *, namespaced: bool) -> Iterator[Refusal]:
    """Everything wrong in a match or exclude block (MatchResources.Validate)."""
    if block.get("any") and block.get("all"):
        yield invalid(path, encoding.text(block, schema.MATCH), "Can't specify any and all together")
    for mode in ("any", "all"):
        filters = block.get(mode)
        for index, one in enumerate(filters if isinstance(filters, list) else ()):
            yield from filter_problems(one_map(one), f"{path}.{mode}[{index}]", namespaced=namespaced)
    yield from filter_problems(block, path, namespaced=namespaced)


def filter_problems(one: Map, path: str, *, namespaced: bool) -> Iterator[Refusal]:
    """What is wrong with one filter: its subjects, roles and resources."""
    yield from _subject_problems(one.get("subjects"), f"{path}.subjects")
    for index, role in enumerate(texts(one.get("roles"))):
        if role.count(":") != 1:
            detail = "Role is expected to be in namespace:name format"
            yield invalid_text(f"{path}.roles[{index}]", role, detail)
    yield from resource_problems(one_map(one.get("resources")), path, namespaced=namespaced)


def _subject_problems(tree: Tree, path: str) -> Iterator[Refusal]:
    for index, subject in enumerate(tree if isinstance(tree, list) else ()):
        place = f"{path}[{index}]"
        kind = text(subject, "kind")
        if not kind:
            yield required(f"{place}.kind")
        elif kind not in _SUBJECT_KINDS:
            yield invalid_text(f"{place}.kind", kind, "kind must be 'User', 'Group', or 'ServiceAccount'")
        if not text(subject, "name"):
            yield required(f"{place}.name")
        if kind == "ServiceAccount" and not text(subject, "namespace"):
            yield required(f"{place}.namespace", "namespace is required when Kind is ServiceAccount")


def resource_problems(resources: Map, path: str, *, namespaced: bool) -> Iterator[Refusal]:
    """What is wrong with `resources`; kyverno: the word itself is missing from the paths."""
    place = f"{path}.resources"
    if resources.get("name") and resources.get("names"):
        shown = encoding.text(resources, schema.RESOURCES)
        yield invalid(path, shown, "Both name and names can not be specified together", place=place)
    if resources.get("selector") is not None:
        yield from _selector_problems(resources["selector"], f"{path}.selector", f"{place}.selector")
    if namespaced and resources.get("namespaces"):
        detail = "Filtering namespaces not allowed in namespaced policies"
        yield forbidden(f"{path}.namespaces", detail, place=f"{place}.namespaces")


def _selector_problems(tree: Tree, path: str, place: str) -> Iterator[Refusal]:
    selector = match_block.read_selector(tree) or LabelSelector()
    if labels.has_wildcard(selector):
        return
    problem = labels.problem(selector)
    if problem is None and selector.is_empty:
        problem = "The requirements are not specified in selector"
    if problem is not None:
        yield invalid(path, encoding.text(tree, schema.SELECTOR), problem, place=place)


def conflict(rule: Map, path: str) -> Iterator[Refusal]:
    """Whether the rule excludes all that it matches, as far as Kyverno sees it (ValidateMatchExcludeConflict)."""
    if _excludes_all(one_map(rule.get("match")), rule.get("exclude")):
        yield invalid(path, encoding.text(rule, schema.RULE), _EMPTY_SET)


def _excludes_all(match: Map, exclude: Tree) -> bool:
    if not isinstance(exclude, dict) or exclude.get("all") or match.get("all"):
        return False
    if match.get("any") and exclude.get("any"):
        matched = [encoding.decoded(one, schema.RESOURCE_FILTER) for one in structs(match.get("any"))]
        return any(encoding.decoded(one, schema.RESOURCE_FILTER) in matched for one in structs(exclude.get("any")))
    excluded = encoding.decoded(exclude, schema.MATCH)
    return bool(excluded) and _covers(excluded, encoding.decoded(match, schema.MATCH))


def _covers(exclude: Map, match: Map) -> bool:
    """Whether the bare form of exclude covers that of match.

    kyverno: operations do not count, and whatever of `any` stands on one side only does not either.
    """
    excluded, matched = one_map(exclude.get("resources")), one_map(match.get("resources"))
    for key in ("roles", "clusterRoles"):
        if not _is_covered(exclude.get(key), match.get(key)):
            return False
    if not _is_covered(_distinct(exclude.get("subjects")), _distinct(match.get("subjects"))):
        return False
    if excluded.get("name") and not wildcard.matches(text(excluded, "name"), text(matched, "name")):
        return False
    if excluded.get("names"):
        # kyverno: one common name is enough, and nothing after it counts
        names = texts(matched.get("names"))
        return any(wildcard.matches(pattern, name) for pattern in texts(excluded.get("names")) for name in names)
    if not all(_is_covered(excluded.get(key), matched.get(key)) for key in ("namespaces", "kinds")):
        return False
    if not all(_selects_more(excluded.get(key), matched.get(key)) for key in ("selector", "namespaceSelector")):
        return False
    return excluded.get("annotations") == matched.get("annotations")


def _is_covered(excluded: Tree, matched: Tree) -> bool:
    """Whether the excluded ones, if there are any, are among them all that are matched."""
    if not isinstance(excluded, list) or not excluded:
        return True
    return isinstance(matched, list) and bool(matched) and all(one in excluded for one in matched)


def _selects_more(excluded: Tree, matched: Tree) -> bool:
    if not isinstance(excluded, dict) or not isinstance(matched, dict):
        return excluded is None and matched is None
    if not _is_covered(_distinct(excluded.get("matchExpressions")), _distinct(matched.get("matchExpressions"))):
        return False
    excluded_labels, matched_labels = one_map(excluded.get("matchLabels")), one_map(matched.get("matchLabels"))
    if not excluded_labels:
        return True
    return bool(matched_labels) and all(
        (excluded_labels.get(key) or "") == (value or "") for key, value in matched_labels.items()
    )


def _distinct(tree: Tree) -> list[Tree]:
    """Structs as Kyverno compares them: by their JSON, where empty lists are left out."""
    return [{key: value for key, value in one.items() if value != []} for one in structs(tree)]
