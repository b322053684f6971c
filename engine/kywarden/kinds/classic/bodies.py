"""What all rule bodies have in common: what they are given, what they answer, and the rule's own message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.judging.pod_security import Exclusion
from kywarden.model.verdict import Status
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class Case:
    """What a body judges.

    scope: what expressions see; resource: None on DELETE, where only the old object is there; kind: of the resource;
    element: of the innermost foreach that is about its elements, None outside of one; nesting: loops around.
    exempted: controls of the exceptions that match; exceptions: their names.
    imitates: Kyverno's command line is imitated, not the webhook.
    """

    scope: Scope
    resource: Map | None
    kind: str
    element: Tree = None
    nesting: int = 0
    exempted: Sequence[Exclusion] = ()
    exceptions: Sequence[str] = ()
    imitates: bool = False

    def of_element(self, scope: Scope, element: Tree) -> Case:
        """The case of one element of a foreach in it."""
        return Case(
            scope,
            self.resource,
            self.kind,
            element,
            self.nesting + 1,
            self.exempted,
            self.exceptions,
            self.imitates,
        )


Properties: TypeAlias = tuple[tuple[str, str], ...]
"""What reports say besides, by name; of two with one name the last counts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a body.

    unmet: an element's preconditions could not be evaluated; properties: what reports say besides.
    """

    status: Status
    message: str
    unmet: bool = False
    properties: Properties = ()

    def saying(self, properties: Properties) -> Outcome:
        """The same; reports say these too, unless the answer has others of the name."""
        return replace(self, properties=(*properties, *self.properties)) if properties else self


Judge: TypeAlias = Callable[[Case], Outcome | None]
"""Judges a case; None when Kyverno gives no response at all."""


class Body(Protocol):
    """The prepared body of a rule or of a foreach entry."""

    def bind(self, scope: Scope) -> Judge:
        """What the request alone decides is done; raises EvaluationError when that fails.

        Kyverno judges the old object of an update by what the new one was bound to.
        """


@dataclass(frozen=True, slots=True)
class RuleWords:
    """The name of a rule and its message, which its results are made of; `written` is the message as written."""

    name: str
    written: str
    message: Template

    def failure(self, what: str, scope: Scope, error: str) -> str:
        """`validation error: <message>. <what>`; with a message that cannot be resolved, of the mismatch alone."""
        if not self.written:
            return f"validation error: {what}"
        try:
            message = self.message.fill(scope)
        except EvaluationError:
            return f"validation error: variables substitution error in rule {self.name} execution error: {error}"
        if not isinstance(message, str):
            # kyverno: a panic, which takes the whole request down
            raise EvaluationError("the rule's message does not resolve to a string")
        return f"validation error: {message}{'' if message.endswith('.') else '.'} {what}"
