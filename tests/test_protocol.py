"""The one door: every input, good or bad, gets one JSON answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kywarden import admission, loader, protocol
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from kywarden.kinds.classic import check
from tests.data import PATIENCE
from tests.requests_made import POD, envelope, needs_label, policy, rule

HOST = GivenHost()


def ask(value: Any, command: str = "validate") -> dict[str, Any]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    answer = json.loads(protocol.handle(command, data, HOST))
    assert isinstance(answer, dict)
    return answer


def nested(depth: int) -> Any:
    tree: Any = "x"
    for _ in range(depth):
        tree = {"a": tree}
    return tree


def test_an_accepted_request_is_answered_by_accepted_alone() -> None:
    assert ask(envelope()) == {"accepted": True}


def test_a_denied_request_carries_kyvernos_text_and_no_code() -> None:
    assert ask(envelope(None, policy(needs_label("owner")))) == {
        "accepted": False,
        "message": "\n\nresource Pod/shop/web was blocked due to the following policies \n\nsample:\n  need-owner: "
        "'validation error: label owner is required. rule need-owner failed at path /metadata/labels/owner/'\n",
    }


def test_a_failed_audit_rule_leaves_its_trace_in_the_annotations() -> None:
    answer = ask(envelope(None, policy(needs_label("owner"), action="Audit")))
    assert answer == {
        "accepted": True,
        "audit_annotations": {
            "sample.need-owner": "fail: validation error: label owner is required. rule need-owner failed at path "
            "/metadata/labels/owner/"
        },
    }


def test_emitted_warnings_reach_the_answer() -> None:
    answer = ask(envelope(None, policy(needs_label("owner"), action="Audit", emitWarning=True)))
    assert answer["warnings"] == [
        "policy sample.need-owner: validation error: label owner is required. rule need-owner failed at path "
        "/metadata/labels/owner/"
    ]


def test_the_full_form_adds_every_rule() -> None:
    answer = ask(envelope(options={"format": "full"}))
    assert answer["rules"] == [
        {
            "policy": "sample",
            "rule": "need-app",
            "type": "Validation",
            "status": "pass",
            "message": "validation rule 'need-app' passed.",
            "phase": "enforce",
        }
    ]


@pytest.mark.parametrize("identity", ["a", 7, ["x"], {"y": 1.5}])
def test_the_id_of_an_envelope_comes_back(identity: Any) -> None:
    assert ask(envelope(id=identity))["id"] == identity


def changed(**parts: Any) -> dict[str, Any]:
    return {**admission.creation(POD), **parts}


BAD_INPUT = {
    "empty input": (b"", "line 1, column 1: expecting value"),
    "broken JSON": (b'{"request": {', "line 1, column"),
    "trailing data": (b"{} {}", "line 1, column 4"),
    "a list": ([], "must be a map"),
    "null": (None, "must be a map"),
    "not a number": (b'{"request": NaN}', "NaN"),
    "no UTF-8": (b'{"request": "\xff"}', "UTF-8"),
    "a lone surrogate": (b'{"request": "\\ud800"}', "surrogate"),
    "200 levels": (nested(200), "nested more than 128 levels deep"),
    "100,000 levels": (b"[" * 100_000, "128 levels"),
    "an unknown key": (envelope(setting={}), 'unknown key "setting"'),
    "no request": ({"settings": {"policy": policy(needs_label())}}, "request: is missing"),
    "a request that is text": (envelope("pod"), "request: must be a map"),
    "no operation": (envelope(changed(operation=None)), "request.operation: must be one of"),
    "an unknown operation": (envelope(changed(operation="PATCH")), "request.operation"),
    "CREATE without object": (envelope(changed(object=None)), "request.object: is missing"),
    "DELETE without old object": (envelope(changed(operation="DELETE")), "request.oldObject: is missing"),
    "an object that is a list": (envelope(changed(object=[])), "request.object: must be a map"),
    "metadata that is text": (envelope(changed(object={**POD, "metadata": "x"})), "request.object.metadata: must be"),
    "a kind that is text": (envelope(changed(kind="Pod")), "request.kind: must be a map"),
    "no kind": (envelope(changed(kind={})), "request.kind.kind: is missing"),
    "groups that are text": (envelope(changed(userInfo={"groups": "x"})), "request.userInfo.groups"),
    "settings that are a list": (envelope() | {"settings": []}, "settings: must be a map"),
    "an unknown setting": (envelope() | {"settings": {"polices": []}}, 'settings: unknown key "polices"'),
    "an unknown option": (envelope(options={"form": "full"}), 'options: unknown key "form"'),
    "an unknown format": (envelope(options={"format": "text"}), "options.format: must be one of verdict, full"),
    "a world that is text": (envelope(world="x"), "world: must be a map"),
    "an unknown key of the world": (envelope(world={"resource": []}), 'world: unknown key "resource"'),
    "a deadline of zero": (
        envelope() | {"settings": {"policy": policy(needs_label()), "deadlineMilliseconds": 0}},
        "settings.deadlineMilliseconds: must be a positive integer",
    ),
    "too long": (b" " * (protocol.INPUT_LIMIT + 1), "more than the limit"),
}


@pytest.mark.parametrize(("data", "reason"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_refused_with_its_place(data: Any, reason: str) -> None:
    answer = ask(data)
    assert (answer["accepted"], answer["code"]) == (False, protocol.BAD_REQUEST)
    assert reason in answer["message"]


BAD_POLICIES: dict[str, tuple[Any, str]] = {
    "none": ({}, "there is no policy"),
    "a list": ({"policies": [[]]}, "settings.policies[0]: must be YAML text or a map"),
    "broken YAML": ({"policy": "a: [b"}, "settings.policy: line "),
    "YAML of a list": ({"policy": "- a"}, "settings.policy: a policy must be a map"),
    "aliases that explode": (
        {"policy": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{n}: &{n} [{', '.join(['*' + p] * 9)}]\n"
         for p, n in zip("abcdefgh", "bcdefghi", strict=True))},
        "alias",
    ),
    "duplicate keys": ({"policy": "kind: A\nkind: B\n"}, 'key "kind"'),
    "another kind": ({"policy": {"apiVersion": "v1", "kind": "Pod"}}, "kind Pod is no policy kind known here"),
    "another version": ({"policy": policy(needs_label()) | {"apiVersion": "kyverno.io/v9"}}, "version v9"),
    "an unknown field": ({"policy": policy(needs_label(), polcy=1)}, 'spec.polcy: unknown field "polcy"'),
    "a message that is a number": (
        {"policy": policy(rule(message=5, pattern={}))},
        "rule check, spec.rules[0].validate.message: json: cannot unmarshal number",
    ),
    "rules that are a map": ({"policy": policy() | {"spec": {"rules": {}}}}, "cannot unmarshal object into Go struct"),
    "generate": (
        {"policy": policy({**needs_label(), "generate": {}})},
        "policy sample, rule need-app, spec.rules[0].generate: generate rules are not",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("chosen", "reason"), BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_a_bad_policy_is_refused_by_name_path_and_reason(chosen: Any, reason: str) -> None:
    answer = ask({**envelope(), "settings": chosen})
    assert answer["accepted"] is False
    assert reason in answer["message"]
    settings = ask(chosen, "validate-settings")
    assert settings["valid"] is False
    assert reason in settings["message"]


def test_good_settings_are_valid_and_every_problem_of_bad_ones_is_named() -> None:
    assert ask({"policy": policy(needs_label())}, "validate-settings") == {"valid": True}
    bad = policy(rule("one", patern={}), rule("two", message=[]))
    message = ask({"policy": bad}, "validate-settings")["message"]
    assert "rule one" in message
    assert "rule two" in message


def test_a_raised_limit_lets_a_long_input_in() -> None:
    request = admission.creation({**POD, "data": "x" * protocol.INPUT_LIMIT})
    long = envelope(request)
    assert ask(long)["code"] == protocol.BAD_REQUEST
    long["settings"]["inputLimitBytes"] = 2 * protocol.INPUT_LIMIT
    assert ask(long) == {"accepted": True}


@pytest.mark.parametrize(("group", "kind"), [("", "Pod"), ("apps", "Deployment")])
def test_what_an_audit_scanner_asks_is_judged_as_a_creation_by_nobody(group: str, kind: str) -> None:
    """It names the kind where the resource stands (internal/audit-scanner/scanner/admission_request.go)."""
    kinds = {"group": group, "version": "v1", "kind": kind}
    request = {
        "uid": "1",
        "name": "web",
        "namespace": "shop",
        "operation": "CREATE",
        "kind": kinds,
        "requestKind": kinds,
        "resource": {"group": group, "version": "v1", "resource": kind},
        "userInfo": {},
        "object": {
            "apiVersion": f"{group}/v1".removeprefix("/"),
            "kind": kind,
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"template": {"metadata": {}, "spec": {"containers": []}}},
        },
    }
    answer = ask(envelope(request, policy(needs_label())))
    assert answer["accepted"] is False
    assert "label app is required" in answer["message"]


def test_the_limit_of_baked_settings_stands() -> None:
    baked = protocol.bake(protocol.encode({"policies": [policy(needs_label())], "inputLimitBytes": 2000}))
    long = {**envelope(admission.creation({**POD, "data": "x" * 2000})), "settings": {"inputLimitBytes": 9000}}
    answer = json.loads(protocol.handle("validate", protocol.encode(long), GivenHost(), baked))
    assert "more than the limit of 2000" in answer["message"]


def test_a_deadline_that_passes_is_an_answer() -> None:
    many = {**POD, "spec": {"containers": [{"name": f"c{n}", "image": "x"} for n in range(20_000)]}}
    slow = envelope(admission.creation(many), policy(rule(pattern={"spec": {"containers": [{"image": "*" * 40}]}})))
    slow["settings"]["deadlineMilliseconds"] = 1
    answer = ask(slow)
    assert (answer["accepted"], answer["code"]) == (False, protocol.TIMED_OUT)
    assert "1 ms" in answer["message"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PATHS = ("kind", "operation", "object", "oldObject", "userInfo", "name", "namespace", "subResource", "options", "uid")


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_answered_and_never_accepted(data: bytes) -> None:
    assert ask(data)["accepted"] is False
    assert ask(data, "validate-settings")["valid"] is False


@settings(max_examples=200)
@given(st.sampled_from(PATHS), JSON)
def test_any_value_anywhere_in_a_request_gets_an_honest_answer(key: str, value: Any) -> None:
    answer = ask(envelope(changed(**{key: value})))
    assert answer.get("code") in (None, protocol.BAD_REQUEST)


@settings(max_examples=200)
@given(JSON)
def test_any_object_gets_an_honest_answer(value: Any) -> None:
    answer = ask(envelope(changed(object={**POD, "metadata": value, "spec": value})))
    assert answer.get("code") in (None, protocol.BAD_REQUEST)


@settings(max_examples=200)
@given(st.sampled_from(("apiVersion", "kind", "metadata", "spec")), JSON)
def test_any_policy_is_loaded_or_refused_with_a_reason(key: str, value: Any) -> None:
    answer = ask({"policy": {**policy(needs_label()), key: value}}, "validate-settings")
    assert answer["valid"] is True or "internal error" not in answer["message"]


@settings(max_examples=200)
@given(
    st.sampled_from(
        (
            "pattern",
            "anyPattern",
            "deny",
            "foreach",
            "podSecurity",
            "message",
            "failureAction",
            "failureActionOverrides",
        )
    ),
    JSON,
)
def test_any_rule_is_loaded_or_refused_with_a_reason(key: str, value: Any) -> None:
    answer = ask(envelope(None, policy(rule(**{key: value}))))
    assert answer.get("code") in (None, protocol.BAD_REQUEST, protocol.BAD_POLICY)


def test_the_parent_of_a_custom_resources_scale_is_told_by_the_settings_or_refused() -> None:
    scale = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 9}}
    request = {
        **admission.creation(scale),
        "resource": {"group": "acme.test", "version": "v1", "resource": "data"},
        "subResource": "scale",
    }
    rule = {
        "name": "few",
        "match": {"any": [{"resources": {"kinds": ["Datum/scale"]}}]},
        "validate": {"message": "few", "pattern": {"spec": {"replicas": "<5"}}},
    }
    asked = envelope(None, policy(rule))
    asked["request"] = request
    assert "the kind of data.acme.test is not known; the setting customResources tells it" in ask(asked)["message"]
    asked["settings"]["customResources"] = {"data.acme.test": "Datum"}
    assert "few: 'validation error: few. rule few failed at path /spec/replicas/'" in ask(asked)["message"]


def test_validating_settings_checks_each_policy_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[Any] = []
    original = check.problems
    monkeypatch.setattr(check, "problems", lambda tree: checked.append(tree["metadata"]["name"]) or original(tree))
    chosen = {"policies": [policy(needs_label(), name=name) for name in ("a", "b")]}
    assert protocol.validate_settings(protocol.encode(chosen), KubewardenHost()) == {"valid": True}
    assert checked == ["a", "b"]


def kept_settings() -> list[dict[str, Any]]:
    """Settings that differ in what they decide, some by one number or by the order of their keys alone."""
    of_number = [
        policy(rule(message="no", pattern={"spec": {"priority": number}}), name="number") for number in (1, 1.0, True)
    ]
    labels = [policy(needs_label(label)) for label in ("app", "owner")]
    pod = policy(rule(message="no", pattern={"metadata": {"name": "?*", "labels": {"x": "y"}}}))
    turned = policy(rule(message="no", pattern={"metadata": {"labels": {"x": "y"}, "name": "?*"}}))
    return [
        *({"policies": [one]} for one in (*of_number, *labels, pod, turned, policy(name="no-rules"))),
        {"policy": labels[1]},
        {"policy": json.dumps(labels[1])},
        {"policies": [labels[1]], "failureAction": "Audit"},
        {"policies": [labels[1]], "rules": "mutate"},
        {"policies": [labels[1], {**labels[0], "kind": "Nonsense"}]},
        {"policies": labels[::-1]},
        {},
    ]


def test_what_is_kept_changes_no_answer_whatever_came_before() -> None:
    kept = protocol.Kept()
    pod = {**POD, "spec": {**POD["spec"], "priority": "1.0"}}
    chosen = [{**each, "deadlineMilliseconds": PATIENCE} for each in kept_settings()]
    for each in [one for first in chosen for second in chosen for one in (first, second, first)]:
        for resource in (pod, {**pod, "kind": "Deployment", "apiVersion": "apps/v1"}):
            data = protocol.encode(
                {**envelope(admission.creation(resource), options={"format": "full"}), "settings": each}
            )
            assert protocol.handle("validate", data, HOST, kept=kept) == protocol.handle("validate", data, HOST)


def test_policies_are_loaded_anew_only_when_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Any] = []
    original = loader.load
    monkeypatch.setattr(loader, "load", lambda *given: loads.append(given) or original(*given))
    kept = protocol.Kept()
    for label in ("app", "app", "owner", "owner", "app"):
        protocol.handle("validate", protocol.encode(envelope(None, policy(needs_label(label)))), HOST, kept=kept)
    assert len(loads) == 3
