"""Condition operators: `key operator value` of deny rules, preconditions and exceptions, after substitution.

The type of the key decides how the two are compared; numbers of Go's two kinds meet here without an error, and a null
key answers false to everything, the negated operators included.
Source: Kyverno pkg/engine/variables/operator; reference E.2.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from kywarden.jmes.numbers import truncated
from kywarden.judging import membership
from kywarden.values import duration, quantity, semver, strconv, trees, wildcard
from kywarden.values.trees import Poll, Tree

Operator: TypeAlias = Callable[[Tree, Tree, Poll], bool]
"""(key, value, poll) -> does the condition hold."""

_Order: TypeAlias = Callable[[float, float], bool]


def find(name: str) -> Operator | None:
    """The operator of that name, compared without case; None when there is none."""
    return OPERATORS.get(name) or _FOLDED.get(name.lower())


# Equals and NotEquals (equal.go, notequal.go)


def _equals(key: Tree, value: Tree) -> bool:
    match key:
        case bool():
            return isinstance(value, bool) and key == value
        case int():
            return _int_equals(key, value)
        case float():
            return _float_equals(key, value)
        case str():
            return _text_equals(key, value)
        case dict() | list():
            return trees.same(key, value)
        case None:
            return False


def _not_equals(key: Tree, value: Tree) -> bool:
    return key is not None and not _equals(key, value)


def _int_equals(key: int, value: Tree) -> bool:
    match value:
        case bool():
            return False
        case int():
            return key == value
        case float():
            return _is_whole(value) and truncated(value) == key
        case str():
            # kyverno: read with ParseInt, so `5 Equals "5.0"` is false for an int64 and true for a float64
            return strconv.parse_int(value) == key
        case _:
            return False


def _float_equals(key: float, value: Tree) -> bool:
    match value:
        case bool():
            return False
        case int():
            return _is_whole(key) and truncated(key) == value
        case float():
            return key == value
        case str():
            return strconv.parse_float(value) == key
        case _:
            return False


def _text_equals(key: str, value: Tree) -> bool:
    if (durations := _durations(key, value)) is not None:
        return durations[0] == durations[1]
    if not isinstance(value, str):
        return False
    if (amount := quantity.parse(key)) is not None:
        # kyverno: a key that reads as a quantity is never compared as text, wildcards included
        other = quantity.parse(value)
        return other is not None and quantity.compare(amount, other) == 0
    return wildcard.matches(value, key)


def _is_whole(number: float) -> bool:
    """`number == math.Trunc(number)`: infinities are whole."""
    return number == number and (number in (float("inf"), float("-inf")) or number.is_integer())


# Ordering (numeric.go)


def _ordered(holds: _Order, key: Tree, value: Tree) -> bool:
    match key:
        case bool():
            return False
        case int() | float():
            return _number_ordered(holds, key, value)
        case str():
            return _text_ordered(holds, key, value)
        case _:
            return False


def _number_ordered(holds: _Order, key: float, value: Tree) -> bool:
    match value:
        case bool():
            return False
        case int() | float():
            return holds(float(key), float(value))
        case str():
            if (durations := _durations(key, value)) is not None:
                return holds(*durations)
            number = strconv.parse_float(value)
            return number is not None and holds(float(key), number)
        case _:
            return False


def _text_ordered(holds: _Order, key: str, value: Tree) -> bool:
    """The first that both sides read as: durations, quantities, numbers, semantic versions."""
    if (durations := _durations(key, value)) is not None:
        return holds(*durations)
    if isinstance(value, str) and (amount := quantity.parse(key)) is not None:
        other = quantity.parse(value)
        if other is not None:
            return holds(quantity.compare(amount, other), 0)
    if (number := strconv.parse_float(key)) is not None:
        return _number_ordered(holds, number, value)
    if isinstance(value, str) and (version := semver.parse(key)) is not None:
        other_version = semver.parse(value)
        return other_version is not None and holds(_order(version, other_version), 0)
    return False


def _order(left: semver.Version, right: semver.Version) -> int:
    """-1, 0 or 1."""
    first, second = left.key(), right.key()
    return (first > second) - (first < second)


# Durations (operator.go parseDuration, duration.go)


def _durations(key: Tree, value: Tree) -> tuple[float, float] | None:
    """Both sides in seconds, when one is the text of a duration and the other one too or a number of seconds."""
    left, right = _duration_text(key), _duration_text(value)
    if left is None and right is None:
        return None
    if left is None:
        left = _whole_seconds(key)
    if right is None:
        right = _whole_seconds(value)
    return None if left is None or right is None else (duration.seconds(left), duration.seconds(right))


def _duration_text(tree: Tree) -> int | None:
    # kyverno: "0" is a duration for Go, but not here
    return duration.parse(tree) if isinstance(tree, str) and tree != "0" else None


def _whole_seconds(tree: Tree) -> int | None:
    """A number of seconds in nanoseconds, overflowing like Go's int64; None for what is no number."""
    if isinstance(tree, bool) or not isinstance(tree, int | float):
        return None
    seconds = tree if isinstance(tree, int) else truncated(tree)
    return strconv.wrapped(seconds * duration.SECOND)


def _duration_ordered(holds: _Order, key: Tree, value: Tree) -> bool:
    """The deprecated Duration operators: texts are durations, numbers whole seconds."""
    left = duration.parse(key) if isinstance(key, str) else _whole_seconds(key)
    right = duration.parse(value) if isinstance(value, str) else _whole_seconds(value)
    return left is not None and right is not None and holds(left, right)


def _never(key: Tree, value: Tree, poll: Poll) -> bool:
    return False


_ORDERS: dict[str, _Order] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEquals": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEquals": operator.le,
}


def _brief(holds: Callable[[Tree, Tree], bool]) -> Operator:
    """An operator whose work is linear in its sides."""
    return lambda key, value, poll: holds(key, value)


OPERATORS: dict[str, Operator] = {
    "Equal": _brief(_equals),
    "Equals": _brief(_equals),
    "NotEqual": _brief(_not_equals),
    "NotEquals": _brief(_not_equals),
    "In": membership.in_,
    "NotIn": membership.not_in,
    "AnyIn": membership.any_in,
    "AllIn": membership.all_in,
    "AnyNotIn": membership.any_not_in,
    "AllNotIn": membership.all_not_in,
    **{name: _brief(partial(_ordered, holds)) for name, holds in _ORDERS.items()},
    **{f"Duration{name}": _brief(partial(_duration_ordered, holds)) for name, holds in _ORDERS.items()},
}
"""All operators by their name (ConditionOperators in api/kyverno/v1/common_types.go)."""

ALTERNATIVES: dict[str, tuple[str, ...]] = {"In": ("AllIn", "AnyIn"), "NotIn": ("AllNotIn", "AnyNotIn")}
"""The deprecated operators and what to write instead (operator/utils.go)."""

# kyverno: an ordering operator in another spelling is accepted and never holds (compareByCondition compares exactly)
_FOLDED: dict[str, Operator] = {
    name.lower(): _never if name.removeprefix("Duration") in _ORDERS else function
    for name, function in OPERATORS.items()
}
