"""One rule, prepared, and its way from the match block to a result.

Source: pkg/engine/engine.go invokeRuleHandler, pkg/engine/handlers/validation/validate_resource.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kywarden.errors import EvaluationError
from kywarden.judging import selection
from kywarden.judging.candidate import Candidate
from kywarden.judging.selection import Selection
from kywarden.kinds.classic import actions, match_block
from kywarden.kinds.classic.bodies import Body, Case, Outcome
from kywarden.kinds.classic.pattern_body import prepare_any_pattern, prepare_pattern
from kywarden.kinds.classic.policy import Action
from kywarden.model.request import Kind, User
from kywarden.model.resources import group_version, text
from kywarden.model.world import Roles
from kywarden.values.trees import Map, Tree

BODIES: Mapping[str, Callable[[Map, str, str, Tree], Body]] = {
    "pattern": prepare_pattern,
    "anyPattern": prepare_any_pattern,
}
"""The bodies of `validate`, in the order in which Kyverno looks for them."""

NOBODY = User("kyverno:kyverno-invalid-controller", "kyverno:invaliduid", ("kyverno:invalidgroup",))
NO_ROLES = Roles(("kyverno:invalidrole",), ("kyverno:invalidrole",))
"""Who asks when the old object of an update is judged (kyverno: rules about users give no grace)."""

FORGIVEN = Outcome("skip", "skipping the rule evaluation as pre-existing violations are allowed")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to run.

    forgives: an update may go on violating what the old object violates already.
    """

    name: str
    selection: Selection
    action: Action
    forgives: bool
    body: Body | None

    def judge(self, case: Case, candidate: Candidate) -> Outcome | None:
        """The outcome of the rule, None when it is not about the request or has nothing to say."""
        try:
            if not self.selection.selects(candidate):
                return None
        except EvaluationError as error:
            return Outcome("error", str(error))
        if self.body is None:
            return None
        outcome = self.body.judge(case)
        if outcome is not None and outcome.status == "fail" and self.forgives and self._failed_before(case):
            return FORGIVEN
        return outcome

    def _failed_before(self, case: Case) -> bool:
        """Whether the old object of an update fails the rule too, judged as if it were created."""
        old = case.request.old_object
        if case.request.operation != "UPDATE" or old is None or self.body is None:
            return False
        group, version = group_version(old)
        candidate = _Before(
            old,
            Kind(group, version, text(old, "kind")),
            "",
            "CREATE",
            NOBODY,
            case.request.namespace,
            case.world,
        )
        try:
            if not self.selection.selects(candidate):
                return False
        except EvaluationError:
            return False
        before = self.body.judge(replace(case, resource=old))
        return before is not None and before.status == "fail"


class _Before(Candidate):
    """The candidate of the old object: nobody asks."""

    @property
    def roles(self) -> Roles:
        return NO_ROLES


def prepare(tree: Map, enforces: bool) -> Rule:
    """A rule from its tree, which fits the schema; `enforces` is the policy's own action."""
    name = text(tree, "name")
    action = actions.read(tree) or Action()
    validate = tree.get("validate")
    validate = validate if isinstance(validate, dict) else {}
    message = text(validate, "message")
    exclude = tree.get("exclude")
    key = next((key for key in BODIES if validate.get(key) is not None), None)
    base = enforces if action.enforces is None else action.enforces
    return Rule(
        name=name,
        selection=selection.prepare(
            match_block.read(tree.get("match"), "match"),
            match_block.read(exclude, "exclude") if exclude is not None else None,
        ),
        action=action,
        # kyverno: only the rule's own action or the policy's counts here, overrides do not
        forgives=base and validate.get("allowExistingViolations") is not False,
        body=BODIES[key](tree, name, message, validate[key]) if key is not None else None,
    )
