"""Kyverno's wildcards: `*` is any run of characters, `?` is exactly one; no classes, no escapes, case matters.

A pattern is cut at its stars into pieces. The first piece is fixed at the start, the last at the end, and each piece
between takes the earliest place after the one before it: an earlier place never costs a match, so nothing is undone
and the time is at most (length of the pattern) x (length of the text), where Kyverno's own matcher is exponential.
"""

from __future__ import annotations

from collections.abc import Callable

from kywarden.values import watch


def contains_wildcard(text: str) -> bool:
    """Whether the text has a `*` or a `?` (ext/wildcard/utils.go)."""
    return "*" in text or "?" in text


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; the empty pattern matches the empty text only (ext/wildcard/match.go)."""
    if "*" not in pattern:
        return pattern == text or ("?" in pattern and len(pattern) == len(text) and _fits(pattern, text, 0))
    return _spans(pattern.split("*"), text)


def prepare(pattern: str) -> Callable[[str], bool]:
    """`matches` with the pattern fixed: a predicate as cheap as the pattern's shape allows."""
    pieces = pattern.split("*")
    if "?" in pattern:
        if pattern.strip("*?"):
            return lambda text: matches(pattern, text)
        least = pattern.count("?")
        return (lambda text: len(text) >= least) if "*" in pattern else (lambda text: len(text) == least)
    if len(pieces) == 1:
        return lambda text: text == pattern
    first, last = pieces[0], pieces[-1]
    if any(pieces[1:-1]):
        return lambda text: _spans(pieces, text)
    if first and last:
        least = len(first) + len(last)
        return lambda text: len(text) >= least and text.startswith(first) and text.endswith(last)
    if first:
        return lambda text: text.startswith(first)
    if last:
        return lambda text: text.endswith(last)
    return lambda text: True


def _spans(pieces: list[str], text: str) -> bool:
    """Whether the pieces, two at least, occur in order, the outer ones at the ends of the text."""
    first, last = pieces[0], pieces[-1]
    start, end = len(first), len(text) - len(last)
    if start > end or not _fits(first, text, 0) or not _fits(last, text, end):
        return False
    for piece in pieces[1:-1]:
        at = _find(piece, text, start, end)
        if at < 0:
            return False
        start = at + len(piece)
    return True


def _fits(piece: str, text: str, at: int) -> bool:
    """Whether a piece without stars stands at this place; the text is long enough."""
    if "?" not in piece:
        return text.startswith(piece, at)
    return all(wanted in ("?", found) for wanted, found in zip(piece, text[at : at + len(piece)], strict=True))


def _find(piece: str, text: str, start: int, end: int) -> int:
    """The first place of the piece inside text[start:end], or -1."""
    if "?" not in piece:
        return text.find(piece, start, end)
    if len(piece) * (end - start) > _MANY_COMPARISONS:
        return _find_all_at_once(piece, text, start, end)
    fixed = max(piece.split("?"), key=len)
    before = piece.index(fixed)
    at = text.find(fixed, start + before, end) - before
    while start <= at <= end - len(piece) and not _fits(piece, text, at):
        at = text.find(fixed, at + before + 1, end) - before
    return at if start <= at <= end - len(piece) else -1


_MANY_COMPARISONS = 100_000


def _find_all_at_once(piece: str, text: str, start: int, end: int) -> int:
    """The same, with one step for each character of the text whatever the piece: bit n of the state says that the first
    n + 1 characters of the piece stand before this place (Baeza-Yates and Gonnet's Shift-And)."""
    poll = watch.current()
    anything = _bits(piece, "?")
    masks: dict[str, int] = {}
    state, last = 0, 1 << (len(piece) - 1)
    for at in range(start, end):
        poll()
        found = text[at]
        mask = masks.get(found)
        if mask is None:
            mask = _bits(piece, found) | anything
            if len(masks) < _MANY_CHARACTERS:
                masks[found] = mask
        state = (state << 1 | 1) & mask
        if state & last:
            return at + 1 - len(piece)
    return -1


_MANY_CHARACTERS = 256
"""Characters whose places in a piece are remembered: each has as many bits as the piece has characters."""


def _bits(piece: str, wanted: str) -> int:
    """Bit n says that the piece has the character there."""
    bits = bytearray(len(piece) // 8 + 1)
    at = piece.find(wanted)
    while at >= 0:
        bits[at >> 3] |= 1 << (at & 7)
        at = piece.find(wanted, at + 1)
    return int.from_bytes(bits, "little")
