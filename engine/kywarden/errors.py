"""What can go wrong, as classes with fields; `__str__` makes the sentence.

Four families, and who may raise them:

- `PolicyError`: the policy is wrong or uses what is not supported. Raised when it is loaded, never later.
- `RequestError`: the envelope or the request in it is wrong.
- `EvaluationError`: this rule cannot be answered for this request: the rule's status becomes `error`.
- `Timeout`: the caller's deadline has passed; ends the whole evaluation.

Anything else that escapes is a defect of ours; only `protocol` turns it into a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class KywardenError(Exception):
    """Root of all errors that this package raises on purpose."""


@dataclass(eq=False)
class PolicyError(KywardenError):
    """One problem of one policy.

    reason: the sentence; Kyverno's own where it has one.
    policy: name of the policy (`namespace/name` when namespaced), empty when unknown.
    rule: name of the rule, empty when the problem is not inside one.
    path: where in the policy, such as `spec.rules[2].match.any[0]`, empty for the whole.
    source: file or document the policy came from, empty when unknown.
    unsupported: true when Kyverno would accept it and only we refuse.
    """

    reason: str
    policy: str = ""
    rule: str = ""
    path: str = ""
    source: str = ""
    unsupported: bool = False

    def __str__(self) -> str:
        where = [
            text
            for text in (
                self.source,
                f"policy {self.policy}" if self.policy else "",
                f"rule {self.rule}" if self.rule else "",
                self.path,
            )
            if text
        ]
        return f"{', '.join(where)}: {self.reason}" if where else self.reason


class PolicyErrors(KywardenError):
    """All problems found while loading, in the order of the input; never empty."""

    def __init__(self, problems: Iterable[PolicyError]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return listed(self.problems)


MOST_LISTED = 100
"""Problems that one sentence tells of; what it is for is mending, and a host keeps it."""


def listed(problems: Sequence[object]) -> str:
    """The problems in one sentence."""
    told = [str(problem) for problem in problems[:MOST_LISTED]]
    left = len(problems) - len(told)
    return "; ".join([*told, f"and {left} more"] if left else told)


@dataclass(eq=False)
class RequestError(KywardenError):
    """The envelope, or a request in it, is not what it must be.

    path: where in the input, such as `request.object.metadata`; place: file, line and column where known.
    """

    reason: str
    path: str = ""
    place: str = ""

    def __str__(self) -> str:
        return ": ".join(text for text in (self.place, self.path, self.reason) if text)


class EvaluationError(KywardenError):
    """A rule cannot be answered; the text becomes part of the rule's message.

    unknown_key: a missing key is part of the cause; an optional foreach list is then passed over.
    unanswered: the world had no answer; never to be taken for a look-up that failed, so no default applies.
    """

    def __init__(self, text: str, *, unknown_key: bool = False, unanswered: bool = False) -> None:
        self.text = text
        self.unknown_key = unknown_key
        self.unanswered = unanswered
        super().__init__(text)

    def __str__(self) -> str:
        return self.text

    def within(self, attempt: str) -> EvaluationError:
        """The same failure, told by whoever attempted the larger thing: `attempt: text`."""
        return EvaluationError(f"{attempt}: {self}", unknown_key=self.unknown_key, unanswered=self.unanswered)


class NotFound(EvaluationError):
    """A key that is not there: JMESPath swallows it in some places and passes it on in others (kyverno: D.1)."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f'Unknown key "{key}" in path', unknown_key=True)


class Timeout(KywardenError):
    """The evaluation's own deadline has passed.

    milliseconds: the limit that was set.
    """

    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds
        super().__init__(milliseconds)

    def __str__(self) -> str:
        return f"the evaluation took longer than {self.milliseconds} ms"
