"""Context entries: what each kind finds, and what it says when it does not."""

from __future__ import annotations

import pytest

from kywarden.binding import entries
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError, PolicyError
from kywarden.values.trees import Map, Tree
from tests.binding.worlds import Recorded

VALUES: Map = {
    "request": {"object": {"name": "web", "size": 5, "gone": None}, "namespace": "shop"},
}
MISSING = 'JMESPath query failed: Unknown key "missing" in path'


def scope_of(
    context: list[Tree], answers: dict[str, Tree | EvaluationError] | None = None, namespace: str = ""
) -> Scope:
    return Scope.root(lambda: VALUES, Recorded(answers or {}), "CREATE").with_entries(
        entries.prepare(context, namespace)
    )


def variable(**settings: Tree) -> list[Tree]:
    return [{"name": "x", "variable": settings}]


def error_of(scope: Scope) -> EvaluationError:
    with pytest.raises(EvaluationError) as raised:
        scope.query_text("x")
    return raised.value


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ({"value": "{{ request.object.name }}!"}, "web!"),
        ({"value": [1, {"a": 2}]}, [1.0, {"a": 2.0}]),
        ({"value": False}, False),
        ({"value": {"a": [1]}, "jmesPath": "a[0]"}, 1.0),
        ({"value": {"a": 1}, "jmesPath": "missing", "default": "d"}, "d"),
        ({"jmesPath": "request.object.{{ request.object.name && 'size' }}"}, 5.0),
        ({"jmesPath": "request.missing", "default": 7}, 7.0),
        ({"jmesPath": "request.object.gone", "default": "d"}, "d"),
        ({"default": "d"}, "d"),
    ],
)
def test_variables(settings: dict[str, Tree], value: Tree) -> None:
    found = scope_of(variable(**settings)).query_text("x")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"jmesPath": "missing"}, f"failed to apply jmespath missing to variable <nil>: {MISSING}"),
        (
            {"value": {"a": 1}, "jmesPath": "missing"},
            'failed to apply jmespath missing to variable <nil>: Unknown key "missing" in path',
        ),
        (
            {"value": 1, "jmesPath": "a |"},
            "failed to apply jmespath a | to variable <nil>: failed to compile JMESPath: a |, error: "
            "SyntaxError: Incomplete expression",
        ),
        (
            {"value": {"a": "{{ missing }}", "b": [1, True, None]}},
            "failed to substitute variables in context entry x "
            "map[a:{{ missing }} b:[%!s(float64=1) %!s(bool=true) <nil>]]: "
            f"failed to resolve missing at path /a: {MISSING}",
        ),
        ({"jmesPath": "request.object.gone"}, "failed to add context entry for variable x since it evaluated to nil"),
        # null that a path finds in a value is final, with or without default
        (
            {"value": {"a": None}, "jmesPath": "a", "default": "d"},
            "failed to add context entry for variable x since it evaluated to nil",
        ),
        ({}, "failed to add context entry for variable x since it evaluated to nil"),
    ],
)
def test_variables_that_fail(settings: dict[str, Tree], text: str) -> None:
    assert str(error_of(scope_of(variable(**settings)))) == text


def test_a_missing_key_can_be_told_from_other_failures() -> None:
    assert error_of(scope_of(variable(jmesPath="missing"))).unknown_key
    assert not error_of(scope_of(variable(jmesPath="unknown()"))).unknown_key


def config_map(**settings: Tree) -> list[Tree]:
    return [{"name": "x", "configMap": settings}]


SETTINGS: Map = {
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "shop", "generation": 3, "creationTimestamp": None},
    "data": {"a": "1"},
    "binaryData": {"b": "Yg=="},
}


def test_config_maps_show_data_and_metadata() -> None:
    context = config_map(name="{{ 'settings' }}", namespace="{{ request.namespace }}")
    found = scope_of(context, {"ConfigMap shop/settings": SETTINGS}).query_text("x")
    assert found == {"data": {"a": "1"}, "metadata": {"name": "settings", "namespace": "shop", "generation": 3.0}}


def test_a_config_map_is_looked_for_in_the_namespace_of_the_policy_or_in_default() -> None:
    asked: dict[str, Tree | EvaluationError] = {
        "ConfigMap default/settings": {"metadata": {}},
        "ConfigMap own/settings": {},
    }
    assert scope_of(config_map(name="settings"), asked).query_text("x") == {"data": None, "metadata": {}}
    assert scope_of(config_map(name="settings"), asked, "own").query_text("x") == {"data": None, "metadata": {}}


@pytest.mark.parametrize(
    ("settings", "namespace", "text"),
    [
        (
            {"name": "settings"},
            "",
            "failed to retrieve config map for context entry x: failed to get configmap default/settings : "
            'configmaps "settings" not found',
        ),
        (
            {"name": "settings", "namespace": "shop"},
            "own",
            'failed to retrieve config map for context entry x: context entry x: configMap namespace "shop" is '
            'different from policy namespace "own"',
        ),
        (
            {"name": "{{ missing }}"},
            "",
            "failed to retrieve config map for context entry x: failed to substitute variables in context x "
            f"configMap.name {{{{ missing }}}}: failed to resolve missing at path : {MISSING}",
        ),
        (
            {"name": "a", "namespace": "{{ request.object.size }}"},
            "",
            "failed to retrieve config map for context entry x: failed to substitute variables in context x "
            "configMap.namespace {{ request.object.size }}: expected string, got int64",
        ),
    ],
)
def test_config_maps_that_fail(settings: dict[str, Tree], namespace: str, text: str) -> None:
    assert str(error_of(scope_of(config_map(**settings), {"nothing else": None}, namespace))) == text


def api_call(**settings: Tree) -> list[Tree]:
    return [{"name": "x", "apiCall": settings}]


@pytest.mark.parametrize(
    ("settings", "answers", "value"),
    [
        ({"urlPath": "/api/v1/{{ 'nodes' }}"}, {"GET /api/v1/nodes": {"n": 1}}, {"n": 1.0}),
        ({"urlPath": "/a", "jmesPath": "n"}, {"GET /a": {"n": 1}}, 1.0),
        (
            {"urlPath": "/a", "method": "POST", "data": [{"key": "k", "value": "{{ request.object.name }}"}]},
            {"POST /a {'k': 'web'}": "done"},
            "done",
        ),
        ({"service": {"url": "https://s"}, "method": "GET"}, {"GET https://s": [1]}, [1.0]),
        ({"urlPath": "/a", "default": {"d": 1}}, {"GET /a": EvaluationError("no")}, {"d": 1.0}),
        # the default is not put through the path
        ({"urlPath": "/a", "default": "d", "jmesPath": "n"}, {"GET /a": EvaluationError("no")}, "d"),
    ],
)
def test_api_calls(settings: dict[str, Tree], answers: dict[str, Tree | EvaluationError], value: Tree) -> None:
    assert scope_of(api_call(**settings), answers).query_text("x") == value


@pytest.mark.parametrize(
    ("settings", "namespace", "text"),
    [
        (
            {"urlPath": "/a"},
            "",
            "failed to fetch data for APICall: failed to GET resource with raw url: /a: the server is down",
        ),
        (
            {"urlPath": "/b", "jmesPath": "missing", "default": 1},
            "",
            "failed to store data for APICall: failed to apply JMESPath missing for context entry x: "
            'Unknown key "missing" in path',
        ),
        (
            {"urlPath": "/{{ missing }}"},
            "",
            "failed to fetch data for APICall: failed to substitute variables in context entry x /{{ missing }}: "
            f"failed to resolve missing at path /urlPath: {MISSING}",
        ),
        (
            {"urlPath": "/a", "method": "{{ request.object.size }}"},
            "",
            "failed to fetch data for APICall: failed to substitute variables in context entry x /a: json: cannot "
            "unmarshal number into Go struct field ContextAPICall.APICall.method of type string",
        ),
        ({"method": "GET"}, "", "failed to fetch data for APICall: missing service for APICall x"),
        (
            {"urlPath": "/api/v1/namespaces/shop/pods"},
            "own",
            "failed to fetch data for APICall: path /api/v1/namespaces/shop/pods refers to namespace shop, which is "
            "different from the policy namespace own",
        ),
        (
            {"urlPath": "/api/v1/../nodes"},
            "own",
            "failed to fetch data for APICall: path /api/nodes does not contain a namespace segment, which is "
            "required for namespaced policies",
        ),
    ],
)
def test_api_calls_that_fail(settings: dict[str, Tree], namespace: str, text: str) -> None:
    answers: dict[str, Tree | EvaluationError] = {"GET /a": EvaluationError("the server is down"), "GET /b": {}}
    assert str(error_of(scope_of(api_call(**settings), answers, namespace))) == text


OWN = "/api/v1/namespaces/own"
OTHER = "/api/v1/namespaces/other"


@pytest.mark.parametrize(
    "url",
    [
        f"{OTHER}/secrets?limit=/../../../namespaces/own/y",
        f"{OTHER}/secrets#/../../../namespaces/own/y",
        f"{OWN}/../other/secrets",
        f"{OWN}%2f..%2fother/secrets",
        f"{OWN}/%2e%2e/other/secrets",
        f"{OWN}%2fsecrets/../../other/secrets",
        f"{OTHER}%2fsecrets/../../own/secrets",
        f"{OTHER}/../own/secrets",
        "/api/v1/names\tpaces/other/secrets?limit=/namespaces/own/y",
        "/api/v1/secrets?limit=/namespaces/own/y",
        "//own/api/v1/namespaces/own/secrets",
        "//[/api/v1/namespaces/own/secrets",
        "https://other/api/v1/namespaces/own/secrets",
        "",
    ],
)
def test_no_reading_of_a_url_leaves_the_namespace_of_the_policy(url: str) -> None:
    error = error_of(scope_of(api_call(urlPath=url), namespace="own"))
    assert "for namespaced policies" in str(error) or "different from the policy namespace own" in str(error), error


@pytest.mark.parametrize(
    "path", ["", "/", "/pods", "/pods?limit=/5", "/pods?labelSelector=a%2Fb%3Dc", "//pods", "/./pods"]
)
def test_a_policy_reads_its_own_namespace(path: str) -> None:
    answers: dict[str, Tree | EvaluationError] = {f"GET {OWN}{path}": "read"}
    assert scope_of(api_call(urlPath=OWN + path), answers, "own").query_text("x") == "read"


@pytest.mark.parametrize(
    "context",
    [
        api_call(urlPath="/a", default="d"),
        [*api_call(urlPath="/a"), {"name": "x", "variable": {"jmesPath": "x", "default": "d"}}],
    ],
)
def test_no_default_takes_the_place_of_an_answer_that_nobody_has(context: list[Tree]) -> None:
    error = error_of(scope_of(context))
    assert error.unanswered
    assert "nobody knows GET /a" in str(error)


def test_global_references_and_images() -> None:
    answers: dict[str, Tree | EvaluationError] = {
        "global nodes.names": [1],
        "image a:1": {"manifest": {"size": 5}},
    }
    context: list[Tree] = [
        {"name": "nodes", "globalReference": {"name": "nodes.names.rest", "jmesPath": "[0]"}},
        {"name": "image_data", "imageRegistry": {"reference": "{{ 'a' }}:1", "jmesPath": "manifest.size"}},
    ]
    scope = scope_of(context, answers)
    assert scope.query_text("[nodes, image_data]") == [1.0, 5.0]


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (
            {"globalReference": {"name": "a", "jmesPath": "missing"}},
            "failed to marshal APICall data for context entry x: failed to apply JMESPath missing for context entry "
            'x: Unknown key "missing" in path',
        ),
        (
            {"imageRegistry": {"reference": "i", "jmesPath": "missing"}},
            "failed to apply JMESPath (missing) results to context entry x, error: "
            'Unknown key "missing" in path',
        ),
        (
            {"imageRegistry": {"reference": "{{ missing }}"}},
            "ailed to substitute variables in context entry x {{ missing }}: "
            f"failed to resolve missing at path : {MISSING}",
        ),
        (
            {"imageRegistry": {"reference": "i", "jmesPath": "{{ request.object.size }}"}},
            "the jmesPath of context entry x is no text",
        ),
        (
            {"globalReference": {"name": "a", "jmesPath": "{{ request.object.size }}"}},
            "failed to marshal APICall data for context entry x: json: cannot unmarshal number into Go struct field "
            "GlobalContextEntryReference.jmesPath of type string",
        ),
        (
            {"globalReference": {"name": "{{ request.object }}"}},
            "failed to marshal APICall data for context entry x: json: cannot unmarshal object into Go struct field "
            "GlobalContextEntryReference.name of type string",
        ),
        (
            {"imageRegistry": {"reference": "gone"}},
            "failed to fetch image descriptor: gone, error: nobody knows image gone",
        ),
    ],
)  # fmt: skip
def test_global_references_and_images_that_fail(entry: Map, text: str) -> None:
    assert str(error_of(scope_of([{"name": "x", **entry}], {"global a": {}, "image i": {}}))) == text


def test_kinds_that_are_not_loaded_leave_their_name_unknown() -> None:
    context: list[Tree] = [{"name": "x", "configMap": {"name": "a"}}]
    loaders = entries.prepare(context, without=frozenset({"configMap"}))
    assert loaders == ()


@pytest.mark.parametrize(
    ("expression", "is_loaded"),
    [
        ("x", True),
        ("x.y", True),
        ("y.x", False),
        ("xy", False),
        ("'a x b'", True),
        ("a-x", True),
        ("1x", False),
        ("_x", True),
        ("[x]", True),
    ],
)
def test_names_are_found_in_the_text(expression: str, is_loaded: bool) -> None:
    (loader,) = entries.prepare(variable(value=1))
    assert loader.is_mentioned(expression) is is_loaded


def test_a_name_is_part_of_a_regular_expression() -> None:
    (loader,) = entries.prepare([{"name": "a.c", "variable": {"value": 1}}])
    assert loader.is_mentioned("abc")
    with pytest.raises(PolicyError, match="failed to create deferred loader for context entry a\\("):
        entries.prepare([{"name": "a(", "variable": {"value": 1}}])
