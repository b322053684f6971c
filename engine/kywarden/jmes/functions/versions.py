"""Functions on semantic versions (pkg/engine/jmespath/functions.go, github.com/blang/semver/v4)."""

from __future__ import annotations

from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.signature import BOOL, STRING, Function
from kywarden.model.world import World
from kywarden.values import semver

_ZERO = semver.read("0.0.0")


def _semver_compare(arguments: list[Any], world: World) -> bool:
    # kyverno: a version that cannot be parsed counts as 0.0.0
    version = semver.parse(arguments[0]) or _ZERO
    try:
        wanted = semver.parse_range(arguments[1])
    except ValueError as error:
        raise EvaluationError(str(error)) from None
    return wanted.contains(version)


TABLE: tuple[Function, ...] = (
    Function(
        "semver_compare",
        (STRING, STRING),
        BOOL,
        _semver_compare,
        "Whether a semantic version lies in a range such as `>=1.2.0 <2.0.0 || 3.x`.",
        "semver_compare('1.4.2', '>=1.2.0 <2.0.0')",
    ),
)
