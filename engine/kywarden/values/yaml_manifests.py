"""YAML as manifests are mostly written, read a line at a time: as fast as libyaml, which the module does not have.

Settings may carry policies as text, and the module reads them anew for each request; a scanner and a parser of all of
YAML take longer for that, in Python, than the judging. Read here are block maps and lists, scalars that are plain,
quoted or blocks, flow collections on one line, anchored scalars, comments. Anything else, and all that is wrong or
beyond a bound, raises `Unusual`: then the full parser decides, and it alone words errors. So this reader must refuse
what it is not sure of; `tests/values/test_yaml_manifests.py` holds it to the full parser's trees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeVar

from kywarden.values import yaml_scalars
from kywarden.values.trees import MAX_DEPTH, Map, Tree
from kywarden.values.yaml_scalars import Scalar

T = TypeVar("T")
Token: TypeAlias = tuple[str | None, str | None, str | None]

# No groups are possessive here: those fail in Python 3.11 before 3.11.5.
_PLAIN_KEY = r"(?!\.\.\.)[^]\[ ?:,{}#&*!|>'\"%@`-][^:#]{0,127}+(?<! )"
_DOUBLE = r'"[^"\\]*+(?:\\["\\nt][^"\\]*+)*"'
_SINGLE = "'[^']*+(?:''[^']*+)*'(?!')"
_LINE = re.compile(rf"( *+)(-(?: ++|\Z))?(?:({_PLAIN_KEY}|{_DOUBLE}|{_SINGLE}):(?: ++|\Z))?(.*)")
"""Indentation, dash, key, and what stands behind them."""

_QUOTED = re.compile(rf"({_DOUBLE}|{_SINGLE}) *+(?:(?<= )#.*)?")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_BLOCK = re.compile("([|>])(-?) *")
_FOLDED = re.compile(r"^([^ \n].*)\n(\n*+)(?=[^ ])", re.MULTILINE)
_ANCHOR = re.compile("&([A-Za-z0-9_-]++) ++([^&*].*)")
_ALIAS = re.compile(r"\*([A-Za-z0-9_-]++) *+(?:(?<= )#.*)?")
_NOT_PLAIN = re.compile(r"[]\[{},#&*!|>'\"%@`]|[-?:](?: |\Z)")
_FLOW_WORDS = r"[^]\[{},:?#]*+"
_FLOW_PLAIN = rf"(?=[\w./=+<(^$~]|-[\w-]){_FLOW_WORDS}(?:(?<! ):(?=[\w/]){_FLOW_WORDS})*"
_FLOW = re.compile(rf"(?:(\[ *]|{{ *}}|[]\[{{}},])|({_DOUBLE}|{_SINGLE}|{_FLOW_PLAIN})(:(?= ))?) *+(?:(?<= )#.*)?|.")
"""Bracket or comma, scalar, colon of a key; none of them for a character that is not read."""

LONGEST = 65_536
"""Characters of a text that is read here, where no deadline is looked at and no keys are counted."""

_LONGEST_KEY = 128
_END = -1
"""The column behind the last line."""


class Unusual(Exception):
    """The text has more of YAML than is read here, or an error."""


def read(text: str) -> Tree:
    """The only document of a text, None when there is none; equal keys are `Unusual`."""
    # Tabs, carriage returns, byte order marks and the line breaks of Unicode are not printable either.
    if len(text) > LONGEST or not text.replace("\n", "").isprintable():
        raise Unusual
    return _Reader(text.removeprefix("---\n").split("\n")).document()


class _Reader:
    """Goes through the lines; holds the parts of the one that is read."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = -1
        self.depth = 0
        self.anchors: dict[str, Tree] = {}
        self.column = _END
        self.dash: str | None = None
        self.key: str | None = None
        self.rest = ""
        self.advance()

    def advance(self) -> None:
        """To the next line with a dash or a key; any other one must be blank or a comment."""
        while self.at + 1 < len(self.lines):
            self.at += 1
            found = _LINE.match(self.lines[self.at])
            assert found is not None
            indent, self.dash, self.key, self.rest = found.groups()
            if self.dash or self.key:
                self.column = len(indent)
                return
            if self.rest and self.rest[0] != "#":
                raise Unusual
        self.column = _END

    def document(self) -> Tree:
        tree = self.below(_END, False)
        if self.column != _END:
            raise Unusual
        return tree

    def below(self, column: int, in_mapping: bool) -> Tree:
        """What stands on the lines below a key or dash at the column: a sequence may begin at the column of its key."""
        if self.column > column or (in_mapping and self.column == column and self.dash):
            return self.sequence(self.column) if self.dash else self.mapping(self.column)
        return None

    def mapping(self, column: int) -> Map:
        self.enter()
        pairs: Map = {}
        while self.column == column and self.key and not self.dash:
            key = _key(self.key, pairs)
            pairs[key] = self.value(self.rest, column, True)
        self.leave(column)
        return pairs

    def sequence(self, column: int) -> list[Tree]:
        self.enter()
        items: list[Tree] = []
        while self.column == column and self.dash:
            if self.key:
                self.column += len(self.dash)
                self.dash = None
                items.append(self.mapping(self.column))
            else:
                items.append(self.value(self.rest, column, False))
        self.leave(column)
        return items

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unusual

    def leave(self, column: int) -> None:
        self.depth -= 1
        if self.column > column:
            raise Unusual

    def value(self, rest: str, column: int, in_mapping: bool) -> Tree:
        """What stands behind a key or dash at the column, or below it; then the line that follows is read."""
        if not rest or rest[0] == "#":
            self.advance()
            return self.below(column, in_mapping)
        tree = self.behind(rest, column)
        self.advance()
        return tree

    def behind(self, rest: str, column: int) -> Tree:
        return _VALUES.get(rest[0], _Reader.plain)(self, rest, column)

    def plain(self, rest: str, column: int) -> Tree:
        """A scalar without quotes; it goes on where the next line is deeper, if no comment ends it."""
        if _NOT_PLAIN.match(rest):
            raise Unusual
        words, comment, _ = rest.partition(" #")
        lines = [_words(words)]
        pad = " " * (column + 1)
        while not comment and (line := self.line(self.at + 1)).startswith(pad):
            line = line.lstrip(" ")
            if not line or line[0] == "#":
                break
            lines.append(_words(line))
            self.at += 1
        return _resolved(" ".join(lines))

    def quoted(self, rest: str, _: int) -> Tree:
        found = _QUOTED.fullmatch(rest)
        if not found:
            raise Unusual
        return _unquoted(found[1])

    def block(self, rest: str, column: int) -> Tree:
        """A literal or folded scalar on the lines below."""
        header = _BLOCK.fullmatch(rest)
        first = self.line(self.at + 1)
        indent = len(first) - len(first.lstrip(" "))
        if not header or not column < indent < len(first):
            raise Unusual
        end = self.at + 1
        while end < len(self.lines) and ((line := self.lines[end]).startswith(first[:indent]) or not line.strip(" ")):
            end += 1
        if end == len(self.lines) and self.lines[-1]:  # without the line break that would be part of the scalar
            raise Unusual
        text = "\n".join([line[indent:] for line in self.lines[self.at + 1 : end]]).rstrip("\n")
        self.at = end - 1
        if header[1] == ">":
            text = _FOLDED.sub(lambda line: line[1] + (line[2] or " "), text)
        return text if header[2] else f"{text}\n"

    def line(self, at: int) -> str:
        return self.lines[at] if at < len(self.lines) else ""

    def anchored(self, rest: str, column: int) -> Tree:
        found = _ANCHOR.fullmatch(rest)
        if not found:
            raise Unusual
        tree = self.anchors[found[1]] = self.behind(found[2], column)
        if isinstance(tree, (dict, list)):  # which would have to be weighed
            raise Unusual
        return tree

    def alias(self, rest: str, _: int) -> Tree:
        found = _ALIAS.fullmatch(rest)
        if not found or found[1] not in self.anchors:
            raise Unusual
        return self.anchors[found[1]]

    def flow(self, rest: str, _: int) -> Tree:
        """A collection on one line."""
        tokens = _FLOW.finditer(rest)
        tree = _flow(tokens, self.depth)
        if next(tokens, None):
            raise Unusual
        return tree


_VALUES: dict[str, Callable[[_Reader, str, int], Tree]] = {
    **dict.fromkeys("\"'", _Reader.quoted),
    **dict.fromkeys("|>", _Reader.block),
    **dict.fromkeys("[{", _Reader.flow),
    "&": _Reader.anchored,
    "*": _Reader.alias,
}
"""What a value is that begins with the character; any other one is plain."""


def _flow(tokens: Iterator[re.Match[str]], depth: int) -> Tree:
    """A scalar, or a collection within so many others."""
    mark, scalar, colon = _token(tokens)
    if scalar and not colon:
        return _unquoted(scalar) if scalar[0] in "\"'" else _resolved(scalar.rstrip(" "))
    if not mark or depth == MAX_DEPTH:
        raise Unusual
    match mark[0], mark[1:]:
        case "[", "":
            return _flow_sequence(tokens, depth + 1)
        case "{", "":
            return _flow_mapping(tokens, depth + 1)
        case "[", _:
            return []
        case "{", _:
            return {}
    raise Unusual


def _flow_sequence(tokens: Iterator[re.Match[str]], depth: int) -> list[Tree]:
    items: list[Tree] = []
    mark: str | None = ","
    while mark == ",":
        items.append(_flow(tokens, depth))
        mark, _, _ = _token(tokens)
    if mark != "]":
        raise Unusual
    return items


def _flow_mapping(tokens: Iterator[re.Match[str]], depth: int) -> Map:
    pairs: Map = {}
    mark: str | None = ","
    while mark == ",":
        _, key, colon = _token(tokens)
        if not key or not colon:
            raise Unusual
        pairs[_key(key.rstrip(" "), pairs)] = _flow(tokens, depth)
        mark, _, _ = _token(tokens)
    if mark != "}":
        raise Unusual
    return pairs


def _token(tokens: Iterator[re.Match[str]]) -> Token:
    found = next(tokens, None)
    if found is None:
        raise Unusual
    mark, scalar, colon = found.groups()
    return mark, scalar, colon


def _key(text: str, pairs: Map) -> str:
    """The key as it is written, new to its mapping."""
    if text == "<<" or len(text) > _LONGEST_KEY:
        raise Unusual
    key = _unquoted(text) if text[0] in "\"'" else _converted(yaml_scalars.as_key, text)
    if key in pairs:
        raise Unusual
    return key


def _resolved(text: str) -> Tree:
    return _converted(yaml_scalars.as_value, text)


def _converted(convert: Callable[[Scalar], T], text: str) -> T:
    """What a plain scalar means as a key or a value."""
    try:
        return convert(yaml_scalars.resolve(text))
    except yaml_scalars.Unresolvable:
        raise Unusual from None


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    if text[0] == "'":
        return inner.replace("''", "'")
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], inner) if "\\" in inner else inner


def _words(text: str) -> str:
    """A line of a plain scalar, without the blanks at its end."""
    text = text.rstrip(" ")
    if ": " in text or " #" in text or text[-1] == ":":
        raise Unusual
    return text
