"""The policy check of `kinds` and `resources`: something is selected, and a wildcard only where it is allowed.

Source: pkg/validation/policy/validate.go validateWildcard, validateResources, validateMatchKindHelper.
"""

from __future__ import annotations

import re

from kywarden.kinds.classic import encoding, schema
from kywarden.kinds.classic.check import patterns
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs, texts
from kywarden.values.trees import Map, Tree

_METADATA_ONLY = "policy can only deal with the metadata field of the resource if the rule does not match any kind"
_MANDATORY = (
    "at least one element must be specified in a kind block, "
    "the kind attribute is mandatory when working with the resources element"
)
_NO_BACKGROUND = (
    "wildcard policy not allowed in background mode. "
    "Set spec.background=false to disable background mode for this policy rule "
)
_REQUEST_VARIABLE = re.compile(r"\{\{\s*(request\.|serviceAccountName|serviceAccountNamespace)[^{}]*\}\}", re.ASCII)


def check_wildcards(rule: RuleSubject, *, background: bool) -> None:
    """Raises `Refusal` for a `*` among the kinds of a filter where the rule may not have it."""
    for key, block in rule.blocks:
        for mode in ("any", "all"):
            for index, one in enumerate(structs(block.get(mode))):
                _check_filter(rule, one, f".{key}.{mode}[{index}]", background)
        _check_filter(rule, block, f".{key}", background)


def _check_filter(rule: RuleSubject, one: Map, path: str, background: bool) -> None:
    listed = texts(one_map(one.get("resources")).get("kinds"))
    if "*" in listed and (reason := _wildcard_problem(rule, listed, background)):
        raise rule.refusal(f"{path}.kinds", reason, f"{path}.resources.kinds")


def _wildcard_problem(rule: RuleSubject, listed: list[str], background: bool) -> str:
    if background:
        return _NO_BACKGROUND
    if len(listed) > 1:
        return "wildcard policy can not deal with more than one kind"
    validate = rule.validate or {}
    has_foreach = one_map(rule.tree.get("validate")).get("foreach") is not None
    if rule.generate is not None or rule.verifies_images or has_foreach:
        return "wildcard policy does not support rule type"
    has_pattern = validate.get("pattern") is not None or validate.get("anyPattern") is not None
    if (has_pattern or rule.mutate is not None) and not patterns.deals_only_with_metadata(rule.tree):
        return _METADATA_ONLY
    conditions = one_map(validate.get("deny")).get("conditions")
    if isinstance(conditions, list) and not all(_asks_for_metadata(one.get("key")) for one in structs(conditions)):
        return _METADATA_ONLY
    return ""


def _asks_for_metadata(key: Tree) -> bool:
    """kyverno: only conditions in the old form, a bare list, are looked at; a key that is no text crashes Kyverno."""
    if not isinstance(key, str):
        return False
    if "request.object.metadata." in key:
        return True
    return _REQUEST_VARIABLE.search(key) is not None and "request.object.spec" not in key


def check_resources(rule: RuleSubject) -> None:
    """Raises `Refusal` for a filter that says nothing, and for `any` or `all` beside the bare form."""
    for key, block in (("exclude", rule.exclude or {}), ("match", rule.match)):
        if (block.get("any") or block.get("all")) and _says_something(block):
            reason = f"can't specify any/all together with {key} resources"
            raise rule.refusal(f".{key}.", reason, f".{key}")
    for place, one in _filters(rule):
        if not _says_something(one):
            raise rule.refusal(".match.resources.", "match resources not specified", place)


def check_presence(rule: RuleSubject) -> None:
    """Raises `Refusal` when a match filter has no kinds."""
    for place, one in _filters(rule):
        if not one_map(one.get("resources")).get("kinds"):
            is_about_metadata = patterns.deals_only_with_metadata(rule.tree)
            raise free(_MANDATORY if is_about_metadata else _METADATA_ONLY, f"{rule.place}{place}.resources.kinds")


def _filters(rule: RuleSubject) -> list[tuple[str, Map]]:
    """The filters of match that count, with their places: those of `any`, else of `all`, else the bare form."""
    for mode in ("any", "all"):
        if filters := rule.match.get(mode):
            trees = filters if isinstance(filters, list) else []
            return [(f".match.{mode}[{index}]", one_map(one)) for index, one in enumerate(trees)]
    return [(".match", rule.match)]


def _says_something(one: Map) -> bool:
    return not encoding.is_zero(one.get("resources"), schema.RESOURCES)
