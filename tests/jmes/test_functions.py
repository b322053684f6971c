"""The functions, family by family: edge cases of reference D.2 to D.4, and the table itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.jmes import FUNCTIONS
from tests.jmes.worlds import outcome, search

NEEDS_DATA = {"x509_decode"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - NEEDS_DATA))
def test_example_of_the_table_runs(name: str) -> None:
    row = FUNCTIONS[name]
    assert row.name == name
    assert row.doc.endswith(".")
    assert name in row.example
    assert outcome(row.example, {})[1] == ""


def test_signature_is_readable() -> None:
    assert FUNCTIONS["lookup"].signature == "lookup(object|array, string|number) any"
    assert FUNCTIONS["merge"].signature == "merge(object...) object"
    assert FUNCTIONS["time_now"].signature == "time_now() string"


RESULTS: dict[str, Any] = {
    # built-in
    "avg(`[1, 2]`)": 1.5,
    "ceil(`-0.5`)": -0.0,
    "contains('abc', `1`)": False,
    "contains(`[1, \"1\", [2]]`, '1')": True,
    "length('é€😀')": 3.0,
    "max(`[]`)": None,
    'max(`["b", "é", "a"]`)': "é",
    'max_by(`[{"n": 1}, {"n": 3}, {"n": 3, "x": 1}]`, &n)': {"n": 3.0},
    "merge({a: 'x'}, {a: 'y', b: 'z'})": {"a": "y", "b": "z"},
    "reverse('abc')": "cba",
    "sort(`[3, 1, 2]`)": [1.0, 2.0, 3.0],
    'sort_by(`[{"n": 2}, {"n": 1}]`, &n)[].n': [1.0, 2.0],
    'map(&n, `[{"n": 1}, {}]`)': [1.0, None],
    "to_string({a: '<&>'})": '{"a":"\\u003c\\u0026\\u003e"}',
    "to_number('1_000')": 1000.0,
    "to_number('0x1p4')": 16.0,
    "to_number('0x10')": None,
    "to_number('abc')": None,
    "to_array(`{}`)": [{}],
    "not_null(missing, `null`, 'x')": "x",
    # strings
    "replace('aaa', '', 'b', `2`)": "babaa",
    "replace('aaa', 'a', 'b', `1.9`)": "baa",
    "replace_all('abc', '', '-')": "-a-b-c-",
    "split('', '')": [],
    "split('', ',')": [""],
    "to_upper('ßᾳŉıǆſ')": "ßᾼŉIǄS",
    "to_lower('İΣẞ')": "iσß",
    "equal_fold('ß', 'ẞ')": True,
    "equal_fold('i', 'İ')": False,
    "equal_fold('kſ', 'KS')": True,
    "trim('¡¡hi!!', '!¡')": "hi",
    "truncate('héllo', `2.9`)": "hé",
    "truncate('abc', `-1`)": "",
    "path_canonicalize('')": "",
    "path_canonicalize('//a//../b/')": "/b",
    # patterns
    "regex_replace_all('(a)', 'xa', '$1x')": "x",
    "regex_replace_all('(a)', 'xa', '${1}x')": "xax",
    "regex_match('16777216', `16777217`)": True,
    "pattern_match('1?*', `1234`)": True,
    "label_match({a: 'x'}, {a: 'x', b: 'y'})": True,
    "label_match({a: 'x'}, {b: 'y'})": False,
    # arithmetic
    "add('1', '2')": "3",
    "add('1h', '0h30m')": "1h30m0s",
    "add('1Gi', '512Mi')": "1536Mi",
    "subtract('1', '0.5')": "500m",
    "multiply(`2`, '12Ki')": "24Ki",
    "multiply('40s', `2.5`)": "1m40s",
    "divide('10', `4`)": "2",
    "divide('12Ki', '200')": 61.44,
    "divide('12s', '5s')": 2.4,
    "modulo('-13s', '2s')": "-1s",
    "modulo(`-13`, `2`)": -1.0,
    "sum(`[true]`)": True,
    "sum(['1h', '0h30m', '0s'])": "1h30m0s",
    "round(`0.49999999999999994`, `0`)": 0.0,
    "round(`-2.5`, `0`)": -3.0,
    "round(`9.414675`, `2`)": 9.41,
    # encoding
    "base64_decode('YW\nJj')": "abc",
    "parse_json('{\"a\": 1e2}').a": 100.0,
    "parse_yaml('a: 010\nb: yes\ny: 12:30')": {"a": 8.0, "b": True, "true": "12:30"},
    "parse_yaml('')": None,
    # collections
    "lookup({a: 'x'}, 'b')": None,
    "lookup(['x'], `-1`)": None,
    "items(['x'], 'i', 'v')": [{"i": 0.0, "v": "x"}],
    "items({b: 'y', a: 'x'}, 'k', 'k')": [{"k": "x"}, {"k": "y"}],
    "object_from_lists([`true`, `1.5`, 'c'], ['x'])": {"true": "x", "1.5": None, "c": None},
    "object_from_lists([compare('a', 'b')], ['x'])": {"-1": "x"},
    # versions
    "semver_compare('v1.5.0', '>=1.0.0')": False,
    "semver_compare('1.5', '<1.0.0')": True,
    # images
    "image_normalize('nginx')": "docker.io/nginx:latest",
    # time
    "time_now()": "2026-01-02T03:04:05Z",
    "time_now(`1`, `2`)": "2026-01-02T03:04:05Z",
    "time_since('', '2026-01-02T03:00:00Z', '')": "4m5.678s",
    "time_parse('1', '1702691171')": "2023-12-16T01:46:11Z",
    "time_parse('2006-01-02', '2024-02-29')": "2024-02-29T00:00:00Z",
    "time_add('2021-01-02T15:04:05.9-07:00', '3h')": "2021-01-02T18:04:05-07:00",
    "time_to_cron('2023-02-05T15:04:05Z')": "4 15 5 2 0",
    "time_truncate('2024-01-01T15:34:12Z', '1h')": "2024-01-01T15:00:00Z",
    "time_between('2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z')": False,
}


@pytest.mark.parametrize("text", RESULTS)
def test_function_yields(text: str) -> None:
    result, error = outcome(text, {})
    assert error == ""
    assert result == RESULTS[text]
    assert type(result) is type(RESULTS[text]) or isinstance(result, (int, list))


ERRORS: dict[str, str] = {
    "abs()": "incorrect number of args",
    "not_null()": "Invalid arity.",
    "abs(missing)": 'Invalid type for: <nil>, expected: []jmespath.JpType{"number"}',
    "abs(&a.b)": 'Invalid type for: {{20 <nil> [{5 a []} {5 b []}]}}, expected: []jmespath.JpType{"number"}',
    "abs(&(a[?b==`1`].c))": "Invalid type for: {{6 <nil> [{5 a []} {5 c []} {1 22 [{5 b []} {12 1 []}]}]}}, "
    'expected: []jmespath.JpType{"number"}',
    "type(compare('a', 'b'))": "unknown type",
    "type(items({a: 'x'}, 'k', 'v'))": "unknown type",
    "max_by(`[{}, {}]`, &n)": "invalid type, must be number of string",
    'max_by(`[{"n": 1}, {}]`, &n)': "invalid type, must be number",
    'sort_by(`[{"n": 1}, {}]`, &n)': "error in sort_by comparison",
    "to_string(avg(`[]`))": "json: unsupported value: NaN",
    "to_boolean('1')": "JMESPath function 'to_boolean': lowercase argument must be 'true' or 'false' (provided: '1')",
    "add('1h', '30m')": "JMESPath function 'add': Types mismatch",
    "add(compare('a', 'b'), `1`)": "JMESPath function 'add': invalid operand",
    "divide('4', `0`)": "JMESPath function 'divide': Zero divisor passed",
    "modulo(`14.5`, `2`)": "JMESPath function 'modulo': Non-integer argument(s) passed for modulo",
    "sum(`[]`)": "JMESPath function 'sum': at least one element in the array is required",
    'sum(`[1, "1"]`)': "JMESPath function 'sum': Types mismatch",
    "round(`1`, `1.5`)": "JMESPath function 'round': Non-integer argument(s) passed for round off",
    "round(`1`, `-2`)": "JMESPath function 'round': %!d(MISSING) argument is out of bounds (%!d(MISSING))",
    "lookup(`[]`, `1.5`)": "JMESPath function 'lookup': argument #2: expected an integer number but got: 1.5",
    "lookup(`[]`, `1e30`)": (
        "JMESPath function 'lookup': argument #2: number is outside the range of integer numbers: 1e+30"
    ),
    "lookup(`{}`, `1`)": "JMESPath function 'lookup': argument #2 is not of type String",
    "items(items({a: 'x'}, 'k', 'v'), 'k', 'v')": (
        "JMESPath function 'items': argument #1 is not of type Object or Array"
    ),
    "object_from_lists(`[null]`, `[]`)": (
        "JMESPath function 'object_from_lists': argument #1 is not of type StringArray"
    ),
    "base64_decode('YQ')": "illegal base64 data at input byte 0",
    "base64_decode('YQ=')": "illegal base64 data at input byte 3",
    "base64_decode('YQ==x')": "illegal base64 data at input byte 4",
    "base64_decode('@@@')": "illegal base64 data at input byte 0",
    "regex_match('(', 'a')": "error parsing regexp: missing closing ): `(`",
    "regex_replace_all('(', 'a', 'b')": (
        "JMESPath function 'regex_replace_all': error parsing regexp: missing closing ): `(`"
    ),
    "semver_compare('1.2.4', '~1.2')": 'Could not parse Range "~1.2": Could not parse comparator "~" in "~1.2"',
    "random('')": "no pattern provided",
    "time_add('2024-01-01T00:00:00Z', '1')": 'time: missing unit in duration "1"',
    "time_parse('1', 'x')": 'strconv.ParseInt: parsing "x": invalid syntax',
    "time_utc('2023-02-29T00:00:00Z')": 'parsing time "2023-02-29T00:00:00Z": day out of range',
    "parse_json('{')": "unexpected end of JSON input",
    # Kyverno crashes at these; the texts are ours
    "merge(`1`)": "JMESPath function 'merge': an argument is no map",
    "contains(`[[1]]`, `[1]`)": "JMESPath function 'contains': lists and maps cannot be compared",
    "reverse(items({a: 'x'}, 'k', 'v'))": "JMESPath function 'reverse': the result of items() cannot be used here",
    "sort_by(items({a: 'x'}, 'k', 'v'), &k)": "JMESPath function 'sort_by': the result of items() cannot be used here",
}


@pytest.mark.parametrize("text", ERRORS)
def test_function_complains(text: str) -> None:
    assert outcome(text, {}) == (None, ERRORS[text])


def test_integers_are_foreign_to_functions() -> None:
    assert outcome("abs(n)", {"n": 5}) == (None, 'Invalid type for: 5, expected: []jmespath.JpType{"number"}')
    assert outcome("type(n)", {"n": 5}) == (None, "unknown type")
    assert outcome("to_string(n)", {"n": 5}) == ("5", "")
    assert outcome("add(n, n)", {"n": 5}) == (None, "JMESPath function 'add': invalid operand")


def test_random_text_fits_its_pattern() -> None:
    assert search("regex_match('^[a-z0-9]{8}-(x|y)+$', random('[a-z0-9]{8}-(x|y){1,3}'))") is True


@given(st.text(max_size=40))
def test_base64_comes_back(text: str) -> None:
    assert search("base64_decode(base64_encode(@)) == @", text) is True


@given(st.text(max_size=40), st.text(max_size=3))
def test_split_and_join_are_inverse(text: str, separator: str) -> None:
    assert search("join(s, split(t, s)) == t", {"s": separator, "t": text}) is True


@given(st.text(max_size=20))
def test_letter_case_does_not_matter_to_equal_fold(text: str) -> None:
    assert search("equal_fold(@, @)", text) is True
    assert search("equal_fold(to_lower(@), @) || contains(@, 'İ')", text) is True
