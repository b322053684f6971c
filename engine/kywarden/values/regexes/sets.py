"""Sets of characters in a pattern: `[a-z]`, `\\d`, `\\pL`, and characters that are written as escapes."""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.errors import KywardenError
from kywarden.values.regexes import classes
from kywarden.values.regexes.classes import Ranges

MAX_RANGES = 100_000
"""Ranges of characters of all sets together, of those also that a set is made of."""

FOLD, DOT_NEWLINE, ONE_LINE, LAZY, PERL, UNICODE, CLASS_NEWLINE = (1 << bit for bit in range(7))
PERL_FLAGS = CLASS_NEWLINE | ONE_LINE | PERL | UNICODE
"""What Go's regexp.Compile sets."""
POSIX_FLAGS = 0

_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_HEX = "0123456789abcdef"


@dataclass(eq=False)
class RegexError(KywardenError):
    """A pattern that is not one; the sentence is Go's.

    reason: what is wrong; fragment: where.
    """

    reason: str
    fragment: str

    def __str__(self) -> str:
        return f"error parsing regexp: {self.reason}: `{self.fragment}`"


class SetReader:
    """A place in a pattern, and the flags that hold there."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.ranges = 0
        self.known_cases: dict[Ranges, Ranges] = {}

    def counted(self, ranges: Ranges) -> Ranges:
        self.ranges += len(ranges)
        if self.ranges > MAX_RANGES:
            raise RegexError("expression too large", self.pattern)
        return ranges

    def cased(self, ranges: Ranges) -> Ranges:
        if not self.flags & FOLD:
            return ranges
        found = self.known_cases.get(ranges)
        if found is None:
            found = self.known_cases[ranges] = classes.folded(ranges)
        return found

    def class_escape(self) -> Ranges | None:
        """`\\pL`, `\\p{Greek}`, `\\d` and the like; None when something else begins here."""
        following = self.pattern[self.at + 1 : self.at + 2]
        if not following or self.pattern[self.at] != "\\":
            return None
        if following in "pP" and self.flags & UNICODE:
            return self.unicode_class(following == "P")
        ranges = classes.PERL.get(following.lower()) if self.flags & PERL else None
        if ranges is None:
            return None
        self.at += 2
        ranges = self.cased(ranges)
        return classes.complement(ranges) if following.isupper() else ranges

    def unicode_class(self, negative: bool) -> Ranges:
        start = self.at
        end = start + 3
        name = self.pattern[start + 2 : end]
        if name == "{":
            end = self.pattern.find("}", start) + 1
            if end <= 0:
                raise RegexError("invalid character class range", self.pattern[start:])
            name = self.pattern[start + 3 : end - 1]
        if name.startswith("^"):
            negative = not negative
            name = name[1:]
        found = classes.unicode_class(name)
        if found is None:
            raise RegexError("invalid character class range", self.pattern[start:end])
        self.at = end
        ranges, folds = found
        ranges = self.cased(ranges) if folds else ranges
        return classes.complement(ranges) if negative else ranges

    def bracket_class(self) -> Ranges:
        """`[...]`."""
        start = self.at
        self.at += 1
        negative = self.pattern.startswith("^", self.at)
        self.at += negative
        ranges = list(classes.NEWLINE) if negative and not self.flags & CLASS_NEWLINE else []
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if not first and not self.flags & PERL and self.pattern.startswith("-", self.at):
                self.check_hyphen()
            first = False
            some = self.named_class() or self.class_escape() if self.at < len(self.pattern) else None
            ranges.extend(self.counted(self.character_range(start) if some is None else some))
        self.at += 1
        merged = classes.union(ranges)
        return classes.complement(merged) if negative else merged

    def check_hyphen(self) -> None:
        """Without Perl's syntax a hyphen stands first or last."""
        if self.pattern[self.at + 1 : self.at + 2] != "]":
            raise RegexError("invalid character class range", self.pattern[self.at : self.at + 2])

    def named_class(self) -> Ranges | None:
        """`[:alpha:]` or `[:^alpha:]`; None when something else begins here."""
        if not self.pattern.startswith("[:", self.at):
            return None
        end = self.pattern.find(":]", self.at + 2)
        if end < 0:
            return None
        name = self.pattern[self.at + 2 : end]
        ranges = classes.POSIX.get(name.removeprefix("^"))
        if ranges is None:
            raise RegexError("invalid character class range", self.pattern[self.at : end + 2])
        self.at = end + 2
        ranges = self.cased(ranges)
        return classes.complement(ranges) if name.startswith("^") else ranges

    def character_range(self, class_start: int) -> Ranges:
        start = self.at
        low = high = self.class_character(class_start)
        if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            high = self.class_character(class_start)
            if high < low:
                raise RegexError("invalid character class range", self.pattern[start : self.at])
        return self.cased(((low, high),))

    def class_character(self, class_start: int) -> int:
        if self.at >= len(self.pattern):
            raise RegexError("missing closing ]", self.pattern[class_start:])
        if self.pattern[self.at] == "\\":
            return self.escaped()
        self.at += 1
        return ord(self.pattern[self.at - 1])

    def escaped(self) -> int:
        """The character that an escape stands for."""
        start = self.at
        self.at += 1
        if self.at >= len(self.pattern):
            raise RegexError("trailing backslash at end of expression", "")
        character = self.next()
        code = None
        if character in "01234567":
            digits = character
            while len(digits) < 3 and self.pattern[self.at : self.at + 1] in tuple("01234567"):
                digits += self.next()
            # a digit alone would be a reference to a group
            code = int(digits, 8) if character == "0" or len(digits) > 1 else None
        elif character == "x":
            code = self.hexadecimal()
        elif character in _ESCAPES:
            code = _ESCAPES[character]
        elif character.isascii() and not character.isalnum():
            code = ord(character)
        if code is None:
            raise RegexError("invalid escape sequence", self.pattern[start : self.at])
        return code

    def hexadecimal(self) -> int | None:
        """`41` or `{1f600}`; None when it is something else."""
        character = self.next()
        if character != "{":
            digits = character + self.next()
            return int(digits, 16) if len(digits) == 2 and _is_hexadecimal(digits) else None
        code = 0
        start = self.at
        while (character := self.next()) != "}":
            if not character or not _is_hexadecimal(character):
                return None
            code = code * 16 + int(character, 16)
            if code > classes.LAST:
                return None
        return code if self.at > start + 1 else None

    def next(self) -> str:
        """The next character, empty at the end."""
        character = self.pattern[self.at : self.at + 1]
        self.at += len(character)
        return character


def _is_hexadecimal(text: str) -> bool:
    return all(character in _HEX for character in text.lower()) and text.isascii()
