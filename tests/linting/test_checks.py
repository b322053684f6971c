"""Each check finds its example, and says nothing of what was meant instead."""

from __future__ import annotations

import pytest

from kywarden.linting.checks import CHECKS
from kywarden.linting.examples import EXAMPLES, SEPARATOR
from kywarden.linting.linter import lint

POLICY = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: example
"""
RULE = """\
spec:
  rules:
  - name: example
"""
MATCH = """\
    match:
      any:
      - resources:
          kinds: [Pod]
"""


def whole(example: str) -> str:
    """The policy that an example stands for."""
    if example.startswith("spec:"):
        return POLICY + example
    body = "".join(f"    {line}\n" for line in example.splitlines())
    return POLICY + RULE + ("" if example.startswith("match:") else MATCH) + body


def found(example: str) -> list[str]:
    return [finding.check.id for finding in lint([("policy.yaml", whole(example))]).findings]


def test_every_check_has_an_example() -> None:
    assert list(EXAMPLES) == list(CHECKS)


@pytest.mark.parametrize("check", EXAMPLES)
def test_a_check_finds_its_example_and_nothing_else(check: str) -> None:
    wrong, _, _ = EXAMPLES[check].partition(SEPARATOR)
    assert found(wrong) == [check]


@pytest.mark.parametrize("check", EXAMPLES)
def test_what_was_meant_has_no_findings(check: str) -> None:
    _, _, right = EXAMPLES[check].partition(SEPARATOR)
    assert right == "" or found(right) == []


CUSTOM = """\
match: {{any: [{{resources: {{kinds: [{kinds}]}}}}]}}
mutate:
  patchStrategicMerge:
    spec:
      {name}:
      - (name): "*"
        x: 1
"""


@pytest.mark.parametrize(
    ("kinds", "name", "is_lost"),
    [
        ("Boat", "parts", True),
        ("acme.io/v1/Boat, Ship", "parts", True),
        ("Pod", "tolerations", True),
        ("Pod", "containers", False),
        # nothing is known of how these are merged
        ("Boat, Pod", "containers", False),
        ("'*/*'", "parts", False),
        ("Ingress", "rules", False),
    ],
)
def test_an_anchor_in_a_list_that_is_replaced_is_found(kinds: str, name: str, is_lost: bool) -> None:
    findings = found(CUSTOM.format(kinds=kinds, name=name))
    assert ("dangerous-patch" in findings) is is_lost


LIST = "a text never equals a list"
BOOL = "a bool never equals a text"
CONDITION = """\
validate:
  deny:
    conditions:
      any:
      - key: "{key}"
        operator: {operator}
        value: {value}
"""


def said(example: str) -> list[str]:
    return [finding.said for finding in lint([("policy.yaml", whole(example))]).findings]


@pytest.mark.parametrize(
    ("key", "operator", "value", "message"),
    [
        ("{{ request.operation }}", "Equals", "[CREATE]", f"{LIST}: AnyIn looks into the list"),
        ("{{ request.operation }}", "NotEquals", "[UPDATE]", f"{LIST}: AnyNotIn looks into the list"),
        ("{{ request.object.metadata.labels.a || '' }}", "Equals", "true", 'a text never equals a bool: write "true"'),
        # what JMESPath orders may be null, which differs from nothing
        ("{{ request.object.spec.a > `1` }}", "NotEquals", "'true'", f"{BOOL}: write true without quotes"),
        ("{{ request.object.spec.a }}", "Equals", "[a]", ""),
        ("{{ request.operation }}", "AnyIn", "[CREATE]", ""),
        # a variable inside a variable
        ("{{ contains(`[]`, '{{ request.name }}') }}", "Equals", "true", ""),
        ("{{ to_upper('{{ request.name }}') }}", "Equals", "A", ""),
    ],
)
def test_comparisons_of_what_is_never_equal(key: str, operator: str, value: str, message: str) -> None:
    assert said(CONDITION.format(key=key, operator=operator, value=value)) == ([message] if message else [])


@pytest.mark.parametrize(
    ("key", "check"),
    [
        ("{{ regex_match('^(?=a)', '{{ request.name }}') }}", "regex-syntax"),
        ("{{ regex_mach('^a', '{{ request.name }}') }}", "unknown-function"),
        ("{{ regex_match('{{ request.name }}') }}", "wrong-arguments"),
        ("{{ reqest.object.metadata.labels.{{ request.name }} }}", "undefined-variable"),
        ("{{ to_upper('{{ to_lower('{{ request.name }}') }}', 'a') }}", "wrong-arguments"),
        # only what is known of them is told
        ("{{ regex_match('[{{ request.name }}', '{{ request.name }}') }}", ""),
        ("{{ request.object.metadata.labels.{{ request.name }} }}", ""),
    ],
)
def test_variables_that_hold_variables(key: str, check: str) -> None:
    assert found(CONDITION.format(key=key, operator="AnyIn", value="[x]")) == ([check] if check else [])


@pytest.mark.parametrize(
    ("key", "messages"),
    [
        ("{{ request.operaton }}", ['a request has no field operaton: did you mean "operation"?']),
        ("{{ request.namespaces || 'x' }}", ['a request has no field namespaces: did you mean "namespace"?']),
        ("{{ request.oldobject.metadata.name }}", ['a request has no field oldobject: did you mean "oldObject"?']),
        ("{{ request.requestKind.kind }}", []),
        ("{{ request.object.spec.items[].request.size }}", []),
    ],
)
def test_fields_that_no_request_has(key: str, messages: list[str]) -> None:
    assert said(CONDITION.format(key=key, operator="AnyIn", value="[x]")) == messages


def test_a_query_in_braces_is_told_to_be_none() -> None:
    foreach = 'validate: {foreach: [{list: "{{ request.object.spec.containers }}", pattern: {image: "?*"}}]}'
    assert said(foreach) == [
        "no JMESPath: Expected tQuotedIdentifier or tUnquotedIdentifier: a query is written without braces"
    ]


@pytest.mark.parametrize(
    ("body", "checks"),
    [
        ("pattern: {(spec): {hostNetwork: false}}", ["never-fails"]),
        ("anyPattern: [{(spec): {hostNetwork: false}}, {<(metadata): {name: a}}]", ["never-fails"]),
        # one alternative passes where its condition holds, the other may fail
        ("anyPattern: [{(metadata): {labels: {skip: a}}}, {spec: {hostNetwork: false}}]", []),
    ],
)
def test_patterns_of_conditions_alone(body: str, checks: list[str]) -> None:
    assert found(f"validate: {{{body}}}") == checks


PATCH = """\
match: {{any: [{{resources: {{kinds: [{kind}]}}}}]}}
mutate:
  patchStrategicMerge:
    spec: {spec}
"""


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("Pod", "{containers: [{tty: true}]}", "an element of containers without name empties the whole list"),
        (
            "Pod",
            "{containers: [{name: a, tty: true}, {tty: true}]}",
            "an element of containers without name loses from the list what the patch does not name",
        ),
        (
            "Service",
            "{ports: [{(name): http, nodePort: 30001}]}",
            "with an anchor, an element of ports without port and protocol is dropped, or takes the object's elements"
            " along",
        ),
        (
            "Pod",
            "{containers: [{(name): a, volumeMounts: [{(name): data, readOnly: true}]}]}",
            "with an anchor, an element of volumeMounts without mountPath is dropped, or takes the object's elements"
            " along",
        ),
        ("Service", "{ports: [{(name): http, port: 80, protocol: TCP, nodePort: 30001}]}", ""),
        (
            "Pod",
            "{tolerations: [{(key): spot, effect: NoSchedule}]}",
            "elements of tolerations have no name, so one with an anchor patches none of them",
        ),
        (
            "Pod",
            "{topologySpreadConstraints: [{(topologyKey): zone, maxSkew: 2}]}",
            "elements of topologySpreadConstraints have no name, so one with an anchor patches none of them",
        ),
        # of a custom resource nothing is known
        ("Boat", "{tolerations: [{key: spot}]}", ""),
    ],
)
def test_patches_of_lists_that_destroy_or_miss(kind: str, spec: str, message: str) -> None:
    findings = lint([("policy.yaml", whole(PATCH.format(kind=kind, spec=spec)))]).findings
    assert [one.message for one in findings] == ([message] if message else [])


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ("{level: strict}", "strict"),
        ("{level: baseline, version: v1.99}", "v1.99"),
        ("{level: baseline, exclude: [{controlName: Capabilties, images: ['*']}]}", "Capabilties"),
    ],
)
def test_pod_security_knows_its_levels_versions_and_controls(settings: str, value: str) -> None:
    [finding] = lint([("policy.yaml", whole(f"validate: {{podSecurity: {settings}}}"))]).findings
    assert finding.check.id == "bad-value"
    assert finding.message.startswith(f'unsupported value "{value}", supported values: ')
