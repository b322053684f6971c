"""Go's time layouts: the reference time `Mon Jan 2 15:04:05 MST 2006` written as the wanted text should look.

A layout is literal text and elements (`2006`, `Jan`, `-07:00`, `.000`, …). Source: Go's time/format.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_ELEMENT = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm"
    r"|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?![0-9])"
)


def elements(layout: str) -> Iterator[tuple[str, str]]:
    """Pairs of literal text and the element after it; the last pair has the rest of the text and an empty element."""
    at = 0
    for found in _ELEMENT.finditer(layout):
        yield layout[at : found.start()], found[0]
        at = found.end()
    yield layout[at:], ""


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(month: int, year: int) -> int:
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31
