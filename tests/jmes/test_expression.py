"""A compiled expression as its users see it: names for static checks, reuse."""

from __future__ import annotations

import pytest

from kywarden import jmes
from kywarden.errors import EvaluationError
from tests.jmes.worlds import search, world

NAMES: dict[str, set[str]] = {
    "request.object.metadata": {"request"},
    "a[0].b": {"a"},
    "a | b": {"a"},
    "@ | b": {"a"} - {"a"} | {"b"},
    "@.a.b": {"a"},
    "list[?x == y].z": {"list"},
    "list[*].z": {"list"},
    "m.*.z": {"m"},
    "f(a, b.c, &d)": {"a", "b"},
    "[a, {k: b}]": {"a", "b"},
    "a || b && !c": {"a", "b", "c"},
    "a == 'b'": {"a"},
    "'text'": set(),
    '"quoted key".x': {"quoted key"},
}


@pytest.mark.parametrize("text", NAMES)
def test_identifiers_are_what_is_looked_up_in_the_root(text: str) -> None:
    assert jmes.compile(text).identifiers() == NAMES[text]


def test_functions_are_named_unknown_ones_too() -> None:
    assert jmes.compile("to_upper(a[?foo(@)].b | length(@))").functions() == {"to_upper", "foo", "length"}


def test_an_expression_is_compiled_once() -> None:
    assert jmes.compile("a.b.c") is jmes.compile("a.b.c")
    long = "a" + " || a" * 1000
    assert jmes.compile(long) is not jmes.compile(long)


def test_an_expression_serves_many_roots() -> None:
    expression = jmes.compile("a.b")
    assert [expression.search({"a": {"b": number}}, world()) for number in (1, 2.0, "x")] == [1, 2.0, "x"]


def test_undecodable_bytes_live_inside_the_expression_only() -> None:
    assert search("base64_decode('/w==')") == "\ufffd"
    assert search("base64_encode(base64_decode('/w=='))") == "/w=="
    assert search("sha1(base64_decode('/w=='))") == "85e53271e14006f0265921d02d4d736cdc580b0b"
    assert search("object_from_lists([base64_decode('/w==')], ['a'])", {}) == {"\ufffd": "a"}
    assert search("is_external_url(base64_decode('aHR0cDovL2H/LmIv'))") is True


@pytest.mark.parametrize("text", ["regex_match(@, 'a')", "is_external_url(@)", "parse_yaml(@)", "to_boolean(@)"])
def test_undecodable_bytes_leave_no_expression_with_an_error(text: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        search(f"base64_decode('aHR0cDovL2H/Ons6Lw==') | {text}")
    assert str(caught.value).encode()
