"""What an expression means: missing keys, truth, comparison, projections (reference D.1, C.4)."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import jmes
from kywarden.errors import EvaluationError, NotFound
from kywarden.jmes.foreign import Int, MapList
from tests.jmes.worlds import Quiet, outcome, search, world

DATA: dict[str, Any] = {
    "a": {"x": None, "s": "text", "l": [{"b": 1.0}, {"c": 2.0}, None], "m": {"q": {"v": 2.0}, "p": {"v": 1.0}}},
    "i": 5,
    "f": 5.0,
    "empty": {"list": [], "map": {}, "text": "", "no": False, "zero": 0.0},
}

PASSED_ON = ["missing", "a.missing", "a.missing.deep", "a.missing[0]", "a.l[1].b", "'x' && a.missing", "(a.missing).y"]


@pytest.mark.parametrize("text", PASSED_ON)
def test_missing_key_is_passed_on(text: str) -> None:
    with pytest.raises(NotFound):
        jmes.compile(text).search(DATA, world())


SWALLOWED: dict[str, Any] = {
    "a.missing || 'd'": "d",
    "a.missing || a.other": None,
    "a.missing && 'x'": None,
    "!missing": True,
    "missing == null": True,
    "missing == `null`": True,
    "a.missing | to_string(@)": "null",
    "a | missing": None,
    "to_string(missing)": "null",
    "[missing, a.s]": [None, "text"],
    "{k: missing}": {"k": None},
    "a.l[*].b": [1.0],
    "a.l[?b == `1`].b": [1.0],
    "a.missing[]": None,
    "a.missing.*": None,
    "a.missing[?x]": None,
    "a.missing[*]": None,
    "a.m.*.nothing": [],
    "a.s.anything": None,
    "a.x.anything": None,
    "a.l.b": None,
    "a.l[9].b": None,
}


@pytest.mark.parametrize("text", SWALLOWED)
def test_missing_key_becomes_null(text: str) -> None:
    assert outcome(text, DATA) == (SWALLOWED[text], "")


def test_missing_key_is_named() -> None:
    assert outcome("a.missing.deep", DATA) == (None, 'Unknown key "missing" in path')


COMPARED: dict[str, Any] = {
    "f > `3`": True,
    "f == `5`": True,
    "i > `3`": None,
    "i == `5`": False,
    "i == f": False,
    "'a' < 'b'": None,
    "`[1, 2]` == `[1, 2]`": True,
    "`[1, 2]` == `[2, 1]`": False,
    '`{"a": 1}` == `{"a": 1}`': True,
    "`true` == `1`": False,
    "`1` != `2`": True,
    "compare('a', 'b') == `-1`": False,
    "compare('a', 'b') == compare('c', 'd')": True,
    "items(a.m, 'k', 'v') == items(a.m, 'k', 'v')": True,
    '[items({a: \'x\'}, \'k\', \'v\')] == [`[{"k": "a", "v": "x"}]`]': False,
}


@pytest.mark.parametrize("text", COMPARED)
def test_comparison_knows_the_types_of_go(text: str) -> None:
    assert outcome(text, DATA) == (COMPARED[text], "")


@pytest.mark.parametrize("name", ["list", "map", "text", "no"])
def test_empty_values_are_false(name: str) -> None:
    assert search(f"empty.{name} || 'd'", DATA) == "d"


@pytest.mark.parametrize("text", ["empty.zero", "`0`", "[@]"])
def test_numbers_and_full_lists_are_true(text: str) -> None:
    assert search(f"{text} && 'yes'", DATA) == "yes"


PROJECTED: dict[str, Any] = {
    "a.m.*.v": [1.0, 2.0],
    "keys(a.m)": ["p", "q"],
    # kyverno: the list of values starts with as many nulls
    "a.m.*.to_string(@)": ["null", "null", '{"v":1}', '{"v":2}'],
    "empty.map.*.to_string(@)": [],
    "a.l[*]": [{"b": 1.0}, {"c": 2.0}],
    "a.l[-2].c": 2.0,
    "`[1, 2, 3, 4]`[1:3]": [2.0, 3.0],
    "`[1, 2, 3]`[::-1]": [3.0, 2.0, 1.0],
    "`[[1, [2]], 3]`[]": [1.0, [2.0], 3.0],
    "[items(a.m, 'k', 'v')][].k": ["p", "q"],
    "items(a.m, 'k', 'v')[?v.v == `1`].k": ["p"],
    "items(a.m, 'k', 'v')[0].k": "p",
    "items(a.m, 'k', 'v')[1:].k": ["q"],
    "length(items(a.m, 'k', 'v'))": 2.0,
    "abs(a)[]": None,
    "abs(a).*": None,
    "abs(a)[?b]": None,
}


@pytest.mark.parametrize("text", PROJECTED)
def test_projection_yields(text: str) -> None:
    assert outcome(text, DATA) == (PROJECTED[text], "")


def test_error_is_lost_left_of_some_projections_only() -> None:
    assert outcome("abs(a)[*]", DATA)[1].startswith("Invalid type for: map[")
    assert outcome("abs(a)[0]", DATA)[1].startswith("Invalid type for: map[")


@pytest.mark.parametrize("text", ["merge(`1`)[]", "is_external_url('http://unknown.example')[]"])
def test_a_panic_or_an_unanswered_question_is_never_lost(text: str) -> None:
    with pytest.raises(EvaluationError):
        search(text)


def test_step_of_a_slice_is_not_zero() -> None:
    assert outcome("a.l[::0]", DATA) == (None, "Invalid slice, step cannot be 0")
    assert outcome("a.s[::0]", DATA) == (None, "")


def test_go_types_stay_recognisable() -> None:
    assert isinstance(search("compare('a', 'b')"), Int)
    assert isinstance(search("items({a: 'x'}, 'k', 'v')", {}), MapList)
    assert search("[&a, {k: &b}]", {}) == [{}, {"k": {}}]


def test_arguments_are_computed_before_the_function_is_looked_up() -> None:
    assert outcome("foo(abs('x'))")[1] == 'Invalid type for: x, expected: []jmespath.JpType{"number"}'


def test_evaluation_leaves_the_data_alone() -> None:
    data = {"l": [{"n": 2.0}, {"n": 1.0}]}
    assert search("sort_by(l, &n)[0].n", data) == 1.0
    assert data == {"l": [{"n": 2.0}, {"n": 1.0}]}


def test_each_call_and_element_is_polled() -> None:
    quiet = Quiet()
    jmes.compile("length([*].to_string(@))").search([1.0] * 10, quiet)
    assert quiet.polls >= 21
