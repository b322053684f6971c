"""Wildcards in the keys of `metadata.labels` and `metadata.annotations` of a pattern.

There, and only there, a key such as `*/team` stands for a key that the resource has.
Source: Kyverno pkg/engine/wildcards ExpandInMetadata.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kywarden.judging import anchors
from kywarden.values import wildcard
from kywarden.values.trees import Map, Tree

TAGS: Final = ("labels", "annotations")


def written_as(key: str, written: Collection[str]) -> str | None:
    """How a key is written in a map, anchored or not; None if it is not there (the first in order, if several are)."""
    if key not in " ".join(written):  # nearly always
        return None
    candidates = [text for text in written if key in text]
    for text in sorted(candidates):
        if text == key or ((anchor := anchors.parse(text)) and anchor.key == key):
            return text
    return None


def is_expandable(pattern: Tree) -> bool:
    """Whether `expand` could change these labels or annotations of a pattern."""
    return isinstance(pattern, dict) and any(
        not isinstance(value, str) or wildcard.contains_wildcard(key) for key, value in pattern.items()
    )


def expand(pattern: Tree, metadata: Tree, tag: str) -> Map | None:
    """The labels or annotations of a pattern with concrete keys; None if there are none in the resource's metadata.

    kyverno: values that are no strings are dropped, from the pattern too, so that nothing is asked of them.
    Where several keys of the resource match, Kyverno takes any; here it is the first in order.
    """
    if not isinstance(pattern, dict) or not isinstance(metadata, dict):
        return None
    written = written_as(tag, metadata)
    found = metadata[written] if written else None
    if not isinstance(found, dict):
        return None
    keys = sorted(key for key, value in found.items() if isinstance(value, str))
    return {_concrete(key, keys): value for key, value in pattern.items() if isinstance(value, str)}


def _concrete(written: str, keys: list[str]) -> str:
    if not wildcard.contains_wildcard(written):
        return written
    anchor = anchors.parse(written)
    if anchor is None:
        return _first_match(written, keys)
    return anchors.text(anchor.modifier, _first_match(anchor.key, keys))


def _first_match(pattern: str, keys: list[str]) -> str:
    matches = wildcard.prepare(pattern)
    return next((key for key in keys if matches(key)), pattern)
