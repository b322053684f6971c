"""The scope: what is visible where, when entries are loaded, which number types a value has."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kywarden.binding.query import Query
from kywarden.binding.scope import MAX_LOADED, Replaced, Scope
from kywarden.errors import EvaluationError
from kywarden.values.trees import Map, Tree
from tests import data
from tests.binding.worlds import Recorded

VALUES: Map = {"request": {"object": {"size": 1.0}, "operation": "UPDATE"}}


@dataclass
class Loader:
    """An entry whose value is an expression; counts its loads."""

    name: str
    expression: str
    storing: str = ""
    loads: list[str] = field(default_factory=list)

    def is_mentioned(self, text: str) -> bool:
        return self.name in text

    def load(self, scope: Scope) -> Map:
        self.loads.append(self.name)
        return Replaced({self.name: scope.query_text(self.expression)})


def top(values: Map | None = None) -> Scope:
    return Scope.root(lambda: VALUES if values is None else values, Recorded(), "UPDATE")


def error_of(scope: Scope, expression: str) -> str:
    with pytest.raises(EvaluationError) as raised:
        scope.query_text(expression)
    return str(raised.value)


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    def values() -> Map:
        raise AssertionError("asked for")

    scope = Scope.root(values, Recorded(), "CREATE")
    scope.with_element("a", 0, 0).with_object({}).with_entries([Loader("x", "missing")])


def test_errors_say_what_is_wrong_with_an_expression() -> None:
    assert error_of(top(), " ") == "invalid query (nil)"
    assert error_of(top(), "a |").startswith("incorrect query a |: SyntaxError: ")
    assert error_of(top(), "a") == 'JMESPath query failed: Unknown key "a" in path'
    query = Query.of("a |")
    assert query.expression is None


def test_an_entry_is_loaded_once_when_it_is_mentioned() -> None:
    entry = Loader("size", "request.object.size")
    scope = top().with_entries([entry])
    scope.query_text("request")
    assert not entry.loads
    assert scope.query_text("size") == 1.0
    assert scope.with_element("a", 0, 0).query_text("size") == 1.0
    assert entry.loads == ["size"]


def test_an_entry_first_mentioned_inside_a_loop_is_kept_outside() -> None:
    entry = Loader("size", "request.object.size")
    scope = top().with_entries([entry])
    for index in range(3):
        assert scope.with_element("a", index, 0).query_text("size") == 1.0
    assert scope.query_text("size") == 1.0
    assert entry.loads == ["size"]


def test_an_entry_sees_only_those_before_it() -> None:
    first, second = Loader("first", "second"), Loader("second", "request.object.size")
    scope = top().with_entries([first, second])
    assert error_of(scope, "first") == 'JMESPath query failed: Unknown key "second" in path'


def test_after_an_inner_load_an_entry_sees_those_behind_it_too() -> None:
    early = Loader("early", "request.object.size")
    late = Loader("late", "request.object.size")
    middle = Loader("middle", "[early, late]")
    scope = top().with_entries([early, middle, late])
    assert scope.query_text("middle") == [1.0, None]

    @dataclass
    class Twice(Loader):
        def load(self, scope: Scope) -> Map:
            scope.query_text("early")
            return Replaced({self.name: scope.query_text("late")})

    scope = top().with_entries([early, Twice("middle", ""), late])
    assert scope.query_text("middle") == 1.0


def test_a_later_entry_of_the_same_name_builds_on_the_earlier_one() -> None:
    scope = top().with_entries([Loader("x", "`1`"), Loader("x", "[x, `2`]")])
    assert scope.query_text("x") == [1.0, 2.0]


def test_an_entry_that_failed_is_unknown_until_a_loop_begins() -> None:
    scope = top().with_entries([Loader("x", "missing")])
    assert error_of(scope, "x") == 'JMESPath query failed: Unknown key "missing" in path'
    assert error_of(scope, "x") == 'JMESPath query failed: Unknown key "x" in path'
    assert error_of(scope.with_element(1, 0, 0), "x") == 'JMESPath query failed: Unknown key "missing" in path'
    assert error_of(scope, "x") == 'JMESPath query failed: Unknown key "missing" in path'


def test_maps_of_an_entry_are_merged_unless_it_replaces() -> None:
    @dataclass
    class Merging(Loader):
        def load(self, scope: Scope) -> Map:
            return {self.name: {"a": {"new": 1}}}

    values: Map = {"x": {"a": {"old": 1}, "b": 2}}
    assert top(values).with_entries([Merging("x", "")]).query_text("x") == {"a": {"old": 1, "new": 1}, "b": 2}
    assert values == {"x": {"a": {"old": 1}, "b": 2}}
    assert top(values).with_entries([Loader("x", "`{}`")]).query_text("x") == {}


def test_entries_that_wait_for_each_other_are_bounded() -> None:
    entries = [Loader("x0", "`1`")] + [Loader(f"x{n}", f"x{n - 1}") for n in range(1, 200)]
    entries.sort(key=lambda entry: int(entry.name[1:]))

    @dataclass
    class Exact(Loader):
        def is_mentioned(self, text: str) -> bool:
            return text == self.name

    scope = top().with_entries([Exact(entry.name, entry.expression) for entry in entries])
    assert error_of(scope, "x199") == "more than 32 context entries wait for each other"
    assert scope.query_text("x20") == 1.0


def test_the_size_of_all_entries_is_bounded() -> None:
    @dataclass
    class Large(Loader):
        def load(self, scope: Scope) -> Map:
            return {self.name: "x" * 1_500_000}

    scope = top().with_entries([Large("one", ""), Large("two", "", "failed to add two")])
    scope.query_text("one")
    assert error_of(scope, "two") == (
        f"failed to add two: context size limit exceeded: 3000004 bytes exceeds limit of {MAX_LOADED} bytes"
    )


@pytest.mark.parametrize(
    ("element", "value"),
    [("a", "a"), (5, 5.0), (True, True), ([5], [5]), ({"a": 5}, {"a": 5})],
)
def test_elements_and_their_numbers(element: Tree, value: Tree) -> None:
    scope = top().with_element(element, 2, 0)
    found = scope.query_text("element")
    assert found == value
    assert type(found) is type(value)
    assert scope.query_text("elementIndex == `2`") is False
    assert scope.query_text("elementIndex0") == 2


def test_inner_loops_leave_the_outer_element_visible() -> None:
    scope = top().with_element("outer", 0, 0).with_element("inner", 1, 1)
    assert scope.query_text("[element, element0, element1, elementIndex]") == ["inner", "outer", "inner", 1]


def test_the_object_a_rule_leaves_behind_has_other_number_types() -> None:
    scope = top()
    assert scope.query_text("request.object.size == `1`") is True
    after = scope.with_object({"size": 1})
    assert after.query_text("request.object.size == `1`") is False
    assert after.query_text("request.operation") == "UPDATE"
    old = scope.with_objects({"size": 2}, {}, "DELETE")
    assert old.is_delete
    assert old.query_text("[request.object.size, request.operation]") == [2, "DELETE"]
    assert error_of(old, "request.oldObject.size") == 'JMESPath query failed: Unknown key "size" in path'


@pytest.mark.corpus
def test_variables_are_set_by_dotted_name() -> None:
    for row in data.unit("variables", "add variable, then query"):
        arguments, expected = row["args"], row["expected"]
        scope = top({}).with_variables({arguments["key"]: arguments["value"]})
        if isinstance(expected, dict) and "error" in expected:
            with pytest.raises(EvaluationError):
                scope.query_text(arguments["query"])
        else:
            assert scope.query_text(arguments["query"]) == expected, row


def test_a_variable_set_inside_a_map_leaves_the_rest() -> None:
    scope = top().with_variables({"request.object.size": 3, 'request.object."a.b"': 4})
    assert scope.query_text("request.object") == {"size": 3, "a.b": 4}
    assert VALUES == {"request": {"object": {"size": 1.0}, "operation": "UPDATE"}}
