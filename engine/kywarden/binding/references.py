"""References `$(path)` inside a policy: replaced by what stands elsewhere in the same document.

They depend on the policy alone and are resolved when it is prepared, before all variables.
Source: Kyverno pkg/engine/variables/vars.go (substituteReferences, resolveReference); reference C.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kywarden.binding.syntax import references, unescaped_references
from kywarden.errors import EvaluationError
from kywarden.values import go_text, paths, strconv
from kywarden.values.trees import Map, Tree

_ANCHORED = re.compile(r"\s*[+<=X^]?\((.+)\)\s*")
_RANGE = re.compile(r"[-|+]?\d+(?:\.\d+)?[A-Za-z]*(!?-)[-|+]?\d+(?:\.\d+)?[A-Za-z]*", re.ASCII)
_OPERATORS = (">=", "<=", ">", "<", "!")


def child_path(path: str, key: str) -> str:
    """The path of a map's value, as Kyverno writes it: slashes of a key are escaped."""
    return f"{path}/{key.replace('/', chr(92) + '/')}"


def resolve(document: Tree) -> Tree:
    """The document with all references replaced, the same object when there are none.

    Raises EvaluationError with Kyverno's text: a reference names a text of the document, or the rule is an error.
    """
    if not _mentions_reference(document):
        return document
    return _resolved(document, "", _index(document))


def is_resolvable(reference: str, path: str, document: Tree) -> bool:
    """Whether a reference that stands at a path of the document names a text of it."""
    try:
        return isinstance(_value(reference, path, _index(document)), str)
    except EvaluationError:
        return False


def _mentions_reference(tree: Tree) -> bool:
    match tree:
        case str():
            return "$(" in tree
        case dict():
            return any("$(" in key or _mentions_reference(value) for key, value in tree.items())
        case list():
            return any(map(_mentions_reference, tree))
        case _:
            return False


def _resolved(tree: Tree, path: str, index: Map) -> Tree:
    match tree:
        case str():
            return _resolved_text(tree, path, index) if "$(" in tree else tree
        case dict():
            resolved: Map = {}
            for key, value in tree.items():
                name = _resolved_text(key, path, index) if "$(" in key else key
                resolved[name] = _resolved(value, child_path(path, key), index)
            return resolved
        case list():
            return [_resolved(item, f"{path}/{place}", index) for place, item in enumerate(tree)]
        case _:
            return tree


def _resolved_text(text: str, path: str, index: Map) -> str:
    for prefix, reference in list(references(text)):
        try:
            value = _value(reference, path, index)
        except EvaluationError as error:
            raise error.within(f"failed to resolve {reference} at path {path}") from None
        if value is None:
            raise EvaluationError(f"got nil resolved variable {reference} at path {path}: <nil>")
        if not isinstance(value, str):
            raise EvaluationError(f"NotResolvedReferenceErr,reference {reference} not resolved at path {path}")
        text = text.replace(prefix + reference, prefix + value, 1)
    return unescaped_references(text)


def _value(reference: str, path: str, index: Map) -> Tree:
    """What the reference at that path stands for; an operator in front, as in `$(<=./../x)`, makes a text of it."""
    target = reference.strip("$()")
    operator = _operator(target)
    target = target[len(operator) :]
    if not target:
        raise EvaluationError("expected path, found empty reference")
    value = index.get(absolute_path(target, path))
    if not operator:
        return value
    match value:
        case str():
            return operator + value
        case int() if not isinstance(value, bool):
            return f"{operator}{value}"
        case float():
            return operator + strconv.fixed(value)
        case _:
            raise EvaluationError(
                f"incorrect expression: operator {operator} does not match with value {go_text.sprint(value)}"
            )


def _operator(text: str) -> str:
    """The operator at the start of a pattern, which is what a reference may hold (GetOperatorFromStringPattern)."""
    if len(text.encode("utf-8", "surrogatepass")) < 2:
        return ""
    for operator in _OPERATORS:
        if text.startswith(operator):
            return operator
    found = _RANGE.fullmatch(text)
    return found[1] if found else ""


def absolute_path(target: str, path: str) -> str:
    """The path that a relative reference at `path` names (formAbsolutePath)."""
    return target if target.startswith("/") else paths.clean(f"{path}/{target}" if path else target)


def _index(document: Tree) -> Map:
    """The leaves by their path without anchors."""
    # kyverno: the last leaf or key at a path wins, so the path of a map gives one of its keys
    return {without_anchors(path): value for path, value in _leaves(document, "")}


def _leaves(tree: Tree, path: str) -> Iterator[tuple[str, Tree]]:
    """All leaves and keys, a key at the path of its map."""
    match tree:
        case dict():
            for key, value in tree.items():
                yield path, key
                yield from _leaves(value, child_path(path, key))
        case list():
            for index, item in enumerate(tree):
                yield from _leaves(item, f"{path}/{index}")
        case _:
            yield path, tree


def without_anchors(path: str) -> str:
    """A slash-separated path with `X(a)` as `a`, in shortest form (RemoveAnchorsFromPath)."""
    parts = (found[1] if (found := _ANCHORED.fullmatch(part)) else part for part in path.split("/"))
    joined = paths.clean("/".join(part for part in parts if part))
    return f"/{joined}" if path.startswith("/") else joined
