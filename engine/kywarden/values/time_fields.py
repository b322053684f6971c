"""Reading a time in a layout: the elements are taken one after the other from the value.

What each says is kept in `Fields`. Values are handled byte by byte as in Go: a text outside ASCII is carried as one
character per byte (Latin-1). Source: time.Parse in Go's time/format.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kywarden.values.duration import quote
from kywarden.values.time_layouts import MONTHS, WEEKDAYS, days_in, elements
from kywarden.values.time_zones import OffsetError, name_length, read_offset

_FRACTION = re.compile("[.,][0-9]+")
_SHORT_NUMBER = re.compile("[0-9]{1,2}")
_LONG_NUMBER = re.compile("[0-9]{1,3}")
_SIGNED = re.compile("[+-]?[0-9]*")


class TimeError(ValueError):
    """The value does not have the layout; the sentence is Go's."""


class _Bad(Exception):
    """The next part of the value is not what the element wants."""


class _OutOfRange(Exception):
    """The next part of the value is a number that cannot be; the argument says of what."""


@dataclass(slots=True)
class Fields:
    """What a value said; -1 and None: nothing."""

    year: int = 0
    month: int = -1
    day: int = -1
    day_of_year: int = -1
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    morning: bool = False
    afternoon: bool = False
    utc: bool = False
    offset: int | None = None
    zone: str = ""


def read(layout: str, value: str) -> Fields:
    """The fields of a value; TimeError where it does not fit the layout or a number is out of its range."""
    if not (layout.isascii() and value.isascii()):
        layout, value = _carried(layout), _carried(value)
    fields, rest = Fields(), value
    parts = list(elements(layout))
    for at, (literal, element) in enumerate(parts):
        rest = _skip(layout, value, literal, rest)
        if not element:
            break
        try:
            rest = _read_fraction(fields, rest, element) if element[0] in ".," else READERS[element](fields, rest)
            if element in ("5", "05") and parts[at + 1][1][:1] not in (".", ","):
                rest = _read_unannounced_fraction(fields, rest)
        except _OutOfRange as error:
            raise _problem(value, f"{error} out of range") from None
        except _Bad:
            raise _mismatch(layout, value, rest, element) from None
    if rest:
        raise _problem(value, f"extra text: {_quote(rest)}")
    _settle(fields, value)
    return fields


# Reading one element: takes the fields and the rest of the value, returns what is left


def _read_year(fields: Fields, rest: str) -> str:
    if len(rest) < 4 or rest[0] not in "0123456789":
        raise _Bad
    fields.year = _integer(rest[:4])
    return rest[4:]


def _read_short_year(fields: Fields, rest: str) -> str:
    if len(rest) < 2:
        raise _Bad
    year = _integer(rest[:2])
    fields.year = year + (1900 if year >= 69 else 2000)
    return rest[2:]


def _read_month_name(fields: Fields, rest: str) -> str:
    fields.month, rest = _name(MONTHS, rest, None)
    return rest


def _read_short_month_name(fields: Fields, rest: str) -> str:
    fields.month, rest = _name(MONTHS, rest, 3)
    return rest


def _read_weekday(fields: Fields, rest: str) -> str:
    return _name(WEEKDAYS, rest, None)[1]


def _read_short_weekday(fields: Fields, rest: str) -> str:
    return _name(WEEKDAYS, rest, 3)[1]


def _number(field: str, low: int, high: int, of: str = "", *, digits: int = 0) -> Callable[[Fields, str], str]:
    """A reader of one or two digits (`digits`: exactly so many) into a field."""

    def reader(fields: Fields, rest: str) -> str:
        found = _SHORT_NUMBER.match(rest)
        if found is None or len(found[0]) < digits:
            raise _Bad
        number = int(found[0])
        if not low <= number <= high:
            raise _OutOfRange(of)
        setattr(fields, field, number)
        return rest[found.end() :]

    return reader


def _read_padded_day(fields: Fields, rest: str) -> str:
    return READERS["2"](fields, rest.removeprefix(" "))


def _read_day_of_year(fields: Fields, rest: str, *, digits: int = 3) -> str:
    found = _LONG_NUMBER.match(rest)
    if found is None or len(found[0]) < digits:
        raise _Bad
    fields.day_of_year = int(found[0])
    return rest[found.end() :]


def _read_padded_day_of_year(fields: Fields, rest: str) -> str:
    return _read_day_of_year(fields, rest.removeprefix(" ").removeprefix(" "), digits=1)


def _half_day(before: str, after: str) -> Callable[[Fields, str], str]:
    def reader(fields: Fields, rest: str) -> str:
        if rest[:2] not in (before, after):
            raise _Bad
        fields.morning = fields.morning or rest[:2] == before
        fields.afternoon = fields.afternoon or rest[:2] == after
        return rest[2:]

    return reader


def _offset(element: str) -> Callable[[Fields, str], str]:
    """A reader of a numeric zone; elements with `Z` take that letter too."""

    def reader(fields: Fields, rest: str) -> str:
        if element[0] == "Z" and rest[:1] == "Z":
            fields.utc = True
            return rest[1:]
        try:
            fields.offset = read_offset(element, rest)
        except OffsetError as error:
            if error.beyond:
                raise _OutOfRange(f"time zone offset {error.beyond}") from None
            raise _Bad from None
        return rest[len(element) :]

    return reader


def _read_zone_name(fields: Fields, rest: str) -> str:
    if rest.startswith("UTC"):
        fields.utc = True
        return rest[3:]
    length = name_length(rest)
    if not length:
        raise _Bad
    fields.zone = rest[:length]
    return rest[length:]


def _read_fraction(fields: Fields, rest: str, element: str) -> str:
    """A fraction that the layout has: as many digits as zeros; any digits, or nothing, for nines."""
    if element[1] == "9":
        return _read_unannounced_fraction(fields, rest)
    if len(rest) < len(element) or rest[0] not in ".,":
        raise _Bad
    fields.nanosecond = _nanoseconds(rest[1 : len(element)])
    return rest[len(element) :]


def _read_unannounced_fraction(fields: Fields, rest: str) -> str:
    found = _FRACTION.match(rest)
    if found is None:
        return rest
    fields.nanosecond = _nanoseconds(found[0][1:])
    return rest[found.end() :]


READERS: dict[str, Callable[[Fields, str], str]] = {
    "2006": _read_year,
    "06": _read_short_year,
    "January": _read_month_name,
    "Jan": _read_short_month_name,
    "1": _number("month", 1, 12, "month"),
    "01": _number("month", 1, 12, "month", digits=2),
    "Monday": _read_weekday,
    "Mon": _read_short_weekday,
    "2": _number("day", 0, 99),
    "02": _number("day", 0, 99, digits=2),
    "_2": _read_padded_day,
    "002": _read_day_of_year,
    "__2": _read_padded_day_of_year,
    "15": _number("hour", 0, 23, "hour"),
    "3": _number("hour", 0, 12, "hour"),
    "03": _number("hour", 0, 12, "hour", digits=2),
    "4": _number("minute", 0, 59, "minute"),
    "04": _number("minute", 0, 59, "minute", digits=2),
    "5": _number("second", 0, 59, "second"),
    "05": _number("second", 0, 59, "second", digits=2),
    "PM": _half_day("AM", "PM"),
    "pm": _half_day("am", "pm"),
    "MST": _read_zone_name,
    **{
        element: _offset(element)
        for form in ("07", "0700", "07:00", "070000", "07:00:00")
        for element in (f"-{form}", f"Z{form}")
    },
}


def _settle(fields: Fields, value: str) -> None:
    """What the fields say together: hour of the day, month and day."""
    if fields.afternoon and fields.hour < 12:
        fields.hour += 12
    elif fields.morning and fields.hour == 12:
        fields.hour = 0
    if fields.day_of_year >= 0:
        month, day = _month_and_day(fields.day_of_year, fields.year)
        if not month:
            raise _problem(value, "day-of-year out of range")
        if fields.month not in (-1, month):
            raise _problem(value, "day-of-year does not match month")
        if fields.day not in (-1, day):
            raise _problem(value, "day-of-year does not match day")
        fields.month, fields.day = month, day
    fields.month = 1 if fields.month < 0 else fields.month
    fields.day = 1 if fields.day < 0 else fields.day
    if not 1 <= fields.day <= days_in(fields.month, fields.year):
        raise _problem(value, "day out of range")


def _month_and_day(day_of_year: int, year: int) -> tuple[int, int]:
    """(0, 0) where the year has no such day."""
    for month in range(1, 13):
        if 1 <= day_of_year <= days_in(month, year):
            return month, day_of_year
        day_of_year -= days_in(month, year)
    return 0, 0


def _name(names: tuple[str, ...], rest: str, length: int | None) -> tuple[int, str]:
    """The number, from 1, of the name at the start, in any case, and the rest after it."""
    for number, name in enumerate(names, 1):
        wanted = name[:length]
        if rest[: len(wanted)].lower() == wanted.lower():
            return number, rest[len(wanted) :]
    raise _Bad


def _integer(text: str) -> int:
    """An integer with an optional sign; a bare sign is 0 as in Go's atoi."""
    if not _SIGNED.fullmatch(text):
        raise _Bad
    return int(text) if text.strip("+-") else 0


def _nanoseconds(digits: str) -> int:
    number = _integer(digits[:9])
    if number < 0:
        raise _OutOfRange("fractional second")
    return int(number * 10 ** (9 - len(digits[:9])))


def _skip(layout: str, value: str, literal: str, rest: str) -> str:
    """The rest after the literal text; runs of spaces are equal, also to nothing at the end of the value."""
    at = 0
    while at < len(literal):
        if literal[at] == " ":
            if rest and rest[0] != " ":
                raise _mismatch(layout, value, rest, literal)
            at = len(literal) - len(literal[at:].lstrip(" "))
            rest = rest.lstrip(" ")
        elif rest[:1] != literal[at]:
            raise _mismatch(layout, value, rest, literal)
        else:
            at, rest = at + 1, rest[1:]
    return rest


def _carried(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _quote(carried: str) -> str:
    return quote(carried.encode("latin-1"))


def _problem(value: str, reason: str) -> TimeError:
    return TimeError(f"parsing time {_quote(value)}: {reason}")


def _mismatch(layout: str, value: str, rest: str, wanted: str) -> TimeError:
    return TimeError(
        f"parsing time {_quote(value)} as {_quote(layout)}: cannot parse {_quote(rest)} as {_quote(wanted)}"
    )
