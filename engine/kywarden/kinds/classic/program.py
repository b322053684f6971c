"""The program of a ClusterPolicy or Policy: which rules run in which pass, and running them.

Source: pkg/policycache, pkg/webhooks/resource/handlers.go, pkg/engine/validation.go; reference A.2, A.3, A.8.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging import kinds
from kywarden.judging.candidate import Candidate
from kywarden.judging.kinds import KindTest
from kywarden.judging.selection import is_in_namespace
from kywarden.kinds.classic import (
    actions,
    autogen,
    command_line,
    decision,
    exceptions,
    match_block,
    mutation,
    registration,
    rule,
)
from kywarden.kinds.classic.autogen_copies import generated_names, is_generated_name
from kywarden.kinds.classic.bodies import Outcome
from kywarden.kinds.classic.decision import ClassicResponse
from kywarden.kinds.classic.events import RuleBegun, RuleEnded
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.classic.mutation import MutateRule
from kywarden.kinds.classic.policy import Action, Policy
from kywarden.kinds.classic.registration import Registration
from kywarden.kinds.classic.rule import Rule
from kywarden.kinds.program import Pass, Response
from kywarden.model.request import Request
from kywarden.model.resources import text
from kywarden.model.verdict import Phase, RuleResult
from kywarden.model.world import World
from kywarden.values.trees import Map


@dataclass(slots=True, eq=False)
class ClassicProgram:
    """A policy and its prepared rules.

    Rules are prepared once for each set of them that runs together and each kind for which autogen makes its own.
    """

    policy: Policy
    exemptions: Sequence[Exemption] = ()
    _prepared: dict[tuple[tuple[int, ...], str | None], tuple[Rule, ...]] = field(default_factory=dict)
    _with_fewer: ClassicProgram | None = None
    _controllers: frozenset[str] | None = None
    _own_kinds: KindTest | None = None
    _all_kinds: KindTest | None = None
    _mutations: tuple[MutateRule, ...] | None = None
    _registration: Registration | None = None
    _trees_mutating: list[Map] | None = None

    @property
    def name(self) -> str:
        return self.policy.key

    def passes(self, request: Request, world: World) -> Sequence[Pass]:
        if request.semantics == "admission" and not self.policy.admitted:
            return []
        return [*self._mutating_passes(request), *self._validating_passes(request, world)]

    def _mutating_passes(self, request: Request) -> Sequence[Pass]:
        if not self._mutation_trees():
            return []
        if request.semantics != "admission":
            return [Pass(mutation.COMMAND_LINE, "", partial(self._mutate, ""))]
        registered = self._registered_to_mutate()
        if not registered.names(request.kind, request.subresource):
            return []
        webhook = mutation.FAIL if self.policy.fails_closed else mutation.IGNORE
        calls = registered.asks[request.operation](request.kind, request.subresource)
        return [Pass(webhook, "mutate", partial(self._mutate, "mutate"), calls)]

    def _validating_passes(self, request: Request, world: World) -> Sequence[Pass]:
        policy = self.policy
        every = tuple(range(len(policy.actions)))
        if request.semantics != "admission":
            return [Pass(decision.COMMAND_LINE, "", partial(self._run, every, "", {}))]
        if not any(policy.actions) or not self._is_registered(request):
            return []
        enforced, audited, unanswered = self._sorted(request, world)
        webhook = decision.VALIDATE_FAIL if policy.fails_closed else decision.VALIDATE_IGNORE
        passes = []
        if enforced:
            passes.append(Pass(webhook, "enforce", partial(self._run, enforced, "enforce", unanswered)))
        if policy.emits_warnings:
            # kyverno: only a policy that may enforce is reduced to its Audit rules here
            warned = audited if actions.may_enforce(policy) else every
            if warned:
                passes.append(Pass(webhook, "auditwarn", partial(self._run, warned, "auditwarn", {})))
        if audited:
            passes.append(Pass(webhook, "audit", partial(self._run, audited, "audit", {})))
        return passes

    def complete(self) -> None:
        self._registered()
        self._registered_by_copy()
        self._registered_to_mutate()
        for one in self._mutating():
            one.rule.complete()
        equal: dict[str, Rule] = {}
        alike: dict[str, Rule] = {}
        for indexes in self._sets():
            for kind in (None, *sorted(self._generating())):
                self._prepared[indexes, kind] = tuple(
                    self._completed(tree, equal, alike) for tree in self._trees(indexes, kind)
                )

    def _completed(self, tree: Map, equal: dict[str, Rule], alike: dict[str, Rule]) -> Rule:
        """The rule of a tree, complete: the known one with an equal tree, or with the steps of one that does alike."""
        written = json.dumps(tree, sort_keys=True)
        found = equal.get(written)
        if found is None:
            found = equal[written] = self._prepare(tree)
            found.complete(alike.setdefault(rule.deed(tree), found))
        return found

    def exempted(self, exemptions: Sequence[Exemption]) -> ClassicProgram:
        return replace(
            self, exemptions=(*self.exemptions, *exemptions), _prepared={}, _with_fewer=self, _mutations=None
        )

    def _is_registered(self, request: Request) -> bool:
        """Whether Kyverno's cache knows the policy for the kind: some rule that validates names it (store.go)."""
        kind, subresource = request.kind, request.subresource
        return self._registered()(kind, subresource) or self._registered_by_copy()(kind, subresource)

    def _registered(self) -> KindTest:
        if self._own_kinds is None:
            own = autogen.own_rules(self.policy.tree)
            # those named as if they were generated may have to give way to rules that are
            validating = filter(_validates, own)
            self._own_kinds = _kinds(rule for rule in validating if not is_generated_name(text(rule, "name")))
        return self._own_kinds

    def _registered_by_copy(self) -> KindTest:
        # kyverno: autogen is computed from all rules here, so one rule can keep another from running on controllers
        if self._all_kinds is None:
            self._all_kinds = _kinds(filter(_validates, autogen.rules(self.policy.tree)))
        return self._all_kinds

    def _registered_to_mutate(self) -> Registration:
        if self._registration is None:
            self._registration = registration.prepare(self._mutation_trees())
        return self._registration

    def _mutation_trees(self) -> list[Map]:
        if self._trees_mutating is None:
            self._trees_mutating = mutation.trees(self.policy.tree)
        return self._trees_mutating

    def _mutating(self) -> tuple[MutateRule, ...]:
        """The prepared rules that mutate."""
        if self._mutations is None:
            if self._with_fewer is None:
                self._mutations = mutation.prepare(self._mutation_trees(), self.policy, self.exemptions)
            else:
                self._mutations = mutation.exempted(self._with_fewer._mutating(), self.policy, self.exemptions)
        return self._mutations

    def _mutate(self, phase: Phase, request: Request, scope: Scope) -> Response:
        return mutation.run(self.policy, self._mutating(), phase, request, scope)

    def rules(self, indexes: tuple[int, ...], kind: str) -> tuple[Rule, ...]:
        """The prepared rules for a kind of resource, when only the rules with these indexes run."""
        key = indexes, kind if self._generates(kind) else None
        found = self._prepared.get(key)
        if found is None:
            found = self._prepared[key] = tuple(self._new_rules(indexes, kind))
        return found

    def _new_rules(self, indexes: tuple[int, ...], kind: str) -> Iterable[Rule]:
        if self._with_fewer is None:
            return map(self._prepare, self._trees(indexes, kind if self._generates(kind) else None))
        return (
            replace(one, exemptions=exceptions.naming(self.exemptions, self.policy.key, one.name))
            for one in self._with_fewer.rules(indexes, kind)
        )

    def _generates(self, kind: str) -> bool:
        # kyverno: without a kind, the copies of all controllers run
        return not kind or kind in self._generating()

    def _generating(self) -> frozenset[str]:
        """The kinds for which rules may be generated."""
        if self._controllers is None:
            self._controllers = autogen.controllers(self.policy.tree)
        return self._controllers

    def _sets(self) -> set[tuple[int, ...]]:
        """The sets of rules that run together at admission: those of one action, also where overrides change it."""
        policy = self.policy
        found = {tuple(range(len(policy.actions)))} if policy.emits_warnings else set()
        overrides = [*policy.overrides, *(each for action in policy.actions if action for each in action.overrides)]
        for changed in (None, *{override.enforces for override in overrides}):
            sorted_: dict[bool, list[int]] = {True: [], False: []}
            for index, action in enumerate(policy.actions):
                if action is not None:
                    own = policy.enforces if action.enforces is None else action.enforces
                    fixed = changed is None or not (action.overrides or policy.overrides)
                    sorted_[own if fixed else changed is True].append(index)
            found.update(tuple(indexes) for indexes in sorted_.values() if indexes)
        return found

    def _sorted(
        self, request: Request, world: World
    ) -> tuple[tuple[int, ...], tuple[int, ...], Mapping[str, EvaluationError]]:
        """Indexes of the Enforce rules and of the Audit rules, and the rules whose action cannot be told."""
        enforced: list[int] = []
        audited: list[int] = []
        unanswered: dict[str, EvaluationError] = {}
        for index, action in enumerate(self.policy.actions):
            if action is None:
                continue
            try:
                (enforced if actions.enforced(self.policy, action, request, world) else audited).append(index)
            except EvaluationError as error:
                enforced.append(index)
                unanswered.update(dict.fromkeys(self._names(index, request.kind.kind), error))
        return tuple(enforced), tuple(audited), unanswered

    def _names(self, index: int, kind: str) -> Iterable[str]:
        """The names under which a rule runs for a kind: its own, and those of its copies."""
        name = self.policy.rule_names[index]
        return (name, *generated_names(name)) if self._generates(kind) else (name,)

    def _trees(self, indexes: tuple[int, ...], kind: str | None) -> list[Map]:
        """The trees of these rules for a kind; None for all kinds for which none are generated."""
        policy = self.policy
        tree = policy.tree if len(indexes) == len(policy.actions) else policy.reduced(indexes)
        return autogen.own_rules(tree) if kind is None else autogen.rules(tree, kind)

    def _prepare(self, tree: Map) -> Rule:
        policy = self.policy
        namespace = policy.namespace if policy.namespaced else ""
        return rule.prepare(tree, policy.key, namespace, policy.enforces, self.exemptions)

    def _run(
        self,
        indexes: tuple[int, ...],
        phase: Phase,
        unanswered: Mapping[str, EvaluationError],
        request: Request,
        scope: Scope,
    ) -> Response:
        results: list[RuleResult] = []
        failed: list[Action] = []
        policy = self.policy
        if request.is_gone:
            return ClassicResponse(phase, (), policy=policy)
        imitates = request.semantics != "admission"
        if imitates:
            request, scope = command_line.imitated(request, scope.world, policy.name)
        if policy.namespaced and not is_in_namespace(policy.namespace, request.object, request.old_object):
            return ClassicResponse(phase, (), policy=policy)
        candidate = Candidate.of(request, scope.world)
        trace = scope.trace
        for each in self.rules(indexes, request.kind.kind):
            scope.world.poll()
            if trace is not None and each.validates:
                trace(RuleBegun(policy.key, each.name, each, phase, candidate))
            try:
                if not each.validates or not each.selection.selects(candidate):
                    if trace is not None and each.validates:
                        trace(RuleEnded(False, None))
                    continue
                if each.name in unanswered:
                    raise unanswered[each.name]
                fixed = command_line.rule_values(scope.world, policy.name, each.name) if imitates else {}
                outcome = each.judge(request, scope.with_variables(fixed) if fixed else scope, candidate)
            except EvaluationError as error:
                outcome = Outcome("error", str(error))
            if trace is not None:
                trace(RuleEnded(True, outcome))
            if request.object is not None:
                # kyverno: a rule leaves the object behind with int64 integers, which are no numbers to JMESPath (C.5)
                scope = scope.with_object(request.object)
            if outcome is None:
                continue
            said = (outcome.status, outcome.message, phase, outcome.properties)
            results.append(RuleResult(policy.key, each.name, "Validation", *said))
            if outcome.status == "fail":
                failed.append(each.action)
            if policy.applies_one and outcome.status in ("pass", "fail"):
                break
        return ClassicResponse(phase, tuple(results), policy=policy, failed=tuple(failed))


def _validates(tree: Map) -> bool:
    return tree.get("validate") is not None


def _kinds(rules: Iterable[Map]) -> KindTest:
    """The test for the kinds that rules name."""
    return kinds.prepare(entry for tree in rules for entry in match_block.kinds(tree.get("match")))
