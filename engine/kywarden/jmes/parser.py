"""The grammar: the Pratt parser of package `jmespath`, with the differences of Kyverno's fork of go-jmespath.

The fork accepts some texts that the package refuses (any string before `(` names a function, three colons in a slice,
an unfinished `[1`), and all its messages differ. The syntax tree keeps the package's shape (`jmespath.ast`), plus
`{"type": "broken"}` for what the fork parses without saying that it could not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NoReturn, TypeAlias

from jmespath import ast
from jmespath.parser import Parser as PackageParser

from kywarden.errors import EvaluationError
from kywarden.jmes import json_reading
from kywarden.jmes.lexer import NAMES, SyntaxProblem, Token, check_nesting, syntax_error, tokenize
from kywarden.values import strconv

Syntax: TypeAlias = dict[str, Any]
"""A node of the syntax tree: `{type, children, value?}`."""

_BROKEN: Syntax = {"type": "broken", "children": []}


def parse(text: str) -> Syntax:
    """The syntax tree of an expression; raises `EvaluationError` with Kyverno's text (parser.go of the fork)."""
    return Parser().parse(text)


def nodes(syntax: Syntax) -> Iterator[Syntax]:
    """Every node of a syntax tree, the outermost first."""
    pending = [syntax]
    while pending:
        node = pending.pop()
        yield node
        if node["type"] != "slice":  # its children are numbers
            pending.extend(reversed(node["children"]))


class Parser(PackageParser):  # type: ignore[misc] # jmespath has no types
    """One use parses one expression; the package's cache, shared by everyone in the process, is not touched."""

    BINDING_POWER: ClassVar[dict[str, int]] = {**PackageParser.BINDING_POWER, "raw": 0, "unknown": 0}

    def parse(self, expression: str) -> Syntax:
        self._tokens = tokenize(expression)
        check_nesting(self._tokens)
        self._index = 0
        tree: Syntax = self._expression(binding_power=0)
        if self._current_token() != "eof":
            raise self._problem(f"Unexpected token at the end of the expression: {self._current_name()}")
        return tree

    def _problem(self, message: str) -> SyntaxProblem:
        """The error at the token that comes next."""
        token = self._lookahead_token(0)
        return syntax_error(message, token["start"] + (token["type"] in ("literal", "raw")))

    def _current_name(self) -> str:
        return NAMES[self._current_token()]

    def _token_nud_literal(self, token: Token) -> Syntax:
        return _syntax(ast.literal(json_reading.read(token["value"])))

    def _token_nud_raw(self, token: Token) -> Syntax:
        return _syntax(ast.literal(token["value"]))

    def _token_nud_quoted_identifier(self, token: Token) -> Syntax:
        if self._current_token() == "lparen":
            raise syntax_error("Can't have quoted identifier as function Name.", token["start"])
        return _syntax(ast.field(token["value"]))

    def _token_nud_lbracket(self, token: Token) -> Syntax:
        if self._current_token() not in ("number", "colon"):
            return _syntax(super()._token_nud_lbracket(token))
        try:
            right = self._parse_index_expression()
        except EvaluationError:
            # kyverno: the error is lost here; what was read stands for a node that cannot be evaluated
            return _BROKEN
        return _syntax(self._project_if_slice(ast.identity(), right))

    def _token_led_lbracket(self, left: Syntax) -> Syntax:
        if self._current_token() not in ("number", "colon"):
            return _syntax(super()._token_led_lbracket(left))
        right = self._parse_index_expression()
        return _syntax(self._project_if_slice(left, right))

    def _token_led_lparen(self, left: Syntax) -> Syntax:
        arguments: list[Syntax] = []
        while self._current_token() != "rparen":
            arguments.append(self._expression())
            if self._current_token() == "comma":
                self._advance()
        self._advance()
        # kyverno: whatever carries a string names a function: `'abs'(@)`, `f(x)(y)`
        name = left["value"] if left["type"] in ("field", "literal", "function_expression") else None
        return _syntax(ast.function_expression(name if isinstance(name, str) else None, arguments))

    def _parse_index_expression(self) -> Syntax:
        if "colon" in (self._lookahead(0), self._lookahead(1)):
            return self._parse_slice_expression()
        index = _integer(self._lookahead_token(0)["value"])
        self._advance()
        self._match("rbracket")
        return _syntax(ast.index(index))

    def _parse_slice_expression(self) -> Syntax:
        parts: list[int | None] = [None, None, None]
        index = 0
        while index < 3 and self._current_token() != "rbracket":
            match self._current_token():
                case "colon":
                    index += 1
                case "number":
                    parts[index] = _integer(self._lookahead_token(0)["value"])
                case _:
                    raise self._problem(f"Expected tColon or tNumber, received: {self._current_name()}")
            self._advance()
        self._match("rbracket")
        return _syntax(ast.slice(*parts))

    def _error_nud_token(self, token: Token) -> NoReturn:
        if token["type"] == "eof":
            raise syntax_error("Incomplete expression", token["start"])
        # kyverno: a literal is said to begin behind its delimiter
        start = token["start"] + (token["type"] in ("literal", "raw"))
        raise syntax_error(f"Invalid token: {NAMES[token['type']]}", start)

    def _error_led_token(self, token: Token) -> NoReturn:
        raise self._problem(f"Unexpected token: {NAMES[token['type']]}")

    def _match(self, token_type: str) -> None:
        if self._current_token() != token_type:
            raise self._problem(f"Expected {NAMES[token_type]}, received: {self._current_name()}")
        self._advance()

    def _match_multiple_tokens(self, token_types: list[str]) -> None:
        if self._current_token() not in token_types:
            raise self._problem("Expected tQuotedIdentifier or tUnquotedIdentifier")
        self._advance()

    def _parse_dot_rhs(self, binding_power: int) -> Syntax:
        if self._current_token() in ("quoted_identifier", "unquoted_identifier", "star", "lbracket", "lbrace"):
            return _syntax(super()._parse_dot_rhs(binding_power))
        raise self._problem("Expected identifier, lbracket, or lbrace")

    def _raise_parse_error_for_token(self, token: Token, reason: str) -> NoReturn:
        # only `_parse_projection_rhs` still gets here
        raise self._problem("Error")


def _integer(text: str) -> int:
    number = strconv.parse_int(text)
    if number is None:
        reason = "invalid syntax" if text == "-" else "value out of range"
        raise EvaluationError(f"strconv.Atoi: parsing {strconv.quote(text)}: {reason}")
    return number


def _syntax(node: Any) -> Syntax:
    """The package is untyped: say once what its constructors return."""
    tree: Syntax = node
    return tree
