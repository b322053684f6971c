"""Loading: what is told of a policy that is not loaded, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.errors import PolicyErrors
from kywarden.kinds.classic import check, load, schema
from tests.requests_made import policy, rule

PATTERN: dict[str, Any] = {"metadata": {"name": "?*"}}
CONDITIONS = "failed to unmarshal Conditions"


def looking_up(**entry: Any) -> dict[str, Any]:
    return {**rule(pattern=PATTERN), "context": [{"name": "c", **entry}]}


def problems(*rules: dict[str, Any], **spec: Any) -> list[tuple[str, str, str]]:
    """Rule, path and reason of each problem."""
    with pytest.raises(PolicyErrors) as caught:
        load.load(policy(*rules, **spec))
    return [(problem.rule, problem.path, problem.reason) for problem in caught.value.problems]


def test_a_policy_that_kyverno_refuses_is_not_loaded() -> None:
    reason = "one of pattern, anyPattern, deny, foreach, cel must be specified"
    assert problems(rule(message="m")) == [("check", "spec.rules[0].validate", reason)]


def test_what_only_the_schema_of_a_cluster_refuses_is_named_beside_it() -> None:
    (_, _, refused), (_, path, unserved) = problems(rule(patern=PATTERN, message="m"))
    assert refused.startswith("one of pattern")
    assert (path, unserved) == ("spec.rules[0].validate.patern", 'unknown field "patern"')
    tree = policy({**rule("r" * 64, pattern=PATTERN)})
    assert [problem.reason for problem in schema.problems(tree, schema.POLICY)] == [
        "Too long: may not be more than 63 bytes"
    ]
    assert check.problems(tree) == []


def test_conditions_that_cannot_be_decoded_come_first_as_in_go() -> None:
    found = problems(rule(message=1, deny={"conditions": 2}))
    assert [reason for _, _, reason in found] == [
        CONDITIONS,
        "json: cannot unmarshal number into Go struct field Validation.spec.rules.validate.message of type string",
    ]


def test_unknown_fields_of_conditions_are_passed_over() -> None:
    load.load(policy({**rule(pattern=PATTERN), "preconditions": {"some": []}}))


def test_what_is_valid_but_not_supported_is_refused_as_such() -> None:
    with pytest.raises(PolicyErrors) as caught:
        load.load(policy(rule(cel={"expressions": [{"expression": "true"}]})))
    assert all(problem.unsupported for problem in caught.value.problems)


NULL = 'Invalid value: "null": {} in body must be of type {}: "null"'


@pytest.mark.parametrize(
    ("made", "path", "kind"),
    [
        (rule(kinds=("Pod", None), pattern=PATTERN), "match.any[0].resources.kinds[1]", "string"),
        (rule(podSecurity={"level": "baseline", "exclude": [None]}), "validate.podSecurity.exclude[0]", "object"),
        ({**rule(pattern=PATTERN), "context": [None]}, "context[0]", "object"),
    ],
)
def test_nulls_in_lists_are_refused_as_in_a_cluster(made: dict[str, Any], path: str, kind: str) -> None:
    path = f"spec.rules[0].{path}"
    assert ("check", path, NULL.format(path, kind)) in problems(made)


def test_nulls_in_lists_of_any_values_are_values() -> None:
    load.load(policy(rule(pattern={"spec": {"containers": [None]}})))


def test_a_policy_without_spec_is_refused_and_one_without_rules_is_not() -> None:
    with pytest.raises(PolicyErrors, match=r"^policy sample, spec: Required value$"):
        load.load(policy() | {"spec": None})
    assert load.load(policy()).name == "sample"


@pytest.mark.parametrize(
    ("made", "path", "reason"),
    [
        (
            rule(pattern=PATTERN, failureAction="enforce"),
            "validate.failureAction",
            'unsupported value "enforce", supported values: "Audit", "Enforce"',
        ),
        (
            rule(pattern=PATTERN, failureAction=""),
            "validate.failureAction",
            'unsupported value "", supported values: "Audit", "Enforce"',
        ),
        (
            rule(podSecurity={"level": "baseline", "exclude": [{"images": ["*"]}]}),
            "validate.podSecurity.exclude[0].controlName",
            "Required value",
        ),
        (
            looking_up(apiCall={"urlPath": "/x", "method": "POST", "data": [{"key": "k"}]}),
            "context[0].apiCall.data[0].value",
            "Required value",
        ),
        (
            looking_up(apiCall={"service": {"url": "https://x", "headers": [{"value": "v"}]}}),
            "context[0].apiCall.service.headers[0].key",
            "Required value",
        ),
        (looking_up(apiCall={"service": {"caBundle": "x"}}), "context[0].apiCall.service.url", "Required value"),
        (
            looking_up(imageRegistry={"reference": "r", "imageRegistryCredentials": {"providers": ["x"]}}),
            "context[0].imageRegistry.imageRegistryCredentials.providers[0]",
            'unsupported value "x", supported values: "default", "amazon", "azure", "google", "github"',
        ),
        (
            {
                **rule(pattern=PATTERN),
                "match": {
                    "any": [
                        {
                            "resources": {
                                "kinds": ["Pod"],
                                "namespaceSelector": {"matchExpressions": [{"key": "a"}]},
                            }
                        }
                    ]
                },
            },
            "match.any[0].resources.namespaceSelector.matchExpressions[0].operator",
            "Required value",
        ),
    ],
)
def test_what_the_schema_of_a_cluster_keeps_out_is_refused(made: dict[str, Any], path: str, reason: str) -> None:
    assert problems(made) == [("check", f"spec.rules[0].{path}", reason)]


def test_a_rule_without_a_name_is_refused() -> None:
    made = rule(pattern=PATTERN)
    del made["name"]
    assert problems(made) == [("", "spec.rules[0].name", "Required value")]


def test_a_null_is_a_value_to_post() -> None:
    load.load(policy(looking_up(apiCall={"urlPath": "/x", "method": "POST", "data": [{"key": "k", "value": None}]})))


def test_what_kyverno_refuses_in_the_same_words_is_told_once() -> None:
    made = rule(pattern=PATTERN)
    made["match"]["any"][0]["subjects"] = [{"kind": "User"}]
    assert problems(made, background=False) == [
        ("check", "spec.rules[0].match.any[0].subjects[0].name", "Required value")
    ]
