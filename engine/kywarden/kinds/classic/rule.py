"""One rule, prepared, and its way from the match block to a result.

Source: pkg/engine/engine.go invokeRuleHandler, pkg/engine/validation.go, pkg/engine/handlers/validation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kywarden.binding import variables
from kywarden.binding.query import Query
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging import conditions, selection
from kywarden.judging.candidate import Candidate
from kywarden.judging.conditions import Conditions
from kywarden.judging.selection import Selection
from kywarden.kinds.classic import actions, context, exceptions, match_block
from kywarden.kinds.classic.autogen_copies import is_generated_name
from kywarden.kinds.classic.bodies import Body, Case, Judge, Outcome, RuleWords
from kywarden.kinds.classic.context import Context
from kywarden.kinds.classic.deny_body import prepare_deny
from kywarden.kinds.classic.events import Exempted, PastBegun, PastEnded
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.classic.foreach_body import Entry, ForeachBody
from kywarden.kinds.classic.pattern_body import prepare_any_pattern, prepare_pattern
from kywarden.kinds.classic.pod_security_body import PodSecurityBody, prepare_pod_security
from kywarden.kinds.classic.policy import Action
from kywarden.kinds.classic.report_properties import ReportProperties
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.request import Kind, Request, User
from kywarden.model.resources import group_version, text
from kywarden.model.world import Roles
from kywarden.values.trees import Map, Tree, floated

BODIES: Mapping[str, Callable[[RuleWords, Tree], Body]] = {
    "podSecurity": prepare_pod_security,
    "deny": prepare_deny,
    "pattern": prepare_pattern,
    "anyPattern": prepare_any_pattern,
}
"""The bodies of `validate` but foreach, in the order in which Kyverno looks for them."""

NOBODY = User("kyverno:kyverno-invalid-controller", "kyverno:invaliduid", ("kyverno:invalidgroup",))
NO_ROLES = Roles(("kyverno:invalidrole",), ("kyverno:invalidrole",))
"""Who asks when the old object of an update is judged (kyverno: rules about users give no grace)."""

FORGIVEN = Outcome("skip", "skipping the rule evaluation as pre-existing violations are allowed")


@dataclass(frozen=True, slots=True)
class Steps:
    """What a rule does with a request that it selects.

    forgives: an update may go on violating what the old object violates already; body: None when the rule validates
    nothing that we know of.
    """

    forgives: bool
    context: Context
    preconditions: Conditions | None
    report: ReportProperties
    body: Body | None


@dataclass(slots=True, eq=False)
class Rule:
    """A rule, ready to select; its steps are prepared when it selects for the first time.

    exemptions: the exceptions that name the rule.
    """

    name: str
    selection: Selection
    action: Action
    validates: bool
    exemptions: Sequence[Exemption]
    _prepare_steps: Callable[[], Steps]
    _steps: Steps | None = None

    @property
    def steps(self) -> Steps:
        return self._steps or self.complete()

    def complete(self, alike: Rule | None = None) -> Steps:
        """Prepare the steps now, or take those of a rule that does the same."""
        steps = (alike or self)._steps or self._prepare_steps()
        self._steps, self._prepare_steps = steps, lambda: steps
        return steps

    def judge(self, request: Request, scope: Scope, candidate: Candidate) -> Outcome | None:
        """The outcome for a candidate that the rule selects; None when it has nothing to say."""
        imitates = request.semantics != "admission"
        scope = self.steps.context.below(scope, imitates)
        if (unmet := self.unmet(scope)) is not None:
            return unmet.saying(self.steps.report.written if imitates else ())
        said = self.steps.report.filled(scope) if imitates else ()
        outcome = self._judge(request, scope, candidate)
        return outcome and outcome.saying(said)

    def _judge(self, request: Request, scope: Scope, candidate: Candidate) -> Outcome | None:
        imitates = request.semantics != "admission"
        body = self.steps.body
        try:
            case = Case(scope, request.object, text(candidate.resource, "kind"), imitates=imitates)
            exempt = self.exempted(case, candidate)
            if isinstance(exempt, Outcome) or body is None:
                return exempt if isinstance(exempt, Outcome) else None
            bound = body.bind(scope)
            outcome = bound(exempt)
            if outcome is not None and outcome.status == "fail" and self.steps.forgives:
                return FORGIVEN if self._told_failed_before(bound, request, exempt) else outcome
            return outcome
        except EvaluationError as error:
            return Outcome("error", str(error))

    def unmet(self, scope: Scope) -> Outcome | None:
        """The skip or error of preconditions that do not hold; None when they do."""
        preconditions = self.steps.preconditions
        if preconditions is None:
            return None
        try:
            holds, said = preconditions.evaluate(scope)
        except EvaluationError as error:
            return Outcome("error", f"failed to evaluate preconditions: {error}")
        return None if holds else Outcome("skip", "; ".join(part for part in ("preconditions not met", said) if part))

    def exempted(self, case: Case, candidate: Candidate) -> Case | Outcome:
        """The skip when an exception lifts the rule, else the case with the controls that exceptions lift."""
        if not self.exemptions:
            return case
        is_pod_security = isinstance(self.steps.body, PodSecurityBody)
        if is_pod_security and case.scope.is_delete:
            return case
        found = exceptions.matching(self.exemptions, candidate, case.scope)
        if not found:
            return case
        if case.scope.trace is not None:
            case.scope.trace(Exempted([one.key for one in found]))
        if not is_pod_security:
            # kyverno: no space before the first name
            said = f"rule is skipped due to policy exceptions{', '.join(one.key for one in found)}"
            return Outcome("skip", said, properties=_of_exceptions(found))
        for one in found:
            if not one.exempted:
                said = f"rule is skipped due to policy exception {one.key}"
                return Outcome("skip", said, properties=_of_exceptions([one]))
        exempted = [exclusion for one in found for exclusion in one.exempted]
        return replace(case, exempted=exempted, exceptions=[one.key for one in found])

    def _told_failed_before(self, bound: Judge, request: Request, case: Case) -> bool:
        trace = case.scope.trace
        if trace is None:
            return self._failed_before(bound, request, case)
        trace(PastBegun())
        failed = self._failed_before(bound, request, case)
        trace(PastEnded(failed))
        return failed

    def _failed_before(self, bound: Judge, request: Request, case: Case) -> bool:
        """Whether the old object of an update fails the rule too, judged as if it were created."""
        old = request.old_object
        if request.operation != "UPDATE" or old is None:
            return False
        # kyverno: the old object's own old object is an empty map here, not null
        scope = case.scope.with_objects(old, {}, "CREATE")
        group, version = group_version(old)
        kind = Kind(group, version, text(old, "kind"))
        nobody = _Nobody(old, kind, "", "CREATE", NOBODY, request.namespace, case.scope.world)
        try:
            if not self.selection.selects(nobody):
                return False
            before = self.exempted(replace(case, scope=scope, resource=old), nobody)
            outcome = before if isinstance(before, Outcome) else bound(before)
        except EvaluationError:
            return False
        return outcome is not None and outcome.status == "fail"


def _of_exceptions(found: Sequence[Exemption]) -> tuple[tuple[str, str], ...]:
    """What a report says of the exceptions: their names without namespace."""
    return (("exceptions", ",".join(one.key.rpartition("/")[2] for one in found)),)


class _Nobody(Candidate):
    """The candidate of the old object: nobody asks."""

    @property
    def roles(self) -> Roles:
        return NO_ROLES


def prepare(tree: Map, policy: str, namespace: str, enforces: bool, exemptions: Sequence[Exemption]) -> Rule:
    """A rule from its tree, which fits the schema.

    policy: its name in results; namespace: of a namespaced policy; enforces: the policy's own action.
    """
    name = text(tree, "name")
    action = actions.read(tree)
    exclude = tree.get("exclude")
    own = action or Action()
    base = enforces if own.enforces is None else own.enforces
    return Rule(
        name=name,
        selection=selection.prepare(
            match_block.read(tree.get("match")),
            match_block.read(exclude) if exclude is not None else None,
        ),
        action=own,
        validates=action is not None,
        exemptions=exceptions.naming(exemptions, policy, name),
        _prepare_steps=lambda: _steps(tree, namespace, base),
    )


def _steps(tree: Map, namespace: str, enforces: bool) -> Steps:
    validate = one_map(tree.get("validate"))
    message = text(validate, "message")
    words = RuleWords(text(tree, "name"), message, variables.prepare(message))
    return Steps(
        # kyverno: only the rule's own action or the policy's counts here, overrides do not; and a rule with
        # preconditions never forgives, because they cannot be read again for the old object
        forgives=enforces
        and validate.get("allowExistingViolations") is not False
        and tree.get("preconditions") is None,
        context=context.prepare(tree, namespace),
        preconditions=preconditions(tree),
        report=ReportProperties.of(tree.get("reportProperties")),
        body=_body(validate, words, namespace, nested=False),
    )


def deed(tree: Map) -> str:
    """What a rule does, whomever it selects: rules with equal texts have equal steps."""
    return json.dumps({key: value for key, value in tree.items() if key not in ("match", "exclude")}, sort_keys=True)


def _body(tree: Map, words: RuleWords, namespace: str, nested: bool) -> Body | None:
    for key, prepare_body in BODIES.items():
        body = tree.get(key)
        # kyverno: an empty podSecurity is none, but its autogen copy is one with an empty list of excludes
        is_none = key == "podSecurity" and (nested or (body == {} and not is_generated_name(words.name)))
        if body is not None and not is_none:
            # kyverno: the numbers of patterns inside a foreach are float64
            return prepare_body(words, floated(body) if nested and key == "pattern" else body)
    entries_of = tree.get("foreach")
    if isinstance(entries_of, list):
        return ForeachBody(tuple(_entry(entry, words, namespace) for entry in maps(entries_of)))
    return None


def _entry(tree: Map, words: RuleWords, namespace: str) -> Entry:
    scoped = tree.get("elementScope")
    return Entry(
        list=Query.of(text(tree, "list")),
        scoped=scoped if isinstance(scoped, bool) else None,
        context=context.prepare(tree, namespace),
        preconditions=preconditions(tree),
        body=_body(tree, words, namespace, nested=True),
    )


def preconditions(tree: Map) -> Conditions | None:
    """The preconditions of a rule or of a foreach entry, None when there are none."""
    return conditions.prepare(tree["preconditions"]) if tree.get("preconditions") is not None else None
