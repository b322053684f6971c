"""The policy check of the structure: all that Kyverno collects before it looks into rules.

Source: api/kyverno/v1/{clusterpolicy,spec,rule}_types.go, the methods Validate.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.judging import pod_security
from kywarden.kinds.classic import autogen, encoding, schema
from kywarden.kinds.classic.check import generating, matching
from kywarden.kinds.classic.check.refusal import Refusal, forbidden, invalid, invalid_text, too_long
from kywarden.kinds.classic.check.subject import RuleSubject, Subject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree

MAX_NAME_BYTES = 63
TIMEOUTS = range(1, 31)
"""Seconds that a webhook may take."""

_TIMEOUT = "the timeout value must be between 1 and 30 seconds"
_MOVED = "remove the deprecated field and use spec.{} instead"


def problems(subject: Subject) -> Iterator[Refusal]:
    """Everything wrong with the structure of the policy, in Kyverno's order."""
    if one_map(subject.metadata.get("annotations")).get(autogen.ANNOTATION) == "all":
        detail = "Autogen annotation does not support 'all' anymore, remove the annotation or set it to a valid value"
        yield forbidden("metadata.annotations", detail)
    if len(text(subject.metadata, "name").encode()) > MAX_NAME_BYTES:
        yield too_long("name", MAX_NAME_BYTES, place="metadata.name")
    yield from _moved_fields(subject.spec)
    yield from _missing_targets(subject)
    yield from _timeouts(subject.spec)
    yield from _repeated_names(subject)
    for rule in subject.own:
        yield from rule_problems(rule, text(subject.metadata, "namespace"), namespaced=subject.is_namespaced)
    if subject.is_namespaced and subject.spec.get("validationFailureActionOverrides"):
        detail = "Use of validationFailureActionOverrides is supported only with ClusterPolicy"
        yield forbidden("spec.validationFailureActionOverrides", detail)


def _moved_fields(spec: Map) -> Iterator[Refusal]:
    webhook = one_map(spec.get("webhookConfiguration"))
    if spec.get("webhookTimeoutSeconds") is not None and webhook.get("timeoutSeconds") is not None:
        yield forbidden("spec.webhookTimeoutSeconds", _MOVED.format("webhookConfiguration.timeoutSeconds"))
    if spec.get("failurePolicy") is not None and webhook.get("failurePolicy") is not None:
        yield forbidden("spec.failurePolicy", _MOVED.format("webhookConfiguration.failurePolicy"))
    if spec.get("generateExistingOnPolicyUpdate") is not None:
        yield forbidden("spec.generateExistingOnPolicyUpdate", _MOVED.format("generate[*].generateExisting"))


def _missing_targets(subject: Subject) -> Iterator[Refusal]:
    for rule in subject.own:
        mutate = rule.mutate
        if mutate is None or mutate.get("targets"):
            continue
        if subject.spec.get("mutateExistingOnPolicyUpdate") or mutate.get("mutateExistingOnPolicyUpdate"):
            detail = f"rules[{rule.index}].mutate.targets has to be specified when mutateExistingOnPolicyUpdate is set"
            yield forbidden("spec.mutateExistingOnPolicyUpdate", detail, place=f"{rule.place}.mutate")


def _timeouts(spec: Map) -> Iterator[Refusal]:
    webhook = one_map(spec.get("webhookConfiguration"))
    for path, seconds in (
        ("spec.webhookTimeoutSeconds", spec.get("webhookTimeoutSeconds")),
        ("spec.webhookConfiguration.timeoutSeconds", webhook.get("timeoutSeconds")),
    ):
        if seconds is not None and seconds not in TIMEOUTS:
            yield invalid(path, str(seconds), _TIMEOUT)


def _repeated_names(subject: Subject) -> Iterator[Refusal]:
    names: set[str] = set()
    for rule in subject.own:
        if rule.name in names:
            shown = encoding.text(rule.tree, schema.RULE)
            yield invalid(f"{rule.place}.name", shown, f"Duplicate rule name: '{rule.name}'")
        names.add(rule.name)


def rule_problems(rule: RuleSubject, namespace: str, *, namespaced: bool) -> Iterator[Refusal]:
    """What is wrong with the structure of one rule (Rule.Validate); namespace: of the policy."""
    path = rule.place
    yield from _kind_problems(rule, path)
    yield from matching.conflict(rule.tree, path)
    yield from matching.block_problems(rule.match, f"{path}.match", namespaced=namespaced)
    if rule.exclude is not None:
        yield from matching.block_problems(rule.exclude, f"{path}.exclude", namespaced=namespaced)
    if namespaced:
        yield from _foreign_targets(rule, namespace)
    yield from _control_problems(one_map(rule.tree.get("validate")).get("podSecurity"), path)
    yield from generating.problems(rule, namespace, namespaced=namespaced)


def _kind_problems(rule: RuleSubject, path: str) -> Iterator[Refusal]:
    """A rule does exactly one thing."""
    bodies = (rule.mutate, rule.validate, rule.generate)
    verifies_images = rule.verifies_images
    done = (*(body is not None for body in bodies), verifies_images)
    detail = ""
    if not any(done):
        detail = (
            f"No operation defined in the rule '{rule.name}'."
            "(supported operations: mutate,validate,generate,verifyImages)"
        )
    elif done.count(True) > 1:
        detail = (
            f"Multiple operations defined in the rule '{rule.name}', "
            "only one operation (mutate,validate,generate,verifyImages) is allowed per rule"
        )
    if detail:
        yield invalid(path, encoding.text(rule.tree, schema.RULE), detail)
    if rule.tree.get("imageExtractors") is not None and not verifies_images:
        detail = f"Invalid rule spec for rule '{rule.name}', imageExtractors can only be defined for verifyImages rule"
        yield invalid(f"{path}.imageExtractors", encoding.text(rule.tree, schema.RULE), detail)


def _foreign_targets(rule: RuleSubject, namespace: str) -> Iterator[Refusal]:
    for index, target in enumerate(structs(one_map(rule.tree.get("mutate")).get("targets"))):
        asked = text(target, "namespace")
        if asked and asked != namespace:
            detail = "This field can be ignored or should have value of the namespace where the policy is being created"
            where = f"targets[{index}].namespace"
            yield invalid_text(f"{rule.place}.{where}", asked, detail, place=f"{rule.place}.mutate.{where}")


def _control_problems(tree: Tree, path: str) -> Iterator[Refusal]:
    """What is wrong with the excludes of `podSecurity`; kyverno: the path lacks `validate`."""
    if not isinstance(tree, dict) or not tree.get("exclude"):
        return
    known = structs(encoding.decoded(tree, schema.POD_SECURITY).get("exclude"))
    exclusions = pod_security.prepare_exclusions(list[Tree](known))
    for problem in pod_security.check_exclusions(exclusions, ".podSecurity.exclude", text(tree, "level")):
        yield Refusal(
            problem.reason,
            path=f"{path}.validate{problem.path}",
            sentence=f"{path}{problem.path}: {problem.reason}",
        )
