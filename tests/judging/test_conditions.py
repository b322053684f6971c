"""Condition blocks: which conditions are reached, what they answer, which messages they leave."""

from __future__ import annotations

import pytest

from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging import conditions
from kywarden.values.trees import Map, Tree, floated
from tests import data
from tests.binding.worlds import Recorded


def scope_of(values: Map) -> Scope:
    return Scope.root(lambda: values, Recorded(), "CREATE")


@pytest.mark.corpus
def test_blocks_answer_as_kyverno_does_on_probes() -> None:
    differences = []
    for row in data.probes("conditions"):
        block, values = row["args"]
        if row.get("float"):
            values = floated(values)
        expected: object = row.get("error") or (row.get("result"), row.get("message", ""))
        try:
            found: object = conditions.prepare(block).evaluate(scope_of(values))
        except EvaluationError as error:
            found = str(error)
        if found != expected:
            differences.append((row, found))
    assert not differences, differences[:5]


def condition(key: Tree, message: str = "", value: Tree = "yes") -> Map:
    return {"key": key, "operator": "Equals", "value": value, "message": message}


YES, NO, BROKEN = condition("yes", "y"), condition("no", "n"), condition("{{ missing }}")


@pytest.mark.parametrize(
    ("block", "answer"),
    [
        (None, (True, "")),
        ({}, (True, "")),
        ([], (True, "")),
        ({"all": []}, (True, "")),
        ({"any": []}, (False, "")),
        ({"any": [NO, YES, BROKEN]}, (True, "y")),
        ({"all": [YES, NO, BROKEN]}, (False, "n")),
        ({"any": [NO], "all": [YES]}, (False, "n")),
        ({"any": [NO, NO], "all": [NO]}, (False, "n; n; n")),
        ([YES, YES], (True, "y;y")),
        ([YES, NO, BROKEN], (False, "n")),
    ],
)
def test_a_list_ends_at_the_condition_that_decides(block: Tree, answer: tuple[bool, str]) -> None:
    assert conditions.prepare(block).evaluate(scope_of({})) == answer


def test_all_is_reached_after_any_has_failed() -> None:
    with pytest.raises(EvaluationError) as raised:
        conditions.prepare({"any": [NO], "all": [BROKEN]}).evaluate(scope_of({}))
    assert str(raised.value) == (
        "failed to substitute variables in condition key: failed to resolve missing at path : "
        'JMESPath query failed: Unknown key "missing" in path'
    )
    assert raised.value.unknown_key


def test_a_condition_without_operator_fails_after_its_sides() -> None:
    block = conditions.prepare([{"key": "a"}])
    with pytest.raises(EvaluationError, match=r"^failed to create handler for condition operator: %!w\(<nil>\)$"):
        block.evaluate(scope_of({}))


def test_numbers_inside_lists_keep_their_type_and_bare_ones_do_not() -> None:
    values: Map = {"whole": 12345678, "float": 12345678.0}

    def holds(key: str, value: Tree) -> bool:
        block = conditions.prepare([{"key": key, "operator": "AnyIn", "value": value}])
        return block.evaluate(scope_of(values))[0]

    assert holds("{{ whole }}", [12345678])
    assert not holds("{{ float }}", [12345678])
    assert conditions.prepare([{"key": 5, "operator": "Equals", "value": "5.0"}]).evaluate(scope_of({}))[0]


def test_the_numbers_of_an_exception_are_float64() -> None:
    block: Tree = {"all": [{"key": "{{ float }}", "operator": "AnyIn", "value": [12345678]}]}
    scope = scope_of({"float": 12345678.0})
    assert conditions.prepare_exception(block).holds_for_exception(scope)
    assert not conditions.prepare(block).holds_for_exception(scope)


def test_an_exception_asks_for_all_before_any() -> None:
    assert conditions.prepare({"any": [], "all": [YES]}).holds_for_exception(scope_of({}))
    assert not conditions.prepare({"any": [BROKEN], "all": [NO]}).holds_for_exception(scope_of({}))
    assert conditions.prepare({"any": [NO, YES]}).holds_for_exception(scope_of({}))
