"""Leaves of patterns: conditions that no value meets, or that every value meets.

A value that reads as a quantity is compared as one, a duration as one; a contradiction must hold in either reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kywarden.judging import leaf
from kywarden.values import duration, quantity, wildcard
from kywarden.values.quantity import Quantity
from kywarden.values.space import trim

T = TypeVar("T")

_AMOUNT = r"[0-9]+(?:\.[0-9]+)?[A-Za-z]*"
_SPACED_RANGE = re.compile(rf"{_AMOUNT}(?:\s+-\s*|-\s+){_AMOUNT}")
_BRACKETED = re.compile(r"<[^<>|&]+>")
_NEGATED_RANGE = re.compile(rf"!\s*{_AMOUNT}-{_AMOUNT}")


@dataclass(frozen=True, slots=True)
class _Comparison:
    sign: str
    operand: str

    @property
    def amount(self) -> Quantity | None:
        return quantity.parse(self.operand)

    @property
    def length(self) -> int | None:
        return duration.parse(self.operand)

    @property
    def is_order(self) -> bool:
        return self.sign in (">", ">=", "<", "<=")

    @property
    def is_text(self) -> bool:
        return self.amount is None and self.length is None


def never_holds(pattern: str) -> str:
    """Why no value holds for the pattern as a whole, empty when one may.

    The text of the pattern itself always holds, and is passed over where it cannot be what is meant.
    """
    if _is_meant_as_text(pattern):
        return ""
    reasons = [_contradiction(text) for text in pattern.split("|")]
    return reasons[0] if all(reasons) else ""


def dead_alternatives(pattern: str) -> Iterator[tuple[str, str]]:
    """Alternatives that no value meets, with the reason, where others may be met."""
    alternatives = pattern.split("|")
    reasons = [_contradiction(text) for text in alternatives]
    if not all(reasons):
        yield from ((trim(text), reason) for text, reason in zip(alternatives, reasons, strict=True) if reason)


def always_holds(pattern: str) -> str:
    """Why every text holds for the pattern, empty when one may not: `!a | !b`."""
    negated = []
    for text in pattern.split("|"):
        comparisons = _comparisons(text)
        if len(comparisons) == 1 and comparisons[0].sign == leaf.NOT_EQUAL:
            negated.append(comparisons[0].operand)
    for index, first in enumerate(negated):
        for second in negated[index + 1 :]:
            if _are_disjoint(first, second):
                return f"whatever is {first} is not {second}, so one of the two always holds"
    return ""


def misread(pattern: str) -> Iterator[tuple[str, str, str]]:
    """Conditions that look like a range and are none: the text, what it means, what to write."""
    for part in re.split(r"[|&]", pattern):
        text = trim(part)
        if _SPACED_RANGE.fullmatch(text):
            yield text, "is compared as a text, since a range has no spaces", re.sub(r"\s+", "", text)
        elif _NEGATED_RANGE.fullmatch(text):
            low, _, high = text[1:].strip().rpartition("-")
            yield text, "means: not that text", f"{low}!-{high}"


def _is_meant_as_text(pattern: str) -> bool:
    """Whether it only looks like a range or an order: `1e-05`, `<none>`."""
    ends = leaf.bounds(pattern) or ()
    return any(_Comparison(leaf.EQUAL, end).is_text for end in ends) or bool(_BRACKETED.fullmatch(pattern))


def _contradiction(alternative: str) -> str:
    comparisons = _comparisons(alternative)
    for comparison in comparisons:
        if comparison.is_order and comparison.is_text:
            return f"{comparison.operand or 'nothing'} is no number, quantity or duration"
        if comparison.sign == leaf.NOT_EQUAL and comparison.operand == "*":
            return "whatever there is matches *"
    if reason := _text_contradiction(comparisons):
        return reason
    readings = []
    if all(comparison.amount is not None for comparison in comparisons):
        amounts = [(one.sign, one.amount) for one in comparisons if one.amount is not None]
        readings.append(_is_empty(amounts, quantity.compare))
    if all(comparison.length is not None for comparison in comparisons):
        lengths = [(one.sign, one.length) for one in comparisons if one.length is not None]
        readings.append(_is_empty(lengths, lambda first, second: (first > second) - (first < second)))
    if readings and all(readings):
        return f"no value is {' and '.join(_shown(one) for one in comparisons)}"
    return ""


def _shown(comparison: _Comparison) -> str:
    return f"{comparison.sign}{comparison.operand}"


def _comparisons(alternative: str) -> list[_Comparison]:
    """The comparisons of one alternative; a negated range is an alternative of its own and left out."""
    found = []
    for part in alternative.split("&"):
        text = part.strip(" ")
        sign = leaf.operator_of(text)
        if sign not in (leaf.IN_RANGE, leaf.NOT_IN_RANGE):
            found.append(_Comparison(sign, trim(text[len(sign) :])))
        elif sign == leaf.IN_RANGE and (ends := leaf.bounds(text)):
            found += [_Comparison(">=", ends[0]), _Comparison("<=", ends[1])]
    return found


def _text_contradiction(comparisons: Sequence[_Comparison]) -> str:
    equal = [one.operand for one in comparisons if one.sign == leaf.EQUAL and one.is_text]
    unequal = [one.operand for one in comparisons if one.sign == leaf.NOT_EQUAL and one.is_text]
    for index, first in enumerate(equal):
        for second in equal[index + 1 :]:
            if _are_disjoint(first, second):
                return f"no text is {first} and {second}"
        for other in unequal:
            if wildcard.matches(other, first) and not wildcard.contains_wildcard(first):
                return f"{first} is excluded by !{other}"
    return ""


def _are_disjoint(first: str, second: str) -> bool:
    """Whether no text matches both, as far as what stands before and behind their wildcards tells."""
    if not wildcard.contains_wildcard(first):
        return not wildcard.matches(second, first)
    if not wildcard.contains_wildcard(second):
        return not wildcard.matches(first, second)
    (first_head, first_tail), (second_head, second_tail) = _ends(first), _ends(second)
    return not (
        (first_head.startswith(second_head) or second_head.startswith(first_head))
        and (first_tail.endswith(second_tail) or second_tail.endswith(first_tail))
    )


def _ends(pattern: str) -> tuple[str, str]:
    parts = re.split(r"[*?]", pattern)
    return parts[0], parts[-1]


def _is_empty(comparisons: Sequence[tuple[str, T]], compare: Callable[[T, T], int]) -> bool:
    """Whether no amount meets all comparisons."""
    points = [operand for sign, operand in comparisons if sign == leaf.EQUAL]
    if points:
        return not all(compare(points[0], operand) in _MEETS[sign] for sign, operand in comparisons)
    lows = [(sign, operand) for sign, operand in comparisons if sign in (">", ">=")]
    highs = [(sign, operand) for sign, operand in comparisons if sign in ("<", "<=")]
    for low_sign, low in lows:
        for high_sign, high in highs:
            order = compare(low, high)
            if order > 0 or (order == 0 and (low_sign, high_sign) != (">=", "<=")):
                return True
    return False


_MEETS: Mapping[str, tuple[int, ...]] = {
    leaf.EQUAL: (0,),
    leaf.NOT_EQUAL: (-1, 1),
    ">": (1,),
    ">=": (0, 1),
    "<": (-1,),
    "<=": (-1, 0),
}
