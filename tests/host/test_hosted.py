"""The module's world: the caller's answers first, then the host's, each asked for once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.errors import EvaluationError, RequestError, Timeout
from kywarden.host import user_roles
from kywarden.host.hosted import HostedWorld, KubewardenHost
from kywarden.host.kubewarden import FAILED
from kywarden.model.request import User
from kywarden.model.world import Roles
from tests.host.hosts import Host
from tests.test_protocol import JSON

GET, LIST_ALL, LIST = (
    "kubernetes/get_resource",
    "kubernetes/list_resources_all",
    "kubernetes/list_resources_by_namespace",
)
NOT_THERE = f"{FAILED}Cannot find v1/ConfigMap named 'x' inside of namespace 'Some(\"shop\")'"
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "shop"}, "data": {}}
NO_CHANNEL = "Cannot process Wasm guest request: callback channel not provided"


def world(host: Host, given: dict[str, Any] | None = None, **custom_resources: str) -> HostedWorld:
    names = {name.replace("_", "."): kind for name, kind in custom_resources.items()}
    return KubewardenHost(host).world(given or {}, 1000, names)


def test_an_object_is_asked_for_once() -> None:
    host = Host({GET: CONFIG_MAP})
    asking = world(host)
    assert asking.resource("v1", "ConfigMap", "shop", "x") == CONFIG_MAP
    assert asking.call("GET", "/api/v1/namespaces/shop/configmaps/x", None) == CONFIG_MAP
    question = {"api_version": "v1", "kind": "ConfigMap", "name": "x", "namespace": "shop", "disable_cache": False}
    assert host.asked == [(GET, question)]


def test_what_the_host_cannot_find_is_not_there() -> None:
    asking = world(Host({GET: NOT_THERE}))
    assert asking.resource("v1", "ConfigMap", "shop", "x") is None
    with pytest.raises(EvaluationError, match='configmaps "x" not found') as caught:
        asking.call("GET", "/api/v1/namespaces/shop/configmaps/x", None)
    assert not caught.value.unanswered


REFUSALS = {
    "a grant": ("Policy has not been granted access to Kubernetes v1/ConfigMap resources.", True),
    "a capability": ("Policy has not been granted access to the 'kubernetes/get_resource' host capability.", True),
    "a failure behind the host": (f"{FAILED}error finding resource v1 / ConfigMap", False),
    "no JSON": (b"no JSON", True),
    "no object": (b"[]", True),
    "nothing": (b"", True),
}


@pytest.mark.parametrize(("answer", "unanswered"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_names_the_question_and_the_words_of_the_host(answer: Any, unanswered: bool) -> None:
    host = Host({GET: answer})
    asking = world(host)
    for _ in range(2):
        with pytest.raises(EvaluationError) as caught:
            asking.resource("v1", "ConfigMap", "shop", "x")
        assert str(caught.value).startswith("kubernetes/get_resource v1 ConfigMap shop/x: ")
        assert not isinstance(answer, str) or answer in str(caught.value)
        assert caught.value.unanswered is unanswered
    assert len(host.asked) == 1, "a refusal stands for all rules as well"


def test_the_answers_of_the_caller_stand() -> None:
    host = Host({GET: CONFIG_MAP})
    given = {
        "resources": [],
        "roles": [],
        "images": {"a": {"image": "a"}},
        "calls": [{"url": "/version", "response": 1}],
    }
    asking = world(host, given)
    assert asking.resource("v1", "ConfigMap", "shop", "x") is None
    assert asking.roles(User("ann"), "shop") == Roles()
    assert asking.image("a") == {"image": "a"}
    assert asking.call("GET", "/version", None) == 1
    assert host.asked == []


@pytest.mark.parametrize(
    ("url", "capability", "question"),
    [
        (
            "/api/v1/namespaces/shop/pods?labelSelector=a%3Db&fieldSelector=spec.nodeName%3Dn",
            LIST,
            {
                "api_version": "v1",
                "kind": "Pod",
                "label_selector": "a=b",
                "field_selector": "spec.nodeName=n",
                "namespace": "shop",
            },
        ),
        (
            "/apis/apps/v1/deployments",
            LIST_ALL,
            {"api_version": "apps/v1", "kind": "Deployment", "label_selector": None, "field_selector": None},
        ),
        (
            "/apis/acme.test/v1/boats",
            LIST_ALL,
            {"api_version": "acme.test/v1", "kind": "Boat", "label_selector": None, "field_selector": None},
        ),
    ],
)
def test_a_list_is_asked_for_by_kind(url: str, capability: str, question: dict[str, Any]) -> None:
    host = Host({capability: {"items": []}})
    assert world(host, boats_acme_test="Boat").call("GET", url, None) == {"items": []}
    assert host.asked == [(capability, question)]


REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


def test_a_review_is_asked_as_may_i() -> None:
    host = Host({"kubernetes/can_i": {"allowed": True, "reason": "because"}})
    attributes = {"verb": "delete", "resource": "pods", "namespace": "", "group": "apps"}
    spec = {"user": "ann", "groups": ["dev"], "resourceAttributes": attributes}
    posted = {"kind": "SubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": spec}
    assert world(host).call("POST", REVIEWS, posted) == {
        **posted,
        "metadata": {},
        "status": {"allowed": True, "reason": "because"},
    }
    review = {
        "user": "ann",
        "groups": ["dev"],
        "resource_attributes": {"verb": "delete", "resource": "pods", "group": "apps"},
    }
    assert host.asked == [("kubernetes/can_i", {"subject_access_review": review, "disable_cache": False})]


WITHOUT_COUNTERPART: list[tuple[str, str, Any]] = [
    ("GET", "/version", None),
    ("GET", "/api/v1/namespaces/a/pods/b/log", None),
    ("GET", "/apis/acme.test/v1/boats", None),
    ("GET", "https://example.com", None),
    ("POST", "/api/v1/namespaces", {}),
    ("POST", REVIEWS, {"spec": {"user": "a", "nonResourceAttributes": {"path": "/", "verb": "get"}}}),
    ("POST", REVIEWS, {"spec": {"user": "a", "uid": "1", "resourceAttributes": {"verb": "get", "resource": "pods"}}}),
    ("POST", REVIEWS, None),
]


@pytest.mark.parametrize(("method", "url", "data"), WITHOUT_COUNTERPART)
def test_what_has_no_counterpart_stays_unanswered(method: str, url: str, data: Any) -> None:
    host = Host()
    with pytest.raises(EvaluationError, match="which is not known here") as caught:
        world(host).call(method, url, data)
    assert caught.value.unanswered
    assert host.asked == []


def test_labels_are_those_of_the_namespace() -> None:
    masked = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"a": "b"}}}
    assert world(Host({GET: masked})).namespace_labels("shop") == {"a": "b"}
    with pytest.raises(EvaluationError, match="failed to get namespace shop: not found"):
        world(Host({GET: NOT_THERE})).namespace_labels("shop")


def test_roles_are_bound_once_for_all_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[str] = []
    monkeypatch.setattr(user_roles, "bound", lambda user, namespace, *_: bound.append(user.username) or Roles())
    asking = world(Host({LIST_ALL: {"items": []}}))
    for name in ("ann", "ann", "bob", "ann"):
        asking.roles(User(name), "shop")
    assert bound == ["ann", "bob"]


def test_roles_come_from_all_bindings() -> None:
    subjects = [{"kind": "User", "name": "ann"}]
    lists = {
        "RoleBinding": [
            {"metadata": {"namespace": "lab"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": subjects},
            {"metadata": {"namespace": "lab"}, "roleRef": {"kind": "ClusterRole", "name": "no"}, "subjects": subjects},
        ],
        "ClusterRoleBinding": [{"roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": subjects}],
    }
    host = Host({LIST_ALL: lambda question: {"items": lists[question["kind"]]}})
    assert world(host).roles(User("ann"), "shop") == Roles(("lab:r",), ("view",))


EXTERNAL = "net/v1/dns_lookup_host"
CONFIG = "oci/v1/oci_manifest_config"
PODS = "/api/v1/namespaces/shop/pods"
IMAGE = {"manifest": {}, "config": {}, "digest": "sha256:1"}
ASKING: dict[str, tuple[Callable[[HostedWorld], Any], str]] = {
    "an object": (lambda asking: asking.resource("v1", "ConfigMap", "shop", "x"), GET),
    "labels": (lambda asking: asking.namespace_labels("x"), GET),
    "a list": (lambda asking: asking.call("GET", PODS, None), LIST),
    "a list of all": (lambda asking: asking.call("GET", "/api/v1/pods", None), LIST_ALL),
    "roles": (lambda asking: asking.roles(User("ann"), "shop"), LIST_ALL),
    "a review": (
        lambda asking: asking.call(
            "POST", REVIEWS, {"spec": {"user": "a", "resourceAttributes": {"verb": "get", "resource": "pods"}}}
        ),
        "kubernetes/can_i",
    ),
    "an image": (lambda asking: asking.image("nginx"), CONFIG),
    "addresses": (lambda asking: asking.is_external_host("example.com"), EXTERNAL),
}
"""Each question that a host can be asked, and the capability that answers it."""

NO_ITEMS: list[Any] = [{}, {"items": None}, {"items": {}}, {"items": ""}, {"items": [None]}]
LACKING: dict[str, list[Any]] = {
    "an object": [
        {},
        {"metadata": None},
        {"metadata": {"name": "y"}},
        {"items": []},
        {"metadata": {"name": "x", "labels": []}},
        {"metadata": {"name": "x", "labels": {"a": 1}}},
    ],
    "labels": [{}, {"metadata": {"labels": {"a": "b"}}}, {"metadata": {"name": "x", "labels": "a"}}],
    "a list": NO_ITEMS,
    "a list of all": NO_ITEMS,
    "roles": [
        *NO_ITEMS,
        *(
            {"items": [{"roleRef": {"kind": "Role", "name": "r"}, "subjects": None, **changed}]}
            for changed in (
                {"roleRef": None},
                {"roleRef": {"kind": "Role"}},
                {"subjects": {}},
                {"subjects": [None]},
                {"metadata": []},
            )
        ),
    ],
    "a review": [{}, {"allowed": None}, {"allowed": "true"}, {"allowed": 1}],
    "an image": [{}, *({**IMAGE, key: value} for key in IMAGE for value in (None, "", []))],
    "addresses": [{}, *({"ips": ips} for ips in (None, [], {}, "1.1.1.1", [None], [1], ["x"], ["1.1.1.1", "x"]))],
}


@pytest.mark.parametrize(
    ("question", "answer"), [(question, answer) for question, answers in LACKING.items() for answer in answers]
)
def test_an_answer_without_what_was_asked_for_is_an_error_that_names_the_question(question: str, answer: Any) -> None:
    ask, capability = ASKING[question]
    with pytest.raises(EvaluationError, match=f"^{capability} .+: the host's answer has no ") as caught:
        ask(world(Host({capability: answer})))
    assert caught.value.unanswered


ANY = st.one_of(st.binary(max_size=40), st.text(max_size=20), JSON.map(lambda value: json.dumps(value).encode()))


@given(
    st.sampled_from(sorted(ASKING)), st.dictionaries(st.sampled_from(("items", "metadata", "ips", "digest")), JSON), ANY
)
def test_any_answer_is_understood_or_an_error_of_the_rule(question: str, fields: dict[str, Any], answer: Any) -> None:
    ask, capability = ASKING[question]
    for each in (fields, answer):
        with suppress(EvaluationError):
            ask(world(Host({capability: each})))


@pytest.mark.parametrize("answer", [CONFIG_MAP, NOT_THERE, b""], ids=["an object", "nothing", "no answer"])
def test_a_host_that_answers_after_the_deadline_ends_the_evaluation(answer: Any) -> None:
    def late(question: Any) -> Any:
        time.sleep(0.02)
        return answer

    asking = KubewardenHost(Host({GET: late})).world({}, 10, {})
    with pytest.raises(Timeout, match="took longer than 10 ms"):
        asking.resource("v1", "ConfigMap", "shop", "x")


@pytest.mark.parametrize("digest", [None, "", 1])
def test_the_digest_of_an_index_must_be_there(digest: Any) -> None:
    answers = {CONFIG: IMAGE, "oci/v1/oci_manifest": {"manifests": []}, "oci/v1/manifest_digest": {"digest": digest}}
    with pytest.raises(EvaluationError, match=r"^oci/v1/manifest_digest nginx: the host's answer has no digest"):
        world(Host(answers)).image("nginx")


@pytest.mark.parametrize(
    ("addresses", "external"),
    [(["93.184.216.34"], True), (["93.184.216.34", "10.0.0.1"], False), (["::1"], False), (["2001:db8::1"], True)],
)
def test_a_host_name_is_external_when_all_its_addresses_are(addresses: list[str], external: bool) -> None:
    host = Host({EXTERNAL: {"ips": addresses}})
    assert world(host).is_external_host("example.com") is external
    assert host.asked == [(EXTERNAL, "example.com")]


def test_without_a_host_questions_are_as_unanswered_as_to_the_caller_alone() -> None:
    asking = world(Host(dict.fromkeys((GET, LIST_ALL, "oci/v1/oci_manifest_config"), NO_CHANNEL)))
    for ask, text in (
        (lambda: asking.resource("v1", "ConfigMap", "shop", "x"), "the object v1 ConfigMap shop/x"),
        (lambda: asking.roles(User("ann"), ""), "the roles of user ann"),
        (lambda: asking.image("a"), "the registry data of image a"),
        (lambda: asking.global_context("g"), "the global context entry g"),
    ):
        with pytest.raises(EvaluationError, match=f"this needs {text}, which is not known here"):
            ask()


def test_what_the_caller_writes_is_checked() -> None:
    with pytest.raises(RequestError, match='unknown key "resource"'):
        world(Host(), {"resource": []})
