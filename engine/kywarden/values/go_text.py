"""How Go prints and reads plain values: package fmt's `%v`, encoding/json, strconv.

Texts of these functions reach users inside messages and decide comparisons, because Kyverno compares printed values.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from fractions import Fraction

from kywarden.values.trees import Tree

MAX_INT64 = (1 << 63) - 1
MIN_INT64 = -(1 << 63)
MAX_UINT64 = (1 << 64) - 1

_JSON_SPECIAL = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029]')
_JSON_PLAIN_SPECIAL = re.compile('["\\\\\x00-\x1f\u2028\u2029]')
_JSON_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_GO_JSON_ESCAPES = {**_JSON_ESCAPES, "\b": "\\b", "\f": "\\f"}
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


class NumberError(ValueError):
    """The text is no number of the wanted type; the sentence is strconv's."""


# Values as fmt prints them


def sprint(tree: Tree) -> str:
    """`fmt.Sprint` and `%v` of a decoded JSON value: `map[a:1 b:[x y]]`, `<nil>`, `1e+06`; strings as they are."""
    match tree:
        case str():
            return tree
        case None:
            return "<nil>"
        case bool():
            return "true" if tree else "false"
        case int():
            return str(tree)
        case float():
            return general(tree)
        case list():
            return f"[{' '.join(map(sprint, tree))}]"
        case dict():
            return f"map[{' '.join(f'{key}:{sprint(tree[key])}' for key in sorted(tree))}]"


def general(number: float) -> str:
    """A float64 as `%v` prints it: shortest digits, an exponent below 1e-4 and from 1e+06 on."""
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


# JSON


def json_text(tree: Tree, *, escape_html: bool = True) -> str:
    """As encoding/json writes it: no spaces, keys sorted, `<`, `>`, `&` escaped on demand.

    ValueError for NaN and infinities.
    """
    special = _JSON_SPECIAL if escape_html else _JSON_PLAIN_SPECIAL
    return _json(tree, lambda text: _json_string(text, special, _GO_JSON_ESCAPES), json_number)


def jsoniter_text(tree: Tree) -> str:
    """As json-iterator's ConfigCompatibleWithStandardLibrary writes it.

    kyverno: it differs from encoding/json in `1e-07` (not `1e-7`) and in `\\u0008`, `\\u000c` for backspace and form feed.
    """
    return _json(tree, lambda text: _json_string(text, _JSON_SPECIAL, _JSON_ESCAPES), _jsoniter_number)


def json_number(number: float) -> str:
    """A float64 as encoding/json writes it: an exponent only below 1e-6 and from 1e21 on."""
    text = _jsoniter_number(number)
    return f"{text[:-2]}{text[-1]}" if text[-4:-1] == "e-0" else text


def _jsoniter_number(number: float) -> str:
    if _is_special(number):
        raise ValueError(f"unsupported value: {_special(number)}")
    sign, digits, point = _digits(number)
    if digits == "0" or -6 < point <= 21:
        return sign + _plain(digits, point)
    return sign + _scientific(digits, point, "e")


def _json(tree: Tree, string: Callable[[str], str], number: Callable[[float], str]) -> str:
    parts: list[str] = []

    def write(node: Tree) -> None:
        match node:
            case str():
                parts.append(string(node))
            case None:
                parts.append("null")
            case bool():
                parts.append("true" if node else "false")
            case int():
                parts.append(str(node))
            case float():
                parts.append(number(node))
            case list():
                opening = "["
                for item in node:
                    parts.append(opening)
                    write(item)
                    opening = ","
                parts.append("]" if node else "[]")
            case dict():
                opening = "{"
                for key in sorted(node):
                    parts.append(f"{opening}{string(key)}:")
                    write(node[key])
                    opening = ","
                parts.append("}" if node else "{}")

    write(tree)
    return "".join(parts)


def _json_string(text: str, special: re.Pattern[str], escapes: dict[str, str]) -> str:
    if special.search(text) is None:
        return f'"{text}"'

    def escaped(found: re.Match[str]) -> str:
        return escapes.get(found[0]) or f"\\u{ord(found[0]):04x}"

    return f'"{special.sub(escaped, text)}"'


# strconv


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


# Digits of floats


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
    """The fewest digits, and of these the nearest, that are read back as this positive float32; digits and point."""
    bits = struct.unpack("<I", struct.pack("<f", number))[0]
    here = Fraction(number)
    low = (here + Fraction(struct.unpack("<f", struct.pack("<I", bits - 1))[0])) / 2
    high = here + Fraction(2) ** (max(bits >> 23, 1) - 151)
    ends_belong = bits % 2 == 0
    power = int(f"{number:e}".partition("e")[2])
    for places in range(9):
        unit = Fraction(10) ** (power - places)
        floor = here // unit
        found = [n for n in (floor, floor + 1) if low < n * unit < high or (ends_belong and n * unit in (low, high))]
        if found:
            # kyverno: of two equally near numbers Go takes the larger one
            digits = str(min(found, key=lambda n: (abs(n * unit - here), -n)))
            return digits.rstrip("0"), power - places + len(digits)
    raise AssertionError("nine digits tell any two float32 apart")
