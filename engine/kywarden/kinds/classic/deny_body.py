"""The body `validate.deny`: conditions that forbid.

Source: pkg/engine/handlers/validation/validate_resource.go validateDeny.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.binding import variables
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging import conditions
from kywarden.judging.conditions import Conditions
from kywarden.kinds.classic.bodies import Case, Judge, Outcome, RuleWords
from kywarden.values.trees import Tree


@dataclass(frozen=True, slots=True)
class DenyBody:
    words: RuleWords
    conditions: Conditions

    def bind(self, scope: Scope) -> Judge:
        return self._judge

    def _judge(self, case: Case) -> Outcome | None:
        try:
            fires, said = self.conditions.evaluate(case.scope)
        except EvaluationError as error:
            return Outcome("error", f"failed to check deny conditions: {error}")
        if fires:
            return Outcome("fail", self._message(said, case.scope))
        return Outcome("pass", f"validation rule '{self.words.name}' passed.")

    def _message(self, said: str, scope: Scope) -> str:
        """The rule's message and those of the conditions; the latter as written when something is unresolved."""
        whole = "; ".join(text for text in (self.words.written, said) if text)
        if not whole:
            return f"validation error: rule {self.words.name} failed"
        try:
            message = variables.substitute(whole, scope)
        except EvaluationError:
            return said
        if isinstance(message, str):
            return message
        return "the produced message didn't resolve to a string, check your policy definition."


def prepare_deny(words: RuleWords, tree: Tree) -> DenyBody:
    """The body of `deny`."""
    return DenyBody(words, conditions.prepare(tree.get("conditions") if isinstance(tree, dict) else None))
