"""Points in time as Go has them: seconds and nanoseconds, with the zone they were written in.

Time is the proleptic Gregorian calendar without leap seconds. The local zone is UTC, as in Kyverno's container: a
written offset of zero is UTC, other offsets have no name. Source: Go's time package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kywarden.values import duration
from kywarden.values.time_fields import TimeError, read
from kywarden.values.time_layouts import MONTHS, WEEKDAYS, days_in, elements

__all__ = ["RFC3339", "RFC3339_NANO", "TimeError", "Timestamp", "parse", "parse_rfc3339"]

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"

_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_DAY = 86_400
_DAYS_TO_1970 = 719_528
"""From 1 January of year 0."""
_SECONDS_TO_1970 = 62_135_596_800
"""From 1 January of year 1, where `truncate` counts from."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time.

    seconds: since 1970 in UTC. nanosecond: 0 to 999,999,999 on top.
    offset: of the zone it is shown in, in seconds east. zone: name of that zone, may be empty.
    """

    seconds: int
    nanosecond: int = 0
    offset: int = 0
    zone: str = "UTC"

    def utc(self) -> Timestamp:
        return Timestamp(self.seconds, self.nanosecond)

    def plus(self, nanoseconds: int) -> Timestamp:
        seconds, nanosecond = divmod(self.nanosecond + nanoseconds, duration.SECOND)
        return Timestamp(self.seconds + seconds, nanosecond, self.offset, self.zone)

    def since(self, other: Timestamp) -> int:
        """Nanoseconds from the other one to this, at most what a duration can hold (Time.Sub)."""
        exact = (self.seconds - other.seconds) * duration.SECOND + self.nanosecond - other.nanosecond
        return max(duration.MIN, min(exact, duration.MAX))

    def is_before(self, other: Timestamp) -> bool:
        return (self.seconds, self.nanosecond) < (other.seconds, other.nanosecond)

    def is_after(self, other: Timestamp) -> bool:
        return other.is_before(self)

    def truncate(self, step: int) -> Timestamp:
        """Down to a multiple of the step (nanoseconds) since year 1 in UTC; unchanged without a positive step."""
        if step <= 0:
            return self
        absolute = (self.seconds + _SECONDS_TO_1970) * duration.SECOND + self.nanosecond
        return self.plus(-(absolute % step))

    def date(self) -> tuple[int, int, int]:
        """Year, month, day in its zone."""
        return _date((self.seconds + self.offset) // _DAY)

    def clock(self) -> tuple[int, int, int]:
        """Hour, minute, second in its zone."""
        minutes, second = divmod((self.seconds + self.offset) % _DAY, 60)
        return minutes // 60, minutes % 60, second

    def weekday(self) -> int:
        """0 is Sunday."""
        return ((self.seconds + self.offset) // _DAY + 4) % 7

    def format(self, layout: str) -> str:
        """The text in a layout (Time.Format)."""
        return "".join(
            literal + (_fraction(self, element) if element[:1] in (".", ",") else WRITERS[element](self))
            for literal, element in elements(layout)
        )

    def rfc3339(self) -> str:
        """`format(RFC3339)`: whole seconds, `Z` or an offset."""
        year, month, day = self.date()
        hour, minute, second = self.clock()
        return f"{_padded(year, 4)}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{_offset(self, 'Z07:00')}"


def parse(layout: str, text: str) -> Timestamp:
    """The time that a text says in a layout; TimeError with Go's sentence (time.Parse)."""
    if layout in (RFC3339, RFC3339_NANO):
        quick = _parse_strictly(text)
        if quick is not None:
            return quick
    fields = read(layout, text)
    seconds = (days_until(fields.year, fields.month, fields.day) * 24 + fields.hour) * 3600
    seconds += fields.minute * 60 + fields.second
    if fields.utc:
        return Timestamp(seconds, fields.nanosecond)
    # kyverno: an offset of one second west is Go's mark for "none written"
    if fields.offset is not None and fields.offset != -1:
        zone = "UTC" if fields.offset == 0 and fields.zone in ("", "UTC") else fields.zone
        return Timestamp(seconds - fields.offset, fields.nanosecond, fields.offset, zone)
    if fields.zone:
        # kyverno: the offset of a named zone is unknown and counts as 0; `GMT+3` is shown three hours east
        offset = int(fields.zone[3:]) * 3600 if fields.zone.startswith("GMT") and len(fields.zone) > 3 else 0
        return Timestamp(seconds, fields.nanosecond, offset, fields.zone)
    return Timestamp(seconds, fields.nanosecond)


def parse_rfc3339(text: str) -> Timestamp:
    """`parse(RFC3339, text)`: fractions of a second are accepted."""
    return parse(RFC3339, text)


def days_until(year: int, month: int, day: int) -> int:
    """Days from 1 January 1970 to a date, which may be before."""
    before = year * 365 + (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400
    return before + sum(days_in(earlier, year) for earlier in range(1, month)) + day - 1 - _DAYS_TO_1970


def _parse_strictly(text: str) -> Timestamp | None:
    """The usual form; what else Go accepts (such as one digit for the hour) takes the long way."""
    written = _RFC3339.fullmatch(text)
    if written is None:
        return None
    year, month, day, hour, minute, second = map(int, written.groups()[:6])
    if not (1 <= month <= 12 and 1 <= day <= days_in(month, year) and hour < 24 and minute < 60 and second < 60):
        return None
    seconds = (days_until(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    nanosecond = int((written[7] or "0")[:9].ljust(9, "0"))
    if written[8] is None:
        return Timestamp(seconds, nanosecond)
    offset = (int(written[9]) * 60 + int(written[10])) * (-60 if written[8] == "-" else 60)
    return Timestamp(seconds - offset, nanosecond, offset, "" if offset else "UTC")


def _date(days: int) -> tuple[int, int, int]:
    """Year, month, day of a number of days since 1970, counted in 400-year cycles from 1 March of year 0."""
    cycle, day_of_cycle = divmod(days + _DAYS_TO_1970 - 60, 146_097)
    year = (day_of_cycle - day_of_cycle // 1460 + day_of_cycle // 36_524 - day_of_cycle // 146_096) // 365
    day_of_year = day_of_cycle - (365 * year + year // 4 - year // 100)
    month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return cycle * 400 + year + (month <= 2), month, day


def _day_of_year(time: Timestamp) -> int:
    year, month, day = time.date()
    return days_until(year, month, day) - days_until(year, 1, 1) + 1


def _hour12(time: Timestamp) -> int:
    return time.clock()[0] % 12 or 12


def _padded(number: int, width: int) -> str:
    return f"{'-' if number < 0 else ''}{abs(number):0{width}}"


def _offset(time: Timestamp, element: str) -> str:
    """The zone as a numeric element of the layout shows it."""
    if element[0] == "Z" and time.offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(time.offset), 60)
    # kyverno: Go takes the sign from the minutes, so the seconds of an offset below one minute keep theirs
    if time.offset < 0 and minutes == 0:
        seconds = -seconds
    colon = ":" if ":" in element else ""
    text = f"{'-' if time.offset < 0 and minutes else '+'}{minutes // 60:02}"
    if len(element) > 3:
        text += f"{colon}{minutes % 60:02}"
    return f"{text}{colon}{_padded(seconds, 2)}" if len(element) > 6 else text


def _fraction(time: Timestamp, element: str) -> str:
    digits = f"{time.nanosecond:09}"[: len(element) - 1]
    if element[1] == "9":
        digits = digits.rstrip("0")
        return element[0] + digits if digits else ""
    return element[0] + digits


WRITERS: dict[str, Callable[[Timestamp], str]] = {
    "": lambda time: "",
    "2006": lambda time: _padded(time.date()[0], 4),
    "06": lambda time: f"{abs(time.date()[0]) % 100:02}",
    "January": lambda time: MONTHS[time.date()[1] - 1],
    "Jan": lambda time: MONTHS[time.date()[1] - 1][:3],
    "1": lambda time: str(time.date()[1]),
    "01": lambda time: f"{time.date()[1]:02}",
    "Monday": lambda time: WEEKDAYS[time.weekday()],
    "Mon": lambda time: WEEKDAYS[time.weekday()][:3],
    "2": lambda time: str(time.date()[2]),
    "_2": lambda time: f"{time.date()[2]:2}",
    "02": lambda time: f"{time.date()[2]:02}",
    "__2": lambda time: f"{_day_of_year(time):3}",
    "002": lambda time: f"{_day_of_year(time):03}",
    "15": lambda time: f"{time.clock()[0]:02}",
    "3": lambda time: str(_hour12(time)),
    "03": lambda time: f"{_hour12(time):02}",
    "4": lambda time: str(time.clock()[1]),
    "04": lambda time: f"{time.clock()[1]:02}",
    "5": lambda time: str(time.clock()[2]),
    "05": lambda time: f"{time.clock()[2]:02}",
    "PM": lambda time: "PM" if time.clock()[0] >= 12 else "AM",
    "pm": lambda time: "pm" if time.clock()[0] >= 12 else "am",
    "MST": lambda time: time.zone or _offset(time, "-0700"),
    "Z07": lambda time: _offset(time, "Z07"),
    "Z0700": lambda time: _offset(time, "Z0700"),
    "Z07:00": lambda time: _offset(time, "Z07:00"),
    "Z070000": lambda time: _offset(time, "Z070000"),
    "Z07:00:00": lambda time: _offset(time, "Z07:00:00"),
    "-07": lambda time: _offset(time, "-07"),
    "-0700": lambda time: _offset(time, "-0700"),
    "-07:00": lambda time: _offset(time, "-07:00"),
    "-070000": lambda time: _offset(time, "-070000"),
    "-07:00:00": lambda time: _offset(time, "-07:00:00"),
}
