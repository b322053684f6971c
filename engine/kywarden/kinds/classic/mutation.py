"""The mutate rules of a policy: which policies mutate a request, running their rules, and what the webhook answers.

Each rule works on what the rules before it made of the object, each policy on what the policies before it did.
Source: pkg/engine/mutation.go, pkg/webhooks/resource/mutation/mutation.go; reference A.3, J.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging.candidate import Candidate
from kywarden.judging.selection import is_in_namespace
from kywarden.kinds.classic import autogen, command_line, exceptions, mutate_body, rule
from kywarden.kinds.classic.bodies import Case, Outcome
from kywarden.kinds.classic.events import RuleBegun, RuleEnded
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.classic.mutate_body import Mutation, Turn
from kywarden.kinds.classic.patches import Mutated
from kywarden.kinds.classic.policy import Policy
from kywarden.kinds.classic.rule import Rule
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.kinds.program import Decision, MutatingResponse, Response, Webhook
from kywarden.model.request import Request
from kywarden.model.resources import text
from kywarden.model.verdict import Phase, RuleResult
from kywarden.model.world import World
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class MutateRule:
    """A rule that mutates; `rule` is what it has in common with those that validate."""

    rule: Rule
    body: Mutation

    def mutate(self, turn: Turn, candidate: Candidate) -> Mutated:
        """What becomes of the object; `candidate`: as the policy found it, which is what exceptions look at."""
        scope = self.rule.steps.context.below(turn.scope, turn.imitates)
        report = self.rule.steps.report
        if (unmet := self.rule.unmet(scope)) is not None:
            return Mutated(unmet.saying(report.written if turn.imitates else ()), turn.resource)
        said = report.filled(scope) if turn.imitates else ()
        mutated = self._mutate(replace(turn, scope=scope), candidate)
        return replace(mutated, outcome=mutated.outcome.saying(said)) if said else mutated

    def _mutate(self, turn: Turn, candidate: Candidate) -> Mutated:
        scope = turn.scope
        case = Case(scope, turn.resource, text(candidate.resource, "kind"), imitates=turn.imitates)
        exempt = self.rule.exempted(case, candidate)
        if isinstance(exempt, Outcome):
            return Mutated(exempt, turn.resource)
        return self.body.mutate(turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMutation(MutatingResponse):
    """The response of a policy in the mutating webhook."""

    policy: Policy


def mutates(tree: Map) -> bool:
    """Whether a rule mutates what is admitted; one with targets changes other objects, afterwards."""
    mutate = tree.get("mutate")
    return isinstance(mutate, dict) and bool(mutate) and mutate.get("targets") is None


def trees(policy: Map) -> list[Map]:
    """The rules of a policy that mutate.

    kyverno: the rules that autogen makes run for all kinds, and leave the choice to their match.
    """
    if not any(tree.get("mutate") for tree in maps(one_map(policy.get("spec")).get("rules"))):
        return []
    return [tree for tree in autogen.rules(policy) if mutates(tree)]


def prepare(mutating: Sequence[Map], policy: Policy, exemptions: Sequence[Exemption]) -> tuple[MutateRule, ...]:
    """The rules of a policy that mutate, prepared."""
    namespace = policy.namespace if policy.namespaced else ""
    return tuple(
        MutateRule(
            rule.prepare(tree, policy.key, namespace, policy.enforces, exemptions),
            mutate_body.prepare(tree, namespace),
        )
        for tree in mutating
    )


def exempted(rules: Sequence[MutateRule], policy: Policy, exemptions: Sequence[Exemption]) -> tuple[MutateRule, ...]:
    """The same rules under other exceptions."""
    return tuple(
        replace(each, rule=replace(each.rule, exemptions=exceptions.naming(exemptions, policy.key, each.rule.name)))
        for each in rules
    )


def run(policy: Policy, rules: Sequence[MutateRule], phase: Phase, request: Request, scope: Scope) -> PolicyMutation:
    """Run the rules of a policy one after the other."""
    if request.is_gone:
        return PolicyMutation(phase, (), policy=policy)
    if request.semantics != "admission":
        request, scope = command_line.imitated(request, scope.world, policy.name)
    before = request.object
    if policy.namespaced and not is_in_namespace(policy.namespace, request.object, request.old_object):
        return PolicyMutation(phase, (), after=before, policy=policy)
    results: list[RuleResult] = []
    start = Candidate.of(request, scope.world)
    for each in rules:
        scope.world.poll()
        if (trace := scope.trace) is not None:
            trace(RuleBegun(policy.key, each.rule.name, each, phase, Candidate.of(request, scope.world)))
        mutated = _mutate(each, policy, request, scope, start)
        if trace is not None:
            ended = RuleEnded(False, None) if mutated is None else RuleEnded(True, mutated.outcome, mutated.resource)
            trace(ended)
        if mutated is None:
            continue
        # kyverno: where a mutation is in error there is no object any more, and the next rule sees the old one, if any
        request = replace(request, object=mutated.resource)
        if request.object is not None:
            scope = scope.with_object(request.object)
        outcome = mutated.outcome
        message = _told(request.object) if outcome.status == "pass" else outcome.message
        said = (outcome.status, message, phase, outcome.properties)
        results.append(RuleResult(policy.key, each.rule.name, "Mutation", *said))
        if policy.applies_one and outcome.status == "pass":
            break
    # kyverno: the webhook drops the patches of a policy with an error, the command line does not
    is_kept = request.semantics != "admission" or all(result.status != "error" for result in results)
    patched = request.object if is_kept and request.object is not before else None
    return PolicyMutation(phase, tuple(results), patched, after=request.object, policy=policy)


def _mutate(each: MutateRule, policy: Policy, request: Request, scope: Scope, start: Candidate) -> Mutated | None:
    """What a rule makes of the object; None when the rule does not select it."""
    imitates = request.semantics != "admission"
    candidate = Candidate.of(request, scope.world)
    try:
        if policy.namespaced and not is_in_namespace(policy.namespace, candidate.resource):
            return None
        if not each.rule.selection.selects(candidate):
            return None
        fixed = command_line.rule_values(scope.world, policy.name, each.rule.name) if imitates else {}
        return each.mutate(Turn(request.object, scope.with_variables(fixed) if fixed else scope, imitates), start)
    except EvaluationError as error:
        return Mutated(Outcome("error", str(error)), request.object)


def _told(resource: Map | None) -> str:
    namespace = text(resource, "metadata", "namespace")
    told = f"mutated {text(resource, 'kind')}/{text(resource, 'metadata', 'name')}"
    return f"{told} in namespace {namespace}" if namespace else told


def decide(responses: Sequence[Response], request: Request, world: World) -> Decision:
    """Deny when a rule of a policy with failurePolicy Fail is in error; other errors are told as warnings."""
    warnings: list[str] = []
    for response in responses:
        if not isinstance(response, PolicyMutation):
            continue
        policy = response.policy
        errors = [f"{result.rule}: {result.message}" for result in response.results if result.status == "error"]
        if errors and policy.fails_closed:
            name = policy.name
            told = " ".join(errors)
            return Decision(denied=f"mutation policy {name} error: failed to apply policy {name} rules [{told}]")
        warnings.extend(
            f"policy {policy.name}.{result.rule}: {result.message}"
            for result in response.results
            if result.status == "error" or (policy.emits_warnings and result.status != "skip")
        )
    return Decision(warnings=tuple(warnings))


def carry_out(responses: Sequence[Response], request: Request, world: World) -> Decision:
    """What Kyverno's command line decides: nothing."""
    return Decision()


FAIL = Webhook("mutate.kyverno.svc-fail", 10, decide, mutating=True)
IGNORE = Webhook("mutate.kyverno.svc-ignore", 20, decide, mutating=True)
COMMAND_LINE = Webhook("", 25, carry_out, mutating=True)
