"""The bodies `validate.pattern` and `validate.anyPattern`.

Source: pkg/engine/handlers/validation/validate_resource.go validatePatterns; the words are reference A.4's.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.binding import variables
from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.judging import pattern as patterns
from kywarden.judging.pattern import Mismatch, Pattern
from kywarden.kinds.classic.bodies import Case, Judge, Outcome, RuleWords
from kywarden.kinds.classic.events import PatternJudged
from kywarden.values.go_text import json_type
from kywarden.values.trees import Tree, floated


@dataclass(frozen=True, slots=True)
class PatternBody:
    """One pattern; `pattern` is prepared when it holds no variables."""

    words: RuleWords
    template: Template
    pattern: Pattern | None

    def bind(self, scope: Scope) -> Judge:
        document = self.template.document if self.pattern else _filled(self.template, scope)
        pattern = self.pattern or patterns.prepare(document)

        def judge(case: Case) -> Outcome | None:
            if case.scope is scope or not _is_open(document):
                return self._judge(pattern, case)
            return self._judge(patterns.prepare(_filled(variables.prepare(document), case.scope)), case)

        return judge

    def _judge(self, pattern: Pattern, case: Case) -> Outcome | None:
        target, is_there = _target(case)
        if not is_there:
            return None
        rule = self.words.name
        mismatch = patterns.match(pattern, target, case.scope.world.poll)
        if case.scope.trace is not None:
            case.scope.trace(PatternJudged(self, None, target, mismatch))
        if mismatch is None:
            return Outcome("pass", f"validation rule '{rule}' passed.")
        if mismatch.skip:
            return Outcome("skip", mismatch.text)
        if not mismatch.path:
            # kyverno: without a path the failure becomes an error
            what = f"rule {rule} execution error: {mismatch.text}"
            return Outcome("error", self.words.failure(what, case.scope, mismatch.text))
        what = f"rule {rule} failed at path {mismatch.path}"
        return Outcome("fail", self.words.failure(what, case.scope, mismatch.text))


@dataclass(frozen=True, slots=True)
class AnyPatternBody:
    """Alternatives: the first that matches decides; `patterns` are prepared when they hold no variables."""

    words: RuleWords
    template: Template
    patterns: tuple[Pattern, ...] | None

    def bind(self, scope: Scope) -> Judge:
        document = self.template.document if self.patterns is not None else _filled(self.template, scope)
        alternatives = _alternatives(document) if self.patterns is None else self.patterns

        def judge(case: Case) -> Outcome | None:
            if case.scope is scope or not _is_open(document):
                return self._judge(alternatives, case)
            return self._judge(_alternatives(_filled(variables.prepare(document), case.scope)), case)

        return judge

    def _judge(self, alternatives: tuple[Pattern, ...], case: Case) -> Outcome | None:
        target, is_there = _target(case)
        if not is_there:
            return None
        failed: list[str] = []
        skipped: list[str] = []
        for index, pattern in enumerate(alternatives):
            mismatch = patterns.match(pattern, target, case.scope.world.poll)
            if case.scope.trace is not None:
                case.scope.trace(PatternJudged(self, index, target, mismatch))
            if mismatch is None:
                return Outcome("pass", f"validation rule '{self.words.name}' anyPattern[{index}] passed.")
            (skipped if mismatch.skip else failed).append(_told(self.words.name, index, mismatch))
        if failed:
            what = " ".join(failed)
            return Outcome("fail", self.words.failure(what, case.scope, what))
        if skipped:
            return Outcome("skip", " ".join(skipped))
        return Outcome("pass", self.words.written)


def prepare_pattern(words: RuleWords, tree: Tree) -> PatternBody:
    """The body of `pattern`."""
    template = variables.prepare(tree)
    return PatternBody(words, template, patterns.prepare(template.document) if template.is_constant else None)


def prepare_any_pattern(words: RuleWords, tree: Tree) -> AnyPatternBody:
    """The body of `anyPattern`."""
    template = variables.prepare(tree)
    is_ready = template.is_constant and isinstance(template.document, list)
    return AnyPatternBody(words, template, _alternatives(template.document) if is_ready else None)


def _alternatives(tree: Tree) -> tuple[Pattern, ...]:
    if not isinstance(tree, list):
        refusal = f"json: cannot unmarshal {json_type(tree)} into Go value of type []interface {{}}"
        raise EvaluationError(f"failed to deserialize anyPattern, expected type array: {refusal}")
    # kyverno: alternatives go through JSON once more, so their numbers are float64
    return tuple(patterns.prepare(floated(each)) for each in tree)


def _is_open(document: Tree) -> bool:
    """Whether a filled pattern still holds variables: those that were written as `\\{{`, or came with a value."""
    # kyverno: they are replaced when the old object of an update is judged, by the pattern as filled for the new one
    return not variables.prepare(document).is_constant


def _filled(template: Template, scope: Scope) -> Tree:
    try:
        return template.fill(scope)
    except EvaluationError as error:
        raise error.within("variable substitution failed") from None


def _target(case: Case) -> tuple[Tree, bool]:
    """What the pattern is held against: the element, else the resource; nothing on a deletion."""
    if case.element is not None:
        return case.element, True
    return case.resource, not case.scope.is_delete


def _told(rule: str, index: int, mismatch: Mismatch) -> str:
    if mismatch.skip:
        return f"rule {rule}[{index}] skipped: {mismatch.text}"
    if not mismatch.path:
        return f"rule {rule}[{index}] failed: {mismatch.text}"
    return f"rule {rule}[{index}] failed at path {mismatch.path}"
