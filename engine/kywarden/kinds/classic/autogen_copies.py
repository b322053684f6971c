"""The generated copies of one rule, for the kinds that make Pods.

A rule is copied twice: `autogen-<rule>` for the kinds with a pod template in `spec.template`, `autogen-cronjob-<rule>`
for CronJob. What is a pattern or patch is wrapped; in everything else the paths are rewritten as plain text
(Kyverno: pkg/autogen/v1/rule.go).
"""

from __future__ import annotations

from collections.abc import Callable

from kywarden.judging import kinds
from kywarden.kinds.classic import autogen_text
from kywarden.kinds.classic.trees import maps, one_map, texts
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree, encoded, floated

KINDS_WRITTEN_OUT = {
    "DaemonSet": "apps/v1/DaemonSet",
    "Deployment": "apps/v1/Deployment",
    "Job": "batch/v1/Job",
    "StatefulSet": "apps/v1/StatefulSet",
    "ReplicaSet": "apps/v1/ReplicaSet",
    "ReplicationController": "v1/ReplicationController",
    "CronJob": "batch/v1/CronJob",
    "Pod": "v1/Pod",
}
_TEMPLATE_CONTROLLERS = frozenset(KINDS_WRITTEN_OUT) - {"Pod", "CronJob"}

_MAX_NAME_BYTES = 63
_RULE_FIELDS = (
    "name",
    "context",
    "reportProperties",
    "match",
    "exclude",
    "preconditions",
    "celPreconditions",
    "mutate",
    "validate",
    "verifyImages",
    "skipBackgroundRequests",
)
_KEPT_OF_VALIDATE = ("failureAction", "failureActionOverrides", "allowExistingViolations")
_KEPT_OF_MUTATE_FOREACH = ("list", "context", "preconditions")


def copies(rule: Map, wanted: str) -> list[Map]:
    """The generated copies of one rule; `wanted` is a list of controllers, joined by commas."""
    made = []
    without_cron_jobs = ",".join(one for one in sorted(wanted.split(",")) if one != "CronJob")
    for_templates = _for_template_controllers(rule, without_cron_jobs)
    if for_templates is not None:
        made.append(_moved(for_templates, "spec.template"))
    # kyverno: the word may stand anywhere in the list, " CronJob" and "MyCronJobs" count.
    if "CronJob" in wanted or "all" in wanted:
        for_cron_jobs = _for_cron_jobs(rule, for_templates or _for_template_controllers(rule, wanted))
        if for_cron_jobs is not None:
            made.append(_moved(for_cron_jobs, "spec.jobTemplate.spec.template"))
    return made


def generated_name(prefix: str, name: str) -> str:
    """The name of a generated rule, cut to 63 bytes; what is left of a character cut in two becomes U+FFFD."""
    whole = f"{prefix}-{name}".encode()
    kept = whole[:_MAX_NAME_BYTES].decode(errors="ignore")
    return kept + "\ufffd" * (min(len(whole), _MAX_NAME_BYTES) - len(kept.encode()))


def generated_names(name: str) -> tuple[str, str]:
    """The names of both copies of a rule."""
    return generated_name("autogen", name), generated_name("autogen-cronjob", name)


def is_generated_name(name: str) -> bool:
    return name.startswith("autogen-")


def _moved(rule: Map, template: str) -> Map:
    return autogen_text.moved(rule, template, cel=one_map(rule.get("validate")).get("cel") is not None)


def _for_template_controllers(rule: Map, wanted: str) -> Map | None:
    name = text(rule, "name")
    if is_generated_name(name) or not wanted:
        return None
    excluded = kinds_of(one_map(rule.get("exclude")))
    if not kinds.contains(kinds_of(one_map(rule.get("match"))), "Pod"):
        return None
    if excluded and not kinds.contains(excluded, "Pod"):
        return None
    listed = sorted(_TEMPLATE_CONTROLLERS) if wanted == "all" else sorted(wanted.split(","))
    # kyverno: unknown words are dropped only if a known one is left.
    listed = [one for one in listed if one in _TEMPLATE_CONTROLLERS] or listed

    def about_controllers(one: Map) -> Map:
        return _with_kinds(one, listed) if kinds.contains(kinds_of(one), "Pod") else one

    return _converted(rule, generated_name("autogen", name), "template", "spec/template", listed, about_controllers)


def _for_cron_jobs(rule: Map, for_templates: Map | None) -> Map | None:
    """kyverno: made from the copy for templates, so that references in its message are moved twice."""
    if for_templates is None:
        return None
    return _converted(
        for_templates,
        generated_name("autogen-cronjob", text(rule, "name")),
        "jobTemplate",
        "spec/jobTemplate/spec/template",
        ["CronJob"],
        lambda one: _with_kinds(one, ["CronJob"]),
    )


def _converted(
    rule: Map, name: str, key: str, shift: str, listed: list[str], about_controllers: Callable[[Map], Map]
) -> Map | None:
    """The copy of a rule with its one payload converted; None when it has none that can be.

    key: the field of `spec` that takes the pattern; shift: the way to it for references; about_controllers: how a
    filter of `any` or `all` is changed, while the bare form gets the listed kinds outright.
    """
    copy: Map = {field: rule[field] for field in _RULE_FIELDS if rule.get(field) not in (None, {}, [])} | {"name": name}
    copy["match"] = _about_controllers(one_map(rule.get("match")), listed, about_controllers, always=True)
    if "exclude" in copy:
        copy["exclude"] = _about_controllers(one_map(rule.get("exclude")), listed, about_controllers, always=False)
    if "preconditions" in copy:
        copy["preconditions"] = _conditions(copy["preconditions"])
    for field, convert in (("mutate", _converted_mutate), ("validate", _converted_validate)):
        payload = convert(one_map(rule.get(field)), key, shift)
        if payload is not None:
            return copy | {field: payload}
    return copy if rule.get("verifyImages") is not None else None


def _converted_mutate(mutate: Map, key: str, shift: str) -> Map | None:
    """The patch, or the patches of foreach.

    kyverno: `targets`, and in a foreach entry `order` and nested `foreach`, are lost; a missing patch becomes null.
    """
    if mutate.get("patchStrategicMerge") is not None:
        return {"patchStrategicMerge": _wrapped(encoded(mutate["patchStrategicMerge"]), key)}
    entries: list[Tree] = [
        _foreach_entry({field: entry[field] for field in _KEPT_OF_MUTATE_FOREACH if field in entry})
        | {"patchStrategicMerge": _wrapped(entry.get("patchStrategicMerge"), key)}
        for entry in maps(mutate.get("foreach"))
    ]
    return {"foreach": entries} if entries else None


def _converted_validate(validate: Map, key: str, shift: str) -> Map | None:
    """The first of pattern, deny, podSecurity, anyPattern, foreach and cel; manifests are not converted."""
    payload: Map
    pivot = "pattern"
    if validate.get("pattern") is not None:
        payload = {"pattern": _wrapped(encoded(validate["pattern"]), key)}
    elif validate.get("deny") is not None:
        payload, pivot = {"deny": _deny(validate["deny"])}, "deny"
    elif validate.get("podSecurity") is not None:
        payload, pivot = {"podSecurity": validate["podSecurity"]}, "podSecurity"
    elif validate.get("anyPattern") is not None:
        patterns = validate["anyPattern"]
        # kyverno: the alternatives are read with all numbers as float64.
        wrapped: list[Tree] = [
            _wrapped(encoded(floated(pattern)), key) for pattern in (patterns if isinstance(patterns, list) else ())
        ]
        payload, pivot = {"anyPattern": wrapped} if wrapped else {}, "anyPattern"
    elif validate.get("foreach"):
        payload = {"foreach": [_foreach_entry(entry) for entry in maps(validate.get("foreach"))]}
    elif validate.get("cel"):
        return validate
    else:
        return None
    kept: Map = {field: validate[field] for field in _KEPT_OF_VALIDATE if field in validate}
    if message := text(validate, "message"):
        kept["message"] = autogen_text.shifted(message, shift, pivot)
    return kept | payload


def _about_controllers(block: Map, listed: list[str], change: Callable[[Map], Map], always: bool) -> Map:
    """A match or exclude block about controllers; `always`: the bare form gets kinds even if it had none."""
    block = _without_empty_lists(block)
    for mode in ("any", "all"):
        if filters := maps(block.get(mode)):
            return block | {mode: [_without_empty_lists(change(one)) for one in filters]}
    return _with_kinds(block, listed) if always or kinds_of(block) else block


def _with_kinds(one: Map, listed: list[str]) -> Map:
    written_out: list[Tree] = [KINDS_WRITTEN_OUT.get(kind, kind) for kind in listed]
    return one | {"resources": one_map(one.get("resources")) | {"kinds": written_out}}


def kinds_of(block: Map) -> list[str]:
    """The kinds of a filter, or of a whole block with its filters."""
    parts = (block, *maps(block.get("all")), *maps(block.get("any")))
    return [kind for part in parts for kind in texts(one_map(part.get("resources")).get("kinds"))]


def _wrapped(pattern: Tree, key: str) -> Map:
    return {"spec": {key: pattern}}


def _without_empty_lists(fields: Map) -> Map:
    """kyverno: an empty list does not survive the copying, which matters where written and absent differ."""
    return {key: value for key, value in fields.items() if value != []}


def _conditions(tree: Tree) -> Tree:
    """kyverno: `any: []` never holds, but its copy, which has lost it, always does."""
    return _without_empty_lists(tree) if isinstance(tree, dict) else tree


def _deny(tree: Tree) -> Tree:
    return (
        tree | {"conditions": _conditions(tree["conditions"])}
        if isinstance(tree, dict) and "conditions" in tree
        else tree
    )


def _foreach_entry(entry: Map) -> Map:
    entry = dict(entry)
    if "preconditions" in entry:
        entry["preconditions"] = _conditions(entry["preconditions"])
    if "deny" in entry:
        entry["deny"] = _deny(entry["deny"])
    if "foreach" in entry:
        entry["foreach"] = [_foreach_entry(one) for one in maps(entry.get("foreach"))]
    return entry
