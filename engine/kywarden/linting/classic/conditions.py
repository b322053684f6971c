"""Conditions: fields, operators, and comparisons that the request cannot decide."""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.errors import EvaluationError
from kywarden.judging import operators
from kywarden.kinds.classic.schema import ANY_ALL, CONDITION
from kywarden.linting.classic import types
from kywarden.linting.classic.subject import Rule, condition_blocks, conditions
from kywarden.linting.finding import Remark
from kywarden.linting.suggestions import did_you_mean
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree, floated, never
from kywarden.values.yaml_tree import Path

SUCCESSORS = {
    "In": "AnyIn, or AllIn for a list as key",
    "NotIn": "AllNotIn, or AnyNotIn where one text that is missing is enough",
    **{
        f"Duration{name}": f"{name}, which compares durations too"
        for name in ("GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals")
    },
}
_EQUALITY = {"Equal": "AnyIn", "Equals": "AnyIn", "NotEqual": "AnyNotIn", "NotEquals": "AnyNotIn"}
"""The operator that compares with each element of a list."""
_ORDER = frozenset({"GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals"})


def remarks(rule: Rule) -> Iterator[Remark]:
    for block, path in condition_blocks(rule):
        if isinstance(block, dict):
            yield from _unknown_fields(block, path, tuple(ANY_ALL.fields), "a block of conditions")
        for condition, place in conditions(block, path):
            yield from _unknown_fields(condition, place, tuple(CONDITION.fields), "a condition")
            yield from _operator_remarks(condition, place)
            yield from _answer_remarks(condition, place)


def _unknown_fields(tree: Map, path: Path, known: tuple[str, ...], holder: str) -> Iterator[Remark]:
    for key in tree:
        if key not in known:
            hint = did_you_mean(key, known) or f"known are {', '.join(known)}"
            yield Remark("unknown-field", f'"{key}" is no field of {holder}', (*path, key), hint=hint)


def _operator_remarks(condition: Map, path: Path) -> Iterator[Remark]:
    name = text(condition, "operator")
    place = (*path, "operator")
    if successor := SUCCESSORS.get(name):
        yield Remark("deprecated-operator", f"{name} is deprecated", place, hint=f"use {successor}", at_value=True)
    elif name and name not in operators.OPERATORS:
        hint = did_you_mean(name, operators.OPERATORS) or f"known are {', '.join(operators.OPERATORS)}"
        yield Remark("unknown-operator", f"there is no operator {name}", place, hint=hint, at_value=True)


def _answer_remarks(condition: Map, path: Path) -> Iterator[Remark]:
    key, value = condition.get("key"), condition.get("value")
    name = text(condition, "operator")
    if name not in operators.OPERATORS or key is None or value is None:
        return
    if not _varies(key) and not _varies(value):
        message = f"neither side holds a variable: the condition is {_constant(name, key, value)}"
        yield Remark("constant-condition", message, (*path, "key"))
        return
    left, right = types.of_side(key), types.of_side(value)
    if not left or not right or left == right or "number" in (left, right):
        return
    if name in _EQUALITY:
        message, hint = f"a {left} never equals a {right}", _mixed_hint(name, left, right, value)
        yield Remark("mixed-types", message, (*path, "value"), hint=hint, at_value=True)
    elif name in _ORDER and left in ("bool", "map", "list"):
        message = f"a {left} is never greater or less than anything"
        yield Remark("mixed-types", message, (*path, "key"), at_value=True)


def _mixed_hint(name: str, left: str, right: str, value: Tree) -> str:
    if left == "bool" and value in ("true", "false"):
        return f"write {value} without quotes"
    if left == "text" and isinstance(value, bool):
        return f'write "{str(value).lower()}"'
    return f"{_EQUALITY[name]} looks into the list" if (left, right) == ("text", "list") else ""


def _varies(tree: Tree) -> bool:
    match tree:
        case str():
            return "{{" in tree or "$(" in tree
        case list():
            return any(map(_varies, tree))
        case dict():
            return any(_varies(key) or _varies(value) for key, value in tree.items())
    return False


def _constant(name: str, key: Tree, value: Tree) -> str:
    key, value = (side if isinstance(side, list | dict) else floated(side) for side in (key, value))
    try:
        return "always true" if operators.OPERATORS[name](key, value, never) else "always false"
    except EvaluationError as error:
        return f"always an error: {error}"
