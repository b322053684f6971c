"""Statements about the bodies of rules: conditions, patterns, the Pod Security Standards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kywarden.binding import syntax
from kywarden.explaining import patterns
from kywarden.explaining.stage import Stage
from kywarden.explaining.statement import Kind, Statement
from kywarden.explaining.variables import Sources
from kywarden.explaining.words import named, shown
from kywarden.judging.conditions import Judged
from kywarden.judging.pod_security import Violation
from kywarden.judging.pod_security.checks import CHECKS, FieldError
from kywarden.judging.pod_security.pods import LAYOUTS
from kywarden.kinds.classic.events import PatternJudged, PodSecurityJudged
from kywarden.model.resources import text
from kywarden.values.trees import Tree
from kywarden.values.yaml_tree import Path

_CHECKS = {check.id: check for check in CHECKS}
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def condition(event: Judged, stage: Stage, sources: Sources) -> tuple[Statement, tuple[str, ...]]:
    """Both sides of a condition after substitution, and whether it holds; and the expressions that are a side."""
    path = stage.where.of(event.condition)
    tree = stage.written(path)
    written = tree if isinstance(tree, dict) else {}
    kind: Kind = "precondition" if "preconditions" in path else "condition"
    key, value = _side(written.get("key"), event.key), _side(written.get("value"), event.value)
    told = f"{key} {text(written, 'operator')} {value}: {'holds' if event.holds else 'does not hold'}"
    expression = only_expression(written.get("key"))
    place = stage.policy.value((*path, "key"))
    resource = sources.mentioned(expression) if expression else None
    statement = Statement(kind, told, event.holds is (kind == "condition"), place, resource)
    return statement, (expression, only_expression(written.get("value")))


def _side(written: Tree, value: Tree) -> str:
    """A side of a condition: its value, behind the text that it was made of."""
    if isinstance(written, str) and ("{{" in written or "$(" in written):
        return f"{' '.join(written.split())} = {shown(value)}"
    return shown(value)


def only_expression(tree: Tree) -> str:
    """The expression of a text that is one variable, empty for anything else."""
    found = syntax.variables(tree) if isinstance(tree, str) else []
    return found[0].expression if len(found) == 1 and found[0].whole == tree else ""


def pattern(event: PatternJudged, stage: Stage, base: Path | None, in_loop: bool) -> Statement:
    """Why a target does not look like a pattern; `base`: the path of the target in the object, None for nowhere."""
    path = stage.where.of(event.body)
    if event.alternative is not None:
        path = (*path, event.alternative)
    which = "the pattern" if event.alternative is None else f"alternative {event.alternative}"
    if event.mismatch is None:
        return Statement("pattern", f"{which} matches", False, stage.policy.of(path))
    match = patterns.Match(
        stage.written(path),
        () if in_loop else stage.where.template,
        event.target,
        lambda below: stage.policy.value((*path, *below)),
        lambda below: None if base is None else stage.in_resource((*base, *below)),
        base or (),
    )
    told = match.statement(event.mismatch)
    if event.alternative is not None:
        told.text = f"{which}: {told.text}"
    return told


def pod_security(event: PodSecurityJudged, stage: Stage) -> Iterator[Statement]:
    """The controls that are violated, each with the fields."""
    path = stage.where.of(event.settings)
    level = stage.policy.value((*path, "level"))
    if event.violations is None:
        yield Statement("podSecurity", f"nothing violates the level {event.settings.level}", False, level)
        return
    for violation in event.violations.checks:
        yield _violation(violation, event.violations.kind, stage, path)


def _violation(violation: Violation, kind: str, stage: Stage, path: Path) -> Statement:
    check = _CHECKS[violation.check]
    told = f"{check.control or check.id} ({check.level}): {violation.reason}"
    level = stage.policy.value((*path, "level"))
    return Statement(
        "podSecurity", told, policy=level, inner=[_field(error, kind, stage) for error in violation.errors]
    )


def _field(error: FieldError, kind: str, stage: Stage) -> Statement:
    path = _field_path(error.field, LAYOUTS[kind].prefix)
    said = "is forbidden"
    if error.required:
        said = "is missing, and required"
    elif error.bad != "":
        said = f"is {shown(list(error.bad) if isinstance(error.bad, tuple) else error.bad)}, which is forbidden"
    return Statement("podSecurity", f"{named(path)} {said}", resource=stage.in_resource(path))


def _field_path(field: str, spec: str) -> Path:
    """The path of a field such as `spec.containers[0].securityContext` in the object, where `spec` may be deeper."""
    moved = f"{spec}{field.removeprefix('spec')}" if field.startswith("spec") else field
    return tuple(int(index) if index else key for key, index in _STEP.findall(moved))
