"""Mutate rules: what they make of the object, and what the webhook answers."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kywarden import admission, evaluator, loader
from kywarden.errors import PolicyErrors
from kywarden.host.given import GivenHost
from kywarden.loader import Source
from kywarden.model.verdict import Verdict
from tests.requests_made import POD, policy, rule

TWO: dict[str, Any] = {**POD, "spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}}


def mutate(name: str = "set", kinds: tuple[str, ...] = ("Pod",), **body: Any) -> dict[str, Any]:
    """A mutate rule about some kinds; preconditions and the like may stand among the body's keys."""
    own: dict[str, Any] = {key: body.pop(key) for key in ("preconditions", "context") if key in body}
    return {"name": name, "match": {"any": [{"resources": {"kinds": list(kinds)}}]}, **own, "mutate": body}


def labelled(key: str, value: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {key: value}}}


def judged(*policies: dict[str, Any], resource: dict[str, Any] = POD, **more: Any) -> Verdict:
    """The verdict on the creation of a resource; `request`: fields of another request, `semantics`: of apply."""
    request = {**admission.creation(copy.deepcopy(resource)), **more.get("request", {})}
    programs = loader.load(Source(one) for one in [*policies, *more.get("exceptions", [])])
    world = GivenHost().world({"namespaceLabels": {}, "roles": [], "clusterRoles": []}, 60_000)
    return evaluator.evaluate(programs, admission.read(request, more.get("semantics", "admission")), world)


def mutated(verdict: Verdict) -> dict[str, Any]:
    assert verdict.accepted, verdict.message
    assert isinstance(verdict.mutated, dict)
    return verdict.mutated


def labels(verdict: Verdict) -> Any:
    return mutated(verdict)["metadata"]["labels"]


def told(verdict: Verdict) -> list[tuple[str, str]]:
    return [(result.status, result.message) for result in verdict.rules]


def test_each_rule_works_on_what_the_rules_before_it_made() -> None:
    verdict = judged(
        policy(
            mutate("one", patchStrategicMerge=labelled("a", "{{request.object.metadata.labels.app}}")),
            mutate("two", patchesJson6902="- {op: copy, from: /metadata/labels/a, path: /metadata/labels/b}"),
        ),
        policy(mutate("three", patchStrategicMerge=labelled("(b)", "web") | {"spec": {"x": 1}}), name="other"),
    )
    assert labels(verdict) == {"app": "web", "a": "web", "b": "web"}
    assert mutated(verdict)["spec"]["x"] == 1
    assert told(verdict) == [("pass", "mutated Pod/web in namespace shop")] * 3
    assert {(result.type, result.phase) for result in verdict.rules} == {("Mutation", "mutate")}


def test_validate_rules_see_the_mutated_object() -> None:
    pattern = {"metadata": {"labels": {"team": "blue"}}}
    verdict = judged(policy(rule("check", pattern=pattern), mutate(patchStrategicMerge=labelled("team", "blue"))))
    assert [result.status for result in verdict.rules] == ["pass", "pass"]
    assert labels(verdict)["team"] == "blue"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"patchStrategicMerge": labelled("app", "web")}, "no patches applied"),
        ({"patchStrategicMerge": labelled("(app)", "db") | {"x": 1}}, "no patches applied"),
        ({"patchesJson6902": "[]"}, "no patches applied"),
        ({"foreach": [{"list": "request.object.spec.none || `[]`", "patchesJson6902": "[]"}]}, "0 elements processed"),
        ({"patchStrategicMerge": {"x": 1}, "preconditions": {"any": []}}, "preconditions not met"),
    ],
)
def test_a_rule_without_effect_is_skipped(body: dict[str, Any], message: str) -> None:
    verdict = judged(policy(mutate(**body)))
    assert told(verdict) == [("skip", message)]
    assert verdict.mutated is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"patchStrategicMerge": labelled("a", "{{request.object.nope}}")},
         "variable substitution failed: failed to resolve request.object.nope at path"
         ' /mutate/patchStrategicMerge/metadata/labels/a: JMESPath query failed: Unknown key "nope" in path'),
        # kyverno: the whole rule is filled, also conditions that were never asked
        ({"patchStrategicMerge": labelled("a", "b"),
          "preconditions": {"any": [{"key": "1", "operator": "Equals", "value": "1"},
                                    {"key": "{{request.object.nope}}", "operator": "Equals", "value": "1"}]}},
         "variable substitution failed: failed to resolve request.object.nope at path /preconditions/any/1/key:"
         ' JMESPath query failed: Unknown key "nope" in path'),
        ({"patchesJson6902": "- {op: test, path: /kind, value: x}"},
         "failed to patch resource: testing value /kind failed: test failed"),
        ({"patchesJson6902": "".join(f"- {{op: remove, path: /{key}}}\n" for key in ("kind", "spec", "metadata"))},
         "failed to unmarshal patched resource: Object 'Kind' is missing in '{\"apiVersion\":\"v1\"}'"),
        # kyverno: the reason is told twice
        ({"foreach": [{"list": "request.object.nope", "patchesJson6902": "[]"}]},
         "failed to evaluate list request.object.nope: JMESPath query failed: Unknown key \"nope\" in path:"
         ' JMESPath query failed: Unknown key "nope" in path'),
        ({"foreach": [{"list": "request.object.spec.containers", "patchesJson6902": "[]",
                       "preconditions": {"any": [{"key": "{{element.no}}", "operator": "Equals", "value": "1"}]}}]},
         "failed to mutate elements: failed to evaluate mutate.foreach[0].preconditions: failed to substitute variables"
         " in condition key: failed to resolve element.no at path : JMESPath query failed: Unknown key \"no\" in path"),
    ],
)  # fmt: skip
def test_an_error_denies_and_ends_the_request(body: dict[str, Any], message: str) -> None:
    verdict = judged(policy(mutate(**body), rule(deny={}), failurePolicy="Fail"))
    assert told(verdict) == [("error", message)]
    assert (verdict.accepted, verdict.webhook, verdict.mutated) == (False, "mutate.kyverno.svc-fail", None)
    assert verdict.message == f"mutation policy sample error: failed to apply policy sample rules [set: {message}]"


def test_a_policy_that_ignores_failures_loses_its_patches_and_warns() -> None:
    broken = mutate("broken", patchesJson6902="- {op: test, path: /kind, value: x}")
    verdict = judged(
        policy(mutate("first", patchStrategicMerge=labelled("first", "1")), name="kept", failurePolicy="Ignore"),
        policy(mutate("lost", patchStrategicMerge=labelled("lost", "1")), broken, failurePolicy="Ignore"),
        # kyverno: after an error there is no object any more, so this one does not run
        policy(mutate("last", patchStrategicMerge=labelled("last", "1")), name="behind", failurePolicy="Ignore"),
    )
    assert labels(verdict) == {"app": "web", "first": "1"}
    assert [result.rule for result in verdict.rules] == ["first", "lost", "broken"]
    assert verdict.warnings == (
        "policy sample.broken: failed to patch resource: testing value /kind failed: test failed",
    )


def test_dropped_patches_do_not_come_back_with_those_of_the_next_policy() -> None:
    unmet = {"any": [{"key": "{{request.object.nope}}", "operator": "Equals", "value": "1"}]}
    verdict = judged(
        policy(
            mutate("lost", patchStrategicMerge=labelled("lost", "1")),
            mutate("broken", preconditions=unmet, patchStrategicMerge=labelled("x", "1")),
            failurePolicy="Ignore",
        ),
        policy(
            mutate("last", patchStrategicMerge=labelled("(lost)", "1") | {"y": 1}), name="on", failurePolicy="Ignore"
        ),
    )
    assert labels(verdict) == {"app": "web"}
    assert mutated(verdict)["y"] == 1


def test_policies_that_fail_closed_mutate_before_those_that_do_not() -> None:
    def appending(name: str, **spec: Any) -> dict[str, Any]:
        patch = labelled("order", f"{{{{request.object.metadata.labels.order || ''}}}}{name}")
        return policy(mutate(patchStrategicMerge=patch), name=name, **spec)

    verdict = judged(appending("a", failurePolicy="Ignore"), appending("b"), appending("c", failurePolicy="Fail"))
    assert labels(verdict)["order"] == "bca"


def test_emit_warning_tells_what_was_mutated() -> None:
    verdict = judged(
        policy(mutate(patchStrategicMerge=labelled("x", "1")), mutate("none", patchStrategicMerge={}), emitWarning=True)
    )
    assert verdict.warnings == ("policy sample.set: mutated Pod/web in namespace shop",)


def test_numbers_are_int64_for_the_policies_behind_in_one_webhook() -> None:
    # kyverno: integers of the object that a policy leaves behind are no numbers to JMESPath (C.5)
    patch = labelled("big", "{{ request.object.spec.replicas > `3` }}")
    boat = {"apiVersion": "acme/v1", "kind": "Boat", "metadata": {"name": "b"}, "spec": {"replicas": 5}}
    unrelated = policy(mutate(kinds=("Boat",), patchStrategicMerge=labelled("(no)", "x")), name="unrelated")
    bigger = policy(mutate(kinds=("Boat",), patchStrategicMerge=patch), name="bigger")
    assert labels(judged(bigger, resource=boat)) == {"big": True}
    assert labels(judged(unrelated, bigger, resource=boat)) == {}


@pytest.mark.parametrize(
    ("entry", "last"),
    [
        # kyverno: a strategic merge goes from back to front, unless told otherwise
        ({"patchStrategicMerge": labelled("last", "{{element.name}}")}, "a"),
        ({"patchStrategicMerge": labelled("last", "{{element.name}}"), "order": "Ascending"}, "b"),
        ({"patchesJson6902": '[{"op": "add", "path": "/metadata/labels/last", "value": "{{element.name}}"}]'}, "b"),
        ({"patchesJson6902": '[{"op": "add", "path": "/metadata/labels/last", "value": "{{elementIndex}}"}]',
          "order": "Descending"}, "0"),
        ({"patchStrategicMerge": labelled("last", "{{element.name}}"),
          "preconditions": {"all": [{"key": "{{element.image}}", "operator": "Equals", "value": "y"}]}}, "b"),
    ],
)  # fmt: skip
def test_the_elements_of_a_list_have_their_order(entry: dict[str, Any], last: str) -> None:
    verdict = judged(policy(mutate(foreach=[{"list": "request.object.spec.containers", **entry}])), resource=TWO)
    assert labels(verdict)["last"] == last


def test_foreach_nests_and_sees_the_object_after_each_entry() -> None:
    inner = {
        "list": "element.ports",
        "patchesJson6902": '[{"op": "add", "path": "/metadata/labels/{{element0.name}}-{{element1.p}}", "value": "x"}]',
    }
    resource = {**POD, "spec": {"parts": [{"name": "a", "ports": [{"p": "1"}, {"p": "2"}]}, {"name": "b"}]}}
    verdict = judged(
        policy(
            mutate(
                kinds=("*",),
                foreach=[
                    {"list": "request.object.spec.parts[?ports]", "foreach": [inner]},
                    {"list": "keys(request.object.metadata.labels)",
                     "patchStrategicMerge": {"spec": {"n": "{{elementIndex}}"}}, "order": "Ascending"},
                ],
            ),
            background=False,
        ),
        resource=resource,
    )  # fmt: skip
    assert labels(verdict) == {"app": "web", "a-1": "x", "a-2": "x"}
    assert mutated(verdict)["spec"]["n"] == 2


def test_exceptions_lift_mutate_rules() -> None:
    exception = {
        "apiVersion": "kyverno.io/v2",
        "kind": "PolicyException",
        "metadata": {"name": "free", "namespace": "shop"},
        "spec": {
            "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
            "exceptions": [{"policyName": "sample", "ruleNames": ["set"]}],
        },
    }
    verdict = judged(policy(mutate(patchStrategicMerge=labelled("x", "1"))), exceptions=[exception])
    assert told(verdict) == [("skip", "rule is skipped due to policy exceptionsshop/free")]
    assert verdict.mutated is None


def test_autogen_mutates_pod_templates() -> None:
    pods = mutate(patchStrategicMerge={"spec": {"containers": [{"(name)": "*", "imagePullPolicy": "Always"}]}})
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [{"name": "a"}]}}},
    }
    template = mutated(judged(policy(pods), resource=deployment))["spec"]["template"]
    assert template == {"spec": {"containers": [{"name": "a", "imagePullPolicy": "Always"}]}}


def test_apply_rules_one_stops_after_the_first_patch() -> None:
    both = [mutate(name, patchStrategicMerge=labelled(name, "1")) for name in ("one", "two")]
    assert labels(judged(policy(*both, applyRules="One"))) == {"app": "web", "one": "1"}


def deletion(resource: dict[str, Any]) -> dict[str, Any]:
    return {"operation": "DELETE", "object": None, "oldObject": resource}


def test_a_deletion_is_mutated_only_where_some_policy_asks_for_it() -> None:
    plain = policy(mutate(patchStrategicMerge=labelled("x", "1")), name="plain", failurePolicy="Ignore")
    asking = policy(mutate(patchStrategicMerge={}), name="asking", failurePolicy="Ignore")
    asking["spec"]["rules"][0]["match"]["any"][0]["resources"]["operations"] = ["DELETE"]
    assert judged(plain, request=deletion(POD)).rules == ()
    # kyverno: the webhook is registered for all policies at once, and there is no object to patch
    verdict = judged(plain, asking, request=deletion(POD))
    assert [result.status for result in verdict.rules] == ["error", "error"]
    assert (verdict.accepted, verdict.mutated) == (True, None)


def test_a_refusal_by_a_validate_rule_keeps_what_became_of_the_object() -> None:
    verdict = judged(policy(mutate(patchStrategicMerge=labelled("x", "1")), rule(deny={})))
    assert not verdict.accepted
    assert verdict.mutated is not None


def test_the_command_line_runs_all_mutate_rules_first_and_drops_nothing() -> None:
    unmet = {"any": [{"key": "{{request.object.nope}}", "operator": "Equals", "value": "1"}]}
    policies = [
        policy(rule("check", pattern={"metadata": {"labels": {"x": "?*"}}}), name="checking"),
        policy(
            mutate(patchStrategicMerge=labelled("x", "1")),
            mutate("broken", preconditions=unmet, patchStrategicMerge={}),
        ),
    ]
    verdict = judged(*policies, semantics="apply")
    assert [(result.rule, result.status) for result in verdict.rules] == [
        ("set", "pass"), ("broken", "error"), ("check", "pass"),
    ]  # fmt: skip
    assert labels(verdict) == {"app": "web", "x": "1"}


def test_the_command_line_has_no_object_any_more_after_a_failed_patch() -> None:
    broken = policy(mutate(patchesJson6902="- {op: test, path: /kind, value: x}"))
    verdict = judged(broken, policy(rule(deny={}), name="checking"), semantics="apply")
    assert [result.rule for result in verdict.rules] == ["set"]


def test_rules_with_targets_are_refused() -> None:
    target = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "namespace": "y"}]
    with pytest.raises(PolicyErrors, match="targets are not an admission matter"):
        judged(policy(mutate(patchStrategicMerge=labelled("x", "1"), targets=target)))
