"""Taking the anchors out of a patch, after what they ask for has been done.

kyverno: maps that are or become empty go too, so a patch can never set `{}`.
Source: Kyverno pkg/engine/mutate/patch/strategicPreprocessing.go (deleteConditionElements, deleteAnchors).
"""

from __future__ import annotations

from typing import Final

from kywarden.errors import EvaluationError
from kywarden.judging import anchors
from kywarden.judging.anchors import ADDITION, CONDITIONS
from kywarden.patching.patch_nodes import Fields, PatchNode, has_anchors

PATCHING: Final = CONDITIONS | {ADDITION}
"""Anchors that mean something in a patch."""


def clean(patch: Fields) -> None:
    """Take the anchors out of a whole patch."""
    for key in patch.keys:
        anchor = anchors.parse(key)
        if is_spent(patch.get(key), is_condition=anchor is not None and anchor.modifier in CONDITIONS):
            patch.remove(key)


def is_spent(node: PatchNode, is_condition: bool) -> bool:
    """Take the anchors out of a node; whether nothing is left of it that could patch.

    is_condition: it stands at a condition, whose scalar has served its turn.
    """
    if isinstance(node, Fields):
        return _is_map_spent(node)
    return _is_list_spent(node) if isinstance(node, list) else is_condition


def _is_map_spent(fields: Fields) -> bool:
    for anchor in fields.anchors(CONDITIONS):
        key = anchors.text(*anchor)
        if is_spent(fields.get(key), is_condition=True):
            fields.remove(key)
    for anchor in fields.anchors(CONDITIONS):
        # kyverno: what a condition encloses beside other conditions is patched
        fields.rename(anchors.text(*anchor), anchor.key)
    spent = True
    for key in fields.keys:
        if is_spent(fields.get(key), is_condition=False):
            fields.remove(key)
        else:
            spent = False
    return spent


def _is_list_spent(items: list[PatchNode]) -> bool:
    before = list(items)
    for index, item in enumerate(before):
        if has_anchors(item, PATCHING) or is_spent(item, is_condition=False):
            if index >= len(items):
                # kyverno: positions are those before anything was taken out; a crash
                raise EvaluationError("several elements of a list in the patch have anchors that match nothing")
            del items[index]
    return bool(before) and not items
