"""The parts of a policy: each becomes one Kubewarden policy, which either mutates or validates, denies or only logs.

Kubewarden registers a policy with one webhook and gives it one mode; Kyverno does both rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


def split(outline: Outline, possible: Sequence[RuleOutline], baked: bool) -> Iterator[Part]:
    """The parts that the possible rules of a policy make up; `baked`: settings have no say."""
    validating = [rule for rule in possible if not rule.mutates]
    mutating = [rule for rule in possible if rule.mutates]
    if mutating and outline.admitted:
        yield _mutating(outline, mutating, possible if validating else mutating, baked)
    if not validating:
        return
    acting = [rule for rule in validating if rule.enforces is not False or outline.warns]
    audited = [rule for rule in validating if rule.enforces is False]
    if not outline.admitted:
        acting, audited = [], validating
    if acting:
        mixed = bool(mutating) and len(acting) == len(validating)
        yield Part(
            "" if not mutating else "-validate",
            tuple(acting),
            outline.reduced(_indexes(possible if mixed and not baked else acting)),
            only="validate" if mixed and not baked else "",
            # what only warns here is judged by the other part, too, and reported there
            audited=outline.in_background and any(rule.enforces is not False for rule in acting),
        )
    if audited:
        tree = outline.reduced(_indexes(audited))
        yield Part(
            "-audit" if acting or mutating else "",
            tuple(audited),
            outline.enforcing(tree) if baked else tree,
            mode="monitor",
            enforcing=not baked,
            audited=outline.in_background,
        )


def _mutating(outline: Outline, rules: Sequence[RuleOutline], whole: Sequence[RuleOutline], baked: bool) -> Part:
    """The part that mutates: it keeps the other rules, which have a say in autogen, unless they would be run."""
    mixed = len(whole) > len(rules)
    return Part(
        "-mutate" if mixed else "",
        tuple(rules),
        outline.reduced(_indexes(rules if baked else whole)),
        only="mutate" if mixed and not baked else "",
        mutating=True,
        # Kyverno's background scan has no rows for rules that mutate
        audited=False,
    )


def _indexes(rules: Sequence[RuleOutline]) -> tuple[int, ...]:
    return tuple(sorted(rule.index for rule in rules))
