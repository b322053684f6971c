"""The bodies of `mutate`: one patch, or patches for each element of lists.

Kyverno fills the variables of the whole rule before it patches, also of parts that have served their turn: a variable
in a precondition that was never evaluated puts the rule in error.
Source: pkg/engine/mutate/mutation.go, pkg/engine/handlers/mutation; reference J.1, J.4, C.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kywarden.binding import variables
from kywarden.binding.query import Query
from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.judging.conditions import Conditions
from kywarden.kinds.classic import context, patches
from kywarden.kinds.classic.bodies import Outcome
from kywarden.kinds.classic.context import Context
from kywarden.kinds.classic.events import ElementBegun, ElementEnded, Iterated
from kywarden.kinds.classic.patches import Mutated, Patch, failed
from kywarden.kinds.classic.rule import preconditions
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.resources import text
from kywarden.values.go_text import json_type
from kywarden.values.trees import Map, Tree, same


@dataclass(frozen=True, slots=True)
class Turn:
    """What a body mutates: the object as it is by now, None when there is none, and what expressions see.

    nesting: loops around; imitates: Kyverno's command line is imitated, not the webhook.
    """

    resource: Map | None
    scope: Scope
    imitates: bool
    nesting: int = 0


class Mutation(Protocol):
    """The prepared body of a mutate rule."""

    def mutate(self, turn: Turn) -> Mutated:
        """What becomes of the object."""


def prepare(rule: Map, namespace: str) -> Mutation:
    """The body of a rule that mutates; `namespace`: of a namespaced policy."""
    mutate = one_map(rule.get("mutate"))
    entries = mutate.get("foreach")
    if isinstance(entries, list):
        return ForeachBody(_entries(entries, namespace))
    template = variables.prepare(rule)
    return PatchBody(template, patches.prepare(one_map(one_map(template.document).get("mutate"))))


def _entries(tree: Tree, namespace: str) -> tuple[Entry, ...]:
    return tuple(_entry(entry, namespace) for entry in maps(tree))


def _entry(tree: Map, namespace: str) -> Entry:
    merge, order = tree.get("patchStrategicMerge"), tree.get("order")
    template = variables.prepare({"patchStrategicMerge": merge, "patchesJson6902": text(tree, "patchesJson6902")})
    return Entry(
        elements=Query.of(text(tree, "list")),
        # kyverno: a strategic merge puts new elements in front, so from back to front they keep their order
        backwards=order == "Descending" if order is not None else merge is not None,
        context=context.prepare(tree, namespace),
        preconditions=preconditions(tree),
        template=template,
        patch=patches.prepare(one_map(template.document)),
        nested=_entries(tree.get("foreach"), namespace),
    )


@dataclass(frozen=True, slots=True)
class PatchBody:
    """One patch; `template` is the whole rule."""

    template: Template
    patch: Patch

    def mutate(self, turn: Turn) -> Mutated:
        try:
            filled = one_map(one_map(self.template.fill(turn.scope)).get("mutate"))
            steps = filled.get("patchesJson6902")
            if steps is not None and not isinstance(steps, str):
                what = f"{json_type(steps)} into Go struct field Mutation.mutate.patchesJson6902 of type string"
                raise EvaluationError(f"json: cannot unmarshal {what}")
        except EvaluationError as error:
            return failed(f"variable substitution failed: {error}")
        return self.patch.apply(filled.get("patchStrategicMerge"), steps, turn.resource, turn.scope.world.poll)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a foreach: what is iterated, in which order, and what is done for each element.

    template: both kinds of patches; nested: the entries of an inner foreach, which then take the place of patches.
    """

    elements: Query
    backwards: bool
    context: Context
    preconditions: Conditions | None
    template: Template
    patch: Patch
    nested: tuple[Entry, ...]

    def mutate(self, turn: Turn, elements: list[Tree]) -> Mutated:
        """The object after all elements, in turn."""
        resource = turn.resource
        places = range(len(elements))
        for index in reversed(places) if self.backwards else places:
            turn.scope.world.poll()
            if elements[index] is None:
                continue
            if (trace := turn.scope.trace) is not None:
                trace(ElementBegun(self, index, elements[index]))
            mutated = self._mutate_for(Turn(resource, turn.scope, turn.imitates, turn.nesting), elements[index], index)
            if trace is not None:
                trace(ElementEnded(mutated.outcome))
            if mutated.outcome.status == "error":
                return mutated
            if mutated.outcome.status == "pass":
                resource = mutated.resource
        if same(turn.resource, resource):
            return Mutated(Outcome("skip", "no patches applied"), resource)
        return Mutated(Outcome("pass", ""), resource)

    def _mutate_for(self, turn: Turn, element: Tree, index: int) -> Mutated:
        scope = self.context.below(turn.scope.with_element(element, index, turn.nesting), turn.imitates)
        if self.context.fault:
            return failed(f"failed to load to mutate.foreach[{index}].context: {self.context.fault}")
        if self.preconditions is not None:
            try:
                holds, _ = self.preconditions.evaluate(scope)
            except EvaluationError as error:
                return failed(f"failed to evaluate mutate.foreach[{index}].preconditions: {error}")
            if not holds:
                return Mutated(Outcome("skip", "preconditions not met"), turn.resource)
        if self.nested:
            return _mutate_each(self.nested, Turn(turn.resource, scope, turn.imitates, turn.nesting + 1))
        try:
            filled = one_map(self.template.fill(scope))
        except EvaluationError as error:
            return failed(f"variable substitution failed: {error}")
        merge, steps = filled.get("patchStrategicMerge"), filled.get("patchesJson6902")
        return self.patch.apply(merge, steps, turn.resource, scope.world.poll)


@dataclass(frozen=True, slots=True)
class ForeachBody:
    """Entries, one after the other."""

    entries: tuple[Entry, ...]

    def mutate(self, turn: Turn) -> Mutated:
        return _mutate_each(self.entries, turn)


def _mutate_each(entries: Iterable[Entry], turn: Turn) -> Mutated:
    """The object after all entries; each sees what the ones before have made of it, numbers as int64."""
    processed = 0
    for entry in entries:
        try:
            found = turn.scope.query(entry.elements)
        except EvaluationError as error:
            # kyverno: the reason is told twice
            return failed(f"failed to evaluate list {entry.elements.text}: {error}: {error}")
        elements: list[Tree] = found if isinstance(found, list) else [found]
        if turn.scope.trace is not None:
            turn.scope.trace(Iterated(entry, elements))
        mutated = entry.mutate(turn, elements)
        if mutated.outcome.status == "error":
            return failed(f"failed to mutate elements: {mutated.outcome.message}")
        if mutated.outcome.status == "pass":
            processed += 1
            scope = turn.scope.with_object(mutated.resource)
            turn = Turn(mutated.resource, scope, turn.imitates, turn.nesting)
    message = f"{processed} elements processed"
    return Mutated(Outcome("pass" if processed else "skip", message), turn.resource)
