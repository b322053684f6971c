"""Hostile expressions and inputs get a clear error, soon and without exhausting the stack."""

from __future__ import annotations

import time
from typing import Any

import pytest

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.jmes import syntax_text, syntax_tree_text
from tests.jmes.worlds import outcome, search

DEEP = ["(", "[", "!", "f(", "{a:", "[?", "`[", "a[*].", "a[?b].", "a == ", "a.*.", "a[0]."]


@pytest.mark.parametrize("part", DEEP)
def test_deep_nesting_is_refused_before_parsing(part: str) -> None:
    with pytest.raises(EvaluationError):
        jmes.compile(part * 2000 + "a")


@pytest.mark.parametrize("chain", ["a" + " || a" * 5000, "a" + " && a" * 5000, "a" + " | a" * 5000, "a" + ".a" * 5000])
def test_long_chains_are_no_deep_nesting(chain: str) -> None:
    assert outcome(chain, {"a": None})[1] == ""


@pytest.mark.parametrize("chain", ["a" + " || a" * 3000, "a" + " | a" * 3000, "a" + ".a" * 3000])
def test_long_chains_are_shown(chain: str) -> None:
    reason = outcome(f"abs(&({chain}))", {})[1]
    assert reason.startswith("Invalid argument type") or "{" in reason
    assert syntax_tree_text.text(jmes.compile(chain).syntax).count("ASTField") == 3001


def test_subexpressions_are_shown_as_go_nests_them() -> None:
    assert syntax_text.text(jmes.compile("a.b.c").syntax) == "{20 <nil> [{20 <nil> [{5 a []} {5 b []}]} {5 c []}]}"


@pytest.mark.parametrize("text", ["(" * 90 + "a" + ")" * 90, "a" + "[0]" * 90, "!" * 90 + "a", "a" + "[]" * 90])
def test_what_people_write_is_allowed(text: str) -> None:
    jmes.compile(text).search({"a": []}, None)


GROWING: dict[str, Any] = {
    "@" + " | [@, @]" * 40: 1.0,
    "@" + " | {a: @, b: @}" * 40 + " | to_string(@)": 1.0,
    "@" + " | {a: @, b: @}" * 40 + " | abs(@)": 1.0,
    "@" + " | [@, @]" * 40 + " | (@ == @)": 1.0,
    "@" + " | [@, @]" * 40 + " | label_match({a: @}, {a: @})": 1.0,
    "@" + " | [@, @][]" * 40: [1.0],
    "@" + " | join(@, [@, @, @, @, @, @, @, @, @, @])" * 12: "0123456789",
    "@" + " | replace_all(@, 'a', @)" * 12: "aaaaaaaaaa",
    "regex_replace_all('', @, @)": "a" * 100_000,
    "split(@, '')": "a" * 1_000_000,
    "random('(((a*)*)*)*')": None,
}


@pytest.mark.parametrize("text", GROWING, ids=lambda text: text[:30])
def test_growth_is_bounded(text: str) -> None:
    start = time.monotonic()
    assert outcome(text, GROWING[text])[1] != ""
    assert time.monotonic() - start < 5


LARGE: dict[str, Any] = {
    "x509_decode(@)": "-----BEGIN A:-----\n" * 50_000,
    "parse_json(@)": "[" * 200_000,
    "to_number(@)": "1" * 200_000,
    "is_external_url(@)": "http://" + "[" * 100_000,
    "regex_match('(a*)*b', @)": "a" * 20_000,
    "semver_compare(@, '>1.0.0')": "1." * 50_000,
    "add(@, @)": "9" * 4000,
    "round(`1e300`, `9e18`)": None,
    "multiply('1e999999999', `1e300`)": None,
    "path_canonicalize(@)": "../" * 100_000,
}


@pytest.mark.parametrize("text", LARGE)
def test_large_inputs_take_linear_time(text: str) -> None:
    start = time.monotonic()
    outcome(text, LARGE[text])
    assert time.monotonic() - start < 2


def test_a_value_used_twice_is_no_growth() -> None:
    assert search("[@, @] | [0]", {"a": "x"}) == {"a": "x"}
