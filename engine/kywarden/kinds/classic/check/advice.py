"""What Kyverno warns of when it accepts a policy.

Source: pkg/validation/policy/validate.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.judging import kinds, operators
from kywarden.kinds.classic import autogen, encoding, schema
from kywarden.kinds.classic.check.subject import RuleSubject, Subject
from kywarden.kinds.classic.check.subject import kinds as kinds_of
from kywarden.kinds.classic.trees import one_map, structs, texts
from kywarden.model.resources import text
from kywarden.values.strconv import quote
from kywarden.values.trees import Tree

OLD_ACTION = "Validation failure actions enforce/audit are deprecated, use Enforce/Audit instead."
PATCH_ON_POD = (
    "Pods managed by workload controllers should not be directly mutated using policies. "
    "Use the autogen feature or write policies that match Pod controllers."
)
AUTOGEN_REDUCED = (
    "Policies that match Pods apply to all Pods including those created and managed by controllers "
    "excluded from autogen. Use preconditions to exclude the Pods managed by controllers which are "
    "excluded from autogen. Refer to https://kyverno.io/docs/policy-types/cluster-policy/autogen/ for details."
)
NO_SCALE = "You are matching on replicas but not including the scale subresource in the policy."
NO_STATUS = "You are matching on status but not including the status subresource in the policy."

_OLD_ACTIONS = ("enforce", "audit")
# kyverno: ReplicaSet and ReplicationController are not in this list, though autogen makes rules for them by default
_USUAL_CONTROLLERS = ["cronjob", "daemonset", "deployment", "job", "statefulset"]


def of_actions(subject: Subject) -> Iterator[str]:
    """Actions in lower case, of the policy and of rules that have an action of their own."""
    if _is_old(subject.spec.get("validationFailureAction"), subject.spec.get("validationFailureActionOverrides")):
        yield OLD_ACTION
    for rule in subject.own:
        validate = rule.validate or {}
        action = validate.get("failureAction")
        if action is not None and _is_old(action, validate.get("failureActionOverrides")):
            yield OLD_ACTION


def _is_old(action: Tree, overrides: Tree) -> bool:
    return action in _OLD_ACTIONS or any(entry.get("action") in _OLD_ACTIONS for entry in structs(overrides))


def of_patch(rule: RuleSubject) -> Iterator[str]:
    """A JSON patch of Pods; kyverno: only the bare form of match is looked at."""
    is_patch = rule.mutate is not None and bool(text(rule.mutate, "patchesJson6902"))
    if is_patch and "Pod" in texts(one_map(rule.match.get("resources")).get("kinds")):
        yield PATCH_ON_POD


def of_autogen(rule: RuleSubject, subject: Subject) -> Iterator[str]:
    """A rule about Pods in a policy whose annotation leaves controllers out; kyverno: `none` is no reason."""
    asked = one_map(subject.metadata.get("annotations")).get(autogen.ANNOTATION)
    if not isinstance(asked, str) or asked == "none" or sorted(asked.lower().split(",")) == _USUAL_CONTROLLERS:
        return
    listed = rule.kinds()
    if listed and all(kinds.contains([kind], "Pod") for kind in listed):
        yield AUTOGEN_REDUCED


def of_subresources(rule: RuleSubject) -> Iterator[str]:
    """`replicas` or `status` in a body without a kind that looks like the subresource."""
    if "replicas" not in rule.written and "status" not in rule.written:
        return
    listed = rule.kinds() + (kinds_of(rule.exclude) if rule.exclude else [])
    if (validate := rule.validate) is not None:
        deny = validate.get("deny")
        seen = {**validate, "deny": {}} if deny is not None else validate
        yield from _of_subresources(encoding.text(seen, schema.VALIDATE), listed)
    if (mutate := rule.mutate) is not None:
        listed = listed + [text(target, "kind") for target in structs(mutate.get("targets"))]
        yield from _of_subresources(encoding.text(mutate, schema.MUTATE), listed)


def _of_subresources(written: str, listed: list[str]) -> Iterator[str]:
    if "replicas" in written and not any("scale" in kind.lower() for kind in listed):
        yield NO_SCALE
    if (".status" in written or '"status":' in written) and not any("status" in kind.lower() for kind in listed):
        yield NO_STATUS


def of_images(rule: RuleSubject) -> Iterator[str]:
    """The older name of an attestation's type."""
    for images in structs(rule.tree.get("verifyImages")):
        for attestation in structs(images.get("attestations")):
            if name := text(attestation, "predicateType"):
                yield f"predicateType has been deprecated use 'type: {name}' instead of 'predicateType: {name}'"


def of_operators(rule: RuleSubject) -> Iterator[str]:
    """Deprecated operators of deny and foreach; kyverno: preconditions of the rule and nested foreach do not count."""
    validate = one_map(rule.tree.get("validate"))
    yield from _of_block(one_map(validate.get("deny")).get("conditions"))
    for entry in structs(validate.get("foreach")):
        yield from _of_block(entry.get("preconditions"))
        yield from _of_block(one_map(entry.get("deny")).get("conditions"))


def _of_block(block: Tree) -> Iterator[str]:
    conditions = (
        structs(block)
        if isinstance(block, list)
        else [*structs(one_map(block).get("any")), *structs(one_map(block).get("all"))]
    )
    for condition in conditions:
        name = text(condition, "operator")
        if instead := operators.ALTERNATIVES.get(name):
            alternatives = " ".join(map(quote, instead))
            yield (f"Operator {name} has been deprecated and will be removed soon. Use these instead: [{alternatives}]")
