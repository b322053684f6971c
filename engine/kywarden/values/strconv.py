"""Go's package strconv: how numbers are printed and read, and how a text is quoted.

These texts reach users inside messages and decide comparisons, because Kyverno compares printed values. Printing takes
the shortest digits that are read back as the same number, which Python's `repr` has already found for float64.
"""

from __future__ import annotations

import re
import struct

MAX_INT64 = (1 << 63) - 1
MIN_INT64 = -(1 << 63)
MAX_UINT64 = (1 << 64) - 1
INT64 = range(MIN_INT64, MAX_INT64 + 1)

_QUOTE_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}

_DIGITS = "[0-9](?:_?[0-9])*"
_HEX = "[0-9a-fA-F](?:_?[0-9a-fA-F])*"
_FLOAT = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?")
_HEX_FLOAT = re.compile(rf"([+-]?0[xX](?:_?{_HEX}(?:\.(?:{_HEX})?)?|\.{_HEX}))[pP]([+-]?{_DIGITS})")
_FLOAT_WORD = re.compile(r"(?:[+-]?inf(?:inity)?|nan)", re.IGNORECASE | re.ASCII)
_INT = re.compile(r"([+-]?)([0-9]*)(.*)", re.DOTALL)
_FINE = 152


class NumberError(ValueError):
    """The text is no number of the wanted type; the sentence is strconv's."""


def general(number: float) -> str:
    """`%v`: shortest digits, an exponent below 1e-4 and from 1e+06 on."""
    if _is_special(number):
        return _special(number)
    sign, digits, point = _digits(number)
    if digits == "0" or -4 < point <= 6:
        return sign + _plain(digits, point)
    return sign + _scientific(digits, point, "e")


def exponent(number: float) -> str:
    """`strconv.FormatFloat(number, 'E', -1, 64)`: `1.55E+01`."""
    if _is_special(number):
        return _special(number)
    sign, digits, point = _digits(number)
    return sign + _scientific(digits, point, "E")


def shortest(number: float) -> str:
    """`strconv.FormatFloat(number, 'f', -1, 64)`: shortest digits, never an exponent."""
    if _is_special(number):
        return _special(number)
    sign, digits, point = _digits(number)
    return sign + _plain(digits, point)


def fixed(number: float) -> str:
    """`%f`: six places, exactly rounded."""
    return _special(number) if _is_special(number) else f"{number:f}"


def float32_text(number: float) -> str:
    """`strconv.FormatFloat(number, 'f', -1, 32)`: the shortest digits of the nearest float32."""
    try:
        narrow = struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        narrow = float("inf") if number > 0 else float("-inf")
    if _is_special(narrow):
        return _special(narrow)
    if not narrow:
        return "-0" if str(narrow).startswith("-") else "0"
    return ("-" if narrow < 0 else "") + _plain(*_float32_digits(abs(narrow)))


def json_number(number: float) -> str:
    """A float64 as encoding/json writes it: an exponent only below 1e-6 and from 1e21 on; ValueError as below."""
    text = jsoniter_number(number)
    return f"{text[:-2]}{text[-1]}" if text[-4:-1] == "e-0" else text


def jsoniter_number(number: float) -> str:
    """A float64 as json-iterator writes it; ValueError for NaN and infinities."""
    if _is_special(number):
        raise ValueError(f"unsupported value: {_special(number)}")
    sign, digits, point = _digits(number)
    if digits == "0" or -6 < point <= 21:
        return sign + _plain(digits, point)
    return sign + _scientific(digits, point, "e")


def wrapped(number: int) -> int:
    """An integer as it becomes when an int64 overflows."""
    return (number - MIN_INT64) % (MAX_UINT64 + 1) + MIN_INT64


def quote(text: str) -> str:
    """`strconv.Quote` and `%q`: what is not printable is escaped."""
    return f'"{"".join(map(_quoted, text))}"'


def parse_float(text: str) -> float | None:
    """`strconv.ParseFloat(text, 64)`; None where it reports an error, which includes numbers beyond the range.

    Accepts `1_000`, `0x1p-2`, `inf`, `NaN` as Go does; no spaces.
    """
    if _FLOAT.fullmatch(text):
        value = float(text.replace("_", ""))
        return None if _is_special(value) else value
    if _FLOAT_WORD.fullmatch(text):
        return float(text)
    if written := _HEX_FLOAT.fullmatch(text):
        try:
            return float.fromhex(text.replace("_", ""))
        except OverflowError:
            return -0.0 if written[1].startswith("-") and written[2].startswith("-") else None
    return None


def parse_int(text: str) -> int | None:
    """`strconv.ParseInt(text, 10, 64)`; None where it reports an error."""
    try:
        return read_int(text)
    except NumberError:
        return None


def read_int(text: str) -> int:
    """`strconv.ParseInt(text, 10, 64)`; NumberError with Go's text."""
    sign, digits, rest = _INT.match(text).groups()  # type: ignore[union-attr] # it matches any text
    significant = digits.lstrip("0")
    number = int(significant or "0") if len(significant) <= 20 else MAX_UINT64 + 1
    number = -number if sign == "-" else number
    # kyverno: digits beyond 64 bits are reported before what follows them
    if abs(number) <= MAX_UINT64 and (rest or not digits):
        raise NumberError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    if not MIN_INT64 <= number <= MAX_INT64:
        raise NumberError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return number


def _quoted(char: str) -> str:
    if char in _QUOTE_ESCAPES:
        return _QUOTE_ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_special(number: float) -> bool:
    return number != number or number in (float("inf"), float("-inf"))


def _special(number: float) -> str:
    if number != number:
        return "NaN"
    return "+Inf" if number > 0 else "-Inf"


def _digits(number: float) -> tuple[str, str, int]:
    """Sign, shortest digits without outer zeros (`0` for zero), position of the point: 0.d1d2… x 10^point."""
    text = repr(number)
    return ("-", *_split(text[1:])) if text[0] == "-" else ("", *_split(text))


def _split(text: str) -> tuple[str, int]:
    """Digits and point of a positive number as Python writes it."""
    mantissa, _, power = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(power or "0")
    digits = digits.rstrip("0")
    return (digits, point) if digits else ("0", 1)


def _plain(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}" if digits != "0" else "0"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def _scientific(digits: str, point: int, letter: str) -> str:
    power = point - 1
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}{letter}{'-' if power < 0 else '+'}{abs(power):02d}"


def _float32_digits(number: float) -> tuple[str, int]:
    """The fewest digits, and of these the nearest, that are read back as this positive float32; digits and point.

    Everything is counted in whole units of 2^-152, a quarter of a half of the smallest step.
    """
    bits = struct.unpack("<I", struct.pack("<f", number))[0]
    below = struct.unpack("<f", struct.pack("<I", bits - 1))[0]
    here = int(number * 2.0**_FINE)
    low, high = (here + int(below * 2.0**_FINE)) // 2, here + (1 << max(bits >> 23, 1) + 1)
    ends_belong = bits % 2 == 0
    power = int(f"{number:e}".partition("e")[2])
    for places in range(9):
        fine, coarse = 10 ** max(places - power, 0), 10 ** max(power - places, 0) << _FINE
        floor = here * fine // coarse
        ends = low * fine, high * fine
        found = [
            n for n in (floor, floor + 1) if ends[0] < n * coarse < ends[1] or (ends_belong and n * coarse in ends)
        ]
        if found:
            # kyverno: of two equally near numbers Go takes the even one, at a power of two the larger one
            tie = -1 if bits % (1 << 23) == 0 else 1 - floor % 2 * 2
            digits = str(min(found, key=lambda n: (abs(n * coarse - here * fine), n * tie)))
            return digits.rstrip("0"), power - places + len(digits)
    raise AssertionError("nine digits tell any two float32 apart")
