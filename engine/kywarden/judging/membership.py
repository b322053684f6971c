"""Membership: is a text, or are the texts of a list, in a list, a range or a JSON array written as text.

Wildcards count on both sides between lists, but only in the value where the value is a text.
Source: Kyverno pkg/engine/variables/operator/{anyin,allin,anynotin,allnotin,in,notin}.go; reference E.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from kywarden.errors import EvaluationError
from kywarden.jmes import json_reading
from kywarden.judging import leaf
from kywarden.values import go_text, wildcard
from kywarden.values.trees import Poll, Tree

_Quantifier: TypeAlias = Callable[[Sequence[str], Callable[[str], bool]], bool]
"""(texts of a list key, is one of them in the value) -> the answer."""


def _some(texts: Sequence[str], is_in: Callable[[str], bool]) -> bool:
    return any(map(is_in, texts))


def _every(texts: Sequence[str], is_in: Callable[[str], bool]) -> bool:
    return all(map(is_in, texts))


def _not_every(texts: Sequence[str], is_in: Callable[[str], bool]) -> bool:
    return not all(map(is_in, texts))


def _none(texts: Sequence[str], is_in: Callable[[str], bool]) -> bool:
    return not any(map(is_in, texts))


def any_in(key: Tree, value: Tree, poll: Poll) -> bool:
    return _member(_some, key, value, poll)


def all_in(key: Tree, value: Tree, poll: Poll) -> bool:
    return _member(_every, key, value, poll)


def any_not_in(key: Tree, value: Tree, poll: Poll) -> bool:
    return _member(_not_every, key, value, poll)


def all_not_in(key: Tree, value: Tree, poll: Poll) -> bool:
    return _member(_none, key, value, poll)


def in_(key: Tree, value: Tree, poll: Poll) -> bool:
    """Deprecated: the texts of a list key must be found exactly."""
    return _exactly(False, key, value, poll)


def not_in(key: Tree, value: Tree, poll: Poll) -> bool:
    """Deprecated, and no negation of `in_`: a list key asks for one text that is not found."""
    return _exactly(True, key, value, poll)


def _member(quantifier: _Quantifier, key: Tree, value: Tree, poll: Poll) -> bool:
    negated = quantifier in (_not_every, _none)
    match key:
        case list():
            return _list_member(quantifier, negated, [go_text.sprint(item) for item in key], value, poll)
        case bool() | int() | float() | str():
            found = _scalar_member(go_text.sprint(key), value, poll)
            return found is not None and found is not negated
        case _:
            return False


def _scalar_member(key: str, value: Tree, poll: Poll, *, exact: bool = False) -> bool | None:
    """Whether the text is in the value; None when the value is of no use. exact: as the deprecated operators see it."""
    if isinstance(value, list):
        return _is_in(key, map(go_text.sprint, value), poll)
    if not isinstance(value, str):
        return None
    if wildcard.matches(value, key):
        return True
    if not exact and leaf.is_range(value):
        return leaf.prepare(value)(key)
    texts = _texts(value, plain=not exact)
    return None if texts is None else key in texts


def _list_member(quantifier: _Quantifier, negated: bool, keys: list[str], value: Tree, poll: Poll) -> bool:
    match value:
        case list():
            texts: list[str] | None = [go_text.sprint(item) for item in value]
        case str():
            if keys == [value]:
                return not negated
            if leaf.is_range(value):
                return _list_in_range(quantifier, keys, value, poll)
            texts = _texts(value)
        case bool() | int() | float():
            # kyverno: AllIn and AllNotIn know no scalar but text
            texts = None if quantifier in (_every, _none) else [go_text.sprint(value)]
        case _:
            texts = None
    if texts is None:
        return False
    # only where wildcards stand must each be compared with each
    choices, patterns = texts, list(filter(wildcard.contains_wildcard, texts))
    exact = frozenset(texts)
    return quantifier(
        keys,
        lambda key: key in exact or _is_in(key, choices if wildcard.contains_wildcard(key) else patterns, poll),
    )


def _is_in(key: str, choices: Iterable[str], poll: Poll) -> bool:
    for choice in choices:
        poll()
        if _alike(key, choice):
            return True
    return False


def _list_in_range(quantifier: _Quantifier, keys: list[str], value: str, poll: Poll) -> bool:
    # kyverno: for AnyNotIn one key must fit the range with `!` before its first hyphen, not always its negation
    fits = leaf.prepare(value.replace("-", "!-", 1) if quantifier is _not_every else value)

    def is_in(key: str) -> bool:
        poll()
        return fits(key)

    return (_some if quantifier is _not_every else quantifier)(keys, is_in)


def _alike(left: str, right: str) -> bool:
    """Wildcards count on both sides."""
    return left == right or wildcard.matches(left, right) or wildcard.matches(right, left)


# The deprecated In and NotIn


def _exactly(negated: bool, key: Tree, value: Tree, poll: Poll) -> bool:
    match key:
        case list():
            return _exact_subset(negated, _strings(key), value)
        case bool() | int() | float() | str():
            found = _scalar_member(go_text.sprint(key), value, poll, exact=True)
            return found is not None and found is not negated
        case _:
            return False


def _exact_subset(negated: bool, keys: list[str], value: Tree) -> bool:
    match value:
        case list():
            texts = _only_strings(value)
        case str():
            if keys == [value]:
                # kyverno: true for NotIn as well
                return True
            texts = _texts(value, plain=False)
        case _:
            texts = None
    if texts is None:
        return False
    return set(keys).issubset(texts) is not negated


def _strings(items: list[Tree]) -> list[str]:
    """The items of a list key; Kyverno crashes on anything but text, here it is an error of the rule."""
    texts = _only_strings(items)
    if texts is None:
        raise EvaluationError("the operators In and NotIn need a key of strings")
    return texts


def _only_strings(items: list[Tree]) -> list[str] | None:
    texts = [item for item in items if isinstance(item, str)]
    return texts if len(texts) == len(items) else None


def _texts(value: str, *, plain: bool = True) -> list[str] | None:
    """The strings of a JSON array; with `plain`, a text that is no JSON is one string. None for other JSON."""
    try:
        items = json_reading.read(value)
    except EvaluationError:
        return [value] if plain else None
    if items is None:
        return []
    return _only_strings(["" if item is None else item for item in items]) if isinstance(items, list) else None
