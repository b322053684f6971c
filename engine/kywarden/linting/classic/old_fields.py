"""Fields and forms that still work and have a successor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kywarden.kinds.classic.trees import one_map
from kywarden.linting.classic.subject import Rule, condition_blocks, items, rules
from kywarden.linting.finding import Remark
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_tree import Path

SPEC_FIELDS: Mapping[str, str] = {
    "validationFailureAction": "say failureAction in validate, or verifyImages, of each rule",
    "validationFailureActionOverrides": "say failureActionOverrides in the validate block of each rule",
    "failurePolicy": "say webhookConfiguration.failurePolicy",
    "webhookTimeoutSeconds": "say webhookConfiguration.timeoutSeconds",
    "mutateExistingOnPolicyUpdate": "say it in the mutate block of each rule",
    "generateExisting": "say it in the generate block of each rule",
    "generateExistingOnPolicyUpdate": "say generateExisting in the generate block of each rule",
    "schemaValidation": "leave it out: it has no effect any more",
}
ACTIONS: Mapping[Tree, str] = {"enforce": "Enforce", "audit": "Audit"}


def remarks(policy: Map) -> Iterator[Remark]:
    spec = one_map(policy.get("spec"))
    for key, successor in SPEC_FIELDS.items():
        if key in spec:
            yield Remark("deprecated-field", f"spec.{key} is deprecated", ("spec", key), hint=successor)
    yield from _of_actions(spec, "validationFailureAction", ("spec",))
    for rule in rules(policy):
        yield from _of_actions(one_map(rule.tree.get("validate")), "failureAction", (*rule.path, "validate"))
        yield from _of_forms(rule)


def _of_actions(holder: Map, key: str, path: Path) -> Iterator[Remark]:
    overrides = items(holder.get(f"{key}Overrides"), (*path, f"{key}Overrides"))
    written = [(one.get("action"), (*place, "action")) for one, place in overrides]
    if path == ("spec",):  # elsewhere a cluster refuses the old words
        written.append((holder.get(key), (*path, key)))
    for action, place in written:
        if isinstance(action, str) and action in ACTIONS:
            hint = f"write {ACTIONS[action]}"
            yield Remark("deprecated-field", f"{action} is deprecated", place, hint=hint, at_value=True)


def _of_forms(rule: Rule) -> Iterator[Remark]:
    for key in ("match", "exclude"):
        block = one_map(rule.tree.get(key))
        if block.get("resources") is not None:
            message = f"{key}.resources without any or all is deprecated"
            yield Remark(
                "deprecated-field", message, (*rule.path, key, "resources"), hint="put it into a list under any"
            )
    for conditions, place in condition_blocks(rule):
        if isinstance(conditions, list):
            yield Remark("deprecated-field", "a bare list of conditions is deprecated", place, hint="put it under all")
