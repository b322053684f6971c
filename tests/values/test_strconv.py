"""Numbers and quoted texts as Go's strconv has them; all answers are Go's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import strconv

# number, %v, encoding/json, json-iterator, FormatFloat 'E', FormatFloat 'f' of 32 bits
FLOATS: list[tuple[float, str, str, str, str, str]] = [
    (0.0, "0", "0", "0", "0E+00", "0"),
    (-0.0, "-0", "-0", "-0", "-0E+00", "-0"),
    (1.0, "1", "1", "1", "1E+00", "1"),
    (15.5, "15.5", "15.5", "15.5", "1.55E+01", "15.5"),
    (100000.0, "100000", "100000", "100000", "1E+05", "100000"),
    (1000000.0, "1e+06", "1000000", "1000000", "1E+06", "1000000"),
    (1234567.0, "1.234567e+06", "1234567", "1234567", "1.234567E+06", "1234567"),
    (123456789.0, "1.23456789e+08", "123456789", "123456789", "1.23456789E+08", "123456790"),
    (1e20, "1e+20", "100000000000000000000", "100000000000000000000", "1E+20", "100000000000000000000"),
    (1e21, "1e+21", "1e+21", "1e+21", "1E+21", "1000000000000000000000"),
    (1.5e21, "1.5e+21", "1.5e+21", "1.5e+21", "1.5E+21", "1500000000000000000000"),
    (0.1, "0.1", "0.1", "0.1", "1E-01", "0.1"),
    (0.0001, "0.0001", "0.0001", "0.0001", "1E-04", "0.0001"),
    (1e-05, "1e-05", "0.00001", "0.00001", "1E-05", "0.00001"),
    (1e-06, "1e-06", "0.000001", "0.000001", "1E-06", "0.000001"),
    (1e-07, "1e-07", "1e-7", "1e-07", "1E-07", "0.0000001"),
    (1.5e-09, "1.5e-09", "1.5e-9", "1.5e-09", "1.5E-09", "0.0000000015"),
    (1e-10, "1e-10", "1e-10", "1e-10", "1E-10", "0.0000000001"),
    (3.14159, "3.14159", "3.14159", "3.14159", "3.14159E+00", "3.14159"),
    (16777217.0, "1.6777217e+07", "16777217", "16777217", "1.6777217E+07", "16777216"),
    (2.5, "2.5", "2.5", "2.5", "2.5E+00", "2.5"),
    (
        0.3333333333333333,
        "0.3333333333333333",
        "0.3333333333333333",
        "0.3333333333333333",
        "3.333333333333333E-01",
        "0.33333334",
    ),
    (5e-324, "5e-324", "5e-324", "5e-324", "5E-324", "0"),
    (
        1.7976931348623157e308,
        "1.7976931348623157e+308",
        "1.7976931348623157e+308",
        "1.7976931348623157e+308",
        "1.7976931348623157E+308",
        "+Inf",
    ),
    (0.000244140625, "0.000244140625", "0.000244140625", "0.000244140625", "2.44140625E-04", "0.00024414063"),
    (
        130178.44696820092,
        "130178.44696820092",
        "130178.44696820092",
        "130178.44696820092",
        "1.3017844696820092E+05",
        "130178.445",
    ),
    (0.0001220703125, "0.0001220703125", "0.0001220703125", "0.0001220703125", "1.220703125E-04", "0.00012207031"),
    (1e23, "1e+23", "1e+23", "1e+23", "1E+23", "100000000000000000000000"),
    (-2.5e-08, "-2.5e-08", "-2.5e-8", "-2.5e-08", "-2.5E-08", "-0.000000025"),
    (
        1.2345678901234568e17,
        "1.2345678901234568e+17",
        "123456789012345680",
        "123456789012345680",
        "1.2345678901234568E+17",
        "123456790000000000",
    ),
    (
        3.4028235e38,
        "3.4028235e+38",
        "3.4028235e+38",
        "3.4028235e+38",
        "3.4028235E+38",
        "340282350000000000000000000000000000000",
    ),
    (3.5e38, "3.5e+38", "3.5e+38", "3.5e+38", "3.5E+38", "+Inf"),
    (1e-46, "1e-46", "1e-46", "1e-46", "1E-46", "0"),
]

# text, ParseFloat, ParseInt, error of ParseInt
NUMBERS: list[tuple[str, float | None, int | None, str]] = [
    ("0", 0.0, 0, ""),
    ("-0", -0.0, 0, ""),
    ("+5", 5.0, 5, ""),
    ("12", 12.0, 12, ""),
    ("1.5", 1.5, None, 'strconv.ParseInt: parsing "1.5": invalid syntax'),
    ("1.", 1.0, None, 'strconv.ParseInt: parsing "1.": invalid syntax'),
    (".5", 0.5, None, 'strconv.ParseInt: parsing ".5": invalid syntax'),
    ("1e3", 1000.0, None, 'strconv.ParseInt: parsing "1e3": invalid syntax'),
    ("1E-3", 0.001, None, 'strconv.ParseInt: parsing "1E-3": invalid syntax'),
    ("1_000", 1000.0, None, 'strconv.ParseInt: parsing "1_000": invalid syntax'),
    ("1_0.0_1e1_0", 100100000000.0, None, 'strconv.ParseInt: parsing "1_0.0_1e1_0": invalid syntax'),
    ("0_1", 1.0, None, 'strconv.ParseInt: parsing "0_1": invalid syntax'),
    ("0x1p-2", 0.25, None, 'strconv.ParseInt: parsing "0x1p-2": invalid syntax'),
    ("0x_1.8p1", 3.0, None, 'strconv.ParseInt: parsing "0x_1.8p1": invalid syntax'),
    ("0X1P+1", 2.0, None, 'strconv.ParseInt: parsing "0X1P+1": invalid syntax'),
    ("0x.8p1", 1.0, None, 'strconv.ParseInt: parsing "0x.8p1": invalid syntax'),
    ("inf", float("inf"), None, 'strconv.ParseInt: parsing "inf": invalid syntax'),
    ("+Inf", float("inf"), None, 'strconv.ParseInt: parsing "+Inf": invalid syntax'),
    ("-infinity", -float("inf"), None, 'strconv.ParseInt: parsing "-infinity": invalid syntax'),
    ("NaN", float("nan"), None, 'strconv.ParseInt: parsing "NaN": invalid syntax'),
    ("1e400", None, None, 'strconv.ParseInt: parsing "1e400": invalid syntax'),
    ("-1e400", None, None, 'strconv.ParseInt: parsing "-1e400": invalid syntax'),
    ("1e-400", 0.0, None, 'strconv.ParseInt: parsing "1e-400": invalid syntax'),
    ("0x1p-1075", 0.0, None, 'strconv.ParseInt: parsing "0x1p-1075": invalid syntax'),
    ("0x1p99999", None, None, 'strconv.ParseInt: parsing "0x1p99999": invalid syntax'),
    ("", None, None, 'strconv.ParseInt: parsing "": invalid syntax'),
    ("+", None, None, 'strconv.ParseInt: parsing "+": invalid syntax'),
    (".", None, None, 'strconv.ParseInt: parsing ".": invalid syntax'),
    ("1e", None, None, 'strconv.ParseInt: parsing "1e": invalid syntax'),
    ("1e+", None, None, 'strconv.ParseInt: parsing "1e+": invalid syntax'),
    ("0x10", None, None, 'strconv.ParseInt: parsing "0x10": invalid syntax'),
    ("0b1", None, None, 'strconv.ParseInt: parsing "0b1": invalid syntax'),
    ("1__0", None, None, 'strconv.ParseInt: parsing "1__0": invalid syntax'),
    ("_1", None, None, 'strconv.ParseInt: parsing "_1": invalid syntax'),
    ("1_", None, None, 'strconv.ParseInt: parsing "1_": invalid syntax'),
    ("1_.5", None, None, 'strconv.ParseInt: parsing "1_.5": invalid syntax'),
    ("1._5", None, None, 'strconv.ParseInt: parsing "1._5": invalid syntax'),
    ("1e_5", None, None, 'strconv.ParseInt: parsing "1e_5": invalid syntax'),
    ("+nan", None, None, 'strconv.ParseInt: parsing "+nan": invalid syntax'),
    ("infin", None, None, 'strconv.ParseInt: parsing "infin": invalid syntax'),
    (" 1", None, None, 'strconv.ParseInt: parsing " 1": invalid syntax'),
    ("1 ", None, None, 'strconv.ParseInt: parsing "1 ": invalid syntax'),
    ("٣", None, None, 'strconv.ParseInt: parsing "٣": invalid syntax'),
    ("5m", None, None, 'strconv.ParseInt: parsing "5m": invalid syntax'),
    ("1,5", None, None, 'strconv.ParseInt: parsing "1,5": invalid syntax'),
    ("9223372036854775807", 9.223372036854776e18, 9223372036854775807, ""),
    (
        "9223372036854775808",
        9.223372036854776e18,
        None,
        'strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ),
    ("-9223372036854775808", -9.223372036854776e18, -9223372036854775808, ""),
    (
        "-9223372036854775809",
        -9.223372036854776e18,
        None,
        'strconv.ParseInt: parsing "-9223372036854775809": value out of range',
    ),
    ("007", 7.0, 7, ""),
    ("99999999999999999999x", None, None, 'strconv.ParseInt: parsing "99999999999999999999x": value out of range'),
    ("9999999999999999999x", None, None, 'strconv.ParseInt: parsing "9999999999999999999x": invalid syntax'),
    ("1.0", 1.0, None, 'strconv.ParseInt: parsing "1.0": invalid syntax'),
]

QUOTED: list[tuple[str, str]] = [
    ("", '""'),
    ("a b", '"a b"'),
    ('a"b\\c', '"a\\"b\\\\c"'),
    ("\n\t\r", '"\\n\\t\\r"'),
    ("\x07\x08\x0c\x0b\x00\x7f", '"\\a\\b\\f\\v\\x00\\x7f"'),
    ("\xe9\U0001f600", '"\xe9\U0001f600"'),
    ("\xa0\xad\u200b\ufeff", '"\\u00a0\\u00ad\\u200b\\ufeff"'),
    ("\U000e0001", '"\\U000e0001"'),
]


@pytest.mark.parametrize(("number", "general", "json", "jsoniter", "exponent", "narrow"), FLOATS)
def test_floats_are_printed_with_the_shortest_digits(
    number: float, general: str, json: str, jsoniter: str, exponent: str, narrow: str
) -> None:
    assert strconv.general(number) == general
    assert strconv.json_number(number) == json
    assert strconv.jsoniter_number(number) == jsoniter
    assert strconv.exponent(number) == exponent
    assert strconv.float32_text(number) == narrow


@pytest.mark.parametrize(
    ("number", "fixed", "shortest"),
    [
        (15.5, "15.500000", "15.5"),
        (1e21, "1000000000000000000000.000000", "1000000000000000000000"),
        (0.0000005, "0.000000", "0.0000005"),
        (0.0000015, "0.000002", "0.0000015"),
        (-0.0, "-0.000000", "-0"),
        (math.inf, "+Inf", "+Inf"),
        (-math.inf, "-Inf", "-Inf"),
        (math.nan, "NaN", "NaN"),
    ],
)
def test_floats_are_printed_without_exponent(number: float, fixed: str, shortest: str) -> None:
    assert strconv.fixed(number) == fixed
    assert strconv.shortest(number) == shortest


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_special_floats_have_names_but_no_json(number: float) -> None:
    assert strconv.general(number) == strconv.exponent(number) == strconv.float32_text(number)
    for write in (strconv.json_number, strconv.jsoniter_number):
        with pytest.raises(ValueError, match="unsupported value"):
            write(number)


@pytest.mark.parametrize(("text", "number", "integer", "reason"), NUMBERS)
def test_numbers_are_read_as_strconv_does(text: str, number: float | None, integer: int | None, reason: str) -> None:
    found = strconv.parse_float(text)
    assert repr(found) == repr(number)
    assert strconv.parse_int(text) == integer
    if reason:
        with pytest.raises(strconv.NumberError) as error:
            strconv.read_int(text)
        assert str(error.value) == reason


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_printed_floats_are_read_back(number: float) -> None:
    for write in (strconv.general, strconv.exponent, strconv.shortest, strconv.json_number):
        assert strconv.parse_float(write(number)) == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float32_texts_are_read_back(number: float) -> None:
    text = strconv.float32_text(number)
    assert strconv.float32_text(float(text)) == text
    assert math.isclose(float(text), number, rel_tol=2**-23, abs_tol=1e-44)


@pytest.mark.parametrize(("text", "quoted"), QUOTED)
def test_quoting_escapes_what_is_not_printable(text: str, quoted: str) -> None:
    assert strconv.quote(text) == quoted
