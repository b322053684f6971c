"""What hosts and registries are told about baked policies."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.baking import description
from kywarden.baking.subjects import Baking
from kywarden.settings import Settings
from tests.requests_made import policy, rule
from tests.wasm import kubewarden

Tree = Any
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
EXCEPTION = {
    "apiVersion": "kyverno.io/v2",
    "kind": "PolicyException",
    "metadata": {"name": "e", "namespace": "shop"},
    "spec": {
        "exceptions": [{"policyName": "sample", "ruleNames": ["*"]}],
        "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
    },
}


def asking(key: str, operator: str = "Equals") -> Tree:
    return {"any": [{"key": key, "operator": operator, "value": True}]}


def told(*rules: Tree, exceptions: tuple[Tree, ...] = ()) -> Tree:
    """The metadata of a module with a policy of these rules."""
    return description.of(Baking((policy(*rules),), exceptions, Settings()), {})


def looking_up(**entry: Tree) -> Tree:
    return {**rule(deny={}), "context": [{"name": "found", **entry}]}


def calling(path: str, **more: Tree) -> Tree:
    return looking_up(apiCall={"urlPath": path, **more})


CAPABILITIES: dict[str, tuple[Tree, list[str]]] = {
    "nothing": (rule(deny={}), []),
    "a ConfigMap": (looking_up(configMap={"name": "a", "namespace": "b"}), ["kubernetes/get_resource"]),
    "an object": (calling("/api/v1/namespaces/a/pods/b"), ["kubernetes/get_resource"]),
    "a list of all": (calling("/api/v1/pods"), ["kubernetes/list_resources_all"]),
    "a list of a namespace": (
        calling("/api/v1/namespaces/{{ request.namespace }}/pods"),
        ["kubernetes/list_resources_by_namespace"],
    ),
    "a review": (calling(REVIEWS, method="POST", data=[]), ["kubernetes/can_i"]),
    "a review in words alone": (rule(deny={}, message="see subjectaccessreviews"), []),
    "an image": (
        looking_up(imageRegistry={"reference": "{{ element.image }}"}),
        ["oci/v1/manifest_digest", "oci/v1/oci_manifest", "oci/v1/oci_manifest_config"],
    ),
    "an image in words alone": (rule(deny={}, message="the imageRegistry and is_external_url"), []),
    "a host": (
        rule(deny={"conditions": asking("{{ is_external_url(request.object.url) }}")}),
        ["net/v1/dns_lookup_host"],
    ),
    "a host around a variable": (
        rule(deny={"conditions": asking("{{ is_external_url('{{ request.object.url }}') }}")}),
        ["net/v1/dns_lookup_host"],
    ),
    "a host in a list": (
        rule(foreach=[{"list": "request.object.urls[?is_external_url(@)]", "deny": {}}]),
        ["net/v1/dns_lookup_host"],
    ),
    "a host in a path": (
        looking_up(variable={"value": "http://a", "jmesPath": "is_external_url(@)"}),
        ["net/v1/dns_lookup_host"],
    ),
    "a host as a text": (rule(deny={"conditions": asking("{{ 'is_external_url(a)' }}")}), []),
}


@pytest.mark.parametrize(("each", "capabilities"), CAPABILITIES.values(), ids=CAPABILITIES)
def test_the_capabilities_are_those_that_can_be_asked_for(each: Tree, capabilities: list[str]) -> None:
    assert told(each)["hostCapabilities"] == capabilities


def test_an_exception_asks_too() -> None:
    conditions = asking("{{ is_external_url(request.object.url) }}")
    exception = {**EXCEPTION, "spec": {**EXCEPTION["spec"], "conditions": conditions}}
    assert told(rule(deny={}), exceptions=(exception,))["hostCapabilities"] == ["net/v1/dns_lookup_host"]


def test_only_what_is_read_stands_among_the_resources() -> None:
    for each in (calling(REVIEWS, method="POST", data=[]), looking_up(imageRegistry={"reference": "a"})):
        assert told(each)["contextAwareResources"] == []


def test_words_for_people_are_one_line_each() -> None:
    words = {f"policies.kyverno.io/{name}": f" a\n  {name}\r\n" for name in ("title", "description", "category")}
    tree = policy(rule(deny={}))
    tree["metadata"]["annotations"] = words
    found: Tree = description.of(Baking((tree,), (), Settings()), {})
    assert kubewarden.metadata_faults(found) == []
    assert found["annotations"]["io.kubewarden.policy.title"] == "a title"
