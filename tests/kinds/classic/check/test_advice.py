"""Warnings: what Kyverno accepts but would rather not see."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import check
from kywarden.kinds.classic.check import advice
from tests.kinds.classic.check.refusals import PATTERN, matching
from tests.requests_made import policy, rule

REPLICAS: dict[str, Any] = {"spec": {"replicas": ">1"}}
NOT_IN = 'Operator NotIn has been deprecated and will be removed soon. Use these instead: ["AllNotIn" "AnyNotIn"]'
IN = 'Operator In has been deprecated and will be removed soon. Use these instead: ["AllIn" "AnyIn"]'


def condition(operator: str) -> dict[str, Any]:
    return {"key": "a", "operator": operator, "value": "a"}


SERVICE: tuple[str, ...] = ("Service",)


@pytest.mark.parametrize(
    "one, expected",
    [
        (rule(pattern=PATTERN), []),
        (rule(pattern=PATTERN, failureAction="enforce"), [advice.OLD_ACTION]),
        # kyverno: overrides of a rule count beside an action of the rule only
        (rule(pattern=PATTERN, failureActionOverrides=[{"action": "audit"}]), []),
        (
            rule(pattern=PATTERN, failureAction="Audit", failureActionOverrides=[{"action": "audit"}]),
            [advice.OLD_ACTION],
        ),
        (rule(pattern=REPLICAS, kinds=SERVICE), [advice.NO_SCALE]),
        (rule(pattern=REPLICAS, kinds=("Deployment/scale",)), []),
        (rule(message="about replicas", pattern=PATTERN), [advice.NO_SCALE] * 3),
        (rule(pattern={"status": {"phase": "x"}}, kinds=SERVICE), [advice.NO_STATUS]),
        (rule(pattern={"a": "status: x"}, kinds=SERVICE), []),
        (rule(deny={"conditions": {"any": [{**condition("In"), "key": "replicas"}]}}, kinds=SERVICE), [IN]),
        (rule(deny={"conditions": [condition("NotIn")]}), [NOT_IN] * 3),
        (
            rule(
                foreach=[
                    {
                        "list": "a",
                        "preconditions": {"all": [condition("In")]},
                        "deny": {"conditions": [condition("NotIn")]},
                    }
                ],
                kinds=SERVICE,
            ),
            [IN, NOT_IN],
        ),
        ({**rule(pattern=PATTERN), "preconditions": [condition("In")]}, []),
        (
            {
                "name": "m",
                "match": {"resources": {"kinds": ["Pod"]}},
                "mutate": {"patchesJson6902": "- {op: remove, path: /spec/replicas}"},
            },
            [advice.PATCH_ON_POD, advice.NO_SCALE],
        ),
    ],
)
def test_rules_are_warned_of(one: Any, expected: list[str]) -> None:
    assert check.problems(policy(one)) == []
    assert check.warnings(policy(one)) == expected


def test_the_action_of_the_policy_is_written_with_a_capital() -> None:
    assert check.warnings(policy(rule(pattern=PATTERN), action="enforce")) == [advice.OLD_ACTION]
    overrides = [{"action": "audit", "namespaces": ["a"]}]
    assert check.warnings(policy(rule(pattern=PATTERN), validationFailureActionOverrides=overrides)) == [
        advice.OLD_ACTION
    ]


@pytest.mark.parametrize(
    "asked, kinds, is_warned",
    [
        ("Deployment,Job", ["Pod"], True),
        ("Deployment", ["v1/Pod", "Pod.exec"], True),
        ("Deployment", ["Pod", "Service"], False),
        ("none", ["Pod"], False),
        ("Job,StatefulSet,Deployment,DaemonSet,CronJob", ["Pod"], False),
    ],
)
def test_pods_are_matched_where_autogen_is_reduced(asked: str, kinds: list[str], is_warned: bool) -> None:
    tree = policy(matching(any=[{"resources": {"kinds": kinds}}]))
    tree["metadata"]["annotations"] = {"pod-policies.kyverno.io/autogen-controllers": asked}
    assert check.warnings(tree) == ([advice.AUTOGEN_REDUCED] if is_warned else [])


def test_older_names_of_attestations_are_warned_of() -> None:
    images = [{"imageReferences": ["*"], "attestations": [{"predicateType": "a/b"}]}]
    tree = policy({"name": "v", "match": rule()["match"], "verifyImages": images})
    expected = "predicateType has been deprecated use 'type: a/b' instead of 'predicateType: a/b'"
    assert expected in check.warnings(tree)


def test_of_a_refused_policy_the_warnings_before_the_refusal_are_given() -> None:
    bad = rule(message="no body")
    assert check.warnings(policy(rule("a", pattern=REPLICAS, kinds=SERVICE), bad, action="audit")) == [
        advice.OLD_ACTION,
        advice.NO_SCALE,
    ]
