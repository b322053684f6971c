"""Match and exclude blocks, and the two together."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, matching, refused, refused_in_namespace
from tests.requests_made import rule

PODS: dict[str, Any] = {"resources": {"kinds": ["Pod"]}}
PODS_JSON = '{"resources":{"kinds":["Pod"]}}'


def with_user(**user: Any) -> str:
    return refused(matching(any=[{**PODS, **user}]), background=False)


@pytest.mark.parametrize(
    "user, expected",
    [
        ({"subjects": [{"kind": "User", "name": "ann"}], "roles": ["a:b"], "clusterRoles": ["c"]}, ""),
        (
            {"subjects": [{"kind": "Robot", "name": "r"}]},
            "subjects[0].kind: Invalid value: \"Robot\": kind must be 'User', 'Group', or 'ServiceAccount'",
        ),
        ({"subjects": [{"name": "r"}]}, "subjects[0].kind: Required value"),
        ({"subjects": [{"kind": "Group"}]}, "subjects[0].name: Required value"),
        (
            {"subjects": [{"kind": "ServiceAccount", "name": "s"}]},
            "subjects[0].namespace: Required value: namespace is required when Kind is ServiceAccount",
        ),
        ({"roles": ["a"]}, 'roles[0]: Invalid value: "a": Role is expected to be in namespace:name format'),
    ],
)
def test_users_are_described_completely(user: Any, expected: str) -> None:
    assert with_user(**user) == (f"spec.rules[0].match.any[0].{expected}" if expected else "")


@pytest.mark.parametrize(
    "resources, expected",
    [
        (
            {"name": "a", "names": ["b"]},
            'spec.rules[0].match.any[0]: Invalid value: {"kinds":["Pod"],"name":"a","names":["b"]}: '
            "Both name and names can not be specified together",
        ),
        (
            {"selector": {}},
            "spec.rules[0].match.any[0].selector: Invalid value: {}: The requirements are not specified in selector",
        ),
        (
            {"selector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}},
            'spec.rules[0].match.any[0].selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Is"}]}: '
            '"Is" is not a valid label selector operator',
        ),
        ({"selector": {"matchLabels": {"*": "not a label!"}}}, ""),
        ({"namespaceSelector": {}}, ""),
    ],
)
def test_resources_are_described_consistently(resources: Any, expected: str) -> None:
    assert refused(matching(any=[{"resources": {"kinds": ["Pod"], **resources}}])) == expected


def test_any_and_all_exclude_each_other() -> None:
    shown = f'{{"any":[{PODS_JSON}],"all":[{PODS_JSON}],"resources":{{}}}}'
    expected = f"spec.rules[0].match: Invalid value: {shown}: Can't specify any and all together"
    assert refused(matching(any=[PODS], all=[PODS])) == expected


def test_a_namespaced_policy_has_its_namespace_already() -> None:
    text = refused_in_namespace(matching(any=[{"resources": {"kinds": ["Pod"], "namespaces": ["a"]}}]))
    expected = (
        "spec.rules[0].match.any[0].namespaces: Forbidden: Filtering namespaces not allowed in namespaced policies"
    )
    assert text == expected


def is_empty(match: Any, exclude: Any) -> bool:
    text = refused({**rule(pattern=PATTERN), "match": match, "exclude": exclude}, background=False)
    return "Rule is matching an empty set" in text


def bare(**resources: Any) -> dict[str, Any]:
    return {"resources": resources}


@pytest.mark.parametrize(
    "match, exclude, expected",
    [
        ({"any": [PODS]}, {"any": [PODS]}, True),
        ({"any": [PODS]}, {"any": [bare(kinds=["Pod"], names=[])]}, False),
        ({"any": [PODS]}, {"all": [PODS]}, False),
        ({"all": [PODS]}, {"any": [PODS]}, False),
        (bare(kinds=["Pod"]), {}, False),
        (bare(kinds=["Pod"]), bare(kinds=["Pod", "Job"]), True),
        (bare(kinds=["Pod", "Job"]), bare(kinds=["Pod"]), False),
        (bare(kinds=["Pod"], name="web-1"), bare(name="web-*"), True),
        (bare(kinds=["Pod"], name="db-1"), bare(name="web-*"), False),
        (bare(kinds=["Pod"], names=["db", "web-1"]), bare(names=["web-*"]), True),
        (bare(kinds=["Pod"]), bare(names=["web-*"]), False),
        (bare(kinds=["Pod"], namespaces=["a"]), bare(namespaces=["b"]), False),
        (bare(kinds=["Pod"], annotations={"a": "b"}), bare(kinds=["Pod"]), False),
        (bare(kinds=["Pod"], annotations={"a": "b"}), bare(annotations={"a": "b"}), True),
        (bare(kinds=["Pod"]), bare(selector={"matchLabels": {"a": "b"}}), False),
        (
            bare(kinds=["Pod"], selector={"matchLabels": {"a": "b"}}),
            bare(selector={"matchLabels": {"a": "b", "c": "d"}}),
            True,
        ),
        (
            bare(kinds=["Pod"], namespaceSelector={"matchExpressions": [{"key": "a", "operator": "Exists"}]}),
            bare(namespaceSelector={"matchExpressions": [{"key": "a", "operator": "Exists", "values": []}]}),
            True,
        ),
        ({**PODS, "roles": ["a:b"]}, {"roles": ["a:b", "c:d"]}, True),
        (PODS, {"clusterRoles": ["a"]}, False),
        (
            {**PODS, "subjects": [{"kind": "User", "name": "ann"}]},
            {"subjects": [{"kind": "User", "name": "ann", "namespace": ""}]},
            True,
        ),
        (PODS, bare(operations=["DELETE"]), True),  # kyverno: operations do not count
        (PODS, {"any": [bare(kinds=["Job"])]}, True),  # kyverno: nor does `any` beside a bare form
        (PODS, {"any": []}, True),
    ],
)
def test_a_rule_does_not_exclude_all_that_it_matches(match: Any, exclude: Any, expected: bool) -> None:
    assert is_empty(match, exclude) is expected
