"""Kubernetes quantities: exact decimal numbers with a suffix, such as `100m`, `1.5Gi`, `12e6`.

The value is `unscaled / 10^scale`, never a float, and nothing is multiplied out while parsing: `1e999999999` costs no
more than `1`. The scale is kept as apimachinery has it, because Kyverno's division rounds at the larger scale of its
operands. Source: k8s.io/apimachinery/pkg/api/resource (quantity.go, amount.go, suffix.go) and gopkg.in/inf.v0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.values.strconv import INT64, MAX_INT64

Format: TypeAlias = Literal["BinarySI", "DecimalSI", "DecimalExponent"]

MAX_LENGTH = 4096
"""Longer texts are no quantities here."""
MAX_BITS = 14_000
"""Larger numbers are refused: Python itself does not print more than 4300 digits."""

DECIMAL_SUFFIXES = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY_SUFFIXES = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_NAMES = {exponent: name for name, exponent in DECIMAL_SUFFIXES.items()}
_BINARY_NAMES = {0: "", **{exponent: name for name, exponent in BINARY_SUFFIXES.items()}}

_FORM = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)")
_FIRST = frozenset("+-.0123456789eEinumkKMGTP")
"""Characters that a quantity can begin with."""
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)")
_INT64_DIGITS = 18
_NANO = 9

_FORM_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_NUMBER_TEXT = "unable to parse numeric part of quantity"
_SUFFIX_TEXT = "unable to parse quantity's suffix"


class QuantityError(ValueError):
    """The text is no quantity, or a result would be too large; the sentence is apimachinery's where it has one."""


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A parsed or computed quantity; `compare` tells whether two are equal.

    unscaled, scale: the value is unscaled / 10^scale.
    format: how it is printed.
    source: the text it was parsed from where that is canonical already, else empty.
    """

    unscaled: int
    scale: int
    format: Format
    source: str = ""

    def __str__(self) -> str:
        return self.source or _canonical(self)


def parse(text: str) -> Quantity | None:
    """The quantity, or None where apimachinery reports an error."""
    if text[:1] not in _FIRST:
        return None
    try:
        return read(text)
    except QuantityError:
        return None


def read(text: str) -> Quantity:
    """The quantity; QuantityError with apimachinery's text (ParseQuantity)."""
    form = _FORM.fullmatch(text) if 0 < len(text) <= MAX_LENGTH else None
    if form is None:
        raise QuantityError(_FORM_TEXT)
    sign, whole, fraction, suffix = form.groups(default="")
    if suffix in BINARY_SUFFIXES:
        return _read_binary(form, sign, whole, fraction, BINARY_SUFFIXES[suffix])
    format: Format = "DecimalSI"
    exponent = DECIMAL_SUFFIXES.get(suffix)
    if exponent is None:
        format = "DecimalExponent"
        exponent = _exponent(suffix)
    digits = (whole or "0") + fraction
    scale = len(fraction) - exponent
    if scale > _NANO or len(digits) > _INT64_DIGITS:
        return _bounded(*_capped(_number(form), scale), format)
    value = int(digits)
    # kyverno: a text in canonical form is kept as written, with its sign and zeros (`+5`, `05`)
    kept = scale % 3 == 0 and digits[0] != "0" and not digits.endswith("000")
    return Quantity(-value if sign == "-" else value, scale, format, text if kept else "")


def from_int(value: int, format: Format) -> Quantity:
    """A whole number in a format (NewQuantity)."""
    return Quantity(value, 0, format)


def compare(left: Quantity, right: Quantity) -> int:
    """-1, 0 or 1, by exact value (Quantity.Cmp)."""
    a, b = left.unscaled, right.unscaled
    if left.scale != right.scale:
        signs = _sign(a), _sign(b)
        if signs[0] != signs[1] or not a:
            a, b = signs
        else:
            # The position of the first digit decides; only numbers of like size are brought to one scale.
            sizes = len(str(abs(a))) - left.scale, len(str(abs(b))) - right.scale
            if sizes[0] != sizes[1]:
                a, b = signs[0] * (sizes[0] > sizes[1]), signs[0] * (sizes[1] > sizes[0])
            elif left.scale < right.scale:
                a *= 10 ** (right.scale - left.scale)
            else:
                b *= 10 ** (left.scale - right.scale)
    return (a > b) - (a < b)


def add(left: Quantity, right: Quantity) -> Quantity:
    """The exact sum in the format of the left operand, of the right one where the left is zero (Quantity.Add).

    QuantityError here and below where the result has too many digits, where apimachinery would use up the memory.
    """
    scale = max(left.scale, right.scale)
    total = _rescaled(left, scale) + _rescaled(right, scale)
    return _bounded(total, scale, left.format if left.unscaled else right.format)


def subtract(left: Quantity, right: Quantity) -> Quantity:
    """The exact difference; format as in `add` (Quantity.Sub)."""
    return add(left, Quantity(-right.unscaled, right.scale, right.format))


def multiply(left: Quantity, right: Quantity) -> Quantity:
    """The exact product in the format of the left operand (inf.Dec.Mul)."""
    return _bounded(left.unscaled * right.unscaled, left.scale + right.scale, left.format)


def divide(left: Quantity, right: Quantity) -> Quantity:
    """The quotient in the format of the left operand, cut off at the larger scale of both.

    As inf.Dec.QuoRound with RoundDown; ZeroDivisionError where the right operand is zero.
    """
    scale = max(left.scale, right.scale)
    shift = scale - left.scale + right.scale
    dividend, divisor = abs(left.unscaled), abs(right.unscaled)
    if shift >= 0:
        dividend *= _power(shift) if dividend else 1
    elif -shift > len(str(dividend)):
        dividend = 0
    else:
        divisor *= 10**-shift
    quotient = dividend // divisor
    return _bounded(-quotient if (left.unscaled < 0) != (right.unscaled < 0) else quotient, scale, left.format)


def approximate(quantity: Quantity) -> float:
    """The value as float64, with the rounding errors of Quantity.AsApproximateFloat64."""
    try:
        base = float(quantity.unscaled)
    except OverflowError:
        base = float("inf") if quantity.unscaled > 0 else float("-inf")
    return base * _pow10(-quantity.scale) if quantity.scale else base


def _bounded(unscaled: int, scale: int, format: Format) -> Quantity:
    if unscaled.bit_length() > MAX_BITS:
        raise QuantityError("quantity with too many digits")
    return Quantity(unscaled, scale, format)


def _exponent(suffix: str) -> int:
    """The exponent of a suffix such as `e6`, `E-3`."""
    written = _EXPONENT.fullmatch(suffix)
    digits = written[1].lstrip("+-").lstrip("0") if written else ""
    if written is None or len(digits) > 19:
        raise QuantityError(_SUFFIX_TEXT)
    number = -int(digits or "0") if written[1].startswith("-") else int(digits or "0")
    if number not in INT64:
        raise QuantityError(_SUFFIX_TEXT)
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)  # kyverno: cut to 32 bits, so 1e4294967296 is 1


def _read_binary(form: re.Match[str], sign: str, whole: str, fraction: str, exponent: int) -> Quantity:
    digits = whole or "0"
    if not fraction and len(digits) <= 14 - exponent * 3 // 10:
        value = int(digits)
        kept = value & 7 != 0
        value <<= exponent
        return Quantity(-value if sign == "-" else value, 0, "BinarySI", form[0] if kept else "")
    unscaled, scale = _capped(_number(form) << exponent, len(fraction))
    size = Quantity(abs(unscaled), scale, "BinarySI")
    if compare(size, Quantity(MAX_INT64, 0, "BinarySI")) > 0:
        return Quantity(MAX_INT64 * _sign(unscaled), 0, "BinarySI")
    below_one = unscaled != 0 and compare(size, Quantity(1, 0, "BinarySI")) < 0
    return _bounded(unscaled, scale, "DecimalSI" if below_one else "BinarySI")


def _number(form: re.Match[str]) -> int:
    """The digits of the long way; without any (such as `.e-10`) apimachinery gives up."""
    text = form[0][: form.start(4)].replace(".", "")
    if not text.strip("+-"):
        raise QuantityError(_NUMBER_TEXT)
    return int(text)


def _capped(unscaled: int, scale: int) -> tuple[int, int]:
    """Rounded to whole nanos, away from zero, so that something asked for is never nothing."""
    if not unscaled:
        return 0, scale
    if scale <= _NANO:
        return unscaled * _power(_NANO - scale), _NANO
    dropped = scale - _NANO
    size = abs(unscaled)
    nanos = 1 if dropped > len(str(size)) else -(-size // 10**dropped)
    return nanos * _sign(unscaled), _NANO


def _canonical(quantity: Quantity) -> str:
    """The largest suffix that leaves a whole number (CanonicalizeBytes)."""
    if not quantity.unscaled:
        return "0"
    whole = _whole(quantity) if quantity.format == "BinarySI" else None
    if whole is not None and abs(whole) >= 1024:
        exponent = 0
        while whole % 1024 == 0:
            whole //= 1024
            exponent += 10
        # kyverno: a size beyond the last suffix is printed without any
        return f"{whole}{_BINARY_NAMES.get(exponent, '')}"
    number, exponent = quantity.unscaled, -quantity.scale
    digits = str(number)
    zeros = len(digits) - len(digits.rstrip("0"))
    number, exponent = int(digits[: len(digits) - zeros]), exponent + zeros
    number, exponent = number * 10 ** (exponent % 3), exponent - exponent % 3
    if quantity.format != "DecimalExponent":
        return f"{number}{_DECIMAL_NAMES.get(exponent, '')}"
    return f"{number}e{exponent}" if exponent else str(number)


def _whole(quantity: Quantity) -> int | None:
    """The value where it is a whole number."""
    if quantity.scale <= 0:
        return quantity.unscaled * _power(-quantity.scale)
    if quantity.scale > len(str(abs(quantity.unscaled))):
        return None
    whole, rest = divmod(quantity.unscaled, 10**quantity.scale)
    return None if rest else whole


def _rescaled(quantity: Quantity, scale: int) -> int:
    return quantity.unscaled * _power(scale - quantity.scale) if quantity.unscaled else 0


def _power(exponent: int) -> int:
    if exponent > MAX_LENGTH:
        raise QuantityError("quantity with too many digits")
    return int(10**exponent)


def _pow10(exponent: int) -> float:
    """Go's math.Pow10: a product of two table entries, therefore not always the nearest float."""
    if exponent > 308:
        return float("inf")
    if exponent < -323:
        return 0.0
    if exponent >= 0:
        return float(f"1e{exponent // 32 * 32}") * float(f"1e{exponent % 32}")
    return float(f"1e-{-exponent // 32 * 32}") / float(f"1e{-exponent % 32}")


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
