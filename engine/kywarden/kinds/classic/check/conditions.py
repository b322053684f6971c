"""The policy check of conditions: complete, with a known operator, and asking for operations that there are.

Source: pkg/validation/policy/validate.go validateConditions, validateAnyAllConditionOperator.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.judging import operators
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values.go_text import go_type
from kywarden.values.strconv import quote
from kywarden.values.trees import Map, Tree

_OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
_ALLOWED = "Only the following values are allowed: [CREATE, UPDATE, DELETE, CONNECT]"
_INCOMPLETE = "entered value of `key`, `value` or `operator` is missing or misspelled"


def check(rule: RuleSubject) -> None:
    """Raises `Refusal` at the first wrong condition of the rule: preconditions, deny, foreach."""
    _check_block(rule, rule.tree.get("preconditions"), ".validate.preconditions", ".preconditions")
    validate = one_map(rule.tree.get("validate"))
    conditions = one_map(validate.get("deny")).get("conditions")
    _check_block(rule, conditions, ".validate.deny.conditions", ".validate.deny.conditions")
    _check_foreach(rule, validate.get("foreach"), ".validate.foreach", "", ".validate.foreach")
    foreach = one_map(rule.tree.get("mutate")).get("foreach")
    _check_foreach(rule, foreach, ".mutate.foreach", "", ".mutate.foreach")


def _check_block(rule: RuleSubject, block: Tree, path: str, place: str) -> None:
    if block is None:
        return
    for where, condition in _conditions(block):
        if problem := _problem(condition):
            suffix, reason = problem
            raise rule.refusal(f"{path}{where}.{suffix}", reason, f"{place}{where}")
    _check_operators(rule, block, path, place)


def _check_foreach(rule: RuleSubject, foreach: Tree, path: str, outer: str, place: str) -> None:
    """kyverno: conditions inside foreach need only a known operator; entries that nest repeat the whole path."""
    for index, entry in enumerate(structs(foreach)):
        here = f"{place}[{index}]"
        where = f"{outer}{path}"
        _check_operators(rule, entry.get("preconditions"), f"{where}.conditions", f"{here}.preconditions")
        deny = one_map(entry.get("deny")).get("conditions")
        _check_operators(rule, deny, f"{where}.deny.conditions", f"{here}.deny.conditions")
        _check_foreach(rule, entry.get("foreach"), path, where, f"{here}.foreach")


def _check_operators(rule: RuleSubject, block: Tree, path: str, place: str) -> None:
    for where, condition in _conditions(block):
        if text(condition, "operator") not in operators.OPERATORS:
            known = " ".join(map(quote, operators.OPERATORS))
            reason = f"entered value of `operator` is invalid. valid values: [{known}]"
            # kyverno: a condition of `all` is said to be one of `any`
            raise rule.refusal(f"{path}{where.replace('.all', '.any')}.", reason, f"{place}{where}")


def _conditions(block: Tree) -> Iterator[tuple[str, Map]]:
    """The conditions of a block with their place in it."""
    if isinstance(block, list):
        yield from ((f"[{index}]", one_map(item)) for index, item in enumerate(block))
    elif isinstance(block, dict):
        for mode in ("any", "all"):
            items = block.get(mode)
            if isinstance(items, list):
                yield from ((f".{mode}[{index}]", one_map(item)) for index, item in enumerate(items))


def _problem(condition: Map) -> tuple[str, str] | None:
    """The path below the condition and the reason, None for nothing."""
    key, value = condition.get("key"), condition.get("value")
    if key is None or value is None or not text(condition, "operator"):
        return "", _INCOMPLETE
    if isinstance(key, str) and key.replace(" ", "") == "{{request.operation}}":
        return _operation_problem(value)
    return None


def _operation_problem(value: Tree) -> tuple[str, str] | None:
    """kyverno: a list may not hold variables, a text may."""
    match value:
        case str():
            is_variable = len(value) >= 4 and value.startswith("{{") and value.endswith("}}")
            if is_variable or value in _OPERATIONS:
                return None
            return f"value: {value}", f"unknown value '{value}' found under the 'value' field. {_ALLOWED}"
        case list():
            for index, item in enumerate(value):
                if not isinstance(item, str):
                    expected = "The provided values are expected to be strings"
                    return f"value[{index}]", f"'value[{index}]' found to be of the type {go_type(item)}. {expected}"
                if item not in _OPERATIONS:
                    return f"value[{index}]", f"unknown value '{item}' found under the 'value' field. {_ALLOWED}"
            return None
    kind = "map" if isinstance(value, dict) else go_type(value)
    expected = "The provided value/values are expected to be either in the form of a string or list"
    return "value", f"'value' field found to be of the type {kind}. {expected}"
