"""Semantic versions and ranges as the Go module blang/semver v4 reads them.

A range is alternatives (`||`) of conditions that all hold: `>=1.2.0 <2.0.0 || 3.x`. An `x` in place of a number is
rewritten into two bounds. There is no `^` and no `~`, and every part of a range has three numbers or an `x`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kywarden.values.space import trim
from kywarden.values.strconv import MAX_UINT64, parse_int, quote, wrapped

_DIGITS = frozenset("0123456789")
_WORD = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")

_Key: TypeAlias = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]

COMPARATORS: dict[str, Callable[[_Key, _Key], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "==": operator.eq,
    "!": operator.ne,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class SemverError(ValueError):
    """The text is no version or no range; the sentence is the Go module's."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version; the build part does not count in comparisons. Without arguments it is 0.0.0."""

    major: int = 0
    minor: int = 0
    patch: int = 0
    prerelease: tuple[str, ...] = ()
    build: tuple[str, ...] = ()

    def key(self) -> _Key:
        """What orders versions: a pre-release comes before its release, numbers before words."""
        parts = tuple((False, int(part), "") if _is_number(part) else (True, 0, part) for part in self.prerelease)
        return self.major, self.minor, self.patch, not parts, parts

    def __str__(self) -> str:
        prerelease = f"-{'.'.join(self.prerelease)}" if self.prerelease else ""
        build = f"+{'.'.join(self.build)}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{prerelease}{build}"


@dataclass(frozen=True, slots=True)
class Range:
    """Alternatives, each a list of conditions (comparator, version)."""

    alternatives: tuple[tuple[tuple[str, Version], ...], ...]

    def contains(self, version: Version) -> bool:
        key = version.key()
        return any(
            all(COMPARATORS[comparator](key, bound.key()) for comparator, bound in conditions)
            for conditions in self.alternatives
        )


def parse(text: str) -> Version | None:
    """The version, or None where the Go module reports an error (`v1.2.3` and `1.2` are errors)."""
    try:
        return read(text)
    except SemverError:
        return None


def read(text: str) -> Version:
    """The version; SemverError with the Go module's text."""
    if not text:
        raise SemverError("Version string empty")
    parts = text.split(".", 2)
    if len(parts) != 3:
        raise SemverError("No Major.Minor.Patch elements found")
    major, minor = _number(parts[0], "major"), _number(parts[1], "minor")
    rest, plus, build = parts[2].partition("+")
    rest, minus, prerelease = rest.partition("-")
    patch = _number(rest, "patch")
    before = tuple(map(_prerelease, prerelease.split("."))) if minus else ()
    after = tuple(map(_build, build.split("."))) if plus else ()
    return Version(major, minor, patch, before, after)


def parse_range(text: str) -> Range:
    """The range; SemverError with the Go module's text."""
    expanded = [[bound for part in parts for bound in _expanded(part)] for parts in _alternatives(_split(text))]
    alternatives = tuple(tuple(map(_condition, bounds)) for bounds in expanded)
    if not all(alternatives):
        # kyverno: `1.0.0 || || 2.0.0` is accepted there and crashes when it is used
        raise SemverError("Empty element between two '||'")
    return Range(alternatives)


def _is_number(text: str) -> bool:
    return _DIGITS.issuperset(text)


def _unsigned(text: str) -> int:
    if not text:
        raise SemverError('strconv.ParseUint: parsing "": invalid syntax')
    if len(text) > 20 or int(text) > MAX_UINT64:
        raise SemverError(f"strconv.ParseUint: parsing {quote(text)}: value out of range")
    return int(text)


def _number(text: str, part: str) -> int:
    if not _is_number(text):
        raise SemverError(f"Invalid character(s) found in {part} number {quote(text)}")
    if len(text) > 1 and text[0] == "0":
        raise SemverError(f"{part.capitalize()} number must not contain leading zeroes {quote(text)}")
    return _unsigned(text)


def _prerelease(text: str) -> str:
    if not text:
        raise SemverError("Prerelease is empty")
    if _is_number(text):
        if len(text) > 1 and text[0] == "0":
            raise SemverError(f"Numeric PreRelease version must not contain leading zeroes {quote(text)}")
        _unsigned(text)
    elif not _WORD.issuperset(text):
        raise SemverError(f"Invalid character(s) found in prerelease {quote(text)}")
    return text


def _build(text: str) -> str:
    if not text:
        raise SemverError("Build meta data is empty")
    if not _WORD.issuperset(text):
        raise SemverError(f"Invalid character(s) found in build meta data {quote(text)}")
    return text


def _split(text: str) -> list[str]:
    """The parts between spaces; a space after a comparator separates nothing.

    kyverno: a part of one byte is dropped, so `>=1.0.0 x` is `>=1.0.0`.
    """
    data, parts = text.encode("utf-8", "surrogatepass"), []
    start, last = 0, 0
    for at, byte in enumerate(data):
        if byte != 0x20:
            last = byte
        elif last not in b"><=":
            if start < at - 1:
                parts.append(data[start:at])
            start = at + 1
    if start < len(data) - 1:
        parts.append(data[start:])
    return [part.replace(b" ", b"").decode("utf-8", "surrogatepass") for part in parts]


def _alternatives(parts: list[str]) -> list[list[str]]:
    if parts and parts[0] == "||":
        raise SemverError("First element in range is '||'")
    if not parts or parts[-1] == "||":
        raise SemverError("Last element in range is '||'")
    found: list[list[str]] = [[]]
    for part in parts:
        if part == "||":
            found.append([])
        else:
            found[-1].append(part)
    return found


def _split_comparator(part: str) -> tuple[str, str]:
    for at, char in enumerate(part):
        if char.isdecimal():
            return trim(part[:at]), part[at:]
    raise SemverError(f"Could not get version from string: {quote(part)}")


def _condition(part: str) -> tuple[str, Version]:
    comparator, text = _split_comparator(part)
    whole = quote(comparator + text)
    if comparator not in COMPARATORS:
        reason = f"Could not parse comparator {quote(comparator)} in {whole}"
        raise SemverError(f"Could not parse Range {quote(part)}: {reason}")
    try:
        return comparator, read(text)
    except SemverError as error:
        reason = f"Could not parse version {quote(text)} in {whole}: {error}"
        raise SemverError(f"Could not parse Range {quote(part)}: {reason}") from None


def _expanded(part: str) -> list[str]:
    """A part with an `x` as the bounds it stands for: `1.x` is `>=1.0.0` and `<2.0.0`."""
    if "x" not in part:
        return [part]
    comparator, text = _split_comparator(part)
    flat = text.replace(".x.x", ".x", 1).replace(".x", ".0", 1)
    flat = f"{flat}.0" if flat.count(".") == 1 else flat
    match comparator:
        case ">":
            return [f">={_following(text, flat)}"]
        case "<=":
            return [f"<{_following(text, flat)}"]
        case "" | "=" | "==":
            return [f">={flat}", f"<{_following(text, flat)}"]
        case "!=" | "!":
            # kyverno: both bounds must hold, so nothing ever does
            return [f"<{flat}", f">={_following(text, flat)}"]
        case ">=" | "<":
            return [f"{comparator}{flat}"]
        case _:
            return [flat]  # kyverno: an unknown comparator before an `x` counts as equality


def _following(text: str, flat: str) -> str:
    """The first version after those that an `x` stands for; empty where there is none, which is refused later."""
    parts = flat.split(".")
    width = len(text.split("."))
    place = {2: 0, 3: 1}.get(width)
    if place is None or text.split(".")[-1] != "x" or place >= len(parts):
        return ""
    number = parse_int(parts[place])
    if number is None:
        return ""
    following = wrapped(number + 1)
    return ".".join([*parts[:place], str(following), *parts[place + 1 :]])
