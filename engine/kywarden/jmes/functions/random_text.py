"""`random`: a text that a regular expression describes (goregen, with Go's POSIX syntax of regular expressions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.jmes.limits import check_text
from kywarden.jmes.signature import STRING, Function
from kywarden.model.world import World

_UNBOUNDED = 4096
"""Repetitions that `*` and `+` may make."""

_MAX_REPEAT = 1000
_MAX_NESTING = 100
_LAST = 0x10FFFF

_NAMED = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": "09AZaz__",
    "xdigit": "09AFaf",
}
_ESCAPES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Ranges: TypeAlias = list[tuple[int, int]]
Generator: TypeAlias = Callable[["_Dice"], str]


class _Dice:
    """Random numbers out of the world's bytes, and the work so far."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._size = 0

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1; 64 bits make the bias of the remainder invisible."""
        return int.from_bytes(self._world.random_bytes(8), "big") % limit

    def grow(self, text: str) -> str:
        self._world.poll()
        self._size += len(text) + 1
        check_text("random", self._size)
        return text


def _random(arguments: list[Any], world: World) -> str:
    pattern: str = arguments[0]
    if not pattern:
        raise EvaluationError("no pattern provided")
    return _Parser(pattern).parse()(_Dice(world))


class _Parser:
    """Recursive descent over alternatives, sequences, repetitions and atoms."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def parse(self) -> Generator:
        generator = self._alternatives()
        if self._at < len(self._pattern):
            raise self._error("unexpected )", self._pattern)
        return generator

    def _error(self, reason: str, text: str) -> EvaluationError:
        return EvaluationError(f"error parsing regexp: {reason}: `{text}`")

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _alternatives(self) -> Generator:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise self._error("expression nests too deeply", self._pattern)
        choices = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            choices.append(self._sequence())
        self._depth -= 1
        return choices[0] if len(choices) == 1 else lambda dice: choices[dice.below(len(choices))](dice)

    def _sequence(self) -> Generator:
        parts: list[Generator] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repetition())
        return lambda dice: "".join(part(dice) for part in parts)

    def _repetition(self) -> Generator:
        generator = self._atom()
        operators = 0
        while (bounds := self._bounds()) is not None:
            operators += 1
            if operators > _MAX_NESTING:
                raise self._error("expression nests too deeply", self._pattern)
            generator = _repeated(generator, *bounds)
        return generator

    def _bounds(self) -> tuple[int, int] | None:
        """How often the last atom comes; None when nothing is said."""
        match self._next():
            case "*":
                bounds = (0, _UNBOUNDED)
            case "+":
                bounds = (1, _UNBOUNDED)
            case "?":
                bounds = (0, 1)
            case "{":
                return self._counted()
            case _:
                return None
        self._at += 1
        return bounds

    def _counted(self) -> tuple[int, int] | None:
        end = self._pattern.find("}", self._at)
        low, comma, high = self._pattern[self._at + 1 : end].partition(",")
        if end < 0 or not _is_count(low) or not (not comma or not high or _is_count(high)):
            return None
        least = int(low)
        most = int(high) if high else max(_UNBOUNDED, least) if comma else least
        if least > _MAX_REPEAT or (high and (most > _MAX_REPEAT or most < least)):
            raise self._error("invalid repeat count", self._pattern[self._at : end + 1])
        self._at = end + 1
        return least, most

    def _atom(self) -> Generator:
        character = self._next()
        self._at += 1
        match character:
            case "(":
                return self._group()
            case "[":
                return _one_of(self._class())
            case ".":
                return _one_of([(1, 9), (11, _LAST)])
            case "^" | "$":
                return lambda dice: ""
            case "*" | "+" | "?":
                raise self._error("missing argument to repetition operator", character)
            case "\\":
                character = self._escape()
        return lambda dice: dice.grow(character)

    def _group(self) -> Generator:
        inner = self._alternatives()
        if self._next() != ")":
            raise self._error("missing closing )", self._pattern)
        self._at += 1
        return inner

    def _escape(self) -> str:
        start = self._at - 1
        character = self._next()
        self._at += 1
        if not character:
            raise EvaluationError("error parsing regexp: trailing backslash at end of expression: ``")
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character == "x":
            return self._hexadecimal(start)
        if character.isascii() and not character.isalnum():
            return character
        raise self._error("invalid escape sequence", self._pattern[start : self._at])

    def _hexadecimal(self, start: int) -> str:
        if self._next() == "{":
            end = self._pattern.find("}", self._at)
            digits, after = self._pattern[self._at + 1 : end], end + 1
        else:
            digits, after = self._pattern[self._at : self._at + 2], self._at + 2
        try:
            code = int(digits, 16) if digits.isalnum() and len(digits) in range(1, 9) else _LAST + 1
        except ValueError:
            code = _LAST + 1
        if code > _LAST or (after == self._at + 2 and len(digits) < 2):
            raise self._error("invalid escape sequence", self._pattern[start : self._at + 1])
        self._at = after
        return chr(code)

    def _class(self) -> Ranges:
        start = self._at - 1
        negated = self._next() == "^"
        self._at += negated
        ranges: Ranges = []
        first = True
        while first or self._next() != "]":
            if not self._next():
                raise self._error("missing closing ]", self._pattern[start:])
            first = False
            if self._pattern.startswith("[:", self._at) and ":]" in self._pattern[self._at + 2 :]:
                ranges.extend(self._named())
            else:
                ranges.append(self._range())
        self._at += 1
        return _complement(ranges) if negated else ranges

    def _named(self) -> Ranges:
        end = self._pattern.index(":]", self._at + 2)
        name = self._pattern[self._at + 2 : end]
        pairs = _NAMED.get(name.removeprefix("^"))
        if pairs is None:
            raise self._error("invalid character class range", self._pattern[self._at : end + 2])
        self._at = end + 2
        ranges = [(ord(pairs[index]), ord(pairs[index + 1])) for index in range(0, len(pairs), 2)]
        return _complement(ranges) if name.startswith("^") else ranges

    def _range(self) -> tuple[int, int]:
        start = self._at
        low = high = self._class_character()
        if self._next() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", ""):
            self._at += 1
            high = self._class_character()
        if high < low:
            raise self._error("invalid character class range", self._pattern[start : self._at])
        return ord(low), ord(high)

    def _class_character(self) -> str:
        character = self._next()
        self._at += 1
        return self._escape() if character == "\\" else character


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9 and (text == "0" or not text.startswith("0"))


def _repeated(generator: Generator, least: int, most: int) -> Generator:
    def generate(dice: _Dice) -> str:
        count = least + dice.below(most - least + 1)
        return "".join(dice.grow("") + generator(dice) for _ in range(count))

    return generate


def _complement(ranges: Ranges) -> Ranges:
    gaps: Ranges = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    return [*gaps, (start, _LAST)] if start <= _LAST else gaps


def _one_of(ranges: Ranges) -> Generator:
    """One character out of a class; never a null character or half a surrogate pair."""
    usable = [(max(low, 1), high) for low, high in ranges if high >= 1]
    total = sum(high - low + 1 for low, high in usable)

    def generate(dice: _Dice) -> str:
        number = dice.below(total) if total else 0
        for low, high in usable:
            if number <= high - low:
                code = low + number
                return dice.grow("\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code))
            number -= high - low + 1
        return ""

    return generate


TABLE: tuple[Function, ...] = (
    Function(
        "random",
        (STRING,),
        STRING,
        _random,
        "A random text that a regular expression describes.",
        "random('[a-z]{8}')",
    ),
)
