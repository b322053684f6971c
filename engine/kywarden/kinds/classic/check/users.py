"""The policy check of background policies: no user asks there, so none may be named.

Source: pkg/validation/policy/background.go.
"""

from __future__ import annotations

import re

from kywarden.kinds.classic import encoding, schema
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import RuleSubject, Subject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.values.trees import Map

_MODES = {"match": ("any", "all"), "exclude": ("all", "any")}
_USER_KEYS = ("roles", "clusterRoles", "subjects")
_USER_VARIABLES = tuple(
    re.compile(rf"[^.]({name})\b", re.ASCII)
    for name in (
        "serviceAccountName",
        "serviceAccountNamespace",
        "request.userInfo",
        "request.roles",
        "request.clusterRoles",
    )
)
_WORDS = ("serviceAccountName", "userInfo", "roles", "clusterRoles")
_VARIABLE = re.compile(r"(^|[^\\])(\{\{(?:\{[^{}]*+\}|[^{}])*+\}\})")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def check(subject: Subject, mode: str) -> None:
    """Raises `Refusal` for a match on users and for a variable about them; mode: why, in Kyverno's words."""
    for rule in subject.rules:
        if problem := _matched_user(rule):
            raise free(_sentence(mode, f"invalid variable used at path: {problem}"), rule.place)
    if "{{" not in subject.written or not any(word in subject.written for word in _WORDS):
        return
    if any(one_map(rule.tree.get("mutate")).get("targets") is not None for rule in subject.own):
        return
    for variable in variables(subject):
        if any(banned.search(variable) for banned in _USER_VARIABLES):
            raise free(_sentence(mode, f"variable {variable} is not allowed"))


def _sentence(mode: str, reason: str) -> str:
    return f"only select variables are allowed in {mode} for this policy rule: {reason} "


def variables(subject: Subject) -> list[str]:
    """All variables of the policy as they stand in its JSON, so with its escapes."""
    if "{{" not in subject.written:
        return []
    tree = subject.tree
    annotations = one_map(subject.metadata.get("annotations"))
    if _LAST_APPLIED in annotations:
        tree = {**tree, "metadata": {**subject.metadata, "annotations": {**annotations, _LAST_APPLIED: ""}}}
    # kyverno: the whole JSON is searched, so that an open `{{` closes at the braces of the structure
    return [found[2] for found in _VARIABLE.finditer(encoding.text({**tree, "status": None}, schema.POLICY))]


def _matched_user(rule: RuleSubject) -> str:
    """The first place of a match or exclude block that asks for a user, empty for none."""
    for key, block in rule.blocks:
        path = f"spec/rules[{rule.index}]/{key}"
        if user := _user_key(block):
            return f"{path}/{user}"
        for mode in _MODES[key]:
            for index, one in enumerate(structs(block.get(mode))):
                if user := _user_key(one):
                    return f"{path}/{mode}[{index}]/{user}"
    return ""


def _user_key(one: Map) -> str:
    for key in _USER_KEYS:
        if one.get(key):
            return key
    return ""
