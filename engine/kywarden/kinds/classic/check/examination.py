"""The order of the check: which problem is found first, and what has been warned of until then.

Source: pkg/validation/policy/validate.go Validate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from kywarden.errors import PolicyErrors
from kywarden.kinds.classic.check import (
    advice,
    bodies,
    conditions,
    context,
    generating,
    kinds,
    overrides,
    patches,
    patterns,
    structure,
    variables,
)
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import RuleSubject, Subject
from kywarden.kinds.classic.trees import one_map

_NAMESPACED = "A clusterpolicy should not have the namespace defined"
_SWITCHED_OFF = "disabling both admission and background processing is not allowed"
_VALIDATION_ONLY = "disabling admission processing is only allowed with validation policies"

Warn: TypeAlias = Callable[..., None]
"""Called with a function that gives warnings and with its arguments, since most callers do not listen."""


def examine(subject: Subject, warn: Warn) -> None:
    """Raises the first `Refusal`, or `PolicyErrors` with all of the structure; hands warnings over as they come."""
    if not subject.is_namespaced and subject.metadata.get("namespace"):
        warn(iter, (_NAMESPACED,))
        raise free(_NAMESPACED, "metadata.namespace")
    warn(advice.of_actions, subject)
    variables.check(subject)
    for rule in subject.own:
        warn(generating.warnings, rule)
    found = list(structure.problems(subject))
    if found:
        raise PolicyErrors(found)
    if not subject.is_namespaced:
        _check_overrides(subject)
    _check_processing(subject)
    for rule in subject.rules:
        kinds.check_wildcards(rule, background=subject.runs_in_background)
    for rule in subject.rules:
        _examine_rule(rule, subject, warn)


def _check_overrides(subject: Subject) -> None:
    for rule in subject.own:
        # kyverno: the path names the field of the policy, inside the rule
        path = f"{rule.place}.validate.validationFailureActionOverrides"
        validate = one_map(rule.tree.get("validate"))
        overrides.check(validate.get("failureActionOverrides"), path, f"{rule.place}.validate.failureActionOverrides")
    path = "spec.validationFailureActionOverrides"
    overrides.check(subject.spec.get("validationFailureActionOverrides"), path, path)


def _check_processing(subject: Subject) -> None:
    if subject.spec.get("admission") is not False:
        return
    if not subject.runs_in_background:
        raise free(_SWITCHED_OFF, "spec.admission")
    for rule in subject.own:
        if rule.mutate is not None or rule.generate is not None or rule.verifies_images:
            raise free(_VALIDATION_ONLY, "spec.admission")


def _examine_rule(rule: RuleSubject, subject: Subject, warn: Warn) -> None:
    patches.check(rule)
    warn(advice.of_patch, rule)
    kinds.check_resources(rule)
    conditions.check(rule)
    variables.check_elements(rule)
    context.check(rule)
    kinds.check_presence(rule)
    bodies.check(rule)
    generating.check(rule)
    warn(advice.of_autogen, rule, subject)
    patterns.check_labels(rule)
    warn(advice.of_subresources, rule)
    if (mutate := rule.mutate) is not None:
        own = mutate.get("mutateExistingOnPolicyUpdate")
        if own if own is not None else subject.spec.get("mutateExistingOnPolicyUpdate"):
            variables.check_on_update(subject)
    warn(advice.of_images, rule)
    warn(advice.of_operators, rule)
