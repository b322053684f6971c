"""Validate patterns: leaves, anchors and keys that do not do what they seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kywarden.judging import anchors, metadata_keys
from kywarden.linting.classic import leaves
from kywarden.linting.classic.subject import Rule, bodies, patterns
from kywarden.linting.finding import Remark
from kywarden.values import wildcard
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_tree import Path

_BROKEN_ANCHOR = re.compile(r"\s*(?:[-+<=>X^!?~#x*]\s*\(|\([-+<=>X^!?~]|\().*|[+<=X^]?[^()]*\)\s*|[=^<+]\w+")
"""Keys that were surely meant as anchors: `(a`, `a)`, `!(a)`, `= (a)`, `(=a)`, `^a`."""


def remarks(rule: Rule) -> Iterator[Remark]:
    for pattern, path in patterns(rule):
        yield from _of_tree(pattern, path)
    for body, path in bodies(rule):
        yield from _unfailing(body, path)


def _unfailing(body: Map, path: Path) -> Iterator[Remark]:
    """Patterns of conditions alone. One of several alternatives may be such: it passes where its conditions hold."""
    if _is_unfailing(body.get("pattern")):
        message = "all of the pattern is conditions: it passes or is skipped, and never fails"
        yield Remark("never-fails", message, (*path, "pattern"))
    alternatives = body.get("anyPattern")
    if isinstance(alternatives, list) and alternatives and all(map(_is_unfailing, alternatives)):
        message = "all of the patterns are conditions: they pass or are skipped, and never fail"
        yield Remark("never-fails", message, (*path, "anyPattern"))


def _is_unfailing(pattern: Tree) -> bool:
    return isinstance(pattern, dict) and bool(pattern) and not _can_fail(pattern)


def _of_tree(tree: Tree, path: Path, modifier: str | None = None) -> Iterator[Remark]:
    """modifier: of the anchor at whose key the tree stands."""
    match tree:
        case str():
            yield from _of_leaf(tree, path, modifier)
        case dict():
            yield from _of_map(tree, path)
        case list():
            yield from _of_list(tree, path, modifier)


def _of_leaf(text: str, path: Path, modifier: str | None) -> Iterator[Remark]:
    if "{{" in text or "$(" in text or modifier == anchors.NEGATION:
        return
    if modifier == anchors.EQUALITY and text == "*":
        message = f'{path[-1]}: "*" accepts every text and number, and refuses every map and list'
        yield Remark("anchor-without-effect", message, path, hint="leave it out, or say what is asked")
    if reason := leaves.never_holds(text):
        yield Remark("never-holds", f'no value holds for "{text}"', path, hint=reason, at_value=True)
    for alternative, reason in leaves.dead_alternatives(text):
        message = f'no value holds for the alternative "{alternative}"'
        yield Remark("never-holds", message, path, (text, alternative), reason)
    if reason := leaves.always_holds(text):
        hint = f"{reason}; join them with &"
        yield Remark("always-holds", f'every text holds for "{text}"', path, hint=hint, at_value=True)
    for part, meaning, instead in leaves.misread(text):
        yield Remark("no-range", f'"{part}" {meaning}', path, (text, part), f'write "{instead}"')


def _of_map(tree: Map, path: Path) -> Iterator[Remark]:
    expands = len(path) > 1 and _plain(path[-1]) in metadata_keys.TAGS and _plain(path[-2]) == "metadata"
    for key, value in tree.items():
        inner = (*path, key)
        anchor = anchors.parse(key)
        name = anchor.key if anchor else key
        if anchor is None and "{{" not in key and _BROKEN_ANCHOR.fullmatch(key):
            message = f'"{key}" is no anchor, so a key of this very name is looked up'
            yield Remark("no-anchor", message, inner, hint="anchors are (k), =(k), ^(k), X(k), <(k)")
        elif wildcard.contains_wildcard(name) and not expands and "{{" not in key:
            message = (
                f'"{name}" is looked up as it is written: only keys of metadata.labels and annotations know wildcards'
            )
            yield Remark("literal-wildcard", message, inner)
        yield from _of_tree(value, inner, anchor.modifier if anchor else None)


def _plain(step: str | int) -> str:
    anchor = anchors.parse(step) if isinstance(step, str) else None
    return anchor.key if anchor else str(step)


def _of_list(tree: list[Tree], path: Path, modifier: str | None) -> Iterator[Remark]:
    if len(tree) > 1 and modifier != anchors.EXISTENCE and not isinstance(tree[0], list):
        message = "only the first element of a list pattern counts, and it counts for every element of the resource"
        yield Remark("ignored-elements", message, (*path, 1))
    if not tree:
        yield Remark("never-holds", "no list matches an empty list", path)
    for index, item in enumerate(tree):
        if index == 0 or modifier == anchors.EXISTENCE or isinstance(tree[0], list):
            yield from _of_tree(item, (*path, index))


def _can_fail(tree: Tree) -> bool:
    """Whether something of the pattern stands outside of conditions."""
    match tree:
        case dict():
            return any(
                anchor.modifier not in anchors.CONDITIONS and (anchor.modifier != anchors.EQUALITY or _can_fail(value))
                if (anchor := anchors.parse(key))
                else _can_fail(value)
                for key, value in tree.items()
            )
        case list():
            return not tree or any(map(_can_fail, tree[:1]))
        case _:
            return True
