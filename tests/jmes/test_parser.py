"""What is an expression, and Kyverno's words for what is not (texts recorded from the real parser)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.jmes.lexer import tokenize
from tests.jmes.worlds import outcome, search

REFUSED = {
    "": "SyntaxError: Incomplete expression",
    " ": "SyntaxError: Incomplete expression",
    "a.": "SyntaxError: Expected identifier, lbracket, or lbrace",
    "a..b": "SyntaxError: Expected identifier, lbracket, or lbrace",
    "foo.'a'": "SyntaxError: Expected identifier, lbracket, or lbrace",
    "foo =": "SyntaxError: Unexpected token at the end of the expression: tUnknown",
    "foo * bar": "SyntaxError: Unexpected token: tStar",
    "foo]": "SyntaxError: Unexpected token at the end of the expression: tRbracket",
    "foo[": "SyntaxError: Expected tStar, received: tEOF",
    "foo[a]": "SyntaxError: Expected tStar, received: tUnquotedIdentifier",
    "foo[*": "SyntaxError: Expected tRbracket, received: tEOF",
    "[?a": "SyntaxError: Expected tRbracket, received: tEOF",
    "(a": "SyntaxError: Expected tRparen, received: tEOF",
    "a[*]!b": "SyntaxError: Error",
    "a[*]b": "SyntaxError: Unexpected token at the end of the expression: tUnquotedIdentifier",
    "a.[b": "SyntaxError: Expected tComma, received: tEOF",
    "{a": "SyntaxError: Expected tColon, received: tEOF",
    "{a: b": "SyntaxError: Expected tQuotedIdentifier or tUnquotedIdentifier",
    "{a: b,}": "SyntaxError: Expected tQuotedIdentifier or tUnquotedIdentifier",
    "-1": "SyntaxError: Invalid token: tNumber",
    '"f"(@)': "SyntaxError: Can't have quoted identifier as function Name.",
    "[1:2:3:4]": "SyntaxError: Unexpected token at the end of the expression: tNumber",
    "a[1:x]": "SyntaxError: Expected tColon or tNumber, received: tUnquotedIdentifier",
    "foo[-]": 'strconv.Atoi: parsing "-": invalid syntax',
    "foo[99999999999999999999]": 'strconv.Atoi: parsing "99999999999999999999": value out of range',
    "é": r"SyntaxError: Unknown char: '\u00e9'",
    "a😀": r"SyntaxError: Unknown char: '\U0001f600'",
    "a#": "SyntaxError: Unknown char: '#'",
    "a\x7f": r"SyntaxError: Unknown char: '\x7f'",
    "\x00": r"SyntaxError: Unknown char: '\x00'",
    "'abc": "SyntaxError: Unclosed delimiter: '",
    r"'a\\'": "SyntaxError: Unclosed delimiter: '",
    '"abc': 'SyntaxError: Unclosed delimiter: "',
    "`1": "SyntaxError: Unclosed delimiter: `",
    '"a\nb"': r"invalid character '\n' in string literal",
    "`foo`": "invalid character 'o' in literal false (expecting 'a')",
    "`'a'`": r"invalid character '\'' looking for beginning of value",
    "``": "unexpected end of JSON input",
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_bad_expression_is_refused_in_the_words_of_kyverno(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError) as error:
        jmes.compile(text)
    assert str(error.value) == reason


ACCEPTED_ODDITIES = {
    "'abs'(`-1`)": (1.0, ""),
    "f(x)(y)": (None, "unknown function: f"),
    "[1](x)": (None, "invalid node value type"),
    "a[:::]": ([1.0], ""),
    "[1": (None, "Unknown AST node: ASTEmpty"),
    "[:": (None, "Unknown AST node: ASTEmpty"),
    "abs(`1` `2`)": (None, "incorrect number of args"),
    "abs(`-1`,)": (1.0, ""),
    "{x: a y: a}": ({"x": [1.0], "y": [1.0]}, ""),
    "!a.b": (None, ""),
    "a\u0080": (None, 'Unknown key "a\u0080" in path'),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED_ODDITIES.items())
def test_what_the_fork_accepts_is_accepted(text: str, expected: tuple[object, str]) -> None:
    assert outcome(text, {"a": [1.0]}) == expected


def test_a_slice_after_an_index_is_still_a_projection() -> None:
    # the parser of package jmespath joins both and loses the projection
    assert search("a[0][0:2].b", {"a": [[{"b": 1}, {"b": 2}, {"b": 3}]]}) == [1.0, 2.0]


LITERALS = {
    r"'it\'s'": "it's",
    r"'a\nb\\c'": r"a\nb\\c",
    "''": "",
    r"`\``": None,
    r'`"a\`b"`': "a`b",
    r'`"\ud800"`': "\ufffd",
    "`[1, 1.5, true, null]`": [1.0, 1.5, True, None],
    '`{"a": 1, "a": 2}`': {"a": 2.0},
}


@pytest.mark.parametrize("text", [text for text, value in LITERALS.items() if value is not None])
def test_literal_has_its_value(text: str) -> None:
    assert search(text) == LITERALS[text]


@given(st.text(alphabet="ab.*[]?(){}|&!<>=@,:'\"`\\ 10-\u0080é", max_size=30))
@example("'" * 3)
@example("`\\")
def test_any_text_is_compiled_or_refused(text: str) -> None:
    outcome(text, {"a": {"b": [1.0]}})


@given(st.text(alphabet="ab.*[](){}|&!<>=@,: 10", max_size=40))
def test_tokens_cover_the_text_in_order(text: str) -> None:
    tokens = tokenize(text)
    spans = [(token["start"], token["end"]) for token in tokens]
    assert spans == sorted(spans)
    assert "".join(text[start:end] for start, end in spans) == text.replace(" ", "")
