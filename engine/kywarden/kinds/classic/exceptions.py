"""PolicyExceptions: who is exempt from which rules.

Source: pkg/engine/utils/exceptions.go, pkg/exceptions; reference A.6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError, PolicyError, PolicyErrors
from kywarden.judging import conditions, pod_security, selection
from kywarden.judging.candidate import Candidate
from kywarden.judging.conditions import Conditions
from kywarden.judging.pod_security import Exclusion
from kywarden.judging.selection import Selection
from kywarden.kinds.classic import match_block, schema
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class Exemption:
    """A prepared exception.

    key: `namespace/name`; names: for each entry the policy and the patterns of its rules' names; exempted: the controls
    it lifts from podSecurity rules, empty when it lifts the whole rule.
    """

    key: str
    names: tuple[tuple[str, tuple[Callable[[str], bool], ...]], ...]
    selection: Selection
    conditions: Conditions | None
    exempted: tuple[Exclusion, ...]

    def names_rule(self, policy: str, rule: str) -> bool:
        """Whether it speaks of the rule of a policy (`namespace/name` of a namespaced one)."""
        # kyverno: the actual name counts, an exception for `r` says nothing about `autogen-r`
        return any(name == policy and any(is_rule(rule) for is_rule in rules) for name, rules in self.names)

    def applies(self, candidate: Candidate, scope: Scope) -> bool:
        """Whether the request is exempt; raises EvaluationError when the world must be asked and is silent."""
        if not self.selection.selects(candidate):
            return False
        if self.conditions is None:
            return True
        try:
            return self.conditions.holds_for_exception(scope)
        except EvaluationError as error:
            if error.unanswered:
                raise
            return False  # kyverno: conditions in error exempt nobody


def prepare(tree: Map) -> Exemption:
    """An exception from its tree; raises `PolicyErrors` with all its problems."""
    name, namespace = text(tree, "metadata", "name"), text(tree, "metadata", "namespace")
    key = f"{namespace}/{name}" if namespace else name
    problems = schema.problems(tree, schema.EXCEPTION) or _problems(tree)
    if problems:
        raise PolicyErrors(replace(problem, policy=f"PolicyException {key}") for problem in problems)
    spec = one_map(tree.get("spec"))
    return Exemption(
        key,
        tuple((text(entry, "policyName"), _patterns(entry)) for entry in maps(spec.get("exceptions"))),
        selection.prepare_exception(match_block.read(spec.get("match"))),
        conditions.prepare_exception(spec["conditions"]) if spec.get("conditions") is not None else None,
        pod_security.prepare_exclusions(spec.get("podSecurity"), "spec.podSecurity"),
    )


def _problems(tree: Map) -> list[PolicyError]:
    spec = one_map(tree.get("spec"))
    problems = [
        PolicyError("Required value", path=f"spec.{key}") for key in ("match", "exceptions") if not spec.get(key)
    ]
    try:
        exempted = pod_security.prepare_exclusions(spec.get("podSecurity"), "spec.podSecurity")
    except PolicyError as problem:
        return [*problems, problem]
    return problems + pod_security.check_exclusions(exempted, "spec.podSecurity")


def _patterns(entry: Map) -> tuple[Callable[[str], bool], ...]:
    names = entry.get("ruleNames")
    return tuple(wildcard.prepare(name) for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def matching(exemptions: Sequence[Exemption], candidate: Candidate, scope: Scope) -> list[Exemption]:
    """The exemptions that apply to a request, in their order."""
    return [exemption for exemption in exemptions if exemption.applies(candidate, scope)]


def naming(exemptions: Sequence[Exemption], policy: str, rule: str) -> list[Exemption]:
    """The exemptions that speak of a rule, in their order."""
    return [exemption for exemption in exemptions if exemption.names_rule(policy, rule)]
