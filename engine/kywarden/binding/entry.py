"""What all kinds of context entries share: their name, and the steps their errors are told in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from kywarden import jmes
from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.values import go_text, strconv
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class Entry:
    """name: what expressions call it; policy_namespace: namespace of a namespaced policy, else empty."""

    name: str
    is_mentioned: Callable[[str], bool]
    policy_namespace: str = ""


def applied(path: str, tree: Tree, scope: Scope) -> Tree:
    """What a path of an entry finds in a tree; raises EvaluationError."""
    try:
        expression = jmes.compile(path)
    except EvaluationError as error:
        raise error.within(f"failed to compile JMESPath: {path}, error") from None
    return expression.search(tree, scope.world)


def substituted(template: Template, scope: Scope, name: str) -> Tree:
    """The filled template of the entry of that name."""
    try:
        return template.fill(scope)
    except EvaluationError as error:
        raise error.within(
            f"failed to substitute variables in context entry {name} {printed(template.document)}"
        ) from None


def texted(template: Template, scope: Scope, attempt: str) -> str:
    """The filled template, which must be a text; `attempt` is told when it fails."""
    try:
        filled = template.fill(scope)
        if not isinstance(filled, str):
            raise EvaluationError(f"expected string, got {go_text.go_type(filled)}")
    except EvaluationError as error:
        raise error.within(attempt) from None
    return filled


def decoded(tree: Tree, struct: str, *names: str) -> Map:
    """The filled template of an entry whose named fields are texts of a Go struct; raises EvaluationError if not."""
    fields = tree if isinstance(tree, dict) else {}
    for name in names:
        value = fields.get(name.rpartition(".")[2])
        if value is not None and not isinstance(value, str):
            raise EvaluationError(
                f"json: cannot unmarshal {go_text.json_type(value)} into Go struct field {struct}.{name} of type string"
            )
    return fields


def as_context(tree: Tree, attempt: str) -> Tree:
    """A value as it comes back from JSON: every number a float64. Raises EvaluationError for what JSON cannot hold."""
    match tree:
        case bool() | str() | None:
            return tree
        case int():
            return float(tree)
        case float():
            if math.isfinite(tree):
                return tree
            error = EvaluationError(f"json: unsupported value: {strconv.general(tree)}")
            raise error.within(attempt) if attempt else error
        case dict():
            return {key: as_context(value, attempt) for key, value in tree.items()}
        case list():
            return [as_context(value, attempt) for value in tree]


def printed(tree: Tree) -> str:
    """Go's `%s` of a value: only texts are printed as such (`map[a:%!s(float64=1)]`)."""
    match tree:
        case str():
            return tree
        case dict():
            return f"map[{' '.join(f'{key}:{_inner(tree[key])}' for key in sorted(tree))}]"
        case list():
            return f"[{' '.join(map(_inner, tree))}]"
        case None:
            return "%!s(<nil>)"
        case _:
            return f"%!s({go_text.go_type(tree)}={go_text.sprint(tree)})"


def _inner(tree: Tree) -> str:
    return "<nil>" if tree is None else printed(tree)
