"""A ClusterPolicy or Policy as data: the fields that decide which rules run, and what their failures do."""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.judging.labels import LabelTest
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.resources import text
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class Override:
    """One entry of `failureActionOverrides`: another action in some namespaces.

    namespaces: None when the key is absent; selects: the test of its namespace selector, None when there is none;
    has_wildcards: the selector's labels hold wildcards, which only one of Kyverno's two readers knows.
    """

    enforces: bool
    namespaces: tuple[str, ...] | None = None
    selects: LabelTest | None = None
    has_wildcards: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """What a failing rule does: its own `failureAction` (None: the policy's decides) and its own overrides."""

    enforces: bool | None = None
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy around its rules.

    tree: as loaded; name: without namespace; enforces, overrides: `validationFailureAction` and its overrides;
    fails_closed: failurePolicy is Fail; actions: one per rule of the spec, None for a rule that does not validate;
    selects_namespaces: some rule has a namespace selector, in its match, exclude or overrides.
    """

    tree: Map
    name: str
    namespace: str
    namespaced: bool
    enforces: bool
    overrides: tuple[Override, ...]
    fails_closed: bool
    emits_warnings: bool
    admitted: bool
    applies_one: bool
    selects_namespaces: bool
    actions: tuple[Action | None, ...]

    @property
    def key(self) -> str:
        """The name by which results name the policy."""
        return f"{self.namespace}/{self.name}" if self.namespaced and self.namespace else self.name

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The names of the rules of the spec."""
        return tuple(text(rule, "name") for rule in self._rules)

    def reduced(self, indexes: tuple[int, ...]) -> Map:
        """The policy's tree with only these rules."""
        rules = self._rules
        return {**self.tree, "spec": {**one_map(self.tree.get("spec")), "rules": [rules[index] for index in indexes]}}

    @property
    def _rules(self) -> list[Map]:
        return maps(one_map(self.tree.get("spec")).get("rules"))
