"""Validate patterns: does a resource look like this?

What is kept of a pattern and how a resource is walked along it stands in `nodes`; what each anchor asks in `fields`;
scalars in `leaf`.

Source: Kyverno pkg/engine/validate, https://kyverno.io/docs/policy-types/cluster-policy/validate/#patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kywarden.judging import nodes
from kywarden.judging.failures import Failure
from kywarden.judging.fields import Node, Walk
from kywarden.values.trees import Poll, Tree

Pattern: TypeAlias = Node


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The answer where a resource does not match.

    failure: what went wrong first.
    skip: a condition is unmet, so the rule does not apply.
    located: whether Kyverno reports a path; a failure without one that is no skip makes the rule an error.
    """

    failure: Failure
    skip: bool
    located: bool

    @property
    def text(self) -> str:
        """Kyverno's sentence."""
        return str(self.failure)

    @property
    def path(self) -> str:
        """`/spec/containers/0/image/`, or empty."""
        return self.failure.place() if self.located else ""


def prepare(pattern: Tree) -> Pattern:
    """The pattern, ready to be matched any number of times; its numbers are compared by their type (int or float)."""
    return nodes.prepare(pattern)


def match(pattern: Pattern, resource: Tree, poll: Poll) -> Mismatch | None:
    """Why the resource does not match the pattern, or None."""
    walk = Walk(poll)
    failure = pattern.check(resource, None, walk)
    if failure is None:
        return None
    if failure.skips:
        return Mismatch(failure, skip=True, located=False)
    # kyverno: where the key of an anchor was nowhere in the resource, an ordinary failure loses its path
    return Mismatch(failure, skip=False, located=failure.forbids or all(walk.present.values()))
