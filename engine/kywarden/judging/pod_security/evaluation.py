"""One `validate.podSecurity` rule: its settings, and what a workload violates (pkg/pss, validate_pss.go)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kywarden.errors import EvaluationError, PolicyError
from kywarden.judging.pod_security import controls, pods
from kywarden.judging.pod_security.checks import CHECKS, Check, FieldError, Judge
from kywarden.judging.pod_security.controls import Exclusion
from kywarden.values.go_text import json_text
from kywarden.values.trees import Map, Poll, Tree, never

_VERSION = re.compile(r"v1\.([0-9]|[1-9][0-9]{1,18})")
_BAD_VERSION = 'failed to parse pod security api version: must be "latest" or "v1.x"'


@dataclass(frozen=True, slots=True)
class PodSecurity:
    """The settings of a rule.

    level, version: as written; checks: what is evaluated, in order; None when the version cannot be read, which is
    the rule's error for every resource.
    """

    level: str
    version: str
    exclude: tuple[Exclusion, ...]
    checks: tuple[tuple[Check, Judge], ...] | None


@dataclass(frozen=True, slots=True)
class Violation:
    """A check that a workload fails.

    errors: empty for the one check that names no fields; containers: named in its details, excluded ones, too.
    """

    check: str
    reason: str
    errors: tuple[FieldError, ...]
    containers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violations:
    """The checks that a workload fails, after the excludes; none left: the exceptions have exempted all."""

    checks: tuple[Violation, ...]
    kind: str

    @property
    def exempted(self) -> bool:
        return not self.checks


def prepare(tree: Tree) -> PodSecurity:
    """The settings of `validate.podSecurity`; raises PolicyError for a shape that Kyverno cannot decode."""
    if not isinstance(tree, dict):
        raise PolicyError("must be an object")
    texts = {}
    for key in ("level", "version"):
        value = tree.get(key)
        if value is not None and not isinstance(value, str):
            raise PolicyError("must be a string", path=key)
        texts[key] = value or ""
    return PodSecurity(
        texts["level"],
        texts["version"],
        controls.prepare(tree.get("exclude")),
        _select(texts["level"], texts["version"]),
    )


def _select(level: str, version: str) -> tuple[tuple[Check, Judge], ...] | None:
    """The checks of a level and version; kyverno: any level but `baseline`, even `privileged`, means all of them."""
    if version in ("", "latest"):
        minor = math.inf
    elif (found := _VERSION.fullmatch(version)) and int(found[1]) < 1 << 63:
        minor = int(found[1])
    else:
        return None
    return tuple((check, check.judge(minor)) for check in CHECKS if level != "baseline" or check.level == "baseline")


def validate_excludes(settings: PodSecurity, path: str) -> list[PolicyError]:
    """The policy check of the excludes; path: of the rule, such as `spec.rules[0]`. `str()` is Kyverno's text."""
    return controls.check(settings.exclude, f"{path}.podSecurity.exclude", settings.level)


def evaluate(
    settings: PodSecurity,
    resource: Map,
    kind: str,
    extra_excludes: Sequence[Exclusion] = (),
    poll: Poll = never,
) -> Violations | None:
    """What the resource violates; None when it violates nothing after the rule's own excludes.

    extra_excludes: the entries of the matching exceptions. When only they save the resource, the answer has no
    checks left and is `exempted`. Raises EvaluationError, with the whole message, for a resource that cannot be
    decoded into the typed object of its kind, and for a version that cannot be read.
    """
    try:
        pod = pods.read(resource, kind, poll)
    except EvaluationError as error:
        raise EvaluationError(f"Error while getting new resource: {error}") from error
    if settings.checks is None:
        raise EvaluationError(_BAD_VERSION)
    failed = [(check, errors) for check, judge in settings.checks if (errors := judge(pod)) is not None]
    if not failed:
        return None
    left = {check.id: errors for check, errors in failed}
    left = controls.exempt(left, settings.exclude, settings.checks, pod, poll)
    if not left:
        return None
    left = controls.exempt(left, extra_excludes, settings.checks, pod, poll)
    # kyverno: after an exclude Go reports the checks in random order; here they keep the order of the table.
    return Violations(
        tuple(
            Violation(check.id, check.explain(errors), tuple(left[check.id]), tuple(check.names(errors)))
            for check, errors in failed
            if check.id in left
        ),
        kind,
    )


def failure_message(rule: str, settings: PodSecurity, violations: Violations) -> str:
    """The message of the failed rule, byte for byte (validate_pss.go, evaluate.go FormatChecksPrint)."""
    checks = "".join(
        f"(Forbidden reason: {violation.reason}, field error list: "
        f"[{', '.join(_text(error, violations.kind) for error in violation.errors)}])"
        for violation in violations.checks
    )
    return f"Validation rule '{rule}' failed. It violates PodSecurity \"{settings.level}:{settings.version}\": {checks}"


def report_properties(
    settings: PodSecurity, violations: Violations, images: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """What a report says of the controls that are violated (validate_pss.go addImages, pkg/utils/report/results.go).

    images: by name of the container; one without an image stands for itself.
    """
    names = {check.id: check.control for check in CHECKS}
    controls: list[Tree] = [
        {
            "ID": one.check,
            "Name": names[one.check],
            "Images": [images.get(name, name) for name in one.containers] or None,
        }
        for one in violations.checks
    ]
    return (
        ("standard", settings.level),
        ("version", settings.version),
        ("controls", ",".join(one.check for one in violations.checks)),
        ("controlsJSON", json_text(controls, sort_keys=False)),
    )


def _text(error: FieldError, kind: str) -> str:
    # kyverno: both words are replaced wherever they occur, and the metadata path of a Pod is that of a controller.
    path = error.field.replace("spec", pods.LAYOUTS[kind].prefix).replace("metadata", "spec.template.metadata")
    if error.required:
        return f"{path}: Required value"
    match error.bad:
        case "":
            return f"{path}: Forbidden"
        case bool():
            shown = "true" if error.bad else "false"
        case tuple():
            shown = f"[{' '.join(error.bad)}]"
        case _:
            shown = str(error.bad)
    return f"{path} is forbidden, forbidden values found: {shown}"
