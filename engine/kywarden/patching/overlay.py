"""`patchStrategicMerge`: a patch with anchors, resolved against the object and merged into it.

`(key)` and `<(key)` are conditions: unmet, the patch does nothing. `+(key)` adds what is not there. In a list, an
element with an anchor anywhere in it gives way to copies, one for each element of the object's list that meets the
conditions, each with that element's `name`. Other anchors mean nothing here and stay as keys.
Source: Kyverno pkg/engine/mutate/patch/{strategicMergePatch,strategicPreprocessing}.go; reference J.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from kywarden.errors import EvaluationError
from kywarden.judging import anchors, pattern
from kywarden.judging.anchors import ADDITION, CONDITION, GLOBAL, Anchor
from kywarden.judging.pattern import Pattern
from kywarden.patching import strategic_merge
from kywarden.patching.cleaning import PATCHING, clean, is_spent
from kywarden.patching.nodes import MISSING, Part, Repeating, expect, is_empty, text_of
from kywarden.patching.patch_nodes import Fields, PatchNode, copy_of, has_anchors, node_of, size_of, tree_of
from kywarden.patching.strategic_merge import PATCH
from kywarden.values import strconv
from kywarden.values.trees import Map, Poll, Tree, floated

MAX_COPIED: Final = 100_000
"""Nodes that the copies of list elements may have together."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A prepared patch; `resolved` is what is merged, where neither anchors nor directives make it used up."""

    root: PatchNode
    resolved: Map | None


def prepare(tree: Tree) -> Overlay:
    """The patch, ready to be applied any number of times."""
    root = node_of(tree)
    if not isinstance(root, Fields) or has_anchors(root, PATCHING) or _has_directives(tree):
        return Overlay(root, None)
    cleaned = copy_of(root)
    return Overlay(root, _cleaned(cleaned) if isinstance(cleaned, Fields) else None)


def apply(overlay: Overlay, resource: Map | None, poll: Poll) -> Tree:
    """The object (None stands for null) with the patch applied; parts that do not change are shared.

    Unmet conditions leave the object as it is, but for what any merge does to lists with elements of equal key.
    Raises EvaluationError with Kyverno's text, such as `wrong node kind: expected SequenceNode but got ScalarNode: …`.
    """
    try:
        patch = resolve(overlay, resource, poll)
    except EvaluationError as error:
        raise error.within("failed to preProcess rule") from None
    merged = strategic_merge.merge(resource, patch or {}, poll)
    if repeated := _repeated(merged):
        lines = "".join(f"\n  line 1: mapping key {key} already defined at line 1" for key in repeated)
        raise EvaluationError(f"yaml: unmarshal errors:{lines}")
    return merged


def resolve(overlay: Overlay, resource: Map | None, poll: Poll) -> Map | None:
    """The patch without anchors, None when a condition is unmet. Raises EvaluationError."""
    root = overlay.root if overlay.resolved is not None else copy_of(overlay.root)
    if _Resolution(poll).walk(root, resource) is not None:
        return None
    if overlay.resolved is not None:
        return overlay.resolved
    if not isinstance(root, Fields):
        expect("MappingNode", tree_of(root))
        return {}
    return _cleaned(root)


def _has_directives(tree: Tree) -> bool:
    match tree:
        case dict():
            return PATCH in tree or any(map(_has_directives, tree.values()))
        case list():
            return any(map(_has_directives, tree))
        case _:
            return False


def _cleaned(root: Fields) -> Map:
    clean(root)
    tree = tree_of(root)
    return tree if isinstance(tree, dict) else {}


class _Unmet(Enum):
    """A condition that the object does not meet: in a list it concerns one element, a global one all."""

    CONDITION = auto()
    GLOBAL = auto()


class _Resolution:
    """Works the anchors of a patch off, changing the patch."""

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        self._copied = 0
        self._prepared: dict[str, Pattern] = {}

    def walk(self, node: PatchNode, resource: Part) -> _Unmet | None:
        self.poll()
        if isinstance(node, Fields):
            return self._walk_map(node, resource)
        if isinstance(node, list) and node and isinstance(node[0], Fields):
            return self._walk_list(node, resource)
        return None

    def _walk_map(self, fields: Fields, resource: Part) -> _Unmet | None:
        _add_missing(fields, resource)
        if any(not self._holds(fields, anchor, resource) for anchor in fields.anchors(_GLOBAL)):
            return _Unmet.GLOBAL
        if any(not self._holds(fields, anchor, resource) for anchor in fields.anchors(_CONDITION)):
            return _Unmet.CONDITION
        for key in fields.keys:
            anchor = anchors.parse(key)
            if anchor is None or anchor.modifier not in PATCHING:
                unmet = self.walk(fields.get(key), _field(resource, key))
                if unmet is not None:
                    return unmet
        return None

    def _holds(self, fields: Fields, anchor: Anchor, resource: Part) -> bool:
        value = _field(resource, anchor.key)
        if value is MISSING:
            return False
        condition = fields.get(anchors.text(*anchor))
        if isinstance(condition, Fields) and _add_missing(condition, value):
            return True  # kyverno: `+()` right below a condition means that nothing is compared
        asked = _compared(tree_of(condition))
        if _repeated(asked):
            return False
        return pattern.match(self._pattern(asked), _compared(value), self.poll) is None

    def _pattern(self, asked: Tree) -> Pattern:
        """The prepared condition; a text is asked of many elements."""
        if not isinstance(asked, str):
            return pattern.prepare(asked)
        return self._prepared.get(asked) or self._prepared.setdefault(asked, pattern.prepare(asked))

    def _walk_list(self, items: list[PatchNode], resource: Part) -> _Unmet | None:
        expect("SequenceNode", resource, in_order=True)
        for item in list(items):
            if has_anchors(item, PATCHING):
                unmet = self._expand(items, item, resource)
                if unmet is not None:
                    return unmet
        return None

    def _expand(self, items: list[PatchNode], item: PatchNode, resource: Part) -> _Unmet | None:
        """Append copies of an element for the elements of the object's list that meet its conditions.

        kyverno: with a global anchor there are no copies, so the element patches nothing.
        """
        is_global = has_anchors(item, _GLOBAL)
        passed = failed = False
        # kyverno: one copy serves all elements, so what `+()` means is settled by the first
        shared = copy_of(item)
        for element in resource if isinstance(resource, list) else []:
            match self.walk(shared, element):
                case _Unmet.GLOBAL:
                    failed = True
                case None if is_global:
                    passed = True
                case None:
                    self._append_copy(items, shared, element)
        if resource is MISSING:
            match self.walk(shared, MISSING):
                case _Unmet.GLOBAL:
                    return _Unmet.GLOBAL
                case _Unmet.CONDITION:
                    return None
        return _Unmet.GLOBAL if failed and not passed else None

    def _append_copy(self, items: list[PatchNode], shared: PatchNode, element: Tree) -> None:
        name = _field(element, "name")
        if name is MISSING or is_empty(name):
            return
        self._copied += size_of(shared)
        if self._copied > MAX_COPIED:
            raise EvaluationError(f"the anchors in lists of the patch make more than {MAX_COPIED} nodes")
        copy = copy_of(shared)
        if is_spent(copy, is_condition=True):
            return
        if not isinstance(copy, Fields):
            expect("MappingNode", tree_of(copy))
            return
        copy.set("name", node_of(name))
        items.append(copy)


_GLOBAL = frozenset({GLOBAL})
_CONDITION = frozenset({CONDITION})
_ADDITION = frozenset({ADDITION})


def _add_missing(fields: Fields, resource: Part) -> bool:
    """Settle the `+()` keys of a map, if there are any: what the object has is not patched."""
    found = fields.anchors(_ADDITION)
    for anchor in found:
        key = anchors.text(*anchor)
        if _field(resource, anchor.key) is MISSING:
            fields.rename(key, anchor.key)
        else:
            fields.remove(key)
    return bool(found)


def _field(resource: Part, key: str) -> Part:
    return resource.get(key, MISSING) if isinstance(resource, dict) else MISSING


def _compared(tree: Tree) -> Tree:
    """What is compared at a condition: scalars as their text, all numbers further inside as float64."""
    return floated(tree) if isinstance(tree, dict | list) else text_of(tree)


def _repeated(tree: Tree) -> list[str]:
    """The keys that stand more than once in a map of the tree."""
    match tree:
        case dict():
            own = [strconv.quote(key) for key in tree.repeated] if isinstance(tree, Repeating) else []
            return own or [key for value in tree.values() for key in _repeated(value)]
        case list():
            return [key for item in tree for key in _repeated(item)]
        case _:
            return []
