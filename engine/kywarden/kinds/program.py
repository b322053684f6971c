"""A program: a policy that is ready to run, whatever its kind; and what running it yields.

The evaluator knows programs only through this module. A program names the passes in which it takes part; a pass belongs
to a webhook of Kyverno, and the webhook decides on the responses of its passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from kywarden.binding.scope import Scope
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.model.request import Request
from kywarden.model.verdict import Phase, RuleResult
from kywarden.model.world import World
from kywarden.values.trees import Map

FailureAction: TypeAlias = Literal["policy", "Enforce", "Audit"]
Rules: TypeAlias = Literal["all", "validate", "mutate"]


@dataclass(frozen=True, slots=True)
class Regime:
    """What the operator decides over all policies.

    failure_action: what the failure of any rule does, `policy` for what the policies say; rules: those that run.
    """

    failure_action: FailureAction = "policy"
    rules: Rules = "all"

    def runs(self, mutating: bool) -> bool:
        """Whether rules run that mutate, or those that do not."""
        return self.rules == "all" or (self.rules == "mutate") is mutating


AS_WRITTEN = Regime()
"""The policies alone decide."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a webhook answers: `denied` is the text of the refusal, None when it allows."""

    denied: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """What one program answered in one pass; `patched` is the object after mutation, None when it did not change.

    A policy kind whose webhook must know more to decide derives its own.
    """

    phase: Phase
    results: tuple[RuleResult, ...]
    patched: Map | None = None


@dataclass(frozen=True, slots=True)
class MutatingResponse(Response):
    """What one program answered in a mutating webhook.

    after: the object as the programs behind it see it, changes included that the webhook drops; None when there is
    none.
    """

    after: Map | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """One of Kyverno's webhooks: webhooks answer in the order of `rank`; those that mutate hand the object on."""

    name: str
    rank: int
    decide: Callable[[Sequence[Response], Request, World], Decision]
    mutating: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of one program: `run` evaluates its rules of that phase against the request.

    calls: the webhook is called for the request because of this program; if no pass calls it, none runs.
    """

    webhook: Webhook
    phase: Phase
    run: Callable[[Request, Scope], Response]
    calls: bool = True


class Program(Protocol):
    """A prepared policy; all that does not depend on the request is done."""

    @property
    def name(self) -> str:
        """`name`, or `namespace/name` of a namespaced policy."""

    def passes(self, request: Request, world: World) -> Sequence[Pass]:
        """The passes of this program for the request, none when the policy cannot apply."""

    def complete(self) -> None:
        """Do now what is otherwise done at the first request of its kind: for a program that is to be kept."""

    def exempted(self, exemptions: Sequence[Exemption]) -> Program:
        """The same program under more exceptions of its kind, behind those that it was loaded with."""
