"""Did you mean: the known word that a misspelt one stands for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

CLOSE = 0.75
"""Of difflib's ratio; `mach` and `match`, `containr` and `containers`, but not `pod` and `job`."""


def nearest(word: str, known: Iterable[str], cutoff: float = CLOSE) -> str:
    """The known word that is most alike, case aside; empty when none is."""
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(one.lower(), one)
    found = get_close_matches(word.lower(), folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else ""


def did_you_mean(word: str, known: Iterable[str], cutoff: float = CLOSE) -> str:
    """`did you mean "match"?`, empty when no known word is near."""
    found = nearest(word, known, cutoff)
    return f'did you mean "{found}"?' if found and found != word else ""
