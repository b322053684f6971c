"""JSON as encoding/json reads it, with its words for what is wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.errors import EvaluationError
from kywarden.jmes import json_reading
from kywarden.values.reading import MAX_KEYS
from kywarden.values.trees import floated, same

COMPLAINTS = {
    "": "unexpected end of JSON input",
    " ": "unexpected end of JSON input",
    '"abc': "unexpected end of JSON input",
    "[1": "invalid character ' ' after array element",
    '{"a":}': "invalid character '}' looking for beginning of value",
    "nul": "invalid character ' ' in literal null (expecting 'l')",
    "trux": "invalid character 'x' in literal true (expecting 'e')",
    "-": "invalid character ' ' in numeric literal",
    "1.": "invalid character ' ' after decimal point in numeric literal",
    "1e": "invalid character ' ' in exponent of numeric literal",
    "1e+x": "invalid character 'x' in exponent of numeric literal",
    "01": "invalid character '1' after top-level value",
    "[1,]": "invalid character ']' looking for beginning of value",
    '{"a" 1}': "invalid character '1' after object key",
    '{"a":1 2}': "invalid character '2' after object key:value pair",
    "{a}": "invalid character 'a' looking for beginning of object key string",
    '{"a":1,}': "invalid character '}' looking for beginning of object key string",
    r'"\x"': "invalid character 'x' in string escape code",
    r'"\u12g"': r"invalid character 'g' in \u hexadecimal character escape",
    '"\n"': r"invalid character '\n' in string literal",
    "é": "invalid character 'Ã' looking for beginning of value",
    "NaN": "invalid character 'N' looking for beginning of value",
    "1 2": "invalid character '2' after top-level value",
    '1 "': "invalid character '\"' after top-level value",
    "1e400": "json: cannot unmarshal number 1e400 into Go value of type float64",
    "[1e400, x]": "invalid character 'x' looking for beginning of value",
}
COMPLAINTS["[1"] = "unexpected end of JSON input"


@pytest.mark.parametrize("text", COMPLAINTS)
def test_flaw_is_told_as_go_does(text: str) -> None:
    with pytest.raises(EvaluationError) as error:
        json_reading.read(text)
    assert str(error.value) == COMPLAINTS[text]


_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(_TREES)
def test_valid_text_is_read(tree: object) -> None:
    assert same(json_reading.read(json.dumps(tree)), floated(tree))


@given(_TREES, st.integers(0, 50), st.characters(codec="utf-8"))
def test_damaged_text_is_read_or_complained_about(tree: object, position: int, character: str) -> None:
    text = json.dumps(tree)
    damaged = text[:position] + character + text[position + 1 :]
    try:
        json_reading.read(damaged)
    except EvaluationError as error:
        assert str(error).startswith(("invalid character", "unexpected end", "json: cannot unmarshal number"))


def test_colons_inside_texts_are_no_keys() -> None:
    assert json_reading.read(json.dumps([":" * (MAX_KEYS + 1)])) == [":" * (MAX_KEYS + 1)]
    with pytest.raises(EvaluationError, match="more than 100000 keys"):
        json_reading.read(json.dumps(dict.fromkeys(map(str, range(MAX_KEYS + 1)))))
