"""Leaves: one scalar of a pattern against one value of a resource.

A text such as `>=1Gi & !2Gi | "*"` is an alternative of conditions. A condition compares as durations if both sides
are such, else as quantities, else (equal and not equal only) as texts with wildcards.
Source: Kyverno pkg/engine/pattern/pattern.go, pkg/engine/operator;
https://kyverno.io/docs/policy-types/cluster-policy/validate/#operators.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from kywarden.values import duration, quantity, strconv, watch, wildcard
from kywarden.values.space import trim
from kywarden.values.trees import Poll, Tree

Leaf: TypeAlias = Callable[[Tree], bool]
"""A prepared leaf: does it hold for this value?"""

EQUAL: Final = ""
NOT_EQUAL: Final = "!"
IN_RANGE: Final = "-"
NOT_IN_RANGE: Final = "!-"

_PREFIXES: Final = (">=", "<=", ">", "<", NOT_EQUAL)
_ORDERS: Final[dict[str, Callable[[int, int], bool]]] = {
    EQUAL: operator.eq,
    NOT_EQUAL: operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_BOUND = r"([-|+]?[0-9]+(?:\.[0-9]+)?[A-Za-z]*)"
_RANGE: Final = re.compile(f"{_BOUND}(!?-){_BOUND}")


def prepare(pattern: Tree) -> Leaf:
    """A predicate for the pattern. Its type decides: an int accepts `"5"` but not `"5.0"`, a float accepts both.

    kyverno: a map holds for any map, a list for nothing; neither stands at a leaf of a validate pattern.
    """
    match pattern:
        case str():
            return _text(pattern)
        case None:
            return _is_empty
        case bool():
            return lambda value: value is pattern
        case int():
            return lambda value: _equals_number(value, pattern, strconv.parse_int)
        case float():
            return lambda value: _equals_number(value, pattern, strconv.parse_float)
        case dict():
            return lambda value: isinstance(value, dict)
        case list():
            return lambda value: False


def holds(pattern: Tree, value: Tree) -> bool:
    """Whether the pattern holds for the value; for patterns that are used once."""
    return prepare(pattern)(value)


def operator_of(text: str) -> str:
    """The operator that a single condition begins with or, for a range, contains: a key of the tables above."""
    if len(text) < 2:
        return EQUAL
    if text[0] in "<>!":
        return next(prefix for prefix in _PREFIXES if text.startswith(prefix))
    found = _RANGE.fullmatch(text) if IN_RANGE in text else None
    return found[2] if found else EQUAL


def bounds(text: str) -> tuple[str, str] | None:
    """The two ends of a range or a negated one."""
    found = _RANGE.fullmatch(text)
    return (found[1], found[3]) if found else None


def is_range(text: str) -> bool:
    """Whether the text is a range such as `1-5` or `1Gi-2Gi`; neither `1 - 5` nor a negated range is one."""
    return operator_of(text) == IN_RANGE


def _is_empty(value: Tree) -> bool:
    """What a null pattern accepts."""
    return value is None or (not value and not isinstance(value, (dict, list)))


def _equals_number(value: Tree, pattern: float, parse: Callable[[str], float | None]) -> bool:
    match value:
        case bool():
            return False
        case int() | float():
            return value == pattern
        case str():
            return parse(value) == pattern
        case _:
            return False


def _text(pattern: str) -> Leaf:
    poll = watch.current()
    is_any = _any([_alternative(text, poll) for text in pattern.split("|")])
    return lambda value: value == pattern or is_any(value)


def _alternative(text: str, poll: Poll) -> Leaf:
    if "&" in text:
        return _every([_condition(part.strip(" "), poll) for part in text.split("&")])
    return _condition(text.strip(" "), poll)


def _every(conditions: Sequence[Leaf]) -> Leaf:
    return conditions[0] if len(conditions) == 1 else lambda value: _hold(conditions, value, True)


def _any(alternatives: Sequence[Leaf]) -> Leaf:
    return alternatives[0] if len(alternatives) == 1 else lambda value: not _hold(alternatives, value, False)


def _hold(leaves: Sequence[Leaf], value: Tree, wanted: bool) -> bool:
    """Whether all leaves say what is wanted."""
    poll = watch.current()
    for leaf in leaves:
        poll()
        if leaf(value) is not wanted:
            return False
    return True


def _condition(text: str, poll: Poll) -> Leaf:
    poll()
    sign = operator_of(text)
    if sign not in (IN_RANGE, NOT_IN_RANGE):
        return _comparison(sign, trim(text[len(sign) :]))
    found = _RANGE.fullmatch(text)
    assert found is not None
    if sign == IN_RANGE:
        return _every([_comparison(">=", found[1]), _comparison("<=", found[3])])
    return _any([_comparison("<", found[1]), _comparison(">", found[3])])


def _comparison(sign: str, operand: str) -> Leaf:
    as_text = _text_comparison(sign, operand)
    length = duration.parse(operand)
    amount = quantity.parse(operand)
    if length is None and amount is None:
        return as_text
    order = _ORDERS[sign]

    def compare(value: Tree) -> bool:
        number = _number_text(value)
        if number is not None:
            if length is not None and (found := duration.parse(number)) is not None:
                return order(found, length)
            if amount is not None and (size := quantity.parse(number)) is not None:
                return order(quantity.compare(size, amount), 0)
        return as_text(value)

    return compare


def _text_comparison(sign: str, operand: str) -> Leaf:
    """kyverno: texts are never greater or less, and a null neither equals nor differs from any text."""
    if sign not in (EQUAL, NOT_EQUAL):
        return lambda value: False
    matches = wildcard.prepare(operand)
    if sign == EQUAL:
        return lambda value: (text := _plain_text(value)) is not None and matches(text)
    return lambda value: (text := _plain_text(value)) is not None and not matches(text)


def _number_text(value: Tree) -> str | None:
    """The text that is read as duration or quantity; kyverno: null is 0 there."""
    match value:
        case str():
            return value
        case None:
            return "0"
        case bool() | dict() | list():
            return None
        case int():
            return str(value)
        case float():
            return strconv.fixed(value)


def _plain_text(value: Tree) -> str | None:
    """The text that wildcards are compared with; kyverno: 15.5 is `1.55E+01`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return strconv.exponent(value)
        case _:
            return None
