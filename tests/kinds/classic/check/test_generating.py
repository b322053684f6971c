"""Generate rules, as far as Kyverno checks them without a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import check
from tests.kinds.classic.check.refusals import refused, refused_in_namespace
from tests.requests_made import policy, rule

TARGET: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "name": "s", "namespace": "shop"}


def generating(**generate: Any) -> dict[str, Any]:
    return {"name": "g", "match": rule()["match"], "generate": generate}


@pytest.mark.parametrize(
    "generate, expected",
    [
        ({**TARGET, "data": {"a": 1}}, ""),
        (
            {**TARGET, "data": {"a": 1}, "clone": {"name": "x"}},
            "spec.rules[0]: Forbidden: "
            "only one of generate patterns(data, clone, cloneList and foreach) can be specified",
        ),
        (
            {**TARGET, "namespace": ""},
            "spec.rules[0].namespace: Forbidden: target namespace must be set for a namespaced resource",
        ),
        (
            {"foreach": [{"list": "a", "apiVersion": "v1", "kind": "Secret", "namespace": "x"}]},
            "spec.rules[0].foreach[0].name: Forbidden: name can not be empty",
        ),
        (
            {"cloneList": {"kinds": ["v1/Secret"]}},
            "spec.rules[0].cloneList.namespace: Forbidden: namespace is required for namespaced target resources",
        ),
        (
            {"cloneList": {"kinds": ["v1/Secret"], "namespace": "x", "selector": {"matchLabels": {"a": "*"}}}},
            "path: spec.rules[0].generate.selector.: wildcard characters `*/?` not supported",
        ),
        (
            {**TARGET, "data": {"a": [{"(b)": 1}]}},
            "path: spec.rules[0].generate.data.//a0//(b).: "
            "anchors not supported on generate resources: unsupported anchor (b)",
        ),
    ],
)
def test_targets_are_described(generate: Any, expected: str) -> None:
    assert refused(generating(**generate)) == expected


def test_a_rule_does_not_trigger_itself() -> None:
    one = {**generating(**TARGET), "match": {"resources": {"kinds": ["Secret"]}}}
    assert refused(one) == "generation kind and match resource kind should not be the same"


def test_a_namespaced_policy_stays_in_its_namespace() -> None:
    path = "spec.rules[0].namespace: Forbidden: target resource scope mismatched: a namespaced policy cannot"
    assert refused_in_namespace(generating(**{**TARGET, "namespace": "lab"})) == (
        f"{path} generate resources in other namespaces, expected: shop, received: lab "
    )
    assert refused_in_namespace(generating(**TARGET, clone={"name": "s", "namespace": "lab"})) == (
        f"{path} clone resources from other namespaces, expected: shop, received: lab "
    )
    assert refused_in_namespace(generating(cloneList={"kinds": ["v1/Secret"], "namespace": "lab"})) == (
        "[spec.rules[0].namespace: Forbidden: target resource scope mismatched: a namespaced policy cannot "
        "generate resources in other namespaces, expected: shop, received:  , "
        "spec.rules[0].cloneList.namespace: Forbidden: a namespaced policy cannot clone resources from other "
        "namespace, expected: shop, received: lab]"
    )


def test_variables_in_what_is_cloned_are_warned_of() -> None:
    one = generating(**TARGET, clone={"name": "{{ request.namespace }}", "namespace": "x"})
    expected = "variables in spec.rules[0].clone/cloneList would lead to incorrect synchronization behavior"
    assert check.warnings(policy(one)) == [expected]
