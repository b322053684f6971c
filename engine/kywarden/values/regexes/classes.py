"""Sets of characters: sorted, disjoint ranges of code points, and the sets that RE2 has names for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from kywarden.values.regexes import unicode_tables

Ranges: TypeAlias = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
ANY: Ranges = ((0, LAST),)
NEWLINE: Ranges = ((10, 10),)

_DIGIT: Ranges = ((48, 57),)
_UPPER: Ranges = ((65, 90),)
_LOWER: Ranges = ((97, 122),)
WORD: Ranges = (*_DIGIT, *_UPPER, (95, 95), *_LOWER)
PERL: dict[str, Ranges] = {"d": _DIGIT, "s": ((9, 10), (12, 13), (32, 32)), "w": WORD}
POSIX: dict[str, Ranges] = {
    "alnum": (*_DIGIT, *_UPPER, *_LOWER),
    "alpha": (*_UPPER, *_LOWER),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": _LOWER,
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": _UPPER,
    "word": WORD,
    "xdigit": (*_DIGIT, (65, 70), (97, 102)),
}


def union(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The set of all characters in any of the ranges."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """The set of all other characters."""
    others = []
    following = 0
    for low, high in ranges:
        if following < low:
            others.append((following, low - 1))
        following = high + 1
    if following <= LAST:
        others.append((following, LAST))
    return tuple(others)


def contains(ranges: Ranges, code: int) -> bool:
    """Whether the character is in the set."""
    at = bisect_right(ranges, (code, LAST)) - 1
    return at >= 0 and code <= ranges[at][1]


def are_disjoint(left: Ranges, right: Ranges) -> bool:
    """Whether no character is in both sets."""
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i][1] < right[j][0]:
            i += 1
        elif right[j][1] < left[i][0]:
            j += 1
        else:
            return False
    return True


def folded(ranges: Ranges) -> Ranges:
    """The set with all characters that differ from its own in case only (Go's unicode.SimpleFold)."""
    if all(high < 65 for _, high in ranges) or ranges == ANY:
        return ranges
    orbits, codes = _orbits(), _codes_with_cases()
    inside = (code for low, high in ranges for code in codes[bisect_left(codes, low) : bisect_right(codes, high)])
    return union([*ranges, *((other, other) for code in inside for other in orbits[code])])


@cache
def unicode_class(name: str) -> tuple[Ranges, bool] | None:
    """The set that \\p{name} stands for, and whether it folds; None when there is no such name.

    Names are compared without case, blanks, hyphens and underscores (Go's regexp/syntax).
    """
    name = re.sub("[-_ ]", "", name)
    name = name[:1].upper() + name[1:].lower() if name.isascii() else name
    match name:
        case "Any":
            return ANY, False
        case "Ascii":
            return POSIX["ascii"], True
        case "Assigned":
            return complement(_category("Cn")), False
        case "Lc":
            return _category("LC"), False
    name = unicode_tables.ALIASES.get(name, name)
    if name == "LC":
        return _category("LC"), False
    if name in unicode_tables.CATEGORIES.values() or name in set("CLMNPSZ"):
        return _category(name), True
    if found := re.search(rf"(?:^| ){re.escape(name)}=(\S+)", unicode_tables.SCRIPT_RUNS) if name else None:
        return _script(found[1]), True
    return None


def _category(name: str) -> Ranges:
    """A category such as Lu, or all that begin with a letter such as L."""
    letters = {
        letter
        for letter, category in unicode_tables.CATEGORIES.items()
        if category.startswith(name) or (name == "LC" and category in ("Lu", "Ll", "Lt"))
    }
    ranges = []
    start = 0
    for run in re.finditer("([A-Z!#$%&])([0-9a-z]*)", unicode_tables.CATEGORY_RUNS):
        length = int(run[2], 36) if run[2] else 1
        if run[1] in letters:
            ranges.append((start, start + length - 1))
        start += length
    return union(ranges)


def _script(runs: str) -> Ranges:
    ranges = []
    end = 0
    for run in runs.split(","):
        distance, _, size = run.partition(".")
        start = end + int(distance, 36)
        end = start + (int(size, 36) if size else 0)
        ranges.append((start, end))
    return tuple(ranges)


@cache
def _codes_with_cases() -> list[int]:
    return sorted(_orbits())


@cache
def _orbits() -> dict[int, tuple[int, ...]]:
    """Each character that has other cases -> all of them."""
    orbits: dict[int, tuple[int, ...]] = {}
    for entry in unicode_tables.FOLD_PAIRS.split():
        lower, upper, count, stride = ([int(number, 36) for number in entry.split(",")] + [1, 1])[:4]
        for step in range(0, count * stride, stride):
            orbits[lower + step] = orbits[upper + step] = (lower + step, upper + step)
    for entry in unicode_tables.FOLD_ORBITS.split():
        codes = tuple(int(number, 36) for number in entry.split(","))
        orbits.update(dict.fromkeys(codes, codes))
    return orbits
