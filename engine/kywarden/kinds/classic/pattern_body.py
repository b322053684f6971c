"""The bodies `validate.pattern` and `validate.anyPattern`.

Source: pkg/engine/handlers/validation/validate_resource.go validatePatterns; the words are reference A.4's.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.judging import pattern as patterns
from kywarden.judging.pattern import Mismatch, Pattern
from kywarden.kinds.classic.bodies import Case, Outcome
from kywarden.values.trees import Map, Tree, floated


@dataclass(frozen=True, slots=True)
class PatternBody:
    """One pattern."""

    rule: str
    message: str
    pattern: Pattern

    def judge(self, case: Case) -> Outcome | None:
        if case.resource is None:  # kyverno: a pattern says nothing about a deletion
            return None
        mismatch = patterns.match(self.pattern, case.resource, case.world.poll)
        if mismatch is None:
            return Outcome("pass", f"validation rule '{self.rule}' passed.")
        if mismatch.skip:
            return Outcome("skip", mismatch.text)
        text = _introduced(self.message, self.rule)
        if not mismatch.path:
            # kyverno: without a path the failure becomes an error
            return Outcome("error", f"{text} execution error: {mismatch.text}")
        return Outcome("fail", f"{text} failed at path {mismatch.path}")


@dataclass(frozen=True, slots=True)
class AnyPatternBody:
    """Alternatives: the first that matches decides."""

    rule: str
    message: str
    patterns: tuple[Pattern, ...]

    def judge(self, case: Case) -> Outcome | None:
        if case.resource is None:
            return None
        failed: list[str] = []
        skipped: list[str] = []
        for index, pattern in enumerate(self.patterns):
            case.world.poll()
            mismatch = patterns.match(pattern, case.resource, case.world.poll)
            if mismatch is None:
                return Outcome("pass", f"validation rule '{self.rule}' anyPattern[{index}] passed.")
            (skipped if mismatch.skip else failed).append(_alternative(self.rule, index, mismatch))
        if failed:
            return Outcome("fail", f"validation error: {_sentence(self.message)}{' '.join(failed)}")
        if skipped:
            return Outcome("skip", " ".join(skipped))
        return Outcome("pass", self.message)


def prepare_pattern(rule: Map, name: str, message: str, tree: Tree) -> PatternBody:
    """The body of `validate.pattern`."""
    return PatternBody(name, message, patterns.prepare(tree))


def prepare_any_pattern(rule: Map, name: str, message: str, tree: Tree) -> AnyPatternBody:
    """The body of `validate.anyPattern`."""
    # kyverno: alternatives go through JSON once more, so their numbers are float64
    alternatives = tree if isinstance(tree, list) else []
    return AnyPatternBody(name, message, tuple(patterns.prepare(floated(each)) for each in alternatives))


def _alternative(rule: str, index: int, mismatch: Mismatch) -> str:
    if mismatch.skip:
        return f"rule {rule}[{index}] skipped: {mismatch.text}"
    if not mismatch.path:
        return f"rule {rule}[{index}] failed: {mismatch.text}"
    return f"rule {rule}[{index}] failed at path {mismatch.path}"


def _introduced(message: str, rule: str) -> str:
    return f"validation error: {_sentence(message)}rule {rule}"


def _sentence(message: str) -> str:
    """The rule's own message in front of what failed: with a full stop, unless it ends in one."""
    if not message:
        return ""
    return f"{message} " if message.endswith(".") else f"{message}. "
