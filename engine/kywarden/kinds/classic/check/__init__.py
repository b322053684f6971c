"""Kyverno's own policy check: what it refuses beyond the types of the fields, and what it warns of.

One module per topic; `examination` holds their order, which decides what is found first. The check sees the policy's
tree only, after module `schema` has held it to the types that Kyverno can decode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kywarden.errors import PolicyErrors
from kywarden.kinds.classic.check import subject
from kywarden.kinds.classic.check.examination import examine
from kywarden.kinds.classic.check.refusal import Refusal, text
from kywarden.values.trees import Map

__all__ = ["Refusal", "problems", "text", "warnings"]


def problems(policy: Map) -> list[Refusal]:
    """Why Kyverno refuses the policy, empty when it accepts it; `text` joins them into Kyverno's own text."""
    return _problems(policy, None)


def warnings(policy: Map) -> list[str]:
    """What Kyverno warns of, in its words and order; of a policy that is refused, what came before the refusal."""
    given: list[str] = []
    _problems(policy, given)
    return given


def _problems(policy: Map, warnings: list[str] | None) -> list[Refusal]:
    try:
        examine(
            subject.read(policy, with_copies=warnings is not None),
            _unheard if warnings is None else lambda source, *about: warnings.extend(source(*about)),
        )
    except Refusal as refusal:
        return [refusal]
    except PolicyErrors as errors:
        return [problem for problem in errors.problems if isinstance(problem, Refusal)]
    return []


def _unheard(source: Callable[..., Iterable[str]], *about: object) -> None:
    """Warnings are computed when they are listened to."""
