"""From a YAML text to events: libyaml's parser where it is there, else PyYAML's pure one with a faster scanner.

The pure scanner reads a character at a time. What policies consist of (blanks, comments, plain, quoted and block
scalars) is read here a run at a time, and as libyaml reads it where PyYAML deviates: tabs between tokens, `:` in flow
collections, directives, escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import NodeEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import DirectiveToken, ScalarToken, Token

from kywarden.values import watch

_BREAK = "\r\n|[\r\n\x85\u2028\u2029]"
_BREAKS = "\r\n\x85\u2028\u2029"
_END = f"\\0 \t{_BREAKS}"

_LINE_BREAK = re.compile(_BREAK)
_BLANKS = re.compile("[ \t]*")
_SPACES = re.compile(" *")
_REST_OF_LINE = re.compile(f"[^\\0{_BREAKS}]*")
_GAP = re.compile(f"[ \t]*(?:{_BREAK})[ \t{_BREAKS}]*")
_DOCUMENT_MARKER = re.compile(f"(?:---|\\.\\.\\.)(?=[{_END}])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN_END = re.compile(f":(?=[{_END}])|[ \t]#|[\\0{_BREAKS}]")
_FLOW_PLAIN_END = re.compile(f":(?=[{_END}])|[ \t]#|[],?[{{}}\\0{_BREAKS}]")
_QUOTED = {"'": re.compile(f"'([^'\\0{_BREAKS}]*)'(?!')"), '"': re.compile(f'"([^"\\\\\\0{_BREAKS}]*)"')}


class _Mark:
    """A place, from 0 on; PyYAML's own marks carry the text for its error messages."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class PureParser(Reader, Scanner, Parser):
    """Events of a text, as libyaml gives them."""

    def __init__(self, text: str) -> None:
        self.settled = -1
        self.poll = watch.current()
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    ESCAPE_REPLACEMENTS = {  # type: ignore[misc] # the stubs have it final
        key: value for key, value in Scanner.ESCAPE_REPLACEMENTS.items() if key != "/"
    } | {"'": "'"}

    def settle(self) -> None:
        """Scan until the first token is known not to be turned into a key; once for each token."""
        while self.need_more_tokens():
            self.fetch_more_tokens()
        self.settled = self.tokens_taken

    def check_token(self, *choices: Any) -> bool:
        if self.settled != self.tokens_taken:
            self.settle()
        return bool(self.tokens) and (not choices or self.tokens[0].__class__ in choices)

    def peek_token(self) -> Token | None:
        if self.settled != self.tokens_taken:
            self.settle()
        return self.tokens[0] if self.tokens else None

    def get_token(self) -> Token | None:
        if self.settled != self.tokens_taken:
            self.settle()
        if not self.tokens:
            return None
        self.tokens_taken += 1
        token: Token = self.tokens.pop(0)
        return token

    def get_mark(self) -> Any:
        return _Mark(self.line, self.column)

    def peek(self, index: int = 0) -> str:
        """The character ahead; the text ends with a NUL, behind it there are more."""
        try:
            character: str = self.buffer[self.pointer + index]
        except IndexError:
            return "\0"
        return character

    def forward(self, length: int = 1) -> None:
        """Move on, counting lines; every token and every line comes here."""
        self.poll()
        end = self.pointer + length
        breaks = list(_LINE_BREAK.finditer(self.buffer, self.pointer, end))
        if breaks:
            self.line += len(breaks)
            self.column = end - breaks[-1].end()
        else:
            self.column += length
        self.pointer = end
        self.index = end

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Move over what matches within the line."""
        found = pattern.match(self.buffer, self.pointer)
        if not found:
            return ""
        self.forward_in_line(len(found[0]))
        return found[0]

    def forward_in_line(self, length: int) -> None:
        self.pointer += length
        self.index = self.pointer
        self.column += length

    def scan_to_next_token(self) -> None:
        """Skip blanks, comments and line breaks; a tab is blank where it cannot be indentation."""
        while True:
            if self.column == 0 and self.peek() == "\ufeff":
                self.forward()
            self.skip(_BLANKS if self.flow_level or not self.allow_simple_key else _SPACES)
            if self.peek() == "#":
                self.skip(_REST_OF_LINE)
            if not self.scan_line_break():  # type: ignore[no-untyped-call] # untyped in the stubs
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_directive(self) -> DirectiveToken:
        token = super().scan_directive()
        if token.name not in ("YAML", "TAG"):
            raise ScannerError(None, None, "found unknown directive name", token.start_mark)
        return token

    def scan_plain(self) -> ScalarToken:
        """A scalar without quotes, over several lines where the indentation allows."""
        start_mark = end_mark = self.get_mark()
        indent = self.indent + 1
        lines = []
        gap = ""
        while words := self.scan_words():
            lines.append(gap + words)
            end_mark = self.get_mark()
            self.allow_simple_key = False
            found = _GAP.match(self.buffer, self.pointer)
            if not found:
                break
            self.forward_over_gap(found[0], indent)
            if (not self.flow_level and self.column < indent) or (
                self.column == 0 and _DOCUMENT_MARKER.match(self.buffer, self.pointer)
            ):
                break
            gap = _folded(found[0])
        return ScalarToken("".join(lines), True, start_mark, end_mark)

    def scan_words(self) -> str:
        """What of a plain scalar is left on the line, without the blanks behind it."""
        if self.peek() == "#":
            return ""
        end = (_FLOW_PLAIN_END if self.flow_level else _PLAIN_END).search(self.buffer, self.pointer)
        words: str = self.buffer[self.pointer : end.start() if end else None].rstrip(" \t")
        self.forward_in_line(len(words))
        return words

    def forward_over_gap(self, gap: str, indent: int) -> None:
        """Move over blanks and line breaks within a plain scalar."""
        if "\t" in gap and any("\t" in blanks[:indent] for blanks in _LINE_BREAK.split(gap)[1:]):
            raise ScannerError(None, None, "found a tab character that violates indentation", self.get_mark())
        self.forward(len(gap))
        self.allow_simple_key = True

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """A quoted scalar: one without escapes or line breaks at once, others by the slow way."""
        found = _QUOTED[style].match(self.buffer, self.pointer)
        if not found:
            return self.scan_long_flow_scalar(style)
        start_mark = self.get_mark()
        self.forward(len(found[0]))
        return ScalarToken(found[1], False, start_mark, self.get_mark(), style)

    def scan_long_flow_scalar(self, style: str) -> ScalarToken:
        start_mark = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
        except (OverflowError, ValueError):
            token = None
        if token is None or _SURROGATE.search(token.value):
            raise ScannerError(None, None, "found invalid Unicode character escape code", start_mark)
        return token


def _folded(gap: str) -> str:
    """What stands for blanks with line breaks between the lines of a scalar."""
    first, *others = _LINE_BREAK.findall(gap)
    rest = "".join(map(_normal, others))
    return rest or " " if _normal(first) == "\n" else first + rest


def _normal(line_break: str) -> str:
    return line_break if line_break in "\u2028\u2029" else "\n"


PARSERS: dict[str, Any] = {"pure": PureParser}
"""The ways to events; the last one is taken."""
if yaml.__with_libyaml__:
    PARSERS["libyaml"] = yaml.cyaml.CParser  # type: ignore[attr-defined] # not in the stubs


def events(text: str, portable: bool = False) -> Callable[[], NodeEvent]:
    """Gives the next event at each call; may raise yaml.YAMLError.

    portable: by the parser that is there everywhere, libyaml or not.
    """
    *_, fastest = PARSERS.values()
    parser = PARSERS.get("pure", fastest) if portable else fastest
    next_event: Callable[[], NodeEvent] = parser(text).get_event
    return next_event
