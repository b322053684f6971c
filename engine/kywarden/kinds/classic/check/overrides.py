"""The policy check of `validationFailureActionOverrides`: no namespace may get two actions.

Source: pkg/validation/policy/validate.go validateNamespaces.
"""

from __future__ import annotations

from collections.abc import Sequence

from kywarden.kinds.classic import actions
from kywarden.kinds.classic.check.refusal import Refusal, free
from kywarden.kinds.classic.trees import one_map, texts
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Tree

_ACTIONS = frozenset({"enforce", "audit", "Enforce", "Audit"})


def check(overrides: Tree, path: str, place: str) -> None:
    """Raises `Refusal` at the first entry that contradicts those before it; path: as Kyverno writes it."""
    names: dict[bool, set[str]] = {True: set(), False: set()}
    patterns: dict[bool, set[str]] = {True: set(), False: set()}
    for index, tree in enumerate(overrides if isinstance(overrides, list) else ()):
        entry = one_map(tree)
        if text(entry, "action") not in _ACTIONS:
            raise free("invalid action", f"{place}[{index}].action")
        enforces = actions.enforces(entry.get("action"))
        listed = texts(entry.get("namespaces"))
        plain = {name for name in listed if not wildcard.contains_wildcard(name)}
        where = f"{path}[{index}].namespaces"
        if common := sorted(names[not enforces] & plain):
            raise _refused(f"conflicting namespaces found in path: {where}: {', '.join(common)}", place, index)
        patterns[enforces] |= set(listed) - plain
        names[enforces] |= plain
        if conflict := _conflict(names, patterns):
            raise _refused(f"path: {where}: {conflict}", place, index)


def _refused(sentence: str, place: str, index: int) -> Refusal:
    return free(sentence, f"{place}[{index}].namespaces")


def _conflict(names: dict[bool, set[str]], patterns: dict[bool, set[str]]) -> str:
    """What patterns of one action say about names or patterns of the other; empty for nothing."""
    for enforces in (False, True):
        if found := _match(sorted(patterns[enforces]), sorted(names[not enforces])):
            return "wildcard pattern '{}' matches with namespace '{}'".format(*found)
    for enforces in (False, True):
        if found := _match(sorted(patterns[enforces]), sorted(patterns[not enforces])):
            return "wildcard pattern '{}' conflicts with the pattern '{}'".format(*found)
    return ""


def _match(patterns: Sequence[str], names: Sequence[str]) -> tuple[str, str] | None:
    for name in names:
        for pattern in patterns:
            if wildcard.matches(pattern, name):
                return pattern, name
    return None
