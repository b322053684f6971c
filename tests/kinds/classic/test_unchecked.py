"""What the policy check does not look at: wrong parts of a foreach are answered at the request."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import admission, evaluator, loader
from kywarden.errors import PolicyErrors
from kywarden.host.given import GivenHost
from kywarden.loader import Source
from tests.requests_made import POD, policy

MATCH: dict[str, Any] = {"any": [{"resources": {"kinds": ["Pod"]}}]}
LIST = "request.object.spec.containers"
NO_LOADER = "failed to create deferred loader for context entry part"
NOT_A_LIST = "failed to deserialize anyPattern, expected type array: json: cannot unmarshal"


def told(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Status and message of each rule result on the creation of a pod."""
    programs = loader.load([Source(policy({"name": "one", "match": MATCH, **body}))])
    world = GivenHost().world({"namespaceLabels": {}, "roles": [], "clusterRoles": []}, 60_000)
    request = admission.read(admission.creation(POD), "admission")
    return [(result.status, result.message) for result in evaluator.evaluate(programs, request, world).rules]


def test_a_context_entry_of_no_kind_fails_a_validate_foreach_before_its_preconditions() -> None:
    entry = {
        "list": LIST,
        "context": [{"name": "part"}],
        "preconditions": {"all": [{"key": "a", "operator": "Equals", "value": "b"}]},
        "pattern": {"name": "*"},
    }
    assert told({"validate": {"foreach": [entry]}}) == [
        ("error", f"validation failure: failed to load context: {NO_LOADER}")
    ]


def test_a_context_entry_of_no_kind_fails_a_mutate_foreach() -> None:
    patch = {"metadata": {"labels": {"a": "b"}}}
    entry = {"list": LIST, "context": [{"name": "part"}], "patchStrategicMerge": patch}
    assert told({"mutate": {"foreach": [entry]}}) == [
        ("error", f"failed to mutate elements: failed to load to mutate.foreach[0].context: {NO_LOADER}")
    ]


@pytest.mark.parametrize(
    ("alternatives", "kind"), [("x", "string"), ({"a": "b"}, "object"), (3, "number"), (True, "bool")]
)
def test_alternatives_that_are_no_list_are_an_error_that_says_what_they_are(alternatives: Any, kind: str) -> None:
    entry = {"list": LIST, "anyPattern": alternatives}
    assert told({"validate": {"foreach": [entry]}}) == [
        ("error", f"validation failure: {NOT_A_LIST} {kind} into Go value of type []interface {{}}")
    ]


def test_an_exception_with_controls_of_a_wrong_type_is_a_problem_like_any_other() -> None:
    exception: dict[str, Any] = {
        "apiVersion": "kyverno.io/v2",
        "kind": "PolicyException",
        "metadata": {"name": "free", "namespace": "default"},
        "spec": {
            "match": MATCH,
            "exceptions": [{"policyName": "p", "ruleNames": ["one"]}],
            "podSecurity": [{"controlName": "Seccomp", "images": "*"}],
        },
    }
    with pytest.raises(PolicyErrors) as caught:
        loader.load([Source(exception)])
    assert [problem.path for problem in caught.value.problems] == ["spec.podSecurity[0].images"]


def test_an_empty_pod_security_is_none_but_its_copy_for_controllers_checks_everything() -> None:
    programs = loader.load([Source(policy({"name": "one", "match": MATCH, "validate": {"podSecurity": {}}}))])
    world = GivenHost().world({}, 60_000)
    controller = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    spec = {"template": {"spec": {"containers": [{"name": "main", "image": "x"}]}}}
    for resource, statuses in ((POD, []), ({**controller, "spec": spec}, ["fail"])):
        request = admission.read(admission.creation(resource), "admission")
        verdict = evaluator.evaluate(programs, request, world)
        assert [result.status for result in verdict.rules] == statuses
