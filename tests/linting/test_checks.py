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
