"""From the text of a pattern to its tree: RE2's syntax as Go's regexp/syntax accepts it, with Go's errors.

One pass from left to right over a stack of open groups; nothing recurses. The bounds are ours: nesting (Go: 1000), size
(Go: 3.3 million instructions), ranges (Go: 33 million), and what the linear matcher keeps for groups (Go: none).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kywarden.values.regexes import classes
from kywarden.values.regexes.classes import Ranges
from kywarden.values.regexes.nodes import Assertion, Chars, Choice, Group, Node, Place, Repeat, Sequence, Tree
from kywarden.values.regexes.sets import (
    DOT_NEWLINE,
    FOLD,
    LAZY,
    ONE_LINE,
    PERL,
    PERL_FLAGS,
    RegexError,
    SetReader,
)

MAX_HEIGHT = 150
"""Nodes of the tree above each other."""
MAX_SIZE = 50_000
"""Instructions of the linear matcher, repetitions written out."""
MAX_SLOTS = 2_000_000
"""Positions that the linear matcher may have to keep: of each group for each instruction."""
MAX_COPIES = 1000

_PLACES: dict[str, Place] = {"A": "text start", "z": "text end", "b": "word boundary", "B": "no word boundary"}
_COUNTS = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_UNDECODED = re.compile("[\udc80-\udcff]")
"""Bytes that are no text: what `base64_decode` yields may hold them."""
_NAME = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")


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


class _Parser(SetReader):
    def __init__(self, pattern: str, flags: int) -> None:
        super().__init__(pattern, flags)
        self.groups = [_Open()]
        self.names: list[str] = []

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

    def push_set(self, ranges: Ranges) -> None:
        self.push(Chars(self.counted(ranges)))

    def push(self, node: Node) -> None:
        self.groups[-1].parts.append(_Part(node))

    def literal(self, code: int) -> None:
        self.push_set(self.cased(((code, code),)))

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

    # Escapes

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


def _count(digits: str) -> int:
    """The number; all that are too large are alike."""
    return int(digits) if len(digits) <= 4 else MAX_COPIES + 1
