"""Tokens of an expression, as Kyverno's fork of go-jmespath cuts them.

The tokens have the shape that the parser of package `jmespath` reads. Its own lexer is not used: literals, raw
strings, numbers and all messages differ, and nothing else would remain.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.jmes import json_reading
from kywarden.jmes.limits import MAX_NESTING, MAX_TOKENS
from kywarden.values import strconv

Token: TypeAlias = dict[str, Any]
"""`{type, value, start, end}`; types are those of `jmespath.parser.Parser.BINDING_POWER`."""

# kyverno: the fork's lexer swallows one U+0080 after an identifier
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<unquoted_identifier>[A-Za-z_][A-Za-z0-9_]*+\x80?)
      | (?P<number>-[0-9]*+|[0-9]++)
      | (?P<quoted>"(?:[^"\\]|\\.)*+")
      | (?P<literal>`(?:[^`\\]|\\.)*+`)
      | (?P<raw>'(?:[^'\\]|\\(?!')|\\'(?=.))*+')
      | (?P<symbol>\|\||&&|<=|>=|!=|==|\[\?|\[\]|[.*,:{}\]()@\[|&<>!=])
    """,
    re.VERBOSE | re.DOTALL,
)

_SYMBOLS = {
    ".": "dot",
    "*": "star",
    ",": "comma",
    ":": "colon",
    "{": "lbrace",
    "}": "rbrace",
    "[": "lbracket",
    "]": "rbracket",
    "(": "lparen",
    ")": "rparen",
    "@": "current",
    "[?": "filter",
    "[]": "flatten",
    "|": "pipe",
    "||": "or",
    "&": "expref",
    "&&": "and",
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
    "!": "not",
    "!=": "ne",
    "==": "eq",
    "=": "unknown",
}

NAMES = {
    "unknown": "tUnknown",
    "star": "tStar",
    "dot": "tDot",
    "filter": "tFilter",
    "flatten": "tFlatten",
    "lparen": "tLparen",
    "rparen": "tRparen",
    "lbracket": "tLbracket",
    "rbracket": "tRbracket",
    "lbrace": "tLbrace",
    "rbrace": "tRbrace",
    "or": "tOr",
    "pipe": "tPipe",
    "number": "tNumber",
    "unquoted_identifier": "tUnquotedIdentifier",
    "quoted_identifier": "tQuotedIdentifier",
    "comma": "tComma",
    "colon": "tColon",
    "lt": "tLT",
    "lte": "tLTE",
    "gt": "tGT",
    "gte": "tGTE",
    "eq": "tEQ",
    "ne": "tNE",
    "literal": "tJSONLiteral",
    "raw": "tStringLiteral",
    "current": "tCurrent",
    "expref": "tExpref",
    "and": "tAnd",
    "not": "tNot",
    "eof": "tEOF",
}
"""Kyverno's names of the token types, which its messages show."""

_NESTING = {"lparen", "lbrace", "lbracket", "filter", "flatten", "star", "not", "expref"} | {
    "eq",
    "ne",
    "lt",
    "lte",
    "gt",
    "gte",
}
_OPENING = {"lparen", "lbrace", "lbracket", "filter"}
_CLOSING = {"rparen", "rbrace", "rbracket"}
_RESTARTING = {"comma", "or", "and", "pipe"}


class SyntaxProblem(EvaluationError):
    """A text that is no expression; offset: of the character at fault, None when none is."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        self.offset = offset
        super().__init__(f"SyntaxError: {message}")


def syntax_error(message: str, offset: int | None = None) -> SyntaxProblem:
    """The error of an expression that cannot be parsed, in Kyverno's words."""
    return SyntaxProblem(message, offset)


def tokenize(text: str) -> list[Token]:
    """All tokens of an expression, ended by one of type `eof`; linear in its length.

    Values: the text of an identifier, number or literal, quoted identifiers and raw strings unescaped. Raises
    `EvaluationError` (lexer.go of the fork).
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _refused(text, position)
        position = match.end()
        kind, value = match.lastgroup, match[0]
        if kind == "space":
            continue
        tokens.append(_token(kind or "", value, match.start(), position))
        if len(tokens) > MAX_TOKENS:
            raise syntax_error(f"the expression has more than {MAX_TOKENS} tokens")
    tokens.append({"type": "eof", "value": "", "start": len(text), "end": len(text)})
    return tokens


def _token(kind: str, value: str, start: int, end: int) -> Token:
    match kind:
        case "symbol":
            kind = _SYMBOLS[value]
        case "quoted":
            kind, decoded = "quoted_identifier", json_reading.read(value)
            assert isinstance(decoded, str)
            value = decoded
        case "literal":
            value = value[1:-1].replace("\\`", "`")
        case "raw":
            value = value[1:-1].replace("\\'", "'")
    return {"type": kind, "value": value, "start": start, "end": end}


def _refused(text: str, position: int) -> EvaluationError:
    character = text[position]
    if character in "\"'`":
        return syntax_error(f"Unclosed delimiter: {character}", len(text))
    return syntax_error(f"Unknown char: '{_escaped(character)}'", position)


def _escaped(character: str) -> str:
    if character.isascii():
        return strconv.quote(character)[1:-1]
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def check_nesting(tokens: list[Token]) -> None:
    """Raise `EvaluationError` when parsing or evaluating the tokens could recurse too deeply.

    Counts, for each open bracket, the operators that nest around what follows or precedes; `||`, `&&`, `|` and commas
    start anew because their chains are parsed and evaluated in loops.
    """
    levels = [0]
    depth = 0
    for token in tokens:
        kind = token["type"]
        if kind in _NESTING:
            depth += 1
            levels[-1] += 1
            if depth > MAX_NESTING:
                raise syntax_error(f"the expression nests deeper than {MAX_NESTING} levels")
        if kind in _OPENING:
            levels.append(0)
        elif kind in _CLOSING and len(levels) > 1:
            depth -= levels.pop()
        elif kind in _RESTARTING:
            depth -= levels[-1]
            levels[-1] = 0
