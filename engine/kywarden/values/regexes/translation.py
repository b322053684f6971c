"""Python's `re` where it is safe: the same pattern in its syntax, and how long a text may be for it.

`re` backtracks. For each node two bounds are computed, polynomials in the length of the text: in how many ways it can
match from one place on, and in how many steps all of them are found. Where a repetition multiplies ways by ways, or
where Python's semantics are not Go's (repetition of what can be empty, groups that are captured again and again), the
pattern is left to the linear matcher.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kywarden.values.regexes import classes
from kywarden.values.regexes.classes import Ranges
from kywarden.values.regexes.nodes import (
    Assertion,
    Chars,
    Choice,
    Group,
    Node,
    Place,
    Repeat,
    Sequence,
    Tree,
    begins_at_text_start,
    can_be_empty,
)

BUDGET = 3_000_000
"""Steps of `re` that one search may take."""
_DEEPEST = 20
"""Nesting that `re`'s own parser, which recurses, is given."""
_MOST_RANGES = 200
"""Ranges of all sets together; `re`'s own compiler is slow at them."""
_TOO_MANY = 1e9

_PLACES: dict[Place, str] = {
    "text start": r"\A",
    "text end": r"\Z",
    "line start": "(?m:^)",
    "line end": "(?m:$)",
    "word boundary": r"(?a:\b)",
    "no word boundary": r"(?!(?a:\b))",
}


@dataclass(frozen=True, slots=True)
class Translation:
    """The pattern for `re`. longest: characters of a text within the budget; keeps_groups: captures are Go's too."""

    pattern: re.Pattern[str]
    longest: int
    keeps_groups: bool


def translate(tree: Tree) -> Translation | None:
    """The translation, or None where `re` is no choice."""
    if _height(tree.root) > _DEEPEST or _ranges(tree.root) > _MOST_RANGES:
        return None
    steps = _bounds(tree.root).steps
    if not begins_at_text_start(tree.root):
        steps = steps.times(_LENGTH)
    longest = steps.longest_within(BUDGET)
    if longest < 1:
        return None
    return Translation(re.compile(_text(tree.root)), longest, not _captures_repeatedly(tree.root))


# Bounds


@dataclass(frozen=True, slots=True)
class _Bound:
    """factor times length to the power of degree."""

    factor: float
    degree: int = 0

    def times(self, other: _Bound) -> _Bound:
        return _Bound(self.factor * other.factor, self.degree + other.degree)

    def plus(self, other: _Bound) -> _Bound:
        return _Bound(self.factor + other.factor, max(self.degree, other.degree))

    def longest_within(self, budget: int) -> int:
        """The greatest length for which the bound stays within the budget, less one for the end of the text."""
        if self.factor > budget:
            return 0
        if self.degree == 0:
            return 2**31
        return int((budget / self.factor) ** (1 / self.degree)) - 1


_ONE = _Bound(1)
_LENGTH = _Bound(1, 1)
_UNBOUNDED = _Bound(_TOO_MANY)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """ways: how many times a node can match from one place on; steps: to find them all and to fail."""

    ways: _Bound
    steps: _Bound


def _bounds(node: Node, following: tuple[Node, ...] = ()) -> _Bounds:
    """following: what comes right after the node, as far as known."""
    match node:
        case Chars() | Assertion():
            return _Bounds(_ONE, _ONE)
        case Group(item):
            return _bounds(item, following)
        case Sequence(items):
            return _sequence_bounds(items, following)
        case Choice(items):
            return _choice_bounds(items, following)
        case Repeat():
            return _repeat_bounds(node, following)


def _sequence_bounds(items: tuple[Node, ...], following: tuple[Node, ...]) -> _Bounds:
    ways = _ONE
    steps = _ONE
    for index, item in enumerate(items):
        bounds = _bounds(item, (*items[index + 1 :], *following))
        steps = steps.plus(ways.times(bounds.steps))
        ways = ways.times(bounds.ways)
    return _Bounds(ways, steps)


def _choice_bounds(items: tuple[Node, ...], following: tuple[Node, ...]) -> _Bounds:
    choices = [_bounds(item, following) for item in items]
    starts = [_starts((item,)) for item in items]
    exclusive = all(
        left is not None and right is not None and classes.are_disjoint(left, right)
        for index, left in enumerate(starts)
        for right in starts[:index]
    )
    ways = steps = _Bound(0)
    for choice in choices:
        steps = steps.plus(choice.steps).plus(_ONE)
        if not exclusive:
            ways = ways.plus(choice.ways)
        elif (choice.ways.degree, choice.ways.factor) > (ways.degree, ways.factor):
            ways = choice.ways
    return _Bounds(ways, steps)


def _repeat_bounds(repeat: Repeat, following: tuple[Node, ...]) -> _Bounds:
    item = repeat.item
    inner = _bounds(item)
    if repeat.most is not None and repeat.most <= 1:
        return _Bounds(inner.ways.plus(_ONE), inner.steps.plus(_ONE))
    if can_be_empty(item):
        return _Bounds(_UNBOUNDED, _UNBOUNDED)
    times = _LENGTH if repeat.most is None else _Bound(repeat.most + 1)
    if inner.ways != _ONE:
        # each round multiplies the ways
        if repeat.most is None or inner.ways.degree or inner.ways.factor > _TOO_MANY ** (1 / repeat.most):
            return _Bounds(_UNBOUNDED, _UNBOUNDED)
        ways = _Bound(inner.ways.factor**repeat.most)
        return _Bounds(ways.times(times), ways.times(times).times(inner.steps))
    start = _starts((item,))
    after = _starts(following)
    if start is not None and after is not None and classes.are_disjoint(start, after):
        # what follows cannot begin where one more round could: only the longest way goes on
        return _Bounds(_ONE, times.times(inner.steps))
    return _Bounds(times, times.times(inner.steps))


def _starts(items: tuple[Node, ...]) -> Ranges | None:
    """The characters with which a match of the items can begin; None when it can be empty, or that is not known.

    The end of the text, where nothing can be taken, is the empty set.
    """
    ranges: list[tuple[int, int]] = []
    for item in items:
        some = _starts_of(item)
        if some is None:
            return None
        ranges.extend(some)
        if not can_be_empty(item) or item == Assertion("text end"):
            return classes.union(ranges)
    return None


def _starts_of(node: Node) -> Ranges | None:
    """The same of one node, which may be empty."""
    match node:
        case Chars(ranges):
            return ranges
        case Assertion("text end"):
            return ()
        case Assertion():
            return None
        case Group(item) | Repeat(item):
            return _starts_of(item)
        case Choice(items):
            sets = [_starts_of(item) for item in items]
            return None if None in sets else classes.union(one for ranges in sets if ranges for one in ranges)
        case Sequence(items):
            found: list[tuple[int, int]] = []
            for item in items:
                some = _starts_of(item)
                if some is None:
                    return None
                found.extend(some)
                if not can_be_empty(item):
                    break
            return classes.union(found)


def _height(node: Node) -> int:
    match node:
        case Sequence(items) | Choice(items):
            return 1 + max(map(_height, items), default=0)
        case Repeat(item) | Group(item):
            return 1 + _height(item)
    return 1


def _ranges(node: Node) -> int:
    match node:
        case Chars(ranges):
            return max(1, len(ranges))
        case Assertion():
            return 1
        case Sequence(items) | Choice(items):
            return max(1, sum(map(_ranges, items)))
        case Repeat(item) | Group(item):
            return _ranges(item)


def _captures_repeatedly(node: Node, repeated: bool = False) -> bool:
    """Whether a group stands in a repetition: `re` and Go differ in what it keeps."""
    match node:
        case Sequence(items) | Choice(items):
            return any(_captures_repeatedly(item, repeated) for item in items)
        case Repeat(item):
            return _captures_repeatedly(item, True)
        case Group(item):
            return repeated or _captures_repeatedly(item, repeated)
    return False


# Text


def _text(node: Node) -> str:
    match node:
        case Chars(ranges):
            return _class(ranges)
        case Assertion(place):
            return _PLACES[place]
        case Group(item):
            return f"({_text(item)})"
        case Sequence(items):
            return "".join(f"(?:{_text(item)})" if isinstance(item, Choice) else _text(item) for item in items)
        case Choice(items):
            return "|".join(map(_text, items))
        case Repeat(item, least, most, greedy):
            inner = _text(item) if isinstance(item, (Chars, Group)) else f"(?:{_text(item)})"
            return f"{inner}{{{least},{'' if most is None else most}}}{'' if greedy else '?'}"


def _class(ranges: Ranges) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return re.escape(chr(ranges[0][0]))
    if ranges == classes.ANY:
        return "(?s:.)"
    if not ranges:
        return "(?!)"
    negative = ranges[-1][1] == classes.LAST
    shown = classes.complement(ranges) if negative else ranges
    inside = "".join(_character(low) + (f"-{_character(high)}" if high > low else "") for low, high in shown)
    return f"[{'^' if negative else ''}{inside}]"


def _character(code: int) -> str:
    return chr(code) if chr(code).isascii() and chr(code).isalnum() else f"\\U{code:08x}"
