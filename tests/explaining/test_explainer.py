"""Explanations of whole requests: exceptions, autogen, updates, envelopes, and that watching changes nothing."""

from __future__ import annotations

import json

import pytest

from kywarden import admission, evaluator
from kywarden.explaining import origins
from kywarden.explaining.explainer import Judges, explain, load
from kywarden.explaining.statement import Explanation, Statement
from kywarden.host.given import GivenHost
from kywarden.values.trees import Map
from tests.conformance import samples
from tests.explaining.told import WORLD, explained, policy, told

NETWORK = policy("validate: {pattern: {spec: {=(hostNetwork): false}}}\n")


def reasons(explanation: Explanation, rule: str = "r") -> list[Statement]:
    [story] = [story for story in explanation.rules if story.rule == rule]
    return [one for statement in story.statements for one in statement.all() if one.decides]


def test_an_exception_is_named_with_its_place() -> None:
    exception = (
        "---\napiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: old-ones, namespace: shop}\n"
        "spec:\n  match: {any: [{resources: {kinds: [Pod]}}]}\n  exceptions: [{policyName: p, ruleNames: [r]}]\n"
    )
    explanation = explained(NETWORK + exception)
    [statement] = reasons(explanation)
    assert explanation.rules[0].status == "skip"
    assert (statement.text, str(statement.policy)) == ("the exception shop/old-ones applies", "policy.yaml:13:18")


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      hostNetwork: true
      containers: [{name: a, image: "nginx:latest"}]
"""


def test_a_copy_by_autogen_is_told_of_the_rule_it_was_made_of() -> None:
    [statement] = reasons(explained(NETWORK, DEPLOYMENT), "autogen-r")
    assert statement.text == "spec.template.spec.hostNetwork is true; the pattern asks for false"
    assert (str(statement.policy), str(statement.resource)) == ("policy.yaml:9:49", "object.yaml:7:20")


def test_variables_that_autogen_moved_are_found_where_they_are_written() -> None:
    condition = "{key: '{{ request.object.spec.nodeName }}', operator: Equals, value: x}"
    rule = policy(f"validate: {{deny: {{conditions: {{any: [{condition}]}}}}}}\n")
    [statement] = reasons(explained(rule, DEPLOYMENT), "autogen-r")
    assert statement.text.startswith("{{ request.object.spec.template.spec.nodeName }} cannot be resolved")
    assert (str(statement.policy), str(statement.resource)) == ("policy.yaml:9:52", "object.yaml:6:5")


UPDATE = """\
request:
  kind: {group: "", version: v1, kind: Pod}
  operation: UPDATE
  namespace: shop
  object: {apiVersion: v1, kind: Pod, metadata: {name: web, labels: {a: b}}, spec: {hostNetwork: true}}
  oldObject: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {hostNetwork: true}}
"""


def test_an_update_that_is_forgiven_says_so() -> None:
    rule = NETWORK.replace("validate: {", "validate: {failureAction: Enforce, ")
    texts = [statement.text for statement in reasons(explained(rule, UPDATE))]
    assert texts == [
        "spec.hostNetwork is true; the pattern asks for false",
        "the old object violates the rule as well, so that the update is let through",
    ]


def test_places_in_an_envelope_are_those_of_its_object() -> None:
    [statement, _] = reasons(explained(NETWORK.replace("{pattern", "{failureAction: Enforce, pattern"), UPDATE))
    assert str(statement.resource) == "object.yaml:5:98"


def test_policies_of_an_envelope_have_places_too() -> None:
    tree = {"settings": {"policy": NETWORK}, "request": json.loads(json.dumps(_request()))}
    [given] = origins.inputs("envelope.json", json.dumps(tree, indent=1).encode())
    judges = load(origins.settings(given, origins.policies({})))
    explanation = explain(given, judges, admission.read(_request()), GivenHost().world(WORLD, 60_000, {}))
    [statement] = reasons(explanation)
    assert str(statement.policy) == "envelope.json#settings.policy:9:49"


def _request() -> Map:
    [envelope] = admission.envelopes([{"apiVersion": "v1", "kind": "Pod", "spec": {"hostNetwork": True}}])
    request = envelope["request"]
    assert isinstance(request, dict)
    return request


def test_a_rule_of_another_namespace_is_not_run() -> None:
    text = NETWORK.replace("ClusterPolicy", "Policy").replace("{name: p}", "{name: p, namespace: other}")
    [story] = explained(text).rules
    assert (story.status, story.statements[0].text) == (
        "not run",
        "the policy is about objects of its own namespace, other",
    )


def test_a_rule_that_mutates_is_not_run_on_delete() -> None:
    text = policy("mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}}}\n")
    request = UPDATE.replace("UPDATE", "DELETE").replace("  object:", "  ignored:")
    [story] = explained(text, request).rules
    assert (story.status, story.statements[0].text) == ("not run", "nothing is mutated on DELETE")
    assert str(story.statements[0].policy) == "policy.yaml:7:11"


def test_rules_that_do_not_match_are_counted_beside_others() -> None:
    second = "  - name: s\n    match: {any: [{resources: {kinds: [Service]}}]}\n    validate: {deny: {}}\n"
    assert told(NETWORK + second).endswith("\n1 rule does not match the request (--all tells why)\n")


def test_long_lines_are_cut_around_the_place_on_a_narrow_terminal() -> None:
    text = told(policy("validate: {pattern: {metadata: {labels: {owner: '?*', team: '?*', other: '?*'}}}}\n"), width=50)
    assert max(len(line) for line in text.splitlines() if " | " in line) <= 50


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in samples.ROOT.glob("*/*/policy.yaml")}))
def test_watching_changes_no_verdict_and_every_reason_has_a_place(folder: str) -> None:
    for path in samples.ROOT.glob(f"*/{folder}/policy.yaml"):
        text = path.read_text(encoding="utf-8")
        judges = load(origins.policies({"policy.yaml": text}))
        for name in ("resources.yaml", "requests.yaml"):
            file = path.with_name(name)
            for given in origins.inputs(name, file.read_bytes()) if file.exists() else ():
                _check(given, judges)


def _check(given: origins.Input, judges: Judges) -> None:
    own = given.envelope.get("world")
    beside = own if isinstance(own, dict) else {}
    request = admission.read(given.envelope["request"])
    explanation = explain(given, judges, request, GivenHost().world(beside, 60_000, {}))
    plain = evaluator.evaluate(judges.programs, request, GivenHost().world(beside, 60_000, {}))
    assert (explanation.accepted, explanation.message) == (plain.accepted, plain.message)
    ran = [(story.rule, story.status) for story in explanation.rules if story.status not in ("not selected", "not run")]
    assert set(ran) >= {(result.rule, result.status) for result in plain.rules}
    for story in explanation.rules:
        statements = [one for statement in story.statements for one in statement.all()]
        if story.status in ("fail", "error", "skip", "not selected", "not run"):
            assert any(one.decides for one in statements)
        assert all(one.policy is not None or one.resource is not None for one in statements)
