"""Variables and references: Kyverno's answers on probes and unit vectors, and the quirks by name."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.binding import references, syntax, variables
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.values.trees import Map, Tree, floated
from tests import data
from tests.binding.worlds import Recorded

GO_TYPES = {
    bool: "bool",
    int: "int64",
    float: "float64",
    str: "string",
    dict: "map[string]interface {}",
    list: "[]interface {}",
    type(None): "<nil>",
}


def scope_of(values: Map, operation: str = "CREATE") -> Scope:
    return Scope.root(lambda: values, Recorded(), operation)


def filled(document: Tree, values: Map, operation: str = "CREATE") -> Tree:
    return variables.prepare(document).fill(scope_of(values, operation))


def error_of(document: Tree, values: Map) -> str:
    with pytest.raises(EvaluationError) as raised:
        filled(document, values)
    return str(raised.value)


def operation_of(values: Map) -> str:
    request = values.get("request")
    operation = request.get("operation") if isinstance(request, dict) else None
    return operation if isinstance(operation, str) else ""


@pytest.mark.corpus
def test_documents_are_filled_as_kyverno_does_on_probes() -> None:
    differences = []
    for row in data.probes("substitute"):
        document, values = row["args"]
        if row.get("float"):
            document, values = floated(document), floated(values)
        try:
            tree = filled(document, values, operation_of(values))
            found = (floated(tree), GO_TYPES[type(tree)], None)
        except EvaluationError as error:
            found = (None, None, str(error))
        if found != (floated(row.get("result")), row.get("type"), row.get("error")):
            differences.append((row, found))
    assert not differences, differences[:5]


@pytest.mark.corpus
def test_documents_are_filled_as_kyvernos_unit_tests_expect() -> None:
    differences = []
    for row in data.unit("variables", "substitute all"):
        arguments, expected = row["args"], row["expected"]
        try:
            found: object = filled(arguments["pattern"], arguments["context"], operation_of(arguments["context"]))
        except EvaluationError as error:
            found = {"error": True if expected == {"error": True} else str(error)}
        if found != expected:
            differences.append((row, found))
    assert not differences, differences[:5]


@pytest.mark.corpus
def test_texts_are_searched_as_kyvernos_unit_tests_expect() -> None:
    for row in data.unit("variables", "is variable"):
        assert syntax.is_variable(row["args"]["input"]) is row["expected"], row
    for row in data.unit("variables", "is reference"):
        assert syntax.is_reference(row["args"]["input"]) is row["expected"], row
    for row in data.unit("variables", "absolute path"):
        assert references.absolute_path(row["args"]["reference"], row["args"]["at"]) == row["expected"], row
    for row in data.unit("variables", "replace variables"):
        by = row["args"]["by"]
        assert syntax.replace_variables(row["args"]["text"], lambda _, by=by: by) == row["expected"], row


VALUES: Map = {
    "name": "web",
    "count": 5.0,
    "nothing": None,
    "html": "<a>",
    "labels": {"app": "<web>", "raw": "\\{{ name }}", "again": "{{ name }}"},
    "template": "{{ name }}",
    "key": "template",
    "list": ["{{ name }}", "b"],
    "request": {"object": {"kind": "new"}, "oldObject": {"kind": "old"}},
}


@pytest.mark.parametrize(
    ("document", "result"),
    [
        ("{{ count }}", 5.0),
        ("{{ count }}!", "5!"),
        ("{{ nothing }}", None),
        ("x{{ nothing }}", "xnull"),
        ("{{ html }}{{ count }}", "<a>5"),
        ("is {{ labels.{{ 'app' }} }}", "is <web>"),
        ("{{ {a: name} }}", {"a": "web"}),
        ("{{ {a: {b: name}} }}", "{{ {a: {b: name}} }}"),
        ("\\{{ name }}", "{{ name }}"),
        # what a whole variable yields: a text stays, maps and lists are searched
        ("{{ template }}", "{{ name }}"),
        ("{{ template }}.", "web."),
        ("{{- template }}.", "{{ name }}."),
        ("{{ list }}", ["web", "b"]),
        ("{{ labels }}", {"app": "<web>", "raw": "{{ name }}", "again": "web"}),
        ("{{ {{ key }} }}", "{{ name }}"),
        ({"{{ name }}": 1, "{{ nothing }}": 2, "a": 3}, {"web": 1, "{{ nothing }}": 2, "a": 3}),
        ('{{ [`"<"`] }}.', '["\\u003c"].'),
    ],
)
def test_what_a_document_becomes(document: Tree, result: Tree) -> None:
    assert filled(document, VALUES) == result


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("{{}}", "failed to resolve  at path : invalid query (nil)"),
        (
            {"a/b": ["{{ x.y }}"]},
            'failed to resolve x.y at path /a\\/b/0: JMESPath query failed: Unknown key "x" in path',
        ),
        ({"{{ count }}": 1}, 'expected string after substituting variables in key "{{ count }}"'),
        ("$(VAR)", "got nil resolved variable $(VAR) at path : <nil>"),
        ({"a": "$(<=./../b)"}, "failed to resolve $(<=./../b) at path /a: incorrect expression: operator <= "
         "does not match with value <nil>"),
        ({"a": "$(./../b)", "b": 5}, "NotResolvedReferenceErr,reference $(./../b) not resolved at path /a"),
        ({"a": "$()x)", "b": 5}, "got nil resolved variable $()x) at path /a: <nil>"),
    ],
)  # fmt: skip
def test_what_fails_says_where(document: Tree, text: str) -> None:
    assert error_of(document, VALUES) == text


def test_a_character_that_is_not_ascii_before_a_variable_spoils_it() -> None:
    assert error_of("é{{ name }}", VALUES).startswith("failed to resolve \ufffd name at path : incorrect query")


@pytest.mark.parametrize(
    ("document", "result"),
    [
        ({"a": "$(./../b)", "b": "x"}, {"a": "x", "b": "x"}),
        ({"=(a)": {"c": "$(./../../b)"}, "(b)": "x"}, {"=(a)": {"c": "x"}, "(b)": "x"}),
        ({"a": "$(<=./../b)", "b": 5.0}, {"a": "<=5.000000", "b": 5.0}),
        ({"a": "$(<=./../b)", "b": 5}, {"a": "<=5", "b": 5}),
        ({"a": "$(/b)!", "b": "{{ name }}"}, {"a": "web!", "b": "web"}),
        ({"a": "$(./../b)", "b": {"key": 1}}, {"a": "key", "b": {"key": 1}}),
        ("\\$(x) y", "$(x) y"),
        ("$(date +%s)", "$(date +%s)"),
    ],
)
def test_references_name_places_of_the_same_document(document: Tree, result: Tree) -> None:
    assert filled(document, VALUES) == result


@pytest.mark.parametrize(
    ("path", "expression"),
    [
        ({"validate": {"pattern": {"spec": {"x": "{{@}}"}}}}, "request.object.spec.x"),
        ({"mutate": {"foreach": [{"patch": {"a/b": {"c": "{{@}}"}}}]}}, 'request.object."a/b".c'),
        ({"validate": {"pattern": {"(spec)": ["{{@}}"]}}}, 'request.object."(spec)"[0]'),
    ],
)
def test_at_is_the_place_in_the_resource(path: Tree, expression: str) -> None:
    assert f"failed to resolve {expression} at path" in error_of(path, VALUES)


def test_on_delete_the_old_object_takes_the_place_of_the_new_one() -> None:
    assert filled("{{ request.object.kind }}", VALUES, "DELETE") == "old"
    assert filled("{{ 'request.object' }}", VALUES, "DELETE") == "request.oldObject"


def test_a_document_without_variables_is_returned_as_it_is() -> None:
    document: Tree = {"a": [1, "b", {"c": None}]}
    template = variables.prepare(document)
    assert template.is_constant
    assert template.fill(scope_of({})) is document
    nested = variables.prepare({"a": document, "b": "{{ name }}"}).fill(scope_of(VALUES))
    assert isinstance(nested, dict)
    assert nested["a"] is document


@pytest.mark.parametrize(
    "values",
    [
        {"x": "{{ x }} "},
        {"x": "{{ x }}{{ x }}"},
        {"x": ["{{ x }}", "{{ x }}"]},
        {"x": {"a": {"a": "{{ x }}"}}},
        {"x": "{{ y }}.", "y": "{{ x }}."},
    ],
)
def test_a_value_that_contains_itself_ends_in_an_error(values: Map) -> None:
    assert "contain itself" in error_of("a {{ x }}" if isinstance(values["x"], str) else "{{ x }}", values)


@given(st.text("${}()ab \\-@\n", max_size=30))
def test_any_text_is_filled_or_refused(text: str) -> None:
    with contextlib.suppress(EvaluationError):
        filled({"a": text}, {"a": "b", "b": None})
    assert "".join(syntax.replace_variables(text, lambda braced: braced)) == text
