"""Flags as Kyverno's command line takes them (spf13/pflag), from a table; its error texts, its help.

Long and short forms, `--name=value`, grouped short flags, lists split at commas; what is no flag is an argument,
wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kywarden.values import duration
from kywarden.values.strconv import MAX_INT64, MIN_INT64, quote

Kind: TypeAlias = Literal["bool", "string", "strings", "int", "duration", "level"]
Value: TypeAlias = bool | str | int | list[str]

SECOND = 1_000_000_000
"""Nanoseconds, in which durations are given."""


class FlagError(Exception):
    """Arguments that are wrong, in pflag's words."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag.

    target: the name under which its value is kept, its own unless it shares one; inert: why it has no effect here, told
    once when it is used; deprecated: what to use instead.
    """

    name: str
    kind: Kind
    help: str
    short: str = ""
    default: Value | None = None
    target: str = ""
    inert: str = ""
    deprecated: str = ""

    @property
    def key(self) -> str:
        return self.target or self.name

    @property
    def initial(self) -> Value:
        if self.default is not None:
            return list(self.default) if isinstance(self.default, list) else self.default
        blank: Mapping[Kind, Value] = {"bool": False, "string": "", "int": 0, "duration": 0, "level": 0}
        return blank.get(self.kind, [])

    @property
    def shown(self) -> str:
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


@dataclass(slots=True)
class Parsed:
    """The values by target, the arguments in order, the names of the flags that were used, and warnings."""

    values: dict[str, Value]
    arguments: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    wants_help: bool = False

    def text(self, name: str) -> str:
        value = self.values[name]
        assert isinstance(value, str)
        return value

    def texts(self, name: str) -> list[str]:
        value = self.values[name]
        assert isinstance(value, list)
        return value

    def number(self, name: str) -> int:
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def has(self, name: str) -> bool:
        return self.values[name] is True


def parse(flags: Sequence[Flag], arguments: Sequence[str]) -> Parsed:
    """Read arguments; raises `FlagError`."""
    return _Reader(flags, arguments).read()


class _Reader:
    def __init__(self, flags: Sequence[Flag], arguments: Sequence[str]) -> None:
        self.long = {flag.name: flag for flag in flags}
        self.short = {flag.short: flag for flag in flags if flag.short}
        self.rest = list(arguments)
        self.parsed = Parsed({flag.key: flag.initial for flag in flags})

    def read(self) -> Parsed:
        while self.rest:
            argument = self.rest.pop(0)
            if argument == "--":
                self.parsed.arguments.extend(self.rest)
                break
            if argument.startswith("--"):
                self._read_long(argument)
            elif argument.startswith("-") and len(argument) > 1:
                self._read_short(argument)
            else:
                self.parsed.arguments.append(argument)
            if self.parsed.wants_help:
                break
        return self.parsed

    def _read_long(self, argument: str) -> None:
        name, has_value, value = argument[2:].partition("=")
        if not name or name.startswith("-"):
            raise FlagError(f"bad flag syntax: {argument}")
        flag = self.long.get(name)
        if flag is None:
            if name == "help":
                self.parsed.wants_help = True
                return
            raise FlagError(f"unknown flag: --{name}")
        if has_value:
            self._set(flag, value)
        elif flag.kind == "bool":
            self._set(flag, "true")
        elif self.rest:
            self._set(flag, self.rest.pop(0))
        else:
            raise FlagError(f"flag needs an argument: --{name}")

    def _read_short(self, argument: str) -> None:
        letters = argument[1:]
        while letters:
            letter, rest = letters[0], letters[1:]
            flag = self.short.get(letter)
            if flag is None:
                if letter == "h":
                    self.parsed.wants_help = True
                    return
                raise FlagError(f"unknown shorthand flag: '{letter}' in -{letters}")
            if flag.kind == "bool" and not rest.startswith("="):
                self._set(flag, "true")
                letters = rest
                continue
            if not rest and not self.rest:
                raise FlagError(f"flag needs an argument: '{letter}' in -{letters}")
            self._set(flag, rest.removeprefix("=") if rest else self.rest.pop(0))
            return

    def _set(self, flag: Flag, text: str) -> None:
        try:
            value = _value(flag, text)
        except ValueError as error:
            raise FlagError(f'invalid argument {quote(text)} for "{flag.shown}" flag: {error}') from None
        parsed = self.parsed
        present = parsed.values[flag.key]
        # kyverno: of several flags that share a list, each replaces it at its first use
        if isinstance(value, list) and isinstance(present, list) and flag.name in parsed.used:
            value = [*present, *value]
        parsed.values[flag.key] = value
        if flag.name not in parsed.used:
            parsed.used.append(flag.name)
            if flag.deprecated:
                parsed.warnings.append(f"Flag --{flag.name} has been deprecated, {flag.deprecated}")
            if flag.inert:
                parsed.warnings.append(f"kywarden: --{flag.name} has no effect: {flag.inert}")


TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))


def _value(flag: Flag, text: str) -> Value:
    """The value of a flag; ValueError with Go's words."""
    match flag.kind:
        case "bool":
            if text not in TRUE | FALSE:
                raise ValueError(f"strconv.ParseBool: parsing {quote(text)}: invalid syntax")
            return text in TRUE
        case "int":
            return _int(text)
        case "duration":
            nanoseconds = duration.parse(text)
            if nanoseconds is None:
                raise ValueError(f"time: invalid duration {quote(text)}")
            return nanoseconds
        case "strings":
            return _record(text)
        case _:
            return text


def _int(text: str) -> int:
    """A number in any of Go's notations."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    number = int(_OLD_OCTAL.sub("\\g<1>0o", text), 0)
    if not MIN_INT64 <= number <= MAX_INT64:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return number


_NUMBER = re.compile(
    r"[+-]?(?:0(?:_?[0-7])*|[1-9](?:_?[0-9])*|0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)"
)
_OLD_OCTAL = re.compile(r"^([+-]?)0(?=[0-7_])")


def _record(text: str) -> list[str]:
    """The first line of comma-separated values that holds anything, as Go's package encoding/csv reads it."""
    rest = text.lstrip("\n")
    if not rest:
        if text:
            raise ValueError("EOF")
        return []
    fields: list[str] = []
    at = 0
    while True:
        read = _QUOTED.match(rest, at) if rest.startswith('"', at) else _BARE.match(rest, at)
        if read is None:
            raise ValueError(_misquoted(text, rest, len(rest), 'extraneous or missing " in quoted-field'))
        field, at = read[1], read.end()
        if read.re is _QUOTED:
            if at < len(rest) and rest[at] not in ",\n":
                raise ValueError(_misquoted(text, rest, at - 1, 'extraneous or missing " in quoted-field'))
            field = field.replace('""', '"')
        elif '"' in field:
            raise ValueError(_misquoted(text, rest, read.start() + field.index('"'), 'bare " in non-quoted field'))
        fields.append(field)
        if not rest.startswith(",", at):
            return fields
        at += 1


_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BARE = re.compile(r"([^,\n]*)")


def _misquoted(text: str, rest: str, at: int, reason: str) -> str:
    """The error at a place of the rest of a text; columns are counted in bytes."""
    first = text[: len(text) - len(rest)].count("\n") + 1
    line = first + rest[:at].count("\n")
    column = len(rest[rest.rfind("\n", 0, at) + 1 : at].encode()) + 1
    place = f"parse error on line {line}, column {column}: {reason}"
    return place if line == first else f"record on line {first}; {place}"


def help_lines(flags: Sequence[Flag]) -> Iterator[str]:
    """The flags with their descriptions in one aligned column, by name."""
    shown = [flag for flag in sorted(flags, key=lambda flag: flag.name) if not flag.deprecated]
    heads = [f"  {f'-{flag.short}, ' if flag.short else '    '}--{flag.name}{_type(flag)}" for flag in shown]
    width = max(map(len, heads), default=0)
    for head, flag in zip(heads, shown, strict=True):
        yield f"{head:{width}}   {flag.help}{_default(flag)}"


def _type(flag: Flag) -> str:
    names: Mapping[Kind, str] = {"bool": "", "level": " Level"}
    return names.get(flag.kind, f" {flag.kind}")


def _default(flag: Flag) -> str:
    match flag.default:
        case None | False | "" | 0 | []:
            return ""
        case str():
            return f' (default "{flag.default}")'
        case True:
            return " (default true)"
        case int() if flag.kind == "duration":
            return f" (default {duration.text(flag.default)})"
        case _:
            return f" (default {flag.default})"
