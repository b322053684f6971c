"""Go durations; the answers of READ and REFUSED are those of time.ParseDuration, String and Seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import duration

READ: list[tuple[str, int, str, float]] = [
    ("0", 0, "0s", 0.0),
    ("+0", 0, "0s", 0.0),
    ("-0", 0, "0s", 0.0),
    ("1s", 1000000000, "1s", 1.0),
    ("-1.5h", -5400000000000, "-1h30m0s", -5400.0),
    ("1h30m", 5400000000000, "1h30m0s", 5400.0),
    ("1h0m0s", 3600000000000, "1h0m0s", 3600.0),
    ("1h1h", 7200000000000, "2h0m0s", 7200.0),
    (".5s", 500000000, "500ms", 0.5),
    ("1.s", 1000000000, "1s", 1.0),
    ("300ms", 300000000, "300ms", 0.3),
    ("1.5ms", 1500000, "1.5ms", 0.0015),
    ("2us", 2000, "2µs", 2e-06),
    ("2µs", 2000, "2µs", 2e-06),
    ("2μs", 2000, "2µs", 2e-06),
    ("1.000000001s", 1000000001, "1.000000001s", 1.000000001),
    ("0.9223372036854775807h", 3320413933267, "55m20.413933267s", 3320.413933267),
    ("0.00000000000000000001h", 0, "0s", 0.0),
    ("0.1000000000000000000001s", 100000000, "100ms", 0.1),
    ("1ns", 1, "1ns", 1e-09),
    ("999ns", 999, "999ns", 9.99e-07),
    ("2562047h47m16.854775807s", 9223372036854775807, "2562047h47m16.854775807s", 9223372036.854776),
    ("-2562047h47m16.854775808s", -9223372036854775808, "-2562047h47m16.854775808s", -9223372036.854776),
    ("9223372036854775807ns", 9223372036854775807, "2562047h47m16.854775807s", 9223372036.854776),
    ("-9223372036854775808ns", -9223372036854775808, "-2562047h47m16.854775808s", -9223372036.854776),
    ("9223372036854775808ns9223372036854775808ns", 0, "0s", 0.0),
]
REFUSED: list[tuple[str, str]] = [
    ("", 'time: invalid duration ""'),
    ("-", 'time: invalid duration "-"'),
    ("1", 'time: missing unit in duration "1"'),
    ("00", 'time: missing unit in duration "00"'),
    ("1.5", 'time: missing unit in duration "1.5"'),
    ("s", 'time: invalid duration "s"'),
    (".s", 'time: invalid duration ".s"'),
    (".", 'time: invalid duration "."'),
    ("1d", 'time: unknown unit "d" in duration "1d"'),
    ("1 s", 'time: unknown unit " s" in duration "1 s"'),
    ("1h 1m", 'time: unknown unit "h " in duration "1h 1m"'),
    ("1_0s", 'time: unknown unit "_" in duration "1_0s"'),
    ("--1s", 'time: invalid duration "--1s"'),
    ("1e3s", 'time: unknown unit "e" in duration "1e3s"'),
    ("1hs", 'time: unknown unit "hs" in duration "1hs"'),
    ("9223372036854775808ns", 'time: invalid duration "9223372036854775808ns"'),
    ("2562048h", 'time: invalid duration "2562048h"'),
    ('1"\\é\n', 'time: unknown unit "\\"\\\\\\xc3\\xa9\\x0a" in duration "1\\"\\\\\\xc3\\xa9\\x0a"'),
    ("٣s", 'time: invalid duration "\\xd9\\xa3s"'),
]


@pytest.mark.parametrize(("text", "nanoseconds", "printed", "seconds"), READ)
def test_durations_are_read_and_printed_as_go_does(text: str, nanoseconds: int, printed: str, seconds: float) -> None:
    assert duration.parse(text) == nanoseconds
    assert duration.text(nanoseconds) == printed
    assert duration.seconds(nanoseconds) == seconds


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_other_texts_are_refused_with_the_sentence_of_go(text: str, reason: str) -> None:
    assert duration.parse(text) is None
    with pytest.raises(duration.DurationError) as error:
        duration.read(text)
    assert str(error.value) == reason


@given(st.integers(duration.MIN, duration.MAX))
def test_printed_durations_are_read_back(nanoseconds: int) -> None:
    assert duration.parse(duration.text(nanoseconds)) == nanoseconds
