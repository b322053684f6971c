"""The policy check of `validate.cel`: what must be filled in. The expressions themselves are another matter.

Source: pkg/policy/validate/validate.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values.trees import Map


def check(rule: RuleSubject, tree: Map) -> None:
    """Raises `Refusal` for the first thing that is missing."""
    if reason := next(_problems(tree), ""):
        raise rule.refusal(".validate..", reason, ".validate.cel")


def _problems(tree: Map) -> Iterator[str]:
    if not all(text(one, "expression") for one in structs(tree.get("expressions"))):
        yield "cel.expressions.expression is required"
    yield from _kind_problems(tree)
    yield from _reference_problems(tree)
    for annotation in structs(tree.get("auditAnnotations")):
        for key in ("key", "valueExpression"):
            if not text(annotation, key):
                yield f"cel.auditAnnotation.{key} is required"


def _kind_problems(tree: Map) -> Iterator[str]:
    if tree.get("paramKind") is None:
        return
    for key in ("apiVersion", "kind"):
        if not text(tree, "paramKind", key):
            yield f"cel.paramKind.{key} is required"
    if tree.get("paramRef") is None:
        yield "cel.paramRef is required"


def _reference_problems(tree: Map) -> Iterator[str]:
    if tree.get("paramRef") is None:
        return
    reference = one_map(tree.get("paramRef"))
    if bool(text(reference, "name")) == (reference.get("selector") is not None):
        yield "one of cel.paramRef.name or cel.paramRef.selector must be set"
    if reference.get("parameterNotFoundAction") is None:
        yield "cel.paramRef.parameterNotFoundAction is required"
    if tree.get("paramKind") is None:
        yield "cel.paramKind is required"
