"""The body `validate.podSecurity`: the Pod Security Standards.

Source: pkg/engine/handlers/validation/validate_pss.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.binding import images
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.judging import pod_security
from kywarden.judging.pod_security import PodSecurity
from kywarden.kinds.classic.bodies import Case, Judge, Outcome, RuleWords
from kywarden.kinds.classic.events import PodSecurityJudged
from kywarden.model.resources import text
from kywarden.values.trees import Tree


@dataclass(frozen=True, slots=True)
class PodSecurityBody:
    words: RuleWords
    settings: PodSecurity

    def bind(self, scope: Scope) -> Judge:
        return self._judge

    def _judge(self, case: Case) -> Outcome | None:
        if case.scope.is_delete or case.resource is None:
            return None
        try:
            violations = pod_security.evaluate(
                self.settings, case.resource, case.kind, case.exempted, case.scope.world.poll
            )
        except EvaluationError as error:
            return Outcome("error", str(error))
        if case.scope.trace is not None:
            case.scope.trace(PodSecurityJudged(self.settings, violations))
        if violations is None:
            return Outcome("pass", f"Validation rule '{self.words.name}' passed.")
        if violations.exempted:
            return Outcome("skip", f"rule is skipped due to policy exceptions {', '.join(case.exceptions)}")
        message = pod_security.failure_message(self.words.name, self.settings, violations)
        if not case.imitates:  # only the command line reports
            return Outcome("fail", message)
        properties = pod_security.report_properties(self.settings, violations, _images(case))
        return Outcome("fail", message, properties=properties)


def _images(case: Case) -> dict[str, str]:
    """The images of the resource by the names of its containers; of equal names the plain container counts."""
    try:
        found = images.extract(case.resource or {}, case.scope.world)
    except EvaluationError:
        return {}
    groups = [found.get(group, {}) for group in ("ephemeralContainers", "initContainers", "containers")]
    return {name: text(parts, "reference") for group in groups for name, parts in group.items()}


def prepare_pod_security(words: RuleWords, tree: Tree) -> PodSecurityBody:
    """The body of `podSecurity`."""
    return PodSecurityBody(words, pod_security.prepare(tree))
