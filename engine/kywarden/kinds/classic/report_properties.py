"""`reportProperties` of a rule: what the reports of Kyverno's command line say of it besides.

Source: pkg/engine/internal/rule.go, pkg/utils/report/results.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.binding import variables
from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.kinds.classic.bodies import Properties
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class ReportProperties:
    """The properties of a rule.

    written: as the policy has them, which is also what is said before the preconditions hold, and where a variable
    cannot be filled.
    """

    written: Properties
    template: Template | None

    @staticmethod
    def of(tree: Tree) -> ReportProperties:
        """From the field of a rule, a map of strings; anything else says nothing."""
        written = _properties(tree) if isinstance(tree, dict) else None
        return ReportProperties(written, variables.prepare(tree)) if written else ReportProperties((), None)

    def filled(self, scope: Scope) -> Properties:
        """The properties with their variables replaced."""
        if self.template is None:
            return self.written
        try:
            filled = self.template.fill(scope)
        except EvaluationError:
            return self.written  # kyverno: only logged
        found = _properties(filled) if isinstance(filled, dict) else None
        return self.written if found is None else found


def _properties(tree: Map) -> Properties | None:
    """The pairs of a map of strings; null is the empty one, as Go reads it. None when some value is no string."""
    pairs = {key: "" if value is None else value for key, value in tree.items()}
    texts = tuple((key, value) for key, value in pairs.items() if isinstance(value, str))
    return texts if len(texts) == len(pairs) else None
