"""Functions on strings (pkg/engine/jmespath/functions.go)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kywarden.jmes.foreign import Int
from kywarden.jmes.limits import check_items, check_text
from kywarden.jmes.numbers import truncated
from kywarden.jmes.signature import BOOL, NUMBER, STRING, STRINGS, Function, failure
from kywarden.model.world import World
from kywarden.values import paths


def _compare(arguments: list[Any], world: World) -> Int:
    left, right = arguments
    return Int((left > right) - (left < right))


def _equal_fold(arguments: list[Any], world: World) -> bool:
    left, right = arguments
    return left == right or [*map(_folded, left)] == [*map(_folded, right)]


def _folded(character: str) -> str:
    """A character standing for its simple case-folding class (Go's unicode.SimpleFold, one rune to one rune)."""
    return _FOLDED.get(character) or _single(_single(character, str.upper), str.lower)


def _single(character: str, change: Callable[[str], str]) -> str:
    """A change of case that keeps one character one: title case is the simple form of the upper case."""
    changed = change(character)
    if len(changed) != 1 and change is str.upper:
        changed = character.title()
    return changed if len(changed) == 1 else character


_FOLDED = {"\u0130": "\u0130", "\u0131": "\u0131", "\u1e9e": "\u00df"}
"""Dotted and dotless i fold to nothing else; the capital sharp s to the small one."""


def _replaced(function: str, text: str, old: str, new: str, limit: int) -> str:
    found = text.count(old)
    count = found if limit < 0 else min(found, limit)
    check_text(function, len(text) + count * len(new))
    return text.replace(old, new, count)


def _replace(arguments: list[Any], world: World) -> str:
    text, old, new, limit = arguments
    return _replaced("replace", text, old, new, truncated(limit))


def _replace_all(arguments: list[Any], world: World) -> str:
    text, old, new = arguments
    return _replaced("replace_all", text, old, new, -1)


def _to_upper(arguments: list[Any], world: World) -> str:
    return _cased(arguments[0], str.upper, {})


def _to_lower(arguments: list[Any], world: World) -> str:
    return _cased(arguments[0], str.lower, {"\u0130": "i"})


def _cased(text: str, change: Callable[[str], str], special: dict[str, str]) -> str:
    """Go maps each character to one character, without regard to its neighbours."""
    if text.isascii():
        return change(text)
    return "".join(special.get(character) or _single(character, change) for character in text)


def _to_boolean(arguments: list[Any], world: World) -> bool:
    text = arguments[0]
    lowered = _to_lower(arguments, world)
    if lowered not in ("true", "false"):
        reason = f"lowercase argument must be 'true' or 'false' (provided: '{text}')"
        raise failure("to_boolean", reason)
    return lowered == "true"


def _trim(arguments: list[Any], world: World) -> str:
    text, characters = arguments
    return str(text.strip(characters)) if characters else str(text)


def _trim_prefix(arguments: list[Any], world: World) -> str:
    return str(arguments[0].removeprefix(arguments[1]))


def _split(arguments: list[Any], world: World) -> list[Any]:
    text, separator = arguments
    check_items(text.count(separator) if separator else len(text))
    return text.split(separator) if separator else list(text)


def _truncate(arguments: list[Any], world: World) -> str:
    text, length = arguments
    return str(text[: max(truncated(length), 0)])


def _path_canonicalize(arguments: list[Any], world: World) -> str:
    return paths.clean(arguments[0])


TABLE: tuple[Function, ...] = (
    Function(
        "compare",
        (STRING, STRING),
        NUMBER,
        _compare,
        "The order of two strings: -1, 0 or 1. The result is an integer, which equals no number literal.",
        "compare('a', 'b')",
    ),
    Function(
        "equal_fold",
        (STRING, STRING),
        BOOL,
        _equal_fold,
        "Whether two strings are equal apart from upper and lower case.",
        "equal_fold('Pod', 'POD')",
    ),
    Function(
        "replace",
        (STRING, STRING, STRING, NUMBER),
        STRING,
        _replace,
        "Replace the first occurrences of a string, as many as the number says; all when it is negative.",
        "replace('a-a-a', 'a', 'b', `2`)",
    ),
    Function(
        "replace_all",
        (STRING, STRING, STRING),
        STRING,
        _replace_all,
        "Replace every occurrence of a string.",
        "replace_all('a-a-a', 'a', 'b')",
    ),
    Function("to_upper", (STRING,), STRING, _to_upper, "Every letter in upper case.", "to_upper('abc')"),
    Function("to_lower", (STRING,), STRING, _to_lower, "Every letter in lower case.", "to_lower('ABC')"),
    Function(
        "trim",
        (STRING, STRING),
        STRING,
        _trim,
        "Cut the characters of the second string from both ends of the first.",
        "trim('--a--', '-')",
    ),
    Function(
        "trim_prefix",
        (STRING, STRING),
        STRING,
        _trim_prefix,
        "Cut the second string from the start of the first, if it is there.",
        "trim_prefix('docker.io/nginx', 'docker.io/')",
    ),
    Function(
        "split",
        (STRING, STRING),
        STRINGS,
        _split,
        "The parts of the first string between occurrences of the second; its characters when that is empty.",
        "split('a,b', ',')",
    ),
    Function(
        "to_boolean",
        (STRING,),
        BOOL,
        _to_boolean,
        "The boolean that a string spells, in upper or lower case.",
        "to_boolean('True')",
    ),
    Function(
        "truncate",
        (STRING, NUMBER),
        STRING,
        _truncate,
        "At most so many characters from the start of a string.",
        "truncate('abcdef', `3`)",
    ),
    Function(
        "path_canonicalize",
        (STRING,),
        STRING,
        _path_canonicalize,
        "A file path without needless slashes, `.` and `..`.",
        "path_canonicalize('/var//run/../lib/')",
    ),
)
