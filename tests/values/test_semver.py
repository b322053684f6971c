"""Semantic versions and ranges; all answers are those of the Go module blang/semver v4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import semver
from kywarden.values.semver import SemverError, Version

VERSIONS = ["1.2.3", "0.0.0", "1.2.3-rc.1+b.01", "1.2.3+-", "18446744073709551615.0.0"]

NO_VERSIONS: list[tuple[str, str]] = [
    ("", "Version string empty"),
    ("v1.2.3", 'Invalid character(s) found in major number "v1"'),
    ("1.2", "No Major.Minor.Patch elements found"),
    ("01.2.3", 'Major number must not contain leading zeroes "01"'),
    ("1.02.3", 'Minor number must not contain leading zeroes "02"'),
    ("1.2.03", 'Patch number must not contain leading zeroes "03"'),
    ("1.2.x", 'Invalid character(s) found in patch number "x"'),
    ("a.2.3", 'Invalid character(s) found in major number "a"'),
    ("1..3", 'strconv.ParseUint: parsing "": invalid syntax'),
    ("1.2.3-", "Prerelease is empty"),
    ("1.2.3-01", 'Numeric PreRelease version must not contain leading zeroes "01"'),
    ("1.2.3-a..b", "Prerelease is empty"),
    ("1.2.3-é", 'Invalid character(s) found in prerelease "é"'),
    ("1.2.3+", "Build meta data is empty"),
    ("1.2.3+a_b", 'Invalid character(s) found in build meta data "a_b"'),
    ("18446744073709551616.0.0", 'strconv.ParseUint: parsing "18446744073709551616": value out of range'),
]

RANGES: list[tuple[str, str, bool]] = [
    ("1.2.3", "1.2.3", True),
    ("1.2.3", "=1.2.3", True),
    ("1.2.3", "==1.2.3", True),
    ("1.2.3", "!1.2.3", False),
    ("1.2.3", "!=1.2.4", True),
    ("1.2.3", ">1.2.2", True),
    ("1.2.3", ">=1.2.3", True),
    ("1.2.3", "<1.2.3", False),
    ("1.2.3", "<=1.2.3", True),
    ("1.2.3", "> 1.2.2", True),
    ("1.2.3", ">=1.0.0 <2.0.0", True),
    ("1.2.3", ">=1.0.0 <1.2.0 || 1.x", True),
    ("1.2.3", "1.x", True),
    ("1.2.3", "1.2.x", True),
    ("1.2.3", "1.x.x", False),
    ("1.2.3", ">1.x", False),
    ("1.2.3", ">=1.x", True),
    ("1.2.3", "<1.x", False),
    ("1.2.3", "<=1.2.x", True),
    ("1.2.3", "!1.x", False),
    ("1.2.3", "!=2.x", False),
    ("1.2.3", "~1.x", False),
    ("1.2.3", "x 1.2.3", True),
    ("1.2.3", "1.2.3-rc", False),
    ("1.2.3-rc", ">=1.2.3", False),
    ("1.2.3-rc", "<1.2.3", True),
    ("1.2.3-rc.2", "<1.2.3-rc.10", True),
    ("1.2.3-1", "<1.2.3-a", True),
    ("1.2.3+a", "1.2.3+b", True),
]

NO_RANGES: list[tuple[str, str]] = [
    ("", "Last element in range is '||'"),
    ("||", "First element in range is '||'"),
    ("|| 1.0.0", "First element in range is '||'"),
    ("1.0.0 ||", "Last element in range is '||'"),
    (
        ">=1.0",
        'Could not parse Range ">=1.0": Could not parse version "1.0" in ">=1.0": No Major.Minor.Patch elements found',
    ),
    ("1.0.0 ||2.0.0", 'Could not parse Range "||2.0.0": Could not parse comparator "||" in "||2.0.0"'),
    ("x", "Last element in range is '||'"),
    ("~1.2.3", 'Could not parse Range "~1.2.3": Could not parse comparator "~" in "~1.2.3"'),
    ("^1.2.3", 'Could not parse Range "^1.2.3": Could not parse comparator "^" in "^1.2.3"'),
    ("v1.2.3", 'Could not parse Range "v1.2.3": Could not parse comparator "v" in "v1.2.3"'),
    (
        "1.2.3.x",
        'Could not parse Range ">=1.2.3.0": Could not parse version "1.2.3.0" in ">=1.2.3.0": Invalid character(s) found in patch number "3.0"',  # noqa: E501
    ),
    ("1.2.3-x", 'Could not get version from string: "<"'),
    (
        "9223372036854775807.x",
        'Could not parse Range "<-9223372036854775808.0.0": Could not parse comparator "<-" in "<-9223372036854775808.0.0"',  # noqa: E501
    ),
    ("é 1.2.3", 'Could not get version from string: "é"'),
]

# ascending
ORDERED = [
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-a",
    "1.0.0-a.1",
    "1.0.0-a.b",
    "1.0.0-b",
    "1.0.0",
    "1.0.1",
    "1.1.0",
    "1.10.0",
    "2.0.0",
]


@pytest.mark.parametrize("text", VERSIONS)
def test_versions_are_read_and_printed(text: str) -> None:
    assert str(semver.read(text)) == text


@pytest.mark.parametrize(("text", "reason"), NO_VERSIONS)
def test_other_texts_are_refused_with_the_sentence_of_the_go_module(text: str, reason: str) -> None:
    assert semver.parse(text) is None
    with pytest.raises(SemverError) as error:
        semver.read(text)
    assert str(error.value) == reason


@pytest.mark.parametrize(("version", "range", "expected"), RANGES)
def test_ranges_contain_versions(version: str, range: str, expected: bool) -> None:
    assert semver.parse_range(range).contains(semver.read(version)) is expected


@pytest.mark.parametrize(("range", "reason"), NO_RANGES)
def test_other_ranges_are_refused_with_the_sentence_of_the_go_module(range: str, reason: str) -> None:
    with pytest.raises(SemverError) as error:
        semver.parse_range(range)
    assert str(error.value) == reason


def test_an_empty_alternative_is_refused_instead_of_crashing_later() -> None:
    with pytest.raises(SemverError):
        semver.parse_range("1.0.0 || || 2.0.0")


def test_versions_are_ordered() -> None:
    assert sorted(map(semver.read, reversed(ORDERED)), key=Version.key) == list(map(semver.read, ORDERED))


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_an_x_stands_for_every_number(major: int, minor: int, patch: int) -> None:
    version = Version(major, minor, patch)
    assert semver.parse_range("1.x").contains(version) is (major == 1)
    assert semver.parse_range(">1.2.x").contains(version) is ((major, minor) > (1, 2))


def test_not_an_x_contains_nothing() -> None:
    # kyverno: the two bounds of `!1.x`, below 1.0.0 and from 2.0.0 on, must both hold
    assert not any(semver.parse_range("!1.x").contains(Version(major)) for major in range(4))
