"""The checks of whole policies and exceptions of kyverno.io, and what the loader's problems are to a linter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kywarden.errors import PolicyError
from kywarden.kinds.classic import schema
from kywarden.kinds.classic.check import Refusal, subject
from kywarden.kinds.classic.check.advice import of_autogen, of_images, of_patch, of_subresources
from kywarden.kinds.classic.schema import UnknownField, Unread, Unserved
from kywarden.linting.classic import (
    conditions,
    context,
    expressions,
    matching,
    old_fields,
    patches,
    patterns,
    support,
    traps,
)
from kywarden.linting.classic.subject import Rule, rules
from kywarden.linting.finding import Remark
from kywarden.values.trees import Map

RULE_CHECKS: tuple[Callable[[Rule], Iterable[Remark]], ...] = (
    expressions.remarks,
    context.remarks,
    matching.remarks,
    conditions.remarks,
    patterns.remarks,
    patches.remarks,
    traps.remarks,
)


def remarks(policy: Map) -> Iterator[Remark]:
    """What the checks say of a policy, whether it can be loaded or not."""
    yield from support.unknown_fields(policy, schema.POLICY)
    yield from old_fields.remarks(policy)
    yield from traps.policy_remarks(policy)
    yield from _warnings(policy)
    for rule in rules(policy):
        for check in RULE_CHECKS:
            yield from check(rule)


def _warnings(policy: Map) -> Iterator[Remark]:
    """What Kyverno's own check warns of, where no check here says it with a place."""
    if schema.decoding_problems(schema.problems(policy, schema.POLICY)):
        return
    whole = subject.read(policy, with_copies=False)
    for index, rule in enumerate(whole.own):
        path = ("spec", "rules", index)
        said = [*of_autogen(rule, whole), *of_subresources(rule), *of_images(rule)]
        yield from (Remark("kyverno-warning", text, (*path, "name"), at_value=True) for text in said)
        yield from (Remark("kyverno-warning", text, (*path, "mutate")) for text in of_patch(rule))


def exception_remarks(exception: Map) -> Iterator[Remark]:
    """What the checks say of a PolicyException."""
    yield from support.unknown_fields(exception, schema.EXCEPTION)


def check_of(problem: PolicyError) -> str:
    """The check that a problem of the loader is a finding of; empty for those that are found more exactly elsewhere."""
    if problem.unsupported:
        return "unsupported"
    if isinstance(problem, UnknownField) or is_refusal(problem):
        return ""
    return "bad-value" if isinstance(problem, Unserved) else "malformed"


def hint_for(problem: PolicyError) -> str:
    """What to write instead, where the problem does not tell."""
    if isinstance(problem, Unread):
        return "conditions are maps of key, operator and value, in lists under any and all"
    return ""


def said_by(refusal: PolicyError) -> str:
    """The reason of a refusal, without the JSON of a whole rule."""
    return (isinstance(refusal, Refusal) and refusal.detail) or refusal.reason


def is_refusal(problem: PolicyError) -> bool:
    """Whether Kyverno's own policy check says it."""
    return isinstance(problem, Refusal)
