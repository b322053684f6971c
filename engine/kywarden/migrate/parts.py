"""The parts of a policy: each becomes one Kubewarden policy, which either mutates or validates, denies or only logs.

Kubewarden registers a policy with one webhook and gives it one mode; Kyverno does both rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from kywarden.kinds.outline import Outline, RuleOutline
from kywarden.values.trees import Map

Mode: TypeAlias = Literal["protect", "monitor"]


@dataclass(frozen=True, slots=True)
class Part:
    """Rules that go together.

    suffix: of the name; tree: the policy for the module; only: the setting `rules`, empty for all; enforcing: every
    failure denies, in a mode in which that is only logged; audited: the audit scanner judges existing objects by it.
    """

    suffix: str
    rules: tuple[RuleOutline, ...]
    tree: Map
    mode: Mode = "protect"
    only: Literal["", "validate", "mutate"] = ""
    enforcing: bool = False
    mutating: bool = False
    audited: bool = True

    def carries(self, rule: RuleOutline) -> bool:
        """Whether it is one of its rules."""
        return any(each.name == rule.name for each in self.rules)


def split(outline: Outline, possible: Sequence[RuleOutline], baked: bool) -> Iterator[Part]:
    """The parts that the possible rules of a policy make up; `baked`: settings have no say."""
    validating = [rule for rule in possible if not rule.mutates]
    mutating = [rule for rule in possible if rule.mutates]
    if mutating and outline.admitted:
        suffix = "-mutate" if validating else ""
        # Kyverno's background scan has no rows for rules that mutate
        yield replace(_part(outline, suffix, mutating, possible, "mutate", baked), mutating=True, audited=False)
    acting = [rule for rule in validating if outline.admitted and (rule.enforces is not False or outline.warns)]
    audited = [rule for rule in validating if rule.enforces is False or not outline.admitted]
    if acting:
        suffix = "-validate" if mutating else ""
        whole = possible if len(acting) == len(validating) else acting
        # what only warns here is judged by the other part, too, and reported there
        reported = outline.in_background and any(rule.enforces is not False for rule in acting)
        yield replace(_part(outline, suffix, acting, whole, "validate", baked), audited=reported)
    if audited:
        part = _part(outline, "-audit" if acting or mutating else "", audited, audited, "validate", baked)
        tree = outline.enforcing(part.tree) if baked else part.tree
        yield replace(part, tree=tree, mode="monitor", enforcing=not baked, audited=outline.in_background)


def _part(
    outline: Outline,
    suffix: str,
    rules: Sequence[RuleOutline],
    whole: Sequence[RuleOutline],
    only: Literal["validate", "mutate"],
    baked: bool,
) -> Part:
    """A part of some rules; the module is given the whole they stand in, of which a setting chooses them."""
    mixed = len(whole) > len(rules) and not baked
    reduced = outline.reduced(tuple(sorted(rule.index for rule in (whole if mixed else rules))))
    names = {rule.name for rule in rules}
    return Part(
        suffix,
        tuple(rule for rule in reduced.rules if rule.name in names),
        reduced.tree,
        only=only if mixed else "",
    )
