"""Conditions: the `any` and `all` lists of deny rules, preconditions and exceptions.

Each condition is substituted only when its turn comes, key before value, and the first that decides ends its list:
what is never reached cannot fail.
Source: Kyverno pkg/engine/variables/evaluate.go, pkg/utils/conditions; reference E.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kywarden.binding import variables
from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.judging import operators
from kywarden.judging.operators import Operator
from kywarden.values.trees import Tree, floated


@dataclass(frozen=True, slots=True)
class Judged:
    """Told to a trace: a condition, its two sides after substitution, and whether it holds."""

    condition: Condition
    key: Tree
    value: Tree
    holds: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One prepared condition; `operator` is None where there is none of that name."""

    key: Template
    operator: Operator | None
    value: Template
    message: str

    def holds(self, scope: Scope) -> bool:
        """Raises EvaluationError with Kyverno's text."""
        scope.world.poll()
        key = _filled(self.key, scope, "failed to substitute variables in condition key")
        value = _filled(self.value, scope, "failed to substitute variables in condition value")
        if self.operator is None:
            # kyverno: the text ends in a verb of Printf that found no error
            raise EvaluationError("failed to create handler for condition operator: %!w(<nil>)")
        holds = self.operator(key, value, scope.world.poll)
        if scope.trace is not None:
            scope.trace(Judged(self, key, value, holds))
        return holds


def _filled(side: Template, scope: Scope, attempt: str) -> Tree:
    try:
        return side.fill(scope)
    except EvaluationError as error:
        raise error.within(attempt) from None


@dataclass(frozen=True, slots=True)
class Conditions:
    """A prepared block.

    any: None when the block has none, which differs from an empty list; is_list: the old form, a bare list that
    means `all`.
    """

    any: tuple[Condition, ...] | None = None
    all: tuple[Condition, ...] = ()
    is_list: bool = False

    def evaluate(self, scope: Scope) -> tuple[bool, str]:
        """Whether the block holds, and the joined messages of the conditions that made it so.

        The messages are not substituted. Raises EvaluationError with Kyverno's text.
        """
        return self._list_holds(scope) if self.is_list else self._block_holds(scope)

    def _list_holds(self, scope: Scope) -> tuple[bool, str]:
        for condition in self.all:
            if not condition.holds(scope):
                return False, condition.message
        return True, _joined([condition.message for condition in self.all], ";")

    def _block_holds(self, scope: Scope) -> tuple[bool, str]:
        messages: dict[bool, list[str]] = {True: [], False: []}

        def decides(condition: Condition, wanted: bool) -> bool:
            holds = condition.holds(scope)
            messages[holds].append(condition.message)
            return holds is wanted

        # kyverno: an empty `any` is false where a missing one is true
        some = self.any is None or any(decides(condition, True) for condition in self.any)
        every = not any(decides(condition, False) for condition in self.all)
        holds = some and every
        return holds, _joined(messages[holds], "; ")

    def holds_for_exception(self, scope: Scope) -> bool:
        """Whether a PolicyException's conditions hold (CheckAnyAllConditions).

        kyverno: here `all` comes first and an empty `any` is true. Raises EvaluationError.
        """
        return all(condition.holds(scope) for condition in self.all) and (
            not self.any or any(condition.holds(scope) for condition in self.any)
        )


def prepare(tree: Tree) -> Conditions:
    """The block of a policy: `{any, all}`, a bare list, or nothing at all."""
    match tree:
        case list():
            return Conditions(all=_conditions(tree), is_list=True)
        case dict():
            some = tree.get("any")
            return Conditions(_conditions(some) if isinstance(some, list) else None, _conditions(tree.get("all")))
        case _:
            return Conditions()


def prepare_exception(tree: Tree) -> Conditions:
    """The block of a PolicyException, whose numbers are float64 inside lists and maps too (api/kyverno/v2)."""
    return prepare(floated(tree))


def _conditions(tree: Tree) -> tuple[Condition, ...]:
    return tuple(_condition(item) for item in tree) if isinstance(tree, list) else ()


def _condition(tree: Tree) -> Condition:
    fields = tree if isinstance(tree, dict) else {}
    operator, message = fields.get("operator"), fields.get("message")
    return Condition(
        variables.prepare(_side(fields.get("key"))),
        operators.find(operator) if isinstance(operator, str) else None,
        variables.prepare(_side(fields.get("value"))),
        message if isinstance(message, str) else "",
    )


def _side(tree: Tree) -> Tree:
    """A key or value as Kyverno hands it to the operator."""
    # kyverno: a bare number passes through JSON and becomes float64, numbers inside lists and maps stay int64
    return tree if isinstance(tree, list | dict) else floated(tree)


def _joined(messages: Sequence[str], separator: str) -> str:
    return separator.join(message for message in messages if message)
