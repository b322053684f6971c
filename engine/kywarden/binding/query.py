"""An expression as a scope is asked for it.

Source: Kyverno pkg/engine/context/evaluate.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.jmes import Expression
from kywarden.values.space import trim


@dataclass(frozen=True, slots=True)
class Query:
    """An expression as a scope is asked for it; a wrong one is an error only when it is asked."""

    text: str
    expression: Expression | None
    flaw: str = ""

    @staticmethod
    def of(text: str) -> Query:
        """Prepare an expression; outer white space does not count."""
        bare = trim(text)
        if not bare:
            return Query(text, None, "invalid query (nil)")
        try:
            return Query(text, jmes.compile(bare))
        except EvaluationError as error:
            return Query(text, None, f"incorrect query {bare}: {error}")
