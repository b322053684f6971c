"""The policy check of patterns and patches: anchors that mean something, labels that are text, nothing but metadata.

Source: pkg/policy/common/validate_pattern.go, pkg/validation/policy/validate.go isLabelAndAnnotationsString and
ruleOnlyDealsWithResourceMetaData.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from kywarden.judging import anchors
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree

_TEXT_MAPS = ("labels", "annotations")
_NOT_TEXT = 'labels and annotations supports only string values, "use double quotes around the non string values"'


def problem(pattern: Tree, path: str = "/") -> tuple[str, str] | None:
    """Path and reason of the first wrong anchor of a validate pattern; None when all are right."""
    match pattern:
        case dict():
            for key, value in pattern.items():
                inner = f"{path}/{key}"
                reason = _anchor_problem(key, value)
                found = (inner, reason) if reason else problem(value, inner)
                if found:
                    return found
        case list():
            for index, item in enumerate(pattern):
                if found := problem(item, f"{path}{index}/"):
                    return found
    return None


def _anchor_problem(key: str, value: Tree) -> str:
    anchor = anchors.parse(key)
    if anchor is None:
        return ""
    if anchor.modifier not in anchors.VALIDATING:
        return f"unsupported anchor {key}"
    if anchor.modifier == anchors.EXISTENCE:
        if not isinstance(value, list):
            return "existence anchor should have value of type list"
        if not value:
            return "existence anchor: should have at least one value"
    return ""


def check_labels(rule: RuleSubject) -> None:
    """Raises `Refusal` when labels or annotations of a pattern or patch are not text."""
    for tree in _overlays(rule):
        if isinstance(tree, dict) and not _has_text_labels(tree):
            raise free(_NOT_TEXT, rule.place)


def _overlays(rule: RuleSubject) -> Iterator[Tree]:
    """What Kyverno looks at: of a list of foreach entries the first with a pattern, and after a pattern no patch."""
    validate, mutate = one_map(rule.tree.get("validate")), one_map(rule.tree.get("mutate"))
    if validate.get("foreach") is not None:
        found = _first(validate.get("foreach"), "pattern")
    else:
        found = validate.get("pattern")
    if isinstance(found, dict):
        yield found
        return
    if validate.get("foreach") is None and isinstance(validate.get("anyPattern"), list):
        yield from structs(validate["anyPattern"])
    if mutate.get("foreach") is not None:
        yield _first(mutate.get("foreach"), "patchStrategicMerge")
    else:
        yield mutate.get("patchStrategicMerge")


def _first(foreach: Tree, key: str) -> Tree:
    return next((entry[key] for entry in structs(foreach) if isinstance(entry.get(key), dict)), None)


def _has_text_labels(overlay: Map) -> bool:
    """kyverno: the metadata of the overlay or of its pod template, whichever Go's map gives first; here the former."""
    metadata = overlay.get("metadata")
    if not isinstance(metadata, dict):
        template = one_map(one_map(overlay.get("spec")).get("template"))
        metadata = one_map(template.get("metadata"))
    return all(is_map_of_strings(metadata[key]) for key in _TEXT_MAPS if isinstance(metadata.get(key), dict))


def is_map_of_strings(tree: Tree) -> bool:
    return all(isinstance(value, str) for value in one_map(tree).values())


def deals_only_with_metadata(rule: Map) -> bool:
    """Whether patterns and patches of a rule say nothing outside `metadata`."""
    mutate, validate = one_map(rule.get("mutate")), one_map(rule.get("validate"))
    overlays = [mutate.get("patchStrategicMerge"), validate.get("pattern")]
    any_pattern = validate.get("anyPattern")
    if any_pattern is not None and not isinstance(any_pattern, list):
        return False
    overlays += any_pattern or []
    if any(key != "metadata" for overlay in overlays for key in one_map(overlay)):
        return False
    return all(path.startswith("/metadata") for path in _patch_paths(text(mutate, "patchesJson6902")))


def _patch_paths(patch: str) -> Iterator[str]:
    """kyverno: here a JSON patch is read as JSON, so that one written in YAML has no paths."""
    try:
        operations = json.loads(patch) if patch else None
    except ValueError:
        return
    for operation in operations if isinstance(operations, list) else ():
        yield text(operation, "path")
