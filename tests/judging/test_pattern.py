"""Validate patterns against resources: what matches, what skips, and with which words."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.errors import Timeout
from kywarden.judging import pattern
from kywarden.values import trees
from kywarden.values.trees import Tree
from tests import data

PASS = None
CONDITION = "conditional anchor mismatch: "
KEY_MISSING = f"{CONDITION}conditional anchor key doesn't exist in the resource"
GLOBAL = "global anchor mismatch: "
UNEQUAL = "resource value '2' does not match '1' at path "
TOO_SHORT = "validate Array failed, array length mismatch, resource Array len is 1 and pattern Array len is 2"
STRUCTURES = "pattern and resource have different structures. Path: "

VECTORS = "pkg/engine/validate/validate_test.go:"
UNASSERTED = "upstream asserts nothing for `fail`; Kyverno skips"
REFERENCE = "the reference would have been substituted before"
KNOWN = {
    f"{VECTORS}TestConditionalAnchorWithMultiplePatterns#22": UNASSERTED,
    f"{VECTORS}TestConditionalAnchorWithMultiplePatterns#24": UNASSERTED,
    f"{VECTORS}TestConditionalAnchorWithMultiplePatterns#34": UNASSERTED,
    f"{VECTORS}TestValidateMap_RelativePathWithParentheses#0": REFERENCE,
    f"{VECTORS}TestValidateMap_AbosolutePathExists#0": REFERENCE,
    f"{VECTORS}TestValidateMap_AbsolutePathToMetadata_fail#0": REFERENCE,
}


def judged(wanted: Tree, resource: Tree) -> tuple[str, str] | None:
    """Status and path (of a failure) or text (of the rest)."""
    mismatch = pattern.match(pattern.prepare(wanted), resource, trees.never)
    if mismatch is None:
        return None
    if mismatch.skip:
        return "skip", mismatch.text
    return ("fail", mismatch.path) if mismatch.path else ("error", mismatch.text)


@pytest.mark.parametrize(
    ("wanted", "resource", "answer"),
    [
        ("x", "x", PASS),
        ("x", "y", ("fail", "/")),
        ({}, {"a": 1}, PASS),
        ({}, None, ("fail", "/")),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ("fail", "/a/b/")),
        ({"a": {"b": 1}}, {}, ("fail", "/a/")),
        ({"a": None}, {}, PASS),
        ({"a": "<5"}, {}, PASS),
        ({"b": 1, "a": 1}, {}, ("fail", "/a/")),
        ({"a": "x*"}, {"a": ["x", "xy"]}, PASS),
        ({"a": "x*"}, {"a": []}, PASS),
        ({"a": "x*"}, {"a": ["x", "y"]}, ("fail", "/a/")),
        ({"+(a)": "x"}, {"a": "x"}, ("fail", "/+(a)/")),
    ],
)
def test_maps_and_leaves(wanted: Tree, resource: Tree, answer: tuple[str, str] | None) -> None:
    assert judged(wanted, resource) == answer


@pytest.mark.parametrize(
    ("wanted", "resource", "answer"),
    [
        ({"a": "*"}, {"a": {"any": "map"}}, PASS),
        ({"a": "*"}, {"a": []}, PASS),
        ({"a": "*"}, {"a": None}, ("fail", "/")),
        ({"s": {"a": "*"}}, {"s": {}}, ("fail", "/s/")),
        ({"s": {"a": "?*"}}, {"s": {}}, ("fail", "/s/a/")),
        ({"=(a)": "*"}, {"a": {"any": "map"}}, ("fail", "/a/")),
        ({"(a)": "*"}, {"a": None}, ("skip", f"{CONDITION}resource value '<nil>' does not match '*' at path /a/")),
    ],
)
def test_a_star_means_present_except_below_an_anchor(
    wanted: Tree, resource: Tree, answer: tuple[str, str] | None
) -> None:
    assert judged(wanted, resource) == answer


@pytest.mark.parametrize(
    ("wanted", "resource", "answer"),
    [
        ([], [], ("fail", "/")),
        ([], None, ("fail", "/")),
        (["a", "b"], ["a", "a"], PASS),
        (["a", "b"], ["b"], ("fail", "/")),
        (["a"], [], PASS),
        (["a"], "a", ("fail", "/")),
        ([{"n": 1}, {"n": 2}], [{"n": 1}], PASS),
        ([{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 2}], ("fail", "/1/n/")),
        ([{"n": 1}], ["x"], ("fail", "/0/")),
        ([["a"], "b"], [["a"], "b", "free"], PASS),
        ([["a"], "b"], [["a"], "c"], ("fail", "/1/")),
        ([["a"], "b"], [["a"]], ("error", TOO_SHORT)),
    ],
)
def test_the_first_element_decides_what_a_list_means(
    wanted: Tree, resource: Tree, answer: tuple[str, str] | None
) -> None:
    assert judged(wanted, resource) == answer


@pytest.mark.parametrize(
    ("wanted", "resource", "answer"),
    [
        ({"(a)": 1, "b": 2}, {"a": 1, "b": 2}, PASS),
        ({"(a)": 1, "b": 2}, {"a": 1, "b": 3}, ("fail", "/b/")),
        ({"(a)": 1, "b": 2}, {"b": 3}, ("skip", KEY_MISSING)),
        ({"=(a)": 1}, {}, PASS),
        ({"=(a)": 1}, {"a": None}, ("fail", "/a/")),
        ({"X(a)": "ignored"}, {}, PASS),
        ({"X(a)": "ignored"}, {"a": None}, ("fail", "/a/")),
        ({"<(a)": 1, "b": 2}, {"b": 2}, PASS),
        ({"<(a)": 1, "b": 2}, {"a": 2, "b": 2}, ("skip", f"{GLOBAL}{UNEQUAL}/a/")),
        ({"^(a)": [{"n": 1}]}, {}, PASS),
        ({"^(a)": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 2}, {"n": 1}]}, PASS),
        ({"^(a)": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 2}]}, ("fail", "/a/")),
        ({"^(a)": [{"(n)": 1, "m": 1}]}, {"a": [{"n": 2}]}, ("fail", "/a/")),
        ({"^(a)": [{"n": 1}]}, {"a": None}, ("fail", "/a/")),
        ({"^(a)": {"n": 1}}, {"a": []}, ("fail", "/a/")),
        ({"^(a)": ["n"]}, {"a": []}, ("fail", "/a/")),
        ({"^(a)": []}, {"a": []}, PASS),
    ],
)
def test_what_each_anchor_asks(wanted: Tree, resource: Tree, answer: tuple[str, str] | None) -> None:
    assert judged(wanted, resource) == answer


@pytest.mark.parametrize(
    ("wanted", "resource", "answer"),
    [
        # a nested condition goes before a plain key, and its skip is the answer of the whole
        (
            {"metadata": {"name": "zz"}, "spec": {"(host)": True}},
            {"metadata": {"name": "p"}, "spec": {}},
            ("skip", KEY_MISSING),
        ),
        # keys with anchors below come in descending order
        ({"a": {"=(x)": 1}, "b": {"=(x)": 1}}, {"a": {"x": 2}, "b": {"x": 2}}, ("fail", "/b/x/")),
        # a failure after an unmet condition of the same map does not count, one before it does
        ({"(a)": 1, "=(b)": 1}, {"a": 2, "b": 2}, ("skip", f"{CONDITION}{UNEQUAL}/a/")),
        ({"=(a)": {"(x)": 1}, "=(b)": 1}, {"a": {"x": 2}, "b": 2}, ("fail", "/b/")),
        # nested skips are passed over where another anchor applies
        ({"=(a)": {"(x)": 1}, "=(b)": 1, "c": 1}, {"a": {}, "b": 1, "c": 2}, ("error", f"{UNEQUAL}/c/")),
        ({"=(a)": {"(x)": 1}, "c": 1}, {"a": {}, "c": 2}, ("skip", KEY_MISSING)),
        # a global condition directly below counts as the map's own
        (
            {"=(a)": {"<(x)": 1}, "=(b)": 1, "c": 1},
            {"a": {"x": 2}, "b": 1, "c": 2},
            ("skip", f"{GLOBAL}{UNEQUAL}/a/x/"),
        ),
        # below a condition everything is a condition
        (
            {"(metadata)": {"X(labels)": "null"}},
            {"metadata": {"labels": {}}},
            ("skip", f"{CONDITION}negation anchor matched in resource: /metadata/labels/ is not allowed"),
        ),
        # elements that skip count only if all do
        ([{"(n)": 1, "m": 1}], [{"n": 2}, {"n": 1, "m": 1}], PASS),
        ([{"(n)": 1, "m": 1}], [{"n": 2}, {"n": 1, "m": 2}], ("fail", "/1/m/")),
        ([{"(n)": 1}], [{}, {}], ("skip", f"{KEY_MISSING}; {KEY_MISSING}")),
        ([[{"(n)": 1}], [{"(n)": 1}]], [[{}], [{}]], ("skip", f"{KEY_MISSING}; {KEY_MISSING}")),
    ],
)
def test_which_failure_is_the_answer(wanted: Tree, resource: Tree, answer: tuple[str, str] | None) -> None:
    assert judged(wanted, resource) == answer


def test_an_anchor_that_never_met_its_key_turns_a_failure_into_an_error() -> None:
    """kyverno: the failure loses its path; negation anchors do not count, and a negation keeps its path."""
    wanted: Tree = {"spec": {"^(init)": [{"name": "x"}], "node": "zz"}}
    assert judged(wanted, {"spec": {}}) == ("error", "resource value '<nil>' does not match 'zz' at path /spec/node/")
    assert judged(wanted, {"spec": {"init": [{"name": "x"}]}}) == ("fail", "/spec/node/")
    assert judged({"X(a)": "", "b": 1}, {}) == ("fail", "/b/")
    assert judged({"^(a)": [], "X(b)": ""}, {"b": 1}) == ("fail", "/b/")


def test_a_text_of_the_users_that_looks_like_an_anchor_error_changes_nothing() -> None:
    """Kyverno skips here, because it looks for these words in the text of the error."""
    assert judged({"a": "x"}, {"a": "conditional anchor mismatch"}) == ("fail", "/a/")


@pytest.mark.parametrize(
    ("wanted", "resource", "text"),
    [
        ({"a": {}}, {"a": 1}, f"{STRUCTURES}/a/. Expected map[string]interface {{}}, found int64"),
        ({}, 1.0, f"{STRUCTURES}/. Expected map[string]interface {{}}, found float64"),
        ({}, None, f"{STRUCTURES}/. Expected map[string]interface {{}}, found <nil>"),
        ({}, [], f"{STRUCTURES}/. Expected map[string]interface {{}}, found []interface {{}}"),
        ({}, True, f"{STRUCTURES}/. Expected map[string]interface {{}}, found bool"),
        ({}, "", f"{STRUCTURES}/. Expected map[string]interface {{}}, found string"),
        (
            {"a": ["x"]},
            {"a": 1},
            "validation rule failed at path /a/, resource does not satisfy the expected overlay pattern",
        ),
        ({"a": []}, {"a": []}, "pattern Array empty"),
        ({"a": None}, {"a": [{"b": 1e6}]}, "resource value '[map[b:1e+06]]' does not match '<nil>' at path /a/"),
        ({"s": {"a": "*"}}, {"s": {}}, "/s//a not found"),
        ({"X(a)": ""}, {"a": 1}, "negation anchor matched in resource: /a/ is not allowed"),
        ({"^(a)": [{"b": 1}]}, {"a": []}, "existence anchor validation failed at path /a/"),
        (
            {"^(a)": [{"b": 1}]},
            {"a": {}},
            "invalid resource type map[string]interface {}: "
            "Existence ^ () anchor can be used only on list/array type resource",
        ),
        (
            {"^(a)": {"b": 1}},
            {"a": []},
            "invalid pattern type map[string]interface {}: Pattern has to be of list to compare against resource",
        ),
        (
            {"^(a)": ["b"]},
            {"a": []},
            "invalid pattern type []interface {}: Pattern has to be of type map to compare against items in resource",
        ),
    ],
)
def test_the_sentences(wanted: Tree, resource: Tree, text: str) -> None:
    mismatch = pattern.match(pattern.prepare(wanted), resource, trees.never)
    assert mismatch is not None
    assert mismatch.text == text


def test_the_type_of_a_number_counts() -> None:
    assert judged({"a": 5}, {"a": "5.0"}) == ("fail", "/a/")
    assert judged(trees.floated({"a": 5}), {"a": "5.0"}) is PASS


def test_the_deadline_is_polled_at_each_element() -> None:
    polls = 0

    def poll() -> None:
        nonlocal polls
        polls += 1
        if polls > 100:
            raise Timeout(5)

    with pytest.raises(Timeout):
        pattern.match(pattern.prepare([{"a": 1}]), [{"a": 1}] * 1000, poll)
    polls = 0
    with pytest.raises(Timeout):
        pattern.match(pattern.prepare("a"), ["a"] * 1000, poll)


def test_deep_patterns_need_no_deep_stack() -> None:
    wanted: Tree = "x"
    for _ in range(trees.MAX_DEPTH // 2):
        wanted = {"(a)": [wanted if isinstance(wanted, dict) else {"a": wanted}]}
    resource: Tree = {"a": "x"}
    for _ in range(trees.MAX_DEPTH // 2):
        resource = {"a": [resource]}
    assert judged(wanted, resource) is PASS


@pytest.mark.corpus
def test_the_probes_of_the_walk() -> None:
    differences = []
    for row in data.probes("match"):
        wanted, resource = map(trees.floated, row["args"]) if row.get("float") else row["args"]
        mismatch = pattern.match(pattern.prepare(wanted), resource, trees.never)
        found = mismatch and (mismatch.text, mismatch.path, mismatch.skip)
        expected = None if row["result"] == "pass" else (row["text"], row.get("path", ""), row["skip"])
        if found != expected:
            differences.append((wanted, resource, expected, found))
    assert differences[:3] == []


@pytest.mark.corpus
def test_the_unit_vectors_of_the_walk() -> None:
    differences = {}
    for row in data.unit("anchor", "match pattern") + data.unit("anchor", "match pattern, with path"):
        found = _vector_answer(row)
        if found != row["expected"]:
            differences[row["id"]] = found
    assert differences.keys() == KNOWN.keys()


def _vector_answer(row: dict[str, Any]) -> object:
    mismatch = pattern.match(pattern.prepare(row["args"]["pattern"]), row["args"]["resource"], trees.never)
    if row["function"] == "match pattern, with path":
        return {"path": mismatch.path if mismatch else "", "mismatch": mismatch is not None}
    if mismatch is None:
        return "pass"
    return "skip" if mismatch.skip else "fail"
