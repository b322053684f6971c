"""The JSON reader: what it accepts, how it counts, and what it refuses with a place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.values import json_text
from kywarden.values.reading import MAX_KEYS, ReadError
from kywarden.values.trees import MAX_DEPTH, Tree, same

READ: list[tuple[str, Tree]] = [
    ("null", None),
    (" [true, false] \n", [True, False]),
    ("9223372036854775807", 2**63 - 1),
    ("-9223372036854775808", -(2**63)),
    ("9223372036854775808", float(2**63)),
    ('{"uid": "12345678901234567890", "n": 1}', {"uid": "12345678901234567890", "n": 1}),
    ("1.0", 1.0),
    ("1e2", 100.0),
    ("-0", 0),
    ('{"a": 1, "a": 2}', {"a": 2}),
    (r'"\u0000"', "\0"),
    (r'"\ud83d\ude00"', "😀"),
    (r'"\\ud800"', r"\ud800"),
    ('"' + "[" * 500 + '"', "[" * 500),
    (r'"\"' + "{" * 500 + '"', '"' + "{" * 500),
    ("[" + "{}," * 200 + "{}]", [{}] * 201),
]

REFUSED: list[tuple[bytes, str]] = [
    (b"", "line 1, column 1: expecting value"),
    (b'{\n  "a": 1,\n}', "line 3, column 1: expecting property name enclosed in double quotes"),
    (b"1 2", "line 1, column 3: extra data"),
    (b"01", "line 1, column 2: extra data"),
    (b'{"a": 1} {"b": 2}', "line 1, column 10: extra data"),
    (b'"a\tb"', "line 1, column 3: invalid control character at"),
    (b'["NaN",\n NaN]', "line 2, column 2: NaN is not JSON"),
    (b"[-Infinity]", "line 1, column 2: -Infinity is not JSON"),
    (b'["1e400", 1e400]', "line 1, column 11: number beyond float64"),
    (b"[" + b"9" * 400 + b"]", "line 1, column 2: number beyond float64"),
    (b"[" + b"9" * 9000 + b"]", "line 1, column 2: number of more than 1000 characters"),
    (b"\xef\xbb\xbf{}", "line 1, column 1: byte order mark"),
    (b'{"\xc3\xa9": "\xff"}', "line 1, column 8: invalid UTF-8"),
    (b'"\xed\xa0\x80"', "line 1, column 2: invalid UTF-8"),
    (rb'"\ud800"', "line 1, column 2: lone surrogate"),
    (rb'"\ude00\ud83d"', "line 1, column 2: lone surrogate"),
    (rb'"\ud83d\ud83d\ude00"', "line 1, column 2: lone surrogate"),
    (rb'"\ud83d-\ude00"', "line 1, column 2: lone surrogate"),
    (b"[" * 1_000_000, f"line 1, column {MAX_DEPTH + 1}: nested more than {MAX_DEPTH} levels deep"),
    (
        b'{"]":' * 200 + b"1" + b"}" * 200,
        f"line 1, column {5 * MAX_DEPTH + 1}: nested more than {MAX_DEPTH} levels deep",
    ),
    (b'["' + b"\\" * 10 + b"[" * 200, "line 1, column 2: unterminated string starting at"),
    (b'{"a":1' + b',"a":1' * MAX_KEYS + b"}", f"line 1, column 1: more than {MAX_KEYS} keys"),
]


@pytest.mark.parametrize(("text", "tree"), READ)
def test_a_document_becomes_a_tree(text: str, tree: Tree) -> None:
    assert same(json_text.load(text), tree)
    assert same(json_text.load(text.encode()), tree)


@pytest.mark.parametrize(("data", "message"), REFUSED, ids=[str(row[0][:20]) for row in REFUSED])
def test_a_document_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        json_text.load(data)
    assert str(caught.value).startswith(message)


def test_a_lone_surrogate_in_a_python_string_is_refused() -> None:
    with pytest.raises(ReadError, match="line 2, column 2: lone surrogate"):
        json_text.load('[1,\n"\ud800"]')


def test_the_source_is_named() -> None:
    with pytest.raises(ReadError, match=r"^request\.json, line 1, column 2: "):
        json_text.load("[", source="request.json")


def test_the_deepest_document_is_read() -> None:
    assert json_text.load("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


_TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_TREES, st.booleans())
def test_what_is_written_is_read(tree: Tree, ascii_only: bool) -> None:
    assert same(json_text.load(json.dumps(tree, ensure_ascii=ascii_only)), tree)


@given(st.text(alphabet='[]{}":,\\u0d8cef1.-NaN \n'))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = json_text.load(text)
    except ReadError:
        return
    assert json.loads(text) == tree
