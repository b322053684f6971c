"""Go's durations: whole nanoseconds in 64 bits, written such as `1h30m`, `-1.5s`, `300ms` (time.ParseDuration)."""

from __future__ import annotations

import re

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

MAX = (1 << 63) - 1
MIN = -(1 << 63)

UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "\u00b5s": MICROSECOND,
    "\u03bcs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}

_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]*)")
_LIMIT = 1 << 63
_LIMIT_DIGITS = 19
_WORD = (1 << 64) - 1


class DurationError(ValueError):
    """The text is no duration; the sentence is Go's."""


def parse(text: str) -> int | None:
    """Nanoseconds, or None where Go reports an error (bare numbers except 0, unknown units, beyond int64)."""
    if not text or text[-1] not in "smh0" or text[0] not in "+-.0123456789":
        return None
    try:
        return read(text)
    except DurationError:
        return None


def read(text: str) -> int:
    """Nanoseconds; DurationError with Go's text."""
    negative = text.startswith("-")
    rest = text[1:] if text.startswith(("-", "+")) else text
    if rest == "0":
        return 0
    if not rest:
        raise _invalid(text)
    total = at = 0
    while at < len(rest):
        part = _PART.match(rest, at)
        assert part is not None
        whole, fraction, unit = part[1], part[2], part[3]
        amount = _leading(whole)
        if not (whole or fraction) or amount is None:
            raise _invalid(text)
        if not unit:
            raise DurationError(f"time: missing unit in duration {quote(text)}")
        if unit not in UNITS:
            raise DurationError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        amount *= UNITS[unit]
        if fraction:
            amount += _fraction(fraction, UNITS[unit])
        total = (total + amount) & _WORD  # kyverno: two halves of 2^64 make zero, as in Go
        if amount > _LIMIT or total > _LIMIT:
            raise _invalid(text)
        at = part.end()
    if negative:
        return -total
    if total > MAX:
        raise _invalid(text)
    return total


def text(nanoseconds: int) -> str:
    """As Go prints a duration: `1h0m0s`, `1m30s`, `1.5ms`, `0s` (Duration.String)."""
    sign = "-" if nanoseconds < 0 else ""
    size = abs(nanoseconds)
    if size < SECOND:
        if size == 0:
            return "0s"
        if size < MICROSECOND:
            return f"{sign}{size}ns"
        if size < MILLISECOND:
            return f"{sign}{_decimal(size, 3)}\u00b5s"
        return f"{sign}{_decimal(size, 6)}ms"
    minutes, rest = divmod(size, MINUTE)
    seconds = f"{_decimal(rest, 9)}s"
    if not minutes:
        return f"{sign}{seconds}"
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}h{minutes}m{seconds}" if hours else f"{sign}{minutes}m{seconds}"


def seconds(nanoseconds: int) -> float:
    """Seconds as Go's Duration.Seconds computes them: the whole and the rest are added as floats."""
    whole, rest = divmod(abs(nanoseconds), SECOND)
    value = whole + rest / 1e9
    return -value if nanoseconds < 0 else value


def quote(text: str | bytes) -> str:
    """How package time quotes a text in its errors: bytes outside printable ASCII as `\\xNN`."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return f'"{"".join(map(_quoted, data))}"'


def _quoted(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte < 0x80 else f"\\x{byte:02x}"


def _invalid(text: str) -> DurationError:
    return DurationError(f"time: invalid duration {quote(text)}")


def _leading(digits: str) -> int | None:
    """The number that the digits make, None beyond 2^63."""
    significant = digits.lstrip("0")
    if len(significant) > _LIMIT_DIGITS:
        return None
    number = int(significant or "0")
    return number if number <= _LIMIT else None


def _fraction(digits: str, unit: int) -> int:
    """The part of a unit after the point, through float64 as in Go; digits beyond 63 bits are dropped."""
    number, scale = 0, 1.0
    for digit in digits:
        if number > MAX // 10 or number * 10 + int(digit) > _LIMIT:
            break
        number = number * 10 + int(digit)
        scale *= 10
    return int(number * (unit / scale)) if number else 0


def _decimal(number: int, places: int) -> str:
    """number / 10^places without trailing zeros."""
    whole, rest = divmod(number, 10**places)
    fraction = f"{rest:0{places}d}".rstrip("0") if rest else ""
    return f"{whole}.{fraction}" if fraction else str(whole)
