"""Anchors: the parentheses around a key of a pattern or patch, such as `=(image)` or `X(hostPath)`.

This module knows the syntax of a key; what an anchor asks of a resource is said in `fields`.
Source: Kyverno pkg/engine/anchor, https://kyverno.io/docs/policy-types/cluster-policy/validate/#anchors.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kywarden.values.space import trim

CONDITION: Final = ""
GLOBAL: Final = "<"
NEGATION: Final = "X"
ADDITION: Final = "+"
EQUALITY: Final = "="
EXISTENCE: Final = "^"

CONDITIONS: Final = frozenset({CONDITION, GLOBAL})
"""Anchors that decide whether the rest applies."""

JUDGED_FIRST: Final = frozenset({CONDITION, EQUALITY, NEGATION, EXISTENCE})
"""Anchors that are judged before the other keys of their map."""

VALIDATING: Final = JUDGED_FIRST | {GLOBAL}
"""Anchors that mean something in a validate pattern: all but the addition anchor, which belongs to patches."""

RECORDED: Final = frozenset({CONDITION, EXISTENCE})
"""Anchors of which a match notes whether their key was anywhere in the resource (kyverno: anchormap.go)."""

_MODIFIERS: Final = VALIDATING | {ADDITION}


class Anchor(NamedTuple):
    """modifier: one of the constants above; key: the text between the parentheses, never empty."""

    modifier: str
    key: str


def parse(key: str) -> Anchor | None:
    """The anchor that a key is written with, or None for an ordinary key. Outer white space does not count."""
    if ")" not in key:
        return None
    modifier, opened, rest = trim(key).partition("(")
    if not opened or modifier not in _MODIFIERS or rest[-1:] != ")" or len(rest) == 1 or "\n" in rest:
        return None
    return Anchor(modifier, rest[:-1])


def text(modifier: str, key: str) -> str:
    """The key as written in a policy; empty for an empty key."""
    return f"{modifier}({key})" if key else ""
