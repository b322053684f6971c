"""The module's questions to its host: read as the host gives them, asked once, never while settings are validated."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from kywarden import admission, protocol
from kywarden.wasm.callbacks import Callbacks
from kywarden.wasm.cluster import Cluster
from kywarden.wasm.questions import Question
from kywarden.wasm.runner import Module
from kywarden.wasm.session import Recorder
from tests.requests_made import POD, envelope, policy, rule

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "a"}}}


def config_map(**values: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "owners", "namespace": "shop"},
        "data": {"allowed": "web", **values},
    }


def entry(name: str, **kind: Any) -> dict[str, Any]:
    return {"name": name, **kind}


OWNERS = entry("owners", configMap={"name": "owners", "namespace": "shop"})
MUST_BE = {"any": [{"key": "{{ request.name }}", "operator": "NotEquals", "value": "{{ owners.data.allowed }}"}]}


def looking_up(name: str, *context: dict[str, Any], conditions: Any = None, **resources: Any) -> dict[str, Any]:
    made = {
        **rule(name, deny={"conditions": conditions or MUST_BE}, message="denied"),
        "context": list(context or [OWNERS]),
    }
    made["match"]["any"][0]["resources"].update(resources)
    return made


def run(module: Module, host: Any, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    chosen = policy(*rules, background=False)
    options = {key: more.pop(key) for key in ("longest_read", "deadline") if key in more}
    data = json.dumps(envelope(None, chosen, options={"format": "full"}, **more)).encode()
    outcome = module.run("validate", data, host_call=host, **options)
    assert outcome.succeeded, outcome
    assert not outcome.stderr
    answer = json.loads(outcome.stdout)
    assert isinstance(answer, dict)
    return answer


def recording(*resources: dict[str, Any], **world: Any) -> Recorder:
    return Recorder(Cluster({"resources": list(resources), **world}))


def statuses(answer: dict[str, Any]) -> list[str]:
    return [each["status"] for each in answer["rules"]]


@pytest.mark.parametrize("longest_read", [None, 1, 7, 4096])
def test_answers_are_read_whole_however_the_host_cuts_them(module: Module, longest_read: int | None) -> None:
    host = Callbacks(recording(config_map(padding="ü" * 10_000)))
    answer = run(module, host, looking_up("one"), longest_read=longest_read, deadline=60)
    assert statuses(answer) == ["pass"]


def test_a_question_is_asked_once_for_all_rules(module: Module) -> None:
    recorder = recording(config_map(), NAMESPACE)
    rules = [looking_up(name, namespaceSelector={"matchLabels": {"team": "a"}}) for name in ("one", "two", "three")]
    assert statuses(run(module, Callbacks(recorder), *rules)) == ["pass"] * 3
    assert [each.question.fields["kind"] for each in recorder.exchanges] == ["Namespace", "ConfigMap"]


def test_what_the_host_cannot_find_is_not_found(module: Module) -> None:
    answer = run(module, Callbacks(recording(NAMESPACE)), looking_up("one"))
    assert statuses(answer) == ["error"]
    assert 'configmaps "owners" not found' in answer["rules"][0]["message"]


def test_a_default_stands_in_for_what_is_not_there_but_not_for_what_was_not_granted(module: Module) -> None:
    call = {"urlPath": "/api/v1/namespaces/shop/configmaps/owners", "default": {"data": {"allowed": "web"}}}
    looking = looking_up("one", entry("owners", apiCall=call))
    assert statuses(run(module, Callbacks(recording()), looking)) == ["pass"]
    refused = run(module, Callbacks(recording(), kinds=frozenset()), looking)
    assert statuses(refused) == ["error"]
    assert "Policy has not been granted access to Kubernetes v1/ConfigMap resources" in refused["rules"][0]["message"]
    assert refused["accepted"] is False


def test_selectors_and_roles_read_the_cluster(module: Module) -> None:
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "b", "namespace": "shop"},
        "roleRef": {"kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "Group", "name": "system:authenticated"}],
    }
    by_role = looking_up("by-role")
    by_role["match"]["any"][0]["clusterRoles"] = ["view"]
    other = looking_up("other", namespaceSelector={"matchLabels": {"team": "b"}})
    request = admission.creation(POD)
    host = Callbacks(recording(config_map(), NAMESPACE, binding))
    chosen = policy(by_role, other, background=False)
    data = json.dumps({**envelope(request, chosen), "options": {"format": "full"}}).encode()
    answer = json.loads(module.run("validate", data, host_call=host).stdout)
    assert [each["rule"] for each in answer["rules"]] == ["by-role"]


def test_an_image_is_looked_up_in_the_registry(module: Module) -> None:
    image = {"resolvedImage": "x@sha256:1", "manifest": {}, "configData": {"os": "linux"}}
    condition = [
        {"key": "{{ data.configData.os }}-{{ data.identifier }}", "operator": "NotEquals", "value": "linux-1.27"}
    ]
    looking = looking_up("one", entry("data", imageRegistry={"reference": "nginx:1.27"}), conditions={"any": condition})
    assert statuses(run(module, Callbacks(recording(images={"nginx:1.27": image})), looking)) == ["pass"]


def test_the_callers_world_answers_before_the_host(module: Module) -> None:
    def never(*question: Any) -> bytes:
        raise AssertionError(question)

    answer = run(module, never, looking_up("one"), world={"resources": [config_map()]})
    assert statuses(answer) == ["pass"]


def test_settings_are_validated_without_asking(module: Module) -> None:
    def never(*question: Any) -> bytes:
        raise AssertionError(question)

    chosen = {
        "policy": policy(looking_up("one", namespaceSelector={"matchLabels": {"team": "a"}}), background=False),
        "excludeRoles": "shop:*",
    }
    outcome = module.run("validate-settings", json.dumps(chosen).encode(), host_call=never, deadline=5)
    assert json.loads(outcome.stdout) == {"valid": True}
    service = looking_up("one", entry("owners", apiCall={"service": {"url": "https://example.com"}}))
    outcome = module.run(
        "validate-settings", json.dumps({"policy": policy(service)}).encode(), host_call=never, deadline=5
    )
    assert "rule one, spec.rules[0]: context entry owners" in json.loads(outcome.stdout)["message"]


def test_a_config_map_of_a_megabyte_is_read_in_time(module: Module) -> None:
    host = Callbacks(recording(config_map(big="x" * 1_000_000)))
    assert statuses(run(module, host, looking_up("one"))) == ["pass"]


MEGABYTE = 1_000_000
BIG: dict[str, bytes] = {
    "60 MB of text": b'{"items":[{"data":{"allowed":"%s"}}]}' % (b"x" * 60 * MEGABYTE),
    "300,000 small objects": b'{"items":[%s]}' % b",".join([b'{"data":{"allowed":"db"}}'] * 300_000),
    "an object as deep as it may be": b'{"items":[{"data":{"allowed":%s"db"%s}}]}' % (b'{"a":' * 120, b"}" * 120),
    "3,000 objects of a kilobyte": b'{"items":[%s]}' % b",".join([b'{"data":{"allowed":"%s"}}' % (b"y" * 1000)] * 3000),
}


@pytest.mark.parametrize("answer", BIG.values(), ids=BIG)
@pytest.mark.parametrize("megabytes", [16, 64, 256])
def test_answers_too_large_for_the_memory_of_a_host_are_refused(module: Module, answer: bytes, megabytes: int) -> None:
    condition = {"key": "{{ request.name }}", "operator": "AnyNotIn", "value": "{{ all[].data.allowed }}"}
    context = entry("all", apiCall={"urlPath": "/api/v1/namespaces/shop/configmaps", "jmesPath": "items"})
    chosen = policy(looking_up("one", context, conditions={"any": [condition]}), background=False)
    data = json.dumps(envelope(None, chosen)).encode()
    limit = megabytes * 1024 * 1024
    outcome = module.run("validate", data, host_call=lambda *_: answer, memory_limit=limit, deadline=10)
    assert (outcome.end, outcome.code) == ("exit", 0), outcome.trap
    assert json.loads(outcome.stdout)["accepted"] is False
    assert outcome.pages * 65536 <= limit


def test_a_host_that_answers_after_the_deadline_gets_a_deadline_error(module: Module) -> None:
    recorder = recording(config_map())

    def late(*question: Any) -> bytes:
        time.sleep(0.2)
        return Callbacks(recorder)(*question)

    chosen = {"policy": policy(looking_up("one"), background=False), "deadlineMilliseconds": 100}
    data = json.dumps({**envelope(), "settings": chosen}).encode()
    answer = json.loads(module.run("validate", data, host_call=late, deadline=5).stdout)
    assert answer["accepted"] is False
    assert answer["code"] == protocol.TIMED_OUT
    assert "took longer than 100 ms (setting deadlineMilliseconds)" in answer["message"]


def test_what_the_host_says_beyond_reason_never_accepts(module: Module) -> None:
    def answering(payload: bytes) -> Any:
        def answer(question: Question) -> bytes:
            return payload

        return Callbacks(answer)

    for payload in (
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"data":' * 200,
        b'{"data":{"allowed":"db"}}',
    ):
        answer = run(module, answering(payload), looking_up("one"))
        assert answer["accepted"] is False, payload[:20]
        assert "internal error" not in answer["message"], payload[:20]
