"""The policy check of rule bodies: one of the alternatives, complete.

Source: pkg/policy/validate/validate.go, pkg/policy/mutate/validate.go.
"""

from __future__ import annotations

from kywarden.kinds.classic.check import cel, patterns
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values.go_text import json_type
from kywarden.values.trees import Map, Tree

_ONE_PATCH = "only one of `patchStrategicMerge` or `patchesJson6902` is allowed"
_CEL_ONLY = "celPrecondition can only be used with validate.cel"


def check(rule: RuleSubject) -> None:
    """Raises `Refusal` for the first problem of the mutate or validate body."""
    if rule.mutate is not None:
        _check_mutate(rule, rule.mutate)
    if rule.validate is not None:
        _check_validate(rule, rule.validate)


def _check_mutate(rule: RuleSubject, mutate: Map) -> None:
    patches = (bool(text(mutate, "patchesJson6902")), mutate.get("patchStrategicMerge") is not None)
    if foreach := mutate.get("foreach"):
        if any(patches):
            reason = "only one of `foreach`, `patchStrategicMerge`, or `patchesJson6902` is allowed"
            raise rule.refusal(".mutate.foreach.", reason, ".mutate.foreach")
        _check_mutate_foreach(rule, foreach, "", ".mutate.foreach")
    elif all(patches):
        raise rule.refusal(".mutate.foreach.", _ONE_PATCH, ".mutate")
    elif rule.tree.get("celPreconditions") is not None:
        raise rule.refusal(".mutate..", _CEL_ONLY, ".celPreconditions")


def _check_mutate_foreach(rule: RuleSubject, foreach: Tree, tag: str, place: str) -> None:
    for index, entry in enumerate(structs(foreach)):
        # kyverno: the tags of the entries before it stay in the path
        tag = f"{tag}foreach[{index}]"
        here = f"{place}[{index}]"
        if nested := entry.get("foreach"):
            if any(entry.get(key) is not None for key in ("context", "preconditions", "patchStrategicMerge")) or (
                entry.get("patchesJson6902")
            ):
                raise rule.refusal(f".mutate.{tag}.", "a nested foreach cannot contain other declarations", here)
            # kyverno: entries after a nested one are not looked at
            _check_mutate_foreach(rule, nested, tag, f"{here}.foreach")
            return
        if bool(entry.get("patchesJson6902")) == (entry.get("patchStrategicMerge") is not None):
            raise rule.refusal(f".mutate.{tag}.", _ONE_PATCH, here)


def _check_validate(rule: RuleSubject, validate: Map) -> None:
    _check_alternatives(rule, validate)
    _check_patterns(rule, validate)
    for index, entry in enumerate(structs(validate.get("foreach"))):
        if reason := _foreach_problem(entry):
            raise rule.refusal(".validate..", reason, f".validate.foreach[{index}]")
    if rule.tree.get("celPreconditions") is not None and validate.get("cel") is None:
        raise rule.refusal(".validate..", _CEL_ONLY, ".celPreconditions")
    if validate.get("cel") is not None:
        cel.check(rule, one_map(validate.get("cel")))


def _check_alternatives(rule: RuleSubject, validate: Map) -> None:
    keys = ("pattern", "anyPattern", "deny", "foreach", "podSecurity", "cel")
    count = sum(validate.get(key) is not None for key in keys)
    count += bool(one_map(validate.get("manifests")).get("attestors"))
    if count == 0:
        reason = "one of pattern, anyPattern, deny, foreach, cel must be specified"
        raise rule.refusal(".validate..", reason, ".validate")
    if count > 1:
        reason = "only one of pattern, anyPattern, deny, foreach, cel can be specified"
        raise rule.refusal(".validate..", reason, ".validate")


def _check_patterns(rule: RuleSubject, validate: Map) -> None:
    has_anchors = "(" in rule.written
    if has_anchors and (found := patterns.problem(validate.get("pattern"))):
        raise rule.refusal(f".validate.pattern.{found[0]}.", found[1], ".validate.pattern")
    alternatives = validate.get("anyPattern")
    if alternatives is not None and not isinstance(alternatives, list):
        kind = json_type(alternatives)
        reason = (
            "failed to deserialize anyPattern, expect array: "
            f"json: cannot unmarshal {kind} into Go value of type []interface {{}}"
        )
        raise rule.refusal(".validate.anyPattern.", reason, ".validate.anyPattern")
    for index, pattern in enumerate(alternatives if has_anchors and alternatives else ()):
        if found := patterns.problem(pattern):
            place = f".validate.anyPattern[{index}]"
            raise rule.refusal(f"{place}.{found[0]}.", found[1], place)


def _foreach_problem(entry: Map) -> str:
    """What is wrong with an entry; kyverno: entries that nest in it are not looked at."""
    if not text(entry, "list"):
        return "foreach.list is required"
    count = sum(entry.get(key) is not None for key in ("pattern", "anyPattern", "deny")) + bool(entry.get("foreach"))
    if count == 0:
        return "one of pattern, anyPattern, deny, or a nested foreach must be specified"
    if count > 1:
        return "only one of pattern, anyPattern, deny, or a nested foreach can be specified"
    return ""
