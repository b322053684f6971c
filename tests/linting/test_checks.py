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
