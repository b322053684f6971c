"""What an explanation is made of: statements with their places, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kywarden.model.verdict import Phase
from kywarden.values.yaml_places import Place

Kind: TypeAlias = Literal[
    "match",
    "precondition",
    "exception",
    "pattern",
    "condition",
    "podSecurity",
    "element",
    "variable",
    "entry",
    "patch",
    "rule",
]
"""What a statement is about."""


@dataclass(slots=True)
class Statement:
    """One reason.

    decides: it is why the rule ended as it did; policy, resource: where in both, None where it is nowhere in them;
    inner: more about it; expression: of a variable.
    """

    kind: Kind
    text: str
    decides: bool = True
    policy: Place | None = None
    resource: Place | None = None
    inner: list[Statement] = field(default_factory=list)
    expression: str = ""

    def all(self) -> Iterator[Statement]:
        """The statement and all inside it."""
        yield self
        for one in self.inner:
            yield from one.all()


@dataclass(slots=True)
class RuleStory:
    """What became of one rule.

    status: of the result, or `not selected` (match and exclude), `not run` (something else kept it from running),
    `no answer` (selected, but Kyverno gives no response).
    """

    policy: str
    rule: str
    status: str
    message: str = ""
    phase: Phase = ""
    place: Place | None = None
    statements: list[Statement] = field(default_factory=list)


@dataclass(slots=True)
class Explanation:
    """One request, judged and explained.

    operation, kind, namespace, name: of the request; sources: lines by file, for snippets; note: why no rule was asked,
    empty when they were.
    """

    operation: str
    kind: str
    namespace: str
    name: str
    accepted: bool
    message: str
    rules: list[RuleStory]
    sources: dict[str, list[str]]
    note: str = ""

    @property
    def resource(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)
