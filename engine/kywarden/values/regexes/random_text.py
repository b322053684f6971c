"""Random text that a pattern describes, as the library goregen makes it for Kyverno's `random`.

The pattern is read without Perl's syntax (no `\\d`, no `(?:`), unlimited repetitions end at 4096 rounds, anchors stand
for nothing. One draw of the world's randomness seeds a small generator.
"""

from __future__ import annotations

from collections.abc import Callable

from kywarden.values.regexes import classes
from kywarden.values.regexes.nodes import Assertion, Chars, Choice, Group, Node, Repeat, Sequence
from kywarden.values.regexes.parser import parse
from kywarden.values.regexes.sets import POSIX_FLAGS, RegexError
from kywarden.values.trees import Poll, never

MAX_ROUNDS = 4096
MAX_STEPS = 300_000
"""Characters and rounds of one text; nested repetitions would multiply without end."""

_NOT_NEWLINE = classes.complement(classes.NEWLINE)
_REPLACEMENT = "\ufffd"


def generate(pattern: str, random_bytes: Callable[[int], bytes], poll: Poll = never) -> str:
    """A random text. random_bytes: gives that many bytes, called once. Raises RegexError."""
    writer = _Writer(pattern, int.from_bytes(random_bytes(8), "little"), poll)
    writer.write(parse(pattern, POSIX_FLAGS).root)
    return "".join(writer.pieces)


class _Writer:
    def __init__(self, pattern: str, seed: int, poll: Poll) -> None:
        self.pattern = pattern
        self.state = seed or 1
        self.poll = poll
        self.steps = 0
        self.pieces: list[str] = []

    def write(self, node: Node) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RegexError(f"random text of more than {MAX_STEPS} steps", self.pattern)
        match node:
            case Chars(ranges):
                self.pieces.append(self.character(ranges))
            case Assertion():
                pass
            case Group(item):
                self.write(item)
            case Sequence(items):
                for item in items:
                    self.write(item)
            case Choice(items):
                self.write(items[self.below(len(items))])
            case Repeat():
                for _ in range(self.rounds(node)):
                    self.poll()
                    self.write(node.item)

    def rounds(self, repeat: Repeat) -> int:
        """How often: every number is as likely without an upper limit, each further round is a coin toss with one."""
        if repeat.most is None:
            if repeat.least == 0:
                return self.below(MAX_ROUNDS + 1)
            return repeat.least + self.below(MAX_ROUNDS)
        rounds = repeat.least
        while rounds < repeat.most and self.below(2):
            rounds += 1
        return rounds

    def character(self, ranges: classes.Ranges) -> str:
        """One of the set, NUL only where it is the only one."""
        if ranges == _NOT_NEWLINE:
            # kyverno: the dot draws from 31 bits, nearly always outside Unicode
            return _shown(1 + self.below(2**31 - 1))
        if not ranges:
            raise RegexError("no character matches", self.pattern)
        if ranges != ((0, 0),) and ranges[0][0] == 0:
            ranges = classes.union([(max(low, 1), high) for low, high in ranges if high])
        drawn = self.below(sum(high - low + 1 for low, high in ranges))
        for low, high in ranges:
            if drawn <= high - low:
                return _shown(low + drawn)
            drawn -= high - low + 1
        raise AssertionError("the draw is below the number of characters")

    def below(self, limit: int) -> int:
        """A number from 0 on, by xorshift64*."""
        state = self.state
        state ^= state >> 12
        state = (state ^ (state << 25)) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 27
        self.state = state
        return (state * 2685821657736338717 & 0xFFFFFFFFFFFFFFFF) % limit


def _shown(code: int) -> str:
    """Go prints what is no character as U+FFFD."""
    return _REPLACEMENT if code > classes.LAST or 0xD800 <= code < 0xE000 else chr(code)
