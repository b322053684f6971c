"""The structure of policies and rules: everything wrong is named at once."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import check
from tests.kinds.classic.check.refusals import PATTERN, refused, refused_in_namespace
from tests.requests_made import policy, rule

GOOD = rule(pattern=PATTERN)
TIMEOUT = "the timeout value must be between 1 and 30 seconds"
MATCH = '{"any":[{"resources":{"kinds":["Pod"]}}],"resources":{}}'
MUTATE: dict[str, Any] = {"name": "m", "match": GOOD["match"], "mutate": {"patchStrategicMerge": PATTERN}}


def test_good_rules_are_accepted() -> None:
    assert refused(GOOD, rule("other", deny={})) == ""
    assert refused_in_namespace(GOOD) == ""


def test_rule_names_are_unique() -> None:
    shown = f'{{"name":"check","match":{MATCH},"validate":{{"pattern":{{"metadata":{{"name":"?*"}}}}}}}}'
    assert refused(GOOD, GOOD) == f"spec.rules[1].name: Invalid value: {shown}: Duplicate rule name: 'check'"


@pytest.mark.parametrize(
    "change, shown, detail",
    [
        (
            {"validate": {}},
            '"validate":{}',
            "No operation defined in the rule 'check'.(supported operations: mutate,validate,generate,verifyImages)",
        ),
        (
            {"validate": {"message": "<x>", "deny": {}}, "mutate": {"patchStrategicMerge": {"a": 1.0}}},
            '"mutate":{"patchStrategicMerge":{"a":1.0}},"validate":{"message":"\\u003cx\\u003e","deny":{}}',
            "Multiple operations defined in the rule 'check', "
            "only one operation (mutate,validate,generate,verifyImages) is allowed per rule",
        ),
    ],
)
def test_a_rule_does_one_thing(change: Any, shown: str, detail: str) -> None:
    expected = f'spec.rules[0]: Invalid value: {{"name":"check","match":{MATCH},{shown}}}: {detail}'
    assert refused({**GOOD, **change}) == expected


def test_image_extractors_need_images_to_verify() -> None:
    text = refused({**GOOD, "imageExtractors": {"Task": [{"path": "/spec/*"}]}})
    assert text.startswith('spec.rules[0].imageExtractors: Invalid value: {"name":"check"')
    assert text.endswith(
        "Invalid rule spec for rule 'check', imageExtractors can only be defined for verifyImages rule"
    )


@pytest.mark.parametrize(
    "spec, expected",
    [
        ({"webhookTimeoutSeconds": 0}, f"spec.webhookTimeoutSeconds: Invalid value: 0: {TIMEOUT}"),
        (
            {"webhookConfiguration": {"timeoutSeconds": 31}},
            f"spec.webhookConfiguration.timeoutSeconds: Invalid value: 31: {TIMEOUT}",
        ),
        ({"webhookTimeoutSeconds": 30, "webhookConfiguration": {}}, ""),
        (
            {"failurePolicy": "Fail", "webhookConfiguration": {"failurePolicy": "Fail"}},
            "spec.failurePolicy: Forbidden: "
            "remove the deprecated field and use spec.webhookConfiguration.failurePolicy instead",
        ),
        (
            {"webhookTimeoutSeconds": 3, "webhookConfiguration": {"timeoutSeconds": 3}},
            "spec.webhookTimeoutSeconds: Forbidden: "
            "remove the deprecated field and use spec.webhookConfiguration.timeoutSeconds instead",
        ),
        (
            {"generateExistingOnPolicyUpdate": False},
            "spec.generateExistingOnPolicyUpdate: Forbidden: "
            "remove the deprecated field and use spec.generate[*].generateExisting instead",
        ),
        ({"admission": False}, ""),
        (
            {"admission": False, "background": False},
            "disabling both admission and background processing is not allowed",
        ),
    ],
)
def test_fields_of_the_spec(spec: Any, expected: str) -> None:
    assert refused(GOOD, **spec) == expected


def test_a_policy_that_mutates_takes_part_in_admission() -> None:
    expected = "disabling admission processing is only allowed with validation policies"
    assert refused(MUTATE, admission=False) == expected


def test_mutation_on_policy_update_needs_targets() -> None:
    detail = "mutate.targets has to be specified when mutateExistingOnPolicyUpdate is set"
    text = f"spec.mutateExistingOnPolicyUpdate: Forbidden: rules[0].{detail}"
    assert refused(MUTATE, mutateExistingOnPolicyUpdate=True) == text
    own = {**MUTATE, "mutate": {**MUTATE["mutate"], "mutateExistingOnPolicyUpdate": True}}
    assert refused(own) == text


def test_targets_of_a_namespaced_policy_are_in_its_namespace() -> None:
    targets = [{"kind": "Pod", "namespace": "shop"}, {"kind": "Pod", "namespace": "lab"}]
    text = refused_in_namespace({**MUTATE, "mutate": {**MUTATE["mutate"], "targets": targets}})
    detail = "This field can be ignored or should have value of the namespace where the policy is being created"
    assert text == f'spec.rules[0].targets[1].namespace: Invalid value: "lab": {detail}'


def test_metadata_of_the_policy() -> None:
    long = policy(GOOD, name="n" * 64)
    assert check.text(check.problems(long)) == "name: Too long: may not be more than 63 bytes"
    namespaced = {**policy(GOOD), "metadata": {"name": "sample", "namespace": "shop"}}
    text = "A clusterpolicy should not have the namespace defined"
    assert check.text(check.problems(namespaced)) == text
    assert check.warnings(namespaced) == [text]
    annotated: dict[str, Any] = {
        "name": "sample",
        "annotations": {"pod-policies.kyverno.io/autogen-controllers": "all"},
    }
    assert check.text(check.problems({**policy(GOOD), "metadata": annotated})) == (
        "metadata.annotations: Forbidden: "
        "Autogen annotation does not support 'all' anymore, remove the annotation or set it to a valid value"
    )


@pytest.mark.parametrize(
    "level, exclude, expected",
    [
        ("restricted", {"controlName": "Volume Types"}, ""),
        ("baseline", {"controlName": "Seccomp"}, ""),
        (
            "baseline",
            {"controlName": "Volume Types"},
            'controlName: Invalid value: "Volume Types": Invalid control name defined at the given level',
        ),
        (
            "baseline",
            {"controlName": "Capabilities"},
            'controlName: Invalid value: "Capabilities": '
            "exclude.images must be specified for the container level control",
        ),
        (
            "baseline",
            {"controlName": "SELinux", "values": ["a"]},
            "restrictedField: Forbidden: restrictedField is required",
        ),
        ("baseline", {"controlName": "SELinux", "restrictedField": "a"}, "values: Forbidden: values is required"),
        ("baseline", {"controlName": "SELinux", "images": [None, "a*"]}, ""),
    ],
)
def test_excludes_of_pod_security(level: str, exclude: Any, expected: str) -> None:
    path = "spec.rules[0].podSecurity.exclude[0]."
    assert refused(rule(podSecurity={"level": level, "exclude": [exclude]})) == (path + expected if expected else "")


def test_overrides_of_the_spec_are_for_cluster_policies() -> None:
    overrides = [{"action": "Audit", "namespaces": ["a"]}]
    assert refused(GOOD, validationFailureActionOverrides=overrides) == ""
    detail = "Use of validationFailureActionOverrides is supported only with ClusterPolicy"
    expected = f"spec.validationFailureActionOverrides: Forbidden: {detail}"
    assert refused_in_namespace(GOOD, validationFailureActionOverrides=overrides) == expected
