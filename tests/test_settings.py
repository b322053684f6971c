"""Settings: what they mean to requests, and how everything that is wrong with them is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kywarden import admission, protocol, settings
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from tests.requests_made import POD, envelope, needs_label, policy, rule


def ask(value: Any, command: str = "validate", host: Any = None) -> dict[str, Any]:
    answer = json.loads(protocol.handle(command, json.dumps(value).encode(), host or GivenHost()))
    assert isinstance(answer, dict)
    return answer


def set_to(*policies: dict[str, Any], world: dict[str, Any] | None = None, **chosen: Any) -> dict[str, Any]:
    whole = envelope(None, *policies, **({"world": world} if world else {}))
    whole["settings"] |= chosen
    return whole


ENFORCED = policy(needs_label("owner"))
AUDITED = policy(needs_label("owner"), action="Audit")
OWN_ACTION = policy(needs_label("owner", failureAction="Enforce"), action="Audit")
OVERRIDDEN = policy(
    needs_label("owner", failureActionOverrides=[{"action": "Audit", "namespaces": ["shop"]}]), action="Enforce"
)
OVERRIDDEN_BY_POLICY = policy(
    needs_label("owner"), validationFailureActionOverrides=[{"action": "Audit", "namespaces": ["shop"]}]
)


@pytest.mark.parametrize("judged", [ENFORCED, AUDITED, OWN_ACTION, OVERRIDDEN, OVERRIDDEN_BY_POLICY])
def test_the_failure_action_overrides_all_rules(judged: dict[str, Any]) -> None:
    denied = judged in (ENFORCED, OWN_ACTION)
    assert ask(set_to(judged))["accepted"] is not denied
    assert ask(set_to(judged, failureAction="policy"))["accepted"] is not denied
    assert ask(set_to(judged, failureAction="Enforce"))["accepted"] is False
    audited = ask(set_to(judged, failureAction="Audit"))
    assert audited["accepted"] is True
    assert list(audited["audit_annotations"]) == ["sample.need-owner"]


LET_THROUGH: list[dict[str, Any]] = [
    {"resourceFilters": "[Pod,shop,*]"},
    {"excludeGroups": "system:authenticated"},
    {"excludeUsers": "plain-*"},
    {"excludeRoles": "shop:*", "world": {"roles": ["shop:editor"]}},
    {"excludeClusterRoles": "view", "world": {"clusterRoles": ["view"]}},
]


@pytest.mark.parametrize("chosen", LET_THROUGH, ids=lambda chosen: next(iter(chosen)))
def test_a_filtered_request_is_accepted_unseen(chosen: dict[str, Any]) -> None:
    assert ask(set_to(ENFORCED))["accepted"] is False
    assert ask(set_to(ENFORCED, **chosen) | {"options": {"format": "full"}}) == {"accepted": True, "rules": []}


def test_a_filter_by_roles_that_nobody_knows_refuses() -> None:
    answer = ask(set_to(ENFORCED, excludeRoles="shop:*"))
    assert (answer["accepted"], answer["code"]) == (False, protocol.INTERNAL)
    assert "the roles of user plain-user" in answer["message"]


def test_rules_of_one_webhook_run_alone() -> None:
    assert ask(set_to(ENFORCED, rules="validate"))["accepted"] is False
    assert ask(set_to(ENFORCED, rules="mutate")) == {"accepted": True}


def test_a_rule_that_does_not_run_need_not_be_supported() -> None:
    generating = {
        "name": "g",
        "match": rule()["match"],
        "generate": {"kind": "Pod", "apiVersion": "v1", "name": "x", "namespace": "y"},
    }
    chosen = {"policy": policy(needs_label(), generating)}
    assert "generate rules are not" in ask(chosen, "validate-settings")["message"]
    assert ask({**chosen, "rules": "validate"}, "validate-settings") == {"valid": True}


def test_everything_wrong_is_told_at_once() -> None:
    bad = {
        "policy": policy(rule("one", patern={}), {**needs_label("b"), "verifyImages": [{}]}),
        "policies": "x",
        "exceptions": [5],
        "failureAction": "Deny",
        "rules": "some",
        "excludeGroups": ["a"],
        "resourceFilters": "Pod,*,*",
        "customResources": {"a.b": 1},
        "deadlineMilliseconds": 0,
        "inputLimitBytes": "1",
        "polices": [],
    }
    message = ask(bad, "validate-settings")["message"]
    for part in (
        "rule one, spec.rules[0]",
        "rule need-b, spec.rules[1].verifyImages",
        "settings.policies: must be a list",
        "settings.exceptions[0]: must be YAML text or a map",
        "settings.failureAction: must be one of policy, Enforce, Audit",
        "settings.rules: must be one of all, validate, mutate",
        "settings.excludeGroups: must be a text",
        "settings.resourceFilters: holds no [kind,namespace,name]",
        "settings.customResources.a.b: must be a kind",
        "settings.deadlineMilliseconds: must be a positive integer",
        "settings.inputLimitBytes: must be a positive integer",
        'settings: unknown key "polices"',
    ):
        assert part in message
    assert ask({**envelope(), "settings": bad})["message"].count("settings.") >= 9


def test_defaults_are_what_absent_keys_mean() -> None:
    read, problems = settings.read(
        {key: None for key in settings.KEYS if key not in ("deadlineMilliseconds", "inputLimitBytes")}
    )
    assert (read, problems) == (settings.Settings(), ())


def test_beside_baked_settings_only_exceptions_may_be_given() -> None:
    baked = settings.Settings(deadline=5, input_limit=7)
    read, problems = settings.read_beside({"exceptions": [{}]}, baked)
    assert (len(read.sources), read.deadline, read.input_limit, problems) == (1, 5, 7, ())
    others = [key for key in settings.KEYS if key != "exceptions"]
    read, problems = settings.read_beside({**dict.fromkeys(others, 9), "x": 1}, baked)
    assert read == baked
    assert [str(each).partition(":")[2][:40] for each in problems] == [
        *(f' "{key}" cannot be set: the policies are'[:40] for key in others),
        ' unknown key "x", known keys: exceptions'[:40],
    ]


def looking_up(**entry: Any) -> dict[str, Any]:
    deny = {"conditions": {"any": [{"key": "{{ x }}", "operator": "Equals", "value": "a"}]}}
    return policy({**rule("looks", deny=deny), "context": [{"name": "x", **entry}]}, background=False)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a sub-resource": ({"apiCall": {"urlPath": "/api/v1/namespaces/a/pods/b/log"}}, "a host reads nothing else"),
    "a version": ({"apiCall": {"urlPath": "/version"}}, "a host reads nothing else"),
    "a service": ({"apiCall": {"service": {"url": "https://example.com"}}}, "calls no HTTP service"),
    "another post": (
        {"apiCall": {"method": "POST", "urlPath": "/api/v1/namespaces", "data": [{"key": "a", "value": 1}]}},
        "posts nothing",
    ),
    "credentials of its own": (
        {"imageRegistry": {"reference": "nginx", "imageRegistryCredentials": {"secrets": ["a"]}}},
        "with its own credentials",
    ),
    "an unknown kind": (
        {"apiCall": {"urlPath": "/apis/acme.test/v1/boats"}},
        "the kind of boats.acme.test is not known; the setting customResources tells it",
    ),
}


@pytest.mark.parametrize(("entry", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_look_up_without_counterpart_is_refused_for_the_module(entry: dict[str, Any], reason: str) -> None:
    chosen = {"policy": looking_up(**entry)}
    message = ask(chosen, "validate-settings", KubewardenHost())["message"]
    assert "policy sample, rule looks, spec.rules[0]: context entry x" in message
    assert reason in message
    assert ask(chosen, "validate-settings", GivenHost()) == {"valid": True}


REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
POSSIBLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an object": (
        {"apiCall": {"urlPath": "/api/v1/namespaces/{{request.namespace}}/configmaps/{{ request.name }}"}},
        {},
    ),
    "a list": ({"apiCall": {"urlPath": "/apis/apps/v1/deployments?labelSelector=a=b"}}, {}),
    "a review": ({"apiCall": {"method": "POST", "urlPath": REVIEWS, "data": [{"key": "spec", "value": {}}]}}, {}),
    "an image": ({"imageRegistry": {"reference": "nginx"}}, {}),
    "a known custom resource": (
        {"apiCall": {"urlPath": "/apis/acme.test/v1/boats"}},
        {"customResources": {"boats.acme.test": "Boat"}},
    ),
}


@pytest.mark.parametrize(("entry", "chosen"), POSSIBLE.values(), ids=POSSIBLE)
def test_a_look_up_with_a_counterpart_is_no_problem_and_asks_nobody(
    entry: dict[str, Any], chosen: dict[str, Any]
) -> None:
    def never(namespace: str, operation: str, payload: bytes) -> bytes:
        raise AssertionError

    answer = ask({"policy": looking_up(**entry), **chosen}, "validate-settings", KubewardenHost(never))
    assert answer == {"valid": True}


def test_the_input_limit_and_the_deadline_are_settings() -> None:
    long = envelope(admission.creation({**POD, "data": "x" * settings.INPUT_LIMIT}))
    assert ask(long)["code"] == protocol.BAD_REQUEST
    long["settings"] |= {"inputLimitBytes": 2 * settings.INPUT_LIMIT, "deadlineMilliseconds": 60_000}
    assert ask(long) == {"accepted": True}
