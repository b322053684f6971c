"""What reports ask about a policy's tree."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import facts

MATCH: Any = {"any": [{"resources": {"kinds": ["Pod"]}}]}


def policy(*rules: Any, **spec: Any) -> Any:
    named = [{"name": f"r{number}", "match": MATCH, **rule} for number, rule in enumerate(rules)]
    return {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": "p"},
        "spec": {"rules": named, **spec},
    }


PATTERN: Any = {"validate": {"pattern": {"spec": {}}}}


@pytest.mark.parametrize(
    ("rule", "topic"),
    [
        (PATTERN, "validate pattern"),
        ({"validate": {"foreach": []}}, "validate foreach"),
        ({"validate": {"cel": {}}}, "validate cel"),
        ({"mutate": {"targets": [], "patchStrategicMerge": {}}}, "mutate existing"),
        ({"mutate": {"patchesJson6902": ""}}, "mutate patchesJson6902"),
        ({"generate": {}}, "generate"),
        ({"verifyImages": []}, "verifyImages"),
        ({}, "no rule"),
    ],
)
def test_a_rule_has_a_type(rule: Any, topic: str) -> None:
    assert facts.topic(policy(rule), "r0") == topic
    assert facts.topic(policy(rule), "autogen-cronjob-r0") == topic
    assert facts.topic(policy(rule), "") == topic


def test_the_named_rule_decides_about_the_type() -> None:
    assert facts.topic(policy({"generate": {}}, PATTERN), "r1") == "validate pattern"


def test_generated_rules_count() -> None:
    assert facts.rule_names(policy(PATTERN)) == ["r0", "autogen-r0", "autogen-cronjob-r0"]


@pytest.mark.parametrize(
    ("tree", "audits"),
    [
        (policy(PATTERN), True),
        (policy(PATTERN, validationFailureAction="Enforce"), False),
        (policy(PATTERN, validationFailureAction="audit"), True),
        (
            policy(
                {"mutate": {}}, {"validate": {"failureAction": "Enforce"}}, {"validate": {"failureAction": "Audit"}}
            ),
            False,
        ),
        (policy(PATTERN, {"validate": {"failureAction": "Audit"}}, validationFailureAction="Enforce"), True),
        (
            policy(
                {
                    "validate": {
                        "failureAction": "Audit",
                        "failureActionOverrides": [{"action": "Enforce", "namespaces": ["s*"]}],
                    }
                }
            ),
            False,
        ),
        (policy(PATTERN, validationFailureActionOverrides=[{"action": "Enforce", "namespaces": ["other"]}]), True),
        (
            policy(
                PATTERN,
                validationFailureActionOverrides=[
                    {"action": "Enforce", "namespaceSelector": {"matchLabels": {"guarded": "yes"}}}
                ],
            ),
            False,
        ),
    ],
)
def test_the_first_action_of_a_rule_speaks_for_the_policy(tree: Any, audits: bool) -> None:
    assert facts.audits(tree, "shop", {"guarded": "yes"}) is audits


@pytest.mark.parametrize(
    ("spec", "process"),
    [
        ({}, "background scan"),
        ({"background": False}, "admission review"),
        ({"background": False, "admission": False}, ""),
    ],
)
def test_when_a_policy_is_evaluated(spec: Any, process: str) -> None:
    assert facts.in_background(policy(PATTERN, **spec)) == process


def test_what_does_not_decode_and_what_is_refused() -> None:
    assert [problem.path for problem in facts.undecodable(policy(PATTERN, colour="red"))] == ["spec.colour"]
    assert facts.refusal(policy(PATTERN)) == ""
    both = policy({"validate": {"pattern": {}, "deny": {}}})
    assert facts.refusal(both).endswith("only one of pattern, anyPattern, deny, foreach, cel can be specified")


def test_the_copies_of_a_rule_with_a_long_name_have_its_type() -> None:
    name = "r" * 60
    tree = policy({"mutate": {"patchesJson6902": ""}}, {**PATTERN, "name": name})
    assert [facts.topic(tree, one) for one in facts.rule_names(tree) if "rrr" in one] == ["validate pattern"] * 3
