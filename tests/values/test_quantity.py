"""Quantities; the answers of READ, REFUSED and PAIRS are those of k8s.io/apimachinery and gopkg.in/inf.v0."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import quantity
from kywarden.values.quantity import Quantity, QuantityError

FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

# text, as parsed and printed, printed anew, format, scale, approximate value
READ: list[tuple[str, str, str, str, int, float]] = [
    ("0", "0", "0", "DecimalSI", 0, 0.0),
    ("1", "1", "1", "DecimalSI", 0, 1.0),
    ("+5", "+5", "5", "DecimalSI", 0, 5.0),
    ("05", "05", "5", "DecimalSI", 0, 5.0),
    ("-0", "0", "0", "DecimalSI", 0, 0.0),
    ("1.5", "1500m", "1500m", "DecimalSI", 1, 1.5),
    ("1.50", "1500m", "1500m", "DecimalSI", 2, 1.5),
    ("0.001", "1m", "1m", "DecimalSI", 3, 0.001),
    ("100m", "100m", "100m", "DecimalSI", 3, 0.1),
    ("1500m", "1500m", "1500m", "DecimalSI", 3, 1.5),
    ("1000m", "1", "1", "DecimalSI", 3, 1.0),
    ("0.1m", "100u", "100u", "DecimalSI", 4, 0.0001),
    ("1n", "1n", "1n", "DecimalSI", 9, 1e-09),
    ("0.1n", "1n", "1n", "DecimalSI", 9, 1e-09),
    ("-0.1n", "-1n", "-1n", "DecimalSI", 9, -1e-09),
    ("1u", "1u", "1u", "DecimalSI", 6, 1e-06),
    ("1k", "1k", "1k", "DecimalSI", -3, 1000.0),
    ("1000k", "1M", "1M", "DecimalSI", -3, 1000000.0),
    ("1M", "1M", "1M", "DecimalSI", -6, 1000000.0),
    ("1000E", "1", "1", "DecimalSI", -18, 1e21),
    ("1e3", "1e3", "1e3", "DecimalExponent", -3, 1000.0),
    ("1E3", "1E3", "1e3", "DecimalExponent", -3, 1000.0),
    ("1e-3", "1e-3", "1e-3", "DecimalExponent", 3, 0.001),
    ("1e+03", "1e+03", "1e3", "DecimalExponent", -3, 1000.0),
    ("12e6", "12e6", "12e6", "DecimalExponent", -6, 12000000.0),
    ("1e4294967296", "1e4294967296", "1", "DecimalExponent", 0, 1.0),
    ("1e999999999", "1e999999999", "1e999999999", "DecimalExponent", -999999999, float("inf")),
    ("1Ki", "1Ki", "1Ki", "BinarySI", 0, 1024.0),
    ("1024Ki", "1Mi", "1Mi", "BinarySI", 0, 1048576.0),
    ("1000Ki", "1000Ki", "1000Ki", "BinarySI", 0, 1024000.0),
    ("1.5Gi", "1536Mi", "1536Mi", "BinarySI", 9, 1610612736.0),
    ("0.5Ki", "512", "512", "BinarySI", 9, 512.0),
    ("0.0001Ki", "102400u", "102400u", "DecimalSI", 9, 0.1024),
    ("1023", "1023", "1023", "DecimalSI", 0, 1023.0),
    ("1024", "1024", "1024", "DecimalSI", 0, 1024.0),
    ("7Ei", "7Ei", "7Ei", "BinarySI", 9, 8.070450532247929e18),
    ("8Ei", "9223372036854775807", "9223372036854775807", "BinarySI", 0, 9.223372036854776e18),
    ("-8Ei", "-9223372036854775807", "-9223372036854775807", "BinarySI", 0, -9.223372036854776e18),
    ("9223372036854775807", "9223372036854775807", "9223372036854775807", "DecimalSI", 9, 9.223372036854776e18),
    ("9223372036854775808", "9223372036854775808", "9223372036854775808", "DecimalSI", 9, 9.223372036854776e18),
    ("99999999999999999999", "99999999999999999999", "99999999999999999999", "DecimalSI", 9, 1e20),
    (
        "123456789012345678901234567890",
        "123456789012345678901234567890",
        "123456789012345678901234567890",
        "DecimalSI",
        9,
        1.234567890123457e29,
    ),
    ("-", "0", "0", "DecimalSI", 0, 0.0),
    ("+", "0", "0", "DecimalSI", 0, 0.0),
    (".", "0", "0", "DecimalSI", 0, 0.0),
    (".5", "500m", "500m", "DecimalSI", 1, 0.5),
    ("5.", "5.", "5", "DecimalSI", 0, 5.0),
    ("k", "0", "0", "DecimalSI", -3, 0.0),
    ("Ki", "0", "0", "BinarySI", 0, 0.0),
    ("e5", "0", "0", "DecimalExponent", -5, 0.0),
    ("1.Ki", "1.Ki", "1Ki", "BinarySI", 0, 1024.0),
    ("-1.5Mi", "-1536Ki", "-1536Ki", "BinarySI", 9, -1572864.0),
]
# text, reason
REFUSED: list[tuple[str, str]] = [
    ("", FORM),
    (" 1", FORM),
    ("1 ", FORM),
    ("1\n", FORM),
    ("nginx", FORM),
    ("1K", "unable to parse quantity's suffix"),
    ("1ki", "unable to parse quantity's suffix"),
    ("1e", "unable to parse quantity's suffix"),
    ("e", "unable to parse quantity's suffix"),
    ("i", "unable to parse quantity's suffix"),
    ("1.2.3", FORM),
    ("1_000", FORM),
    ("0x10", FORM),
    ("1mm", "unable to parse quantity's suffix"),
    ("1e3i", FORM),
    ("1e3.5", FORM),
    ("inf", FORM),
    ("NaN", FORM),
    ("1e9999999999999999999", "unable to parse quantity's suffix"),
    (".e-10", "unable to parse numeric part of quantity"),
    ("--1", "unable to parse quantity's suffix"),
    ("1-2", "unable to parse quantity's suffix"),
    ("٣", FORM),
]

# left, right, compared, sum, difference, product, quotient
PAIRS: list[tuple[str, str, int, str, str, str, str]] = [
    ("1Gi", "512Mi", 1, "1536Mi", "512Mi", "512Pi", "2"),
    ("1", "0.5", 1, "1500m", "500m", "500m", "2"),
    ("1000m", "1", 0, "2", "0", "1", "1"),
    ("1Gi", "1G", 1, "2073741824", "73741824", "1000000000Gi", "1"),
    ("0", "1Ki", -1, "1Ki", "-1Ki", "0", "0"),
    ("1Ki", "0", 1, "1Ki", "1Ki", "0", "zero"),
    ("100m", "3", -1, "3100m", "-2900m", "300m", "33m"),
    ("-1", "1", -1, "0", "-2", "-1", "-1"),
    ("10", "3", 1, "13", "7", "30", "3"),
    ("10Gi", "3", 1, "10737418243", "10737418237", "30Gi", "3579139413"),
    ("1.5", "0.7", 1, "2200m", "800m", "1050m", "2100m"),
    ("7Ei", "7Ei", 0, "14Ei", "0", "49", "1"),
    ("1e3", "1Ki", -1, "2024", "-24", "1024e3", "0"),
    ("1n", "1n", 0, "2n", "0", "1", "1"),
    ("99999999999999999999", "1", 1, "100E", "99999999999999999998", "99999999999999999999", "99999999999999999999"),
    ("1E", "1Ei", -1, "2152921504606846976", "-152921504606846976", "1152921504606846976E", "867361737n"),
    ("-7", "2", -1, "-5", "-9", "-14", "-3"),
    ("5", "0.000000001", 1, "5000000001n", "4999999999n", "5n", "5G"),
]

HUGE = ("1e999999999", "-1e999999999", "9" * 4000, "9" * 4000 + "Ki", "1." + "9" * 4000, "0e999999999", "1e-999999999")

numbers = st.builds(
    lambda number, scale, suffix: f"{number}{suffix}" if scale == 0 else f"{number}.{'0' * scale}5{suffix}",
    st.integers(-(10**20), 10**20),
    st.integers(0, 9),
    st.sampled_from(["", "m", "k", "Ki", "Gi", "E", "e3", "e-4", "n"]),
)


def parsed(text: str) -> Quantity:
    found = quantity.parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("text", "kept", "canonical", "format", "scale", "approximate"), READ)
def test_quantities_are_read_and_printed_as_apimachinery_does(
    text: str, kept: str, canonical: str, format: str, scale: int, approximate: float
) -> None:
    found = parsed(text)
    assert str(found) == kept
    assert str(Quantity(found.unscaled, found.scale, found.format)) == canonical
    assert (found.format, found.scale, quantity.approximate(found)) == (format, scale, approximate)


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_other_texts_are_refused_with_the_sentence_of_apimachinery(text: str, reason: str) -> None:
    assert quantity.parse(text) is None
    with pytest.raises(QuantityError) as error:
        quantity.read(text)
    assert str(error.value) == reason


@pytest.mark.parametrize(("left", "right", "order", "total", "difference", "product", "quotient"), PAIRS)
def test_arithmetic_is_exact_in_the_format_of_the_left_operand(
    left: str, right: str, order: int, total: str, difference: str, product: str, quotient: str
) -> None:
    a, b = parsed(left), parsed(right)
    assert quantity.compare(a, b) == order
    assert [str(f(a, b)) for f in (quantity.add, quantity.subtract, quantity.multiply)] == [total, difference, product]
    if quotient == "zero":
        with pytest.raises(ZeroDivisionError):
            quantity.divide(a, b)
    else:
        assert str(quantity.divide(a, b)) == quotient


@pytest.mark.parametrize("left", HUGE)
@pytest.mark.parametrize("right", [*HUGE, "1"])
def test_huge_exponents_cost_nothing(left: str, right: str) -> None:
    a, b = parsed(left), parsed(right)
    assert quantity.compare(a, b) == -quantity.compare(b, a)
    for function in (quantity.add, quantity.subtract, quantity.multiply, quantity.divide):
        try:
            str(function(a, b))
        except (QuantityError, ZeroDivisionError):
            continue


def test_texts_with_thousands_of_digits_are_no_quantities() -> None:
    assert quantity.parse("9" * 5000) is None


@given(numbers, numbers)
def test_comparison_is_that_of_the_difference(left: str, right: str) -> None:
    a, b = parsed(left), parsed(right)
    difference = quantity.subtract(a, b).unscaled
    assert quantity.compare(a, b) == (difference > 0) - (difference < 0)


@given(numbers)
def test_what_is_printed_anew_has_the_same_value(text: str) -> None:
    found = parsed(text)
    printed = str(Quantity(found.unscaled, found.scale, found.format))
    if found.format != "DecimalSI" or abs(found.unscaled) < 10**20 * 10**found.scale:
        assert quantity.compare(parsed(printed), found) == 0
