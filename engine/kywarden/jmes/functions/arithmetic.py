"""Arithmetic on numbers, quantities and durations (pkg/engine/jmespath/arithmetic.go).

A string is a quantity where it can be read as one, else a duration: `'30m'` is the quantity 0.03.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.jmes.foreign import is_plain_list
from kywarden.jmes.numbers import truncated, whole
from kywarden.jmes.signature import ANY, ARRAY, NUMBER, Function, failure
from kywarden.model.world import World
from kywarden.values import duration, go_text, quantity, strconv
from kywarden.values.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Duration:
    """Nanoseconds, apart from plain numbers."""

    nanoseconds: int

    @property
    def seconds(self) -> float:
        return duration.seconds(self.nanoseconds)


Operand: TypeAlias = float | Quantity | Duration
Operation: TypeAlias = Callable[[Operand, Operand, str], float | str]


def _operand(value: Any, function: str) -> Operand:
    # kyverno: integers are no numbers here
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        if (parsed := quantity.parse(value)) is not None:
            return parsed
        if (nanoseconds := duration.parse(value)) is not None:
            return Duration(nanoseconds)
    raise failure(function, "invalid operand")


def _mismatch(function: str) -> EvaluationError:
    return failure(function, "Types mismatch")


def _zero(function: str) -> EvaluationError:
    return failure(function, "Zero divisor passed")


def _wrapped(nanoseconds: int) -> str:
    """A duration as text, overflowing as int64 does."""
    return duration.text(strconv.wrapped(nanoseconds))


def _from_seconds(seconds: float) -> str:
    return duration.text(truncated(seconds * 1e9))


def _add(left: Operand, right: Operand, function: str) -> float | str:
    match left, right:
        case float(), float():
            return left + right
        case Quantity(), Quantity():
            return str(quantity.add(left, right))
        case Duration(), Duration():
            return _wrapped(left.nanoseconds + right.nanoseconds)
    raise _mismatch(function)


def _subtract(left: Operand, right: Operand, function: str) -> float | str:
    match left, right:
        case float(), float():
            return left - right
        case Quantity(), Quantity():
            return str(quantity.subtract(left, right))
        case Duration(), Duration():
            return _wrapped(left.nanoseconds - right.nanoseconds)
    raise _mismatch(function)


def _multiply(left: Operand, right: Operand, function: str) -> float | str:
    match left, right:
        case float(), float():
            return left * right
        case (Quantity() as size, float(factor)) | (float(factor), Quantity() as size):
            return str(quantity.multiply(size, quantity.read(go_text.sprint(factor))))
        case (Duration() as time, float(factor)) | (float(factor), Duration() as time):
            return _from_seconds(time.seconds * factor)
    raise _mismatch(function)


def _divide(left: Operand, right: Operand, function: str) -> float | str:
    match left, right:
        case float(), float():
            if right == 0:
                raise _zero(function)
            return left / right
        case Quantity(), Quantity():
            divisor = quantity.approximate(right)
            if divisor == 0:
                raise _zero(function)
            return quantity.approximate(left) / divisor
        case Quantity(), float():
            if right == 0:
                raise _zero(function)
            return _quantity_quotient(left, quantity.read(go_text.sprint(right)), function)
        case Duration(), Duration():
            if right.nanoseconds == 0:
                raise _zero(function)
            return left.seconds / right.seconds
        case Duration(), float():
            if right == 0:
                raise _zero(function)
            return _from_seconds(left.seconds / right)
    raise _mismatch(function)


def _quantity_quotient(dividend: Quantity, divisor: Quantity, function: str) -> str:
    try:
        return str(quantity.divide(dividend, divisor))
    except ZeroDivisionError:
        raise _zero(function) from None


def _modulo(left: Operand, right: Operand, function: str) -> float | str:
    match left, right:
        case float(), float():
            return float(_remainder(left, right, function))
        case Quantity(), Quantity():
            rest = _remainder(quantity.approximate(left), quantity.approximate(right), function)
            return str(quantity.from_int(rest, left.format))
        case Duration(), Duration():
            if right.nanoseconds == 0:
                raise _zero(function)
            return duration.text(_signed_rest(left.nanoseconds, right.nanoseconds))
    raise _mismatch(function)


def _remainder(left: float, right: float, function: str) -> int:
    first, second = truncated(left), truncated(right)
    if left != float(first) or right != float(second):
        raise failure(function, "Non-integer argument(s) passed for modulo")
    if second == 0:
        raise _zero(function)
    return _signed_rest(first, second)


def _signed_rest(left: int, right: int) -> int:
    """The remainder with the sign of the dividend, as in Go."""
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _computed(function: str, operation: Operation, left: Any, right: Any) -> float | str:
    first = _operand(left, function)
    second = _operand(right, function)
    try:
        return operation(first, second, function)
    except quantity.QuantityError as error:
        raise EvaluationError(str(error)) from None


def _binary(function: str, operation: Operation) -> Callable[[list[Any], World], float | str]:
    def handle(arguments: list[Any], world: World) -> float | str:
        return _computed(function, operation, arguments[0], arguments[1])

    return handle


def _sum(arguments: list[Any], world: World) -> Any:
    items = arguments[0]
    if not is_plain_list(items):
        raise _mismatch("sum")
    if not items:
        raise failure("sum", "at least one element in the array is required")
    # kyverno: a single element is the sum, whatever it is
    total = items[0]
    for item in items[1:]:
        world.poll()
        total = _computed("sum", _add, total, item)
    return total


def _round(arguments: list[Any], world: World) -> float:
    number, places = arguments
    try:
        digits = whole(places)
    except EvaluationError:
        raise failure("round", "Non-integer argument(s) passed for round off") from None
    if digits < 0:
        # kyverno: the two numbers of this message are never filled in
        raise failure("round", "%!d(MISSING) argument is out of bounds (%!d(MISSING))")
    shift = _power_of_ten(digits)
    shifted = number * shift
    if not math.isfinite(shifted):
        return math.nan if math.isinf(shift) else shifted
    whole_part = math.trunc(shifted)
    if abs(shifted - whole_part) >= 0.5:
        whole_part += 1 if shifted > 0 else -1
    return math.copysign(float(whole_part), shifted) / shift


def _power_of_ten(exponent: int) -> float:
    """Go's math.Pow(10, exponent): repeated squaring of the fraction, not always the nearest float."""
    fraction, binary = 1.0, 0
    square, power = math.frexp(10.0)
    while exponent:
        if power > 1 << 12:
            return math.inf
        if exponent & 1:
            fraction *= square
            binary += power
        square *= square
        power *= 2
        if square < 0.5:
            square *= 2
            power -= 1
        exponent >>= 1
    try:
        return math.ldexp(fraction, binary)
    except OverflowError:
        return math.inf


TABLE: tuple[Function, ...] = (
    Function(
        "add",
        (ANY, ANY),
        ANY,
        _binary("add", _add),
        "The sum of two numbers, quantities or durations.",
        "add('1Gi', '512Mi')",
    ),
    Function(
        "sum", (ARRAY,), ANY, _sum, "The sum of a list of numbers, quantities or durations.", "sum(['1h', '1h30s'])"
    ),
    Function(
        "subtract",
        (ANY, ANY),
        ANY,
        _binary("subtract", _subtract),
        "The difference of two numbers, quantities or durations.",
        "subtract('1', '0.5')",
    ),
    Function(
        "multiply",
        (ANY, ANY),
        ANY,
        _binary("multiply", _multiply),
        "The product of two numbers, or of a quantity or duration and a number.",
        "multiply('12Ki', `2`)",
    ),
    Function(
        "divide",
        (ANY, ANY),
        ANY,
        _binary("divide", _divide),
        "The quotient: of equal kinds a number, of a quantity or duration and a number its own kind.",
        "divide('1Gi', '512Mi')",
    ),
    Function(
        "modulo",
        (ANY, ANY),
        ANY,
        _binary("modulo", _modulo),
        "The rest of a division of whole numbers, quantities or durations.",
        "modulo('12Ki', '5Ki')",
    ),
    Function(
        "round",
        (NUMBER, NUMBER),
        NUMBER,
        _round,
        "A number rounded to so many decimal places, halves away from zero.",
        "round(`9.414675`, `2`)",
    ),
)
