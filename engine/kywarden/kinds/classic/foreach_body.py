"""The body `validate.foreach`: other bodies for each element of a list.

Source: pkg/engine/handlers/validation/validate_resource.go validateForEach, pkg/engine/utils/foreach.go; reference B.9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kywarden.binding.query import Query
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging.conditions import Conditions
from kywarden.kinds.classic.bodies import Body, Case, Judge, Outcome
from kywarden.kinds.classic.context import Context
from kywarden.kinds.classic.events import ElementBegun, ElementEnded, Iterated
from kywarden.values.go_text import go_type
from kywarden.values.trees import Tree


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list: what is iterated, and what is asked of each element.

    scoped: whether patterns look at the element itself; None leaves it to the element's type.
    """

    list: Query
    scoped: bool | None
    context: Context
    preconditions: Conditions | None
    body: Body | None

    def judge(self, case: Case, elements: Sequence[Tree]) -> tuple[Outcome | None, int]:
        """The outcome of the first element that does not pass (None when all do), and how many passed."""
        passed = 0
        for index, element in enumerate(elements):
            case.scope.world.poll()
            if element is None:
                continue
            if (trace := case.scope.trace) is not None:
                trace(ElementBegun(self, index, element))
            outcome = self._judge_element(case, element, index)
            if trace is not None:
                trace(ElementEnded(outcome))
            if outcome is None or outcome.status == "skip" or outcome.unmet:
                continue
            if outcome.status != "pass":
                return outcome, passed
            passed += 1
        return None, passed

    def _judge_element(self, case: Case, element: Tree, index: int) -> Outcome | None:
        try:
            inner = self._inner(case, element, index)
        except EvaluationError as error:
            return Outcome("error", f"failed to process foreach: {error}")
        outcome = self._judge_inner(inner)
        if outcome is None or outcome.status in ("pass", "skip") or outcome.unmet:
            return outcome
        return replace(outcome, message=f"validation failure: {outcome.message}")

    def _inner(self, case: Case, element: Tree, index: int) -> Case:
        """The case of one element: its scope, and what patterns look at."""
        is_map = isinstance(element, dict)
        if self.scoped and not is_map:
            raise EvaluationError(
                "cannot use elementScope=true foreach rules for elements that are not maps,"
                f" expected type=map got type={go_type(element)}"
            )
        scope = case.scope.with_element(element, index, case.nesting)
        scoped = is_map if self.scoped is None else self.scoped
        # kyverno: an inner element that is not scoped leaves the outer one in place
        return case.of_element(self.context.below(scope, case.imitates), element if scoped else case.element)

    def _judge_inner(self, case: Case) -> Outcome | None:
        if self.context.fault:
            return Outcome("error", f"failed to load context: {self.context.fault}")
        if self.preconditions is not None:
            try:
                holds, _ = self.preconditions.evaluate(case.scope)
            except EvaluationError as error:
                if error.unanswered:
                    raise
                # kyverno: an element whose preconditions are in error is passed over
                return Outcome("error", f"failed to evaluate preconditions: {error}", unmet=True)
            if not holds:
                return None
        if self.body is None:
            return None
        try:
            return self.body.bind(case.scope)(case)
        except EvaluationError as error:
            return Outcome("error", str(error))


@dataclass(frozen=True, slots=True)
class ForeachBody:
    """All entries, one after the other; the first element that fails ends the rule."""

    entries: tuple[Entry, ...]

    def bind(self, scope: Scope) -> Judge:
        return self._judge

    def _judge(self, case: Case) -> Outcome | None:
        passed = 0
        failure: EvaluationError | None = None
        for entry in self.entries:
            try:
                found = case.scope.query(entry.list)
            except EvaluationError as error:
                if error.unanswered:
                    return Outcome("error", f"failed to evaluate list: {error}")
                # kyverno: a missing key means that there is nothing to iterate, any other error counts
                failure = failure if error.unknown_key else error
                continue
            elements = found if isinstance(found, list) else [found]
            if case.scope.trace is not None:
                case.scope.trace(Iterated(entry, elements))
            outcome, count = entry.judge(case, elements)
            if outcome is not None:
                return outcome
            passed += count
        if passed:
            return Outcome("pass", "rule passed")
        if failure is not None:
            return Outcome("error", f"failed to evaluate list: {failure}")
        return None  # kyverno: nothing evaluated is no response at all
