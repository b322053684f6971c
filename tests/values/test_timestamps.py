"""Times in Go's layouts; the answers of READ, REFUSED and FORMATTED are those of Go's time package in UTC."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import duration, timestamps
from kywarden.values.timestamps import RFC3339, RFC3339_NANO, TimeError, Timestamp

READ: list[tuple[str, str, Timestamp]] = [
    (RFC3339, "2021-01-02T15:04:05Z", Timestamp(1609599845, 0, 0, "UTC")),
    (RFC3339, "2021-01-02T15:04:05.123456789123Z", Timestamp(1609599845, 123456789, 0, "UTC")),
    (RFC3339, "2021-01-02T15:04:05+02:00", Timestamp(1609592645, 0, 7200, "")),
    (RFC3339, "2021-01-02T15:04:05-00:00", Timestamp(1609599845, 0, 0, "UTC")),
    (RFC3339, "2021-01-02T5:04:05Z", Timestamp(1609563845, 0, 0, "UTC")),
    (RFC3339, "2021-01-02T15:04:05,5Z", Timestamp(1609599845, 500000000, 0, "UTC")),
    (RFC3339, "2021-01-02T15:04:05+24:60", Timestamp(1609509845, 0, 90000, "")),
    (RFC3339, "0000-01-01T00:00:00Z", Timestamp(-62167219200, 0, 0, "UTC")),
    (RFC3339, "2020-02-29T23:59:59Z", Timestamp(1583020799, 0, 0, "UTC")),
    ("2006-01-02", "2021-01-02", Timestamp(1609545600, 0, 0, "UTC")),
    ("Mon Jan _2 15:04:05 MST 2006", "Sat Jan  2 15:04:05 CET 2021", Timestamp(1609599845, 0, 0, "CET")),
    ("Mon Jan _2 15:04:05 MST 2006", "Sat Jan  2 15:04:05 UTC 2021", Timestamp(1609599845, 0, 0, "UTC")),
    ("Monday, 02-Jan-06 15:04:05 MST", "SATURDAY, 02-JAN-69 15:04:05 GMT+3", Timestamp(-31395355, 0, 10800, "GMT+3")),
    ("Mon, 02 Jan 2006 15:04:05 -0700", "Sat, 02 Jan 2021 15:04:05 -0530", Timestamp(1609619645, 0, -19800, "")),
    ("3:04PM", "12:30AM", Timestamp(-62167217400, 0, 0, "UTC")),
    ("3:04pm", "1:30pm", Timestamp(-62167170600, 0, 0, "UTC")),
    ("Jan _2 15:04:05.000", "Jan 22 15:04:05.123", Timestamp(-62165350555, 123000000, 0, "UTC")),
    ("2006-01-02 15:04:05.999", "2021-01-02 15:04:05.123456", Timestamp(1609599845, 123456000, 0, "UTC")),
    ("2006-002", "2020-060", Timestamp(1582934400, 0, 0, "UTC")),
    ("2006-__2", "2021-  7", Timestamp(1609977600, 0, 0, "UTC")),
    ("January 2, 2006", "mArCh 31,   2021", Timestamp(1617148800, 0, 0, "UTC")),
    ("06-1-2", "68-1-2", Timestamp(3092688000, 0, 0, "UTC")),
    ("06", "+5", Timestamp(1104537600, 0, 0, "UTC")),
    ("-0700 MST", "+0000 UTC", Timestamp(-62167219200, 0, 0, "UTC")),
    ("-0700 MST", "+0000 GMT", Timestamp(-62167219200, 0, 0, "GMT")),
    ("-07:00:00", "-00:00:01", Timestamp(-62167219200, 0, 0, "UTC")),
    ("MST", "WITA", Timestamp(-62167219200, 0, 0, "WITA")),
    ("MST", "+03", Timestamp(-62167219200, 0, 0, "+03")),
    ("05.00", "01.+1", Timestamp(-62167219199, 10000000, 0, "UTC")),
    ("Z070000", "+010203", Timestamp(-62167222923, 0, 3723, "")),
    ("Z07", "-05", Timestamp(-62167201200, 0, -18000, "")),
    ("é2006", "é2021", Timestamp(1609459200, 0, 0, "UTC")),
    ("2006  ", "2021", Timestamp(1609459200, 0, 0, "UTC")),
    ("PM pm 3", "PM am 12", Timestamp(-62167219200, 0, 0, "UTC")),
]

REFUSED: list[tuple[str, str, str]] = [
    (RFC3339, "", 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'),
    (RFC3339, "2021", 'parsing time "2021" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "-"'),
    (RFC3339, "2021-13-02T15:04:05Z", 'parsing time "2021-13-02T15:04:05Z": month out of range'),
    (RFC3339, "2021-02-30T00:00:00Z", 'parsing time "2021-02-30T00:00:00Z": day out of range'),
    (RFC3339, "2021-01-02T24:00:00Z", 'parsing time "2021-01-02T24:00:00Z": hour out of range'),
    (RFC3339, "2021-01-02T15:60:05Z", 'parsing time "2021-01-02T15:60:05Z": minute out of range'),
    (RFC3339, "2021-01-02T15:04:60Z", 'parsing time "2021-01-02T15:04:60Z": second out of range'),
    (
        RFC3339,
        "2021-01-02t15:04:05z",
        'parsing time "2021-01-02t15:04:05z" as "2006-01-02T15:04:05Z07:00": cannot parse "t15:04:05z" as "T"',
    ),
    (
        RFC3339,
        "2021-01-02T15:04:05",
        'parsing time "2021-01-02T15:04:05" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"',
    ),
    (RFC3339, "2021-01-02T15:04:05Zx", 'parsing time "2021-01-02T15:04:05Zx": extra text: "x"'),
    (
        RFC3339,
        "2021-01-02 15:04:05Z",
        'parsing time "2021-01-02 15:04:05Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 15:04:05Z" as "T"',
    ),
    (
        RFC3339,
        "2021-01-02T15:04:05+25:61",
        'parsing time "2021-01-02T15:04:05+25:61": time zone offset minute out of range',
    ),
    (
        RFC3339,
        "2021-01-02T15:04:05+2:000",
        'parsing time "2021-01-02T15:04:05+2:000" as "2006-01-02T15:04:05Z07:00": cannot parse "+2:000" as "Z07:00"',
    ),
    (
        RFC3339,
        'é"\\\x01',
        'parsing time "\\xc3\\xa9\\"\\\\\\x01" as "2006-01-02T15:04:05Z07:00": cannot parse "\\xc3\\xa9\\"\\\\\\x01" as "2006"',  # noqa: E501
    ),
    ("2006-01-02", "x", 'parsing time "x" as "2006-01-02": cannot parse "x" as "2006"'),
    ("2006-01-02", "2021-1-2", 'parsing time "2021-1-2" as "2006-01-02": cannot parse "1-2" as "01"'),
    ("Jan", "Foo", 'parsing time "Foo" as "Jan": cannot parse "Foo" as "Jan"'),
    ("Mon", "So", 'parsing time "So" as "Mon": cannot parse "So" as "Mon"'),
    ("MST", "ABCDE", 'parsing time "ABCDE" as "MST": cannot parse "ABCDE" as "MST"'),
    ("MST", "GM", 'parsing time "GM" as "MST": cannot parse "GM" as "MST"'),
    ("PM", "xm", 'parsing time "xm" as "PM": cannot parse "xm" as "PM"'),
    ("002 2006", "366 2021", 'parsing time "366 2021": day-of-year out of range'),
    ("002 1", "040 3", 'parsing time "040 3": day-of-year does not match month'),
    ("002 1 2", "040 2 8", 'parsing time "040 2 8": day-of-year does not match day'),
    ("05.00", "01.-1", 'parsing time "01.-1": fractional second out of range'),
    (".000", "05", 'parsing time "05" as ".000": cannot parse "05" as ".000"'),
    ("06", "x1", 'parsing time "x1" as "06": cannot parse "x1" as "06"'),
    ("é2006", "è2021", 'parsing time "\\xc3\\xa82021" as "\\xc3\\xa92006": cannot parse "\\xa82021" as "\\xc3\\xa9"'),
    ("15", "x", 'parsing time "x" as "15": cannot parse "x" as "15"'),
    ("2006 é", "2021  e", 'parsing time "2021  e" as "2006 \\xc3\\xa9": cannot parse "e" as " \\xc3\\xa9"'),
    ("-07:00", "+01-00", 'parsing time "+01-00" as "-07:00": cannot parse "+01-00" as "-07:00"'),
]

FORMATTED: list[tuple[str, Timestamp, str]] = [
    ("01/02 03:04:05PM '06 -0700", Timestamp(1609599845, 123456789, 0, "UTC"), "01/02 03:04:05PM '21 +0000"),
    ("01/02 03:04:05PM '06 -0700", Timestamp(-62167219200, 0, -19800, ""), "12/31 06:30:00PM '01 -0530"),
    ("01/02 03:04:05PM '06 -0700", Timestamp(951827696, 120000000, 7200, "CEST"), "02/29 02:34:56PM '00 +0200"),
    ("Mon Jan _2 15:04:05 MST 2006", Timestamp(1609599845, 123456789, 0, "UTC"), "Sat Jan  2 15:04:05 UTC 2021"),
    ("Mon Jan _2 15:04:05 MST 2006", Timestamp(-62167219200, 0, -19800, ""), "Fri Dec 31 18:30:00 -0530 -0001"),
    ("Mon Jan _2 15:04:05 MST 2006", Timestamp(951827696, 120000000, 7200, "CEST"), "Tue Feb 29 14:34:56 CEST 2000"),
    ("Monday, 02-Jan-06 3:4:5pm MST", Timestamp(1609599845, 123456789, 0, "UTC"), "Saturday, 02-Jan-21 3:4:5pm UTC"),
    ("Monday, 02-Jan-06 3:4:5pm MST", Timestamp(-62167219200, 0, -19800, ""), "Friday, 31-Dec-01 6:30:0pm -0530"),
    (
        "Monday, 02-Jan-06 3:4:5pm MST",
        Timestamp(951827696, 120000000, 7200, "CEST"),
        "Tuesday, 29-Feb-00 2:34:56pm CEST",
    ),
    (
        "2006-01-02T15:04:05.999999999Z07:00",
        Timestamp(1609599845, 123456789, 0, "UTC"),
        "2021-01-02T15:04:05.123456789Z",
    ),
    ("2006-01-02T15:04:05.999999999Z07:00", Timestamp(-62167219200, 0, -19800, ""), "-0001-12-31T18:30:00-05:30"),
    (
        "2006-01-02T15:04:05.999999999Z07:00",
        Timestamp(951827696, 120000000, 7200, "CEST"),
        "2000-02-29T14:34:56.12+02:00",
    ),
    (
        "002 __2 .000 ,00 .9 Z0700 Z07 -07:00:00 -070000",
        Timestamp(1609599845, 123456789, 0, "UTC"),
        "002   2 .123 ,12 .1 Z Z +00:00:00 +000000",
    ),
    (
        "002 __2 .000 ,00 .9 Z0700 Z07 -07:00:00 -070000",
        Timestamp(-62167219200, 0, -19800, ""),
        "365 365 .000 ,00  -0530 -05 -05:30:00 -053000",
    ),
    (
        "002 __2 .000 ,00 .9 Z0700 Z07 -07:00:00 -070000",
        Timestamp(951827696, 120000000, 7200, "CEST"),
        "060  60 .120 ,12 .1 +0200 +02 +02:00:00 +020000",
    ),
    ("_2006 January Janet Mont 1 2 é", Timestamp(1609599845, 123456789, 0, "UTC"), "_2021 January Janet Mont 1 2 é"),
    ("_2006 January Janet Mont 1 2 é", Timestamp(-62167219200, 0, -19800, ""), "_-0001 December Janet Mont 12 31 é"),
    (
        "_2006 January Janet Mont 1 2 é",
        Timestamp(951827696, 120000000, 7200, "CEST"),
        "_2000 February Janet Mont 2 29 é",
    ),
    ("Z07:00:00 -070000 MST", Timestamp(0, 0, -30, ""), "+00:00:-30 +0000-30 +0000"),
    ("-07:00:00 Z070000", Timestamp(0, 0, 45, ""), "+00:00:45 +000045"),
    ("2006 06", Timestamp(-99999999999, 0, 0, "UTC"), "-1199 99"),
    ("2006", Timestamp(999999999999, 0, 0, "UTC"), "33658"),
]

moments = st.builds(
    Timestamp, st.integers(-62_167_219_200, 253_402_300_799), st.integers(0, 999_999_999), st.just(0), st.just("UTC")
)


@pytest.mark.parametrize(("layout", "text", "expected"), READ)
def test_times_are_read_in_the_layout(layout: str, text: str, expected: Timestamp) -> None:
    assert timestamps.parse(layout, text) == expected


@pytest.mark.parametrize(("layout", "text", "reason"), REFUSED)
def test_other_texts_are_refused_with_the_sentence_of_go(layout: str, text: str, reason: str) -> None:
    with pytest.raises(TimeError) as error:
        timestamps.parse(layout, text)
    assert str(error.value) == reason


@pytest.mark.parametrize(("layout", "time", "expected"), FORMATTED)
def test_times_are_written_in_the_layout(layout: str, time: Timestamp, expected: str) -> None:
    assert time.format(layout) == expected


@given(moments)
def test_written_times_are_read_back(time: Timestamp) -> None:
    assert timestamps.parse(RFC3339_NANO, time.format(RFC3339_NANO)) == time
    assert timestamps.parse_rfc3339(time.rfc3339()) == Timestamp(time.seconds)
    assert time.rfc3339() == time.format(RFC3339)
    unusual = "Monday 2 January 2006 3h 4m 5.000000000s PM -0700"
    assert timestamps.parse(unusual, time.format(unusual)) == time


@given(moments, moments)
def test_differences_stop_at_what_a_duration_holds(left: Timestamp, right: Timestamp) -> None:
    since = left.since(right)
    assert duration.MIN <= since <= duration.MAX
    if duration.MIN < since < duration.MAX:
        assert right.plus(since) == left
    assert (since < 0) == left.is_before(right) == right.is_after(left)


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        ("2021-01-02T15:04:05Z", "1h", "2021-01-02T15:00:00Z"),
        ("2021-01-02T15:04:05Z", "24h", "2021-01-02T00:00:00Z"),
        ("2021-01-02T15:04:05Z", "168h", "2020-12-28T00:00:00Z"),
        ("2021-01-02T01:04:05+02:00", "24h", "2021-01-01T02:00:00+02:00"),
        ("2021-01-02T15:04:05Z", "0s", "2021-01-02T15:04:05Z"),
        ("2021-01-02T15:04:05Z", "-1h", "2021-01-02T15:04:05Z"),
        ("0000-12-31T23:00:00Z", "24h", "0000-12-31T00:00:00Z"),
    ],
)
def test_truncation_counts_from_year_one_in_utc(text: str, step: str, expected: str) -> None:
    assert timestamps.parse_rfc3339(text).truncate(duration.read(step)).rfc3339() == expected


def test_date_clock_and_weekday_are_those_of_the_zone() -> None:
    time = timestamps.parse_rfc3339("2021-01-02T23:30:00-02:00")
    assert (time.date(), time.clock(), time.weekday()) == ((2021, 1, 2), (23, 30, 0), 6)
    assert time.utc() == Timestamp(time.seconds)
    assert (time.utc().date(), time.utc().weekday()) == ((2021, 1, 3), 0)
