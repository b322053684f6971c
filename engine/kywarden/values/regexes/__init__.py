"""Regular expressions with RE2's syntax and Go's semantics (package regexp), in time linear in the text.

Parsed by us. What provably cannot backtrack badly runs as Python's `re`, for texts up to a length computed from the
pattern; the rest in our own linear matcher. Positions count characters, where Go's count bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

from kywarden.values import ahead
from kywarden.values.regexes import templates
from kywarden.values.regexes.machine import Machine
from kywarden.values.regexes.parser import parse
from kywarden.values.regexes.random_text import generate
from kywarden.values.regexes.sets import RegexError
from kywarden.values.regexes.translation import Translation, translate
from kywarden.values.trees import Poll, never

__all__ = ["Regex", "RegexError", "Span", "compile", "generate"]

Span: TypeAlias = tuple[int, int] | None
"""Start and end; None for a group that took no part in the match."""


_WORTHWHILE = 200
"""Characters looked through before `re`, whose own compiler takes half a millisecond, is worth it."""


class Regex:
    """A compiled pattern. Matches are leftmost, and of these the one that a backtracking search finds first."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._tree = parse(pattern)
        self._seen = 0
        self._translation: Translation | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups from 1 on, empty for those without."""
        return self._tree.names

    @cached_property
    def _machine(self) -> Machine:
        return Machine(self._tree)

    def prepare(self) -> None:
        """Do now what is otherwise done when it has become worthwhile: for a pattern that will be used often."""
        if self._seen <= _WORTHWHILE:
            self._seen = _WORTHWHILE + 1
            self._translation = translate(self._tree)
            if self._translation is None:
                _ = self._machine

    def _translated(self, text: str) -> Translation | None:
        """The translation if it is there and good for the text."""
        if self._seen <= _WORTHWHILE:
            self._seen += len(text)
            if self._seen > _WORTHWHILE:
                self._translation = translate(self._tree)
        translation = self._translation
        return translation if translation is not None and len(text) <= translation.longest else None

    def search(self, text: str, poll: Poll = never) -> bool:
        """Whether the pattern matches anywhere in the text (MatchString)."""
        translation = self._translated(text)
        if translation is not None:
            return translation.pattern.search(text) is not None
        return self._machine.matches(text, poll)

    def find(self, text: str, start: int = 0, poll: Poll = never) -> list[Span] | None:
        """The spans of the first match from start on and of its groups (FindStringSubmatchIndex); None without one."""
        translation = self._translated(text)
        if translation is not None and translation.keeps_groups:
            match = translation.pattern.search(text, start)
            return None if match is None else [span if span[0] >= 0 else None for span in match.regs]
        slots = self._machine.find(text, start, poll)
        if slots is None:
            return None
        pairs = zip(slots[::2], slots[1::2], strict=True)
        return [(begin, end) if begin >= 0 and end >= 0 else None for begin, end in pairs]

    def replace_all(self, text: str, template: str, poll: Poll = never) -> str:
        """The text with each match replaced by the template: `$1`, `${1}`, `${name}`, `$$` (ReplaceAllString)."""
        parts = templates.parse(template)

        def expanded(spans: list[Span]) -> str:
            groups = [None if span is None else text[span[0] : span[1]] for span in spans]
            return templates.expand(parts, groups, self.names)

        return self._replace(text, expanded, poll)

    def replace_all_literal(self, text: str, replacement: str, poll: Poll = never) -> str:
        """The text with each match replaced, `$` standing for itself (ReplaceAllLiteralString)."""
        return self._replace(text, lambda _: replacement, poll)

    def _replace(self, text: str, replacement: Callable[[list[Span]], str], poll: Poll) -> str:
        """An empty match right behind another match is none."""
        pieces = []
        copied = at = 0
        while at <= len(text) and (spans := self.find(text, at, poll)) and spans[0]:
            poll()
            start, end = spans[0]
            pieces.append(text[copied:start])
            if end > copied or start == 0:
                pieces.append(replacement(spans))
            copied = end
            at = max(end, at + 1)
        pieces.append(text[copied:])
        return "".join(pieces)


def compile(pattern: str) -> Regex:
    """The compiled pattern. Raises RegexError with Go's sentence."""
    regex = Regex(pattern)
    if ahead.is_wanted():
        regex.prepare()
    return regex
