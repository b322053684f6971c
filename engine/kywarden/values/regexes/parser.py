"""From the text of a pattern to its tree: RE2's syntax as Go's regexp/syntax accepts it, with Go's errors.

One pass from left to right over a stack of open groups; nothing recurses. The bounds are ours: nesting (Go: 1000), size
(Go: 3.3 million instructions), ranges (Go: 33 million), and what the linear matcher keeps for groups (Go: none).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kywarden.errors import KywardenError
from kywarden.values.regexes import classes
from kywarden.values.regexes.classes import Ranges
from kywarden.values.regexes.nodes import Assertion, Chars, Choice, Group, Node, Place, Repeat, Sequence, Tree

MAX_HEIGHT = 150
"""Nodes of the tree above each other."""
MAX_SIZE = 50_000
"""Instructions of the linear matcher, repetitions written out."""
MAX_RANGES = 100_000
"""Ranges of characters of all sets together, of those also that a set is made of."""
MAX_SLOTS = 2_000_000
"""Positions that the linear matcher may have to keep: of each group for each instruction."""
MAX_COPIES = 1000

FOLD, DOT_NEWLINE, ONE_LINE, LAZY, PERL, UNICODE, CLASS_NEWLINE = (1 << bit for bit in range(7))
PERL_FLAGS = CLASS_NEWLINE | ONE_LINE | PERL | UNICODE
"""What Go's regexp.Compile sets."""
POSIX_FLAGS = 0

_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PLACES: dict[str, Place] = {"A": "text start", "z": "text end", "b": "word boundary", "B": "no word boundary"}
_HEX = "0123456789abcdef"
_COUNTS = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_UNDECODED = re.compile("[\udc80-\udcff]")
"""Bytes that are no text: what `base64_decode` yields may hold them."""
_NAME = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")


@dataclass(eq=False)
class RegexError(KywardenError):
    """A pattern that is not one; the sentence is Go's.

    reason: what is wrong; fragment: where.
    """

    reason: str
    fragment: str

    def __str__(self) -> str:
        return f"error parsing regexp: {self.reason}: `{self.fragment}`"


@dataclass(frozen=True, slots=True)
class _Part:
    """A node with what the limits are about; copies: of its innermost repeated item."""

    node: Node
    height: int = 1
    size: int = 1
    copies: int = 1


@dataclass(slots=True)
class _Open:
    """An open group, or the whole pattern. number: None when it captures nothing."""

    number: int | None = None
    flags: int = 0
    choices: list[_Part] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=list)


def parse(pattern: str, flags: int = PERL_FLAGS) -> Tree:
    """The tree of a pattern. Raises RegexError."""
    return _Parser(pattern, flags).parse()


class _Parser:
    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.groups = [_Open()]
        self.names: list[str] = []
        self.ranges = 0
        self.known_cases: dict[Ranges, Ranges] = {}

    def parse(self) -> Tree:
        if found := _UNDECODED.search(self.pattern):
            raise RegexError("invalid UTF-8", self.pattern[found.start() :])
        repetition = -1
        while self.at < len(self.pattern):
            start = self.at
            character = self.pattern[start]
            if character in "*+?{" and self.repetition(character, repetition):
                repetition = start
                continue
            repetition = -1
            self.item(character)
        if len(self.groups) > 1:
            raise RegexError("missing closing )", self.pattern)
        whole = self.closed(self.groups[0])
        if whole.size * len(self.names) * 2 > MAX_SLOTS:
            raise RegexError("expression too large", self.pattern)
        return Tree(whole.node, tuple(self.names))

    def item(self, character: str) -> None:
        """Read whatever begins here and is no repetition."""
        match character:
            case "(" if self.flags & PERL and self.pattern.startswith("(?", self.at):
                self.question_group()
            case "(":
                self.at += 1
                self.open_group("")
            case ")":
                self.close_group()
            case "|":
                self.at += 1
                top = self.groups[-1]
                top.choices.append(self.sequence(top.parts))
                top.parts = []
            case "[":
                self.push_set(self.bracket_class())
            case "\\":
                self.escape()
            case _:
                self.at += 1
                self.simple(character)

    def simple(self, character: str) -> None:
        match character:
            case "^":
                self.push(Assertion("text start" if self.flags & ONE_LINE else "line start"))
            case "$":
                self.push(Assertion("text end" if self.flags & ONE_LINE else "line end"))
            case ".":
                self.push_set(classes.ANY if self.flags & DOT_NEWLINE else classes.complement(classes.NEWLINE))
            case _:
                self.literal(ord(character))

    # Parts

    def counted(self, ranges: Ranges) -> Ranges:
        self.ranges += len(ranges)
        if self.ranges > MAX_RANGES:
            raise RegexError("expression too large", self.pattern)
        return ranges

    def push_set(self, ranges: Ranges) -> None:
        self.push(Chars(self.counted(ranges)))

    def push(self, node: Node) -> None:
        self.groups[-1].parts.append(_Part(node))

    def literal(self, code: int) -> None:
        self.push_set(self.cased(((code, code),)))

    def cased(self, ranges: Ranges) -> Ranges:
        if not self.flags & FOLD:
            return ranges
        found = self.known_cases.get(ranges)
        if found is None:
            found = self.known_cases[ranges] = classes.folded(ranges)
        return found

    def checked(self, part: _Part) -> _Part:
        if part.height > MAX_HEIGHT:
            raise RegexError("expression nests too deeply", self.pattern)
        if part.size > MAX_SIZE:
            raise RegexError("expression too large", self.pattern)
        return part

    def sequence(self, parts: list[_Part]) -> _Part:
        if len(parts) == 1:
            return parts[0]
        return self.checked(
            _Part(
                Sequence(tuple(part.node for part in parts)),
                1 + max((part.height for part in parts), default=0),
                max(1, sum(part.size for part in parts)),
                max((part.copies for part in parts), default=1),
            )
        )

    def closed(self, group: _Open) -> _Part:
        """What stands in a group."""
        choices = [*group.choices, self.sequence(group.parts)]
        if len(choices) == 1:
            return choices[0]
        if all(isinstance(choice.node, Chars) for choice in choices):
            sets = (choice.node.ranges for choice in choices if isinstance(choice.node, Chars))
            return _Part(Chars(classes.union(one for ranges in sets for one in ranges)))
        return self.checked(
            _Part(
                Choice(tuple(choice.node for choice in choices)),
                1 + max(choice.height for choice in choices),
                sum(choice.size + 1 for choice in choices),
                max(choice.copies for choice in choices),
            )
        )

    # Groups

    def open_group(self, name: str) -> None:
        self.names.append(name)
        self.groups.append(_Open(len(self.names), self.flags))
        self.check_nesting()

    def check_nesting(self) -> None:
        if len(self.groups) > MAX_HEIGHT:
            raise RegexError("expression nests too deeply", self.pattern)

    def close_group(self) -> None:
        if len(self.groups) == 1:
            raise RegexError("unexpected )", self.pattern)
        self.at += 1
        group = self.groups.pop()
        part = self.closed(group)
        self.flags = group.flags
        if group.number is not None:
            part = self.checked(_Part(Group(part.node, group.number), part.height + 1, part.size + 2, part.copies))
        self.groups[-1].parts.append(part)

    def question_group(self) -> None:
        """`(?` opens a named group, a group that does not capture, or changes flags."""
        start = self.at
        rest = len(self.pattern) - start
        named = 4 if rest > 4 and self.pattern.startswith("(?P<", start) else 3
        if named == 4 or (rest > 3 and self.pattern.startswith("(?<", start)):
            end = self.pattern.find(">", start)
            if end < 0:
                raise RegexError("invalid named capture", self.pattern[start:])
            name = self.pattern[start + named : end]
            if not name or not _NAME.issuperset(name):
                raise RegexError("invalid named capture", self.pattern[start : end + 1])
            self.at = end + 1
            self.open_group(name)
            return
        self.at = start + 2
        if not self.flag_group():
            raise RegexError("invalid or unsupported Perl syntax", self.pattern[start : self.at])

    def flag_group(self) -> bool:
        """Read flags up to `:` or `)`; false at a character that does not belong there."""
        flags = self.flags
        negative = seen = False
        while self.at < len(self.pattern):
            character = self.pattern[self.at]
            self.at += 1
            match character:
                case "i" | "s" | "U" | "m":
                    bit = {"i": FOLD, "s": DOT_NEWLINE, "U": LAZY, "m": ONE_LINE}[character]
                    # m means several lines: it is the absence of a flag
                    flags = flags | bit if negative == (character == "m") else flags & ~bit
                    seen = True
                case "-" if not negative:
                    negative, seen = True, False
                case ":" | ")" if seen or not negative:
                    if character == ":":
                        self.groups.append(_Open(None, self.flags))
                        self.check_nesting()
                    self.flags = flags
                    return True
                case _:
                    return False
        return False

    # Repetitions

    def repetition(self, operator: str, previous: int) -> bool:
        """Read a repetition; false when `{` begins none. previous: where the one right before it began, or -1."""
        start = self.at
        if operator == "{":
            counts = self.counts()
            if counts is None:
                return False
            least, most = counts
        else:
            self.at += 1
            least, most = (1 if operator == "+" else 0), (1 if operator == "?" else None)
        if operator == "{" and (least > MAX_COPIES or (most is not None and (most > MAX_COPIES or most < least))):
            raise RegexError("invalid repeat count", self.pattern[start : self.at])
        lazy = bool(self.flags & LAZY)
        if self.flags & PERL:
            if self.pattern.startswith("?", self.at):
                self.at += 1
                lazy = not lazy
            if previous >= 0:
                raise RegexError("invalid nested repetition operator", self.pattern[previous : self.at])
        parts = self.groups[-1].parts
        if not parts:
            raise RegexError("missing argument to repetition operator", self.pattern[start : self.at])
        part = parts.pop()
        if (
            isinstance(part.node, Repeat)
            and operator != "{"
            and part.node == Repeat(part.node.item, least, most, not lazy)
        ):
            parts.append(part)  # (?:a*)* is a*
            return True
        times = most if most is not None else max(least, 1)
        copies = part.copies * (least if most is None else most) if operator == "{" and most != 0 else part.copies
        if operator == "{" and times >= 2 and copies > MAX_COPIES:
            raise RegexError("invalid repeat count", self.pattern[start : self.at])
        repeat = Repeat(part.node, least, most, not lazy)
        parts.append(self.checked(_Part(repeat, part.height + 1, times * (part.size + 1) + 1, max(copies, 1))))
        return True

    def counts(self) -> tuple[int, int | None] | None:
        """`{2}`, `{2,}` or `{2,3}`; None for anything else."""
        found = _COUNTS.match(self.pattern, self.at)
        if found is None:
            return None
        self.at = found.end()
        low, comma, high = found.groups()
        least = _count(low)
        return least, (least if not comma else _count(high) if high else None)

    # Escapes and classes

    def escape(self) -> None:
        following = self.pattern[self.at + 1 : self.at + 2]
        if self.flags & PERL and following:
            if following in _PLACES:
                self.at += 2
                self.push(Assertion(_PLACES[following]))
                return
            if following == "C":
                raise RegexError("invalid escape sequence", "\\C")
            if following == "Q":
                end = self.pattern.find("\\E", self.at + 2)
                text = self.pattern[self.at + 2 : end if end >= 0 else None]
                self.at = end + 2 if end >= 0 else len(self.pattern)
                for character in text:
                    self.literal(ord(character))
                return
        ranges = self.class_escape()
        if ranges is None:
            self.literal(self.escaped())
        else:
            self.push_set(ranges)

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


def _count(digits: str) -> int:
    """The number; all that are too large are alike."""
    return int(digits) if len(digits) <= 4 else MAX_COPIES + 1
