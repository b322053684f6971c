"""Functions on patterns: regular expressions (RE2), wildcards, labels (pkg/engine/jmespath/functions.go)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.functions.conversion import text_of
from kywarden.jmes.limits import check_text, weigh
from kywarden.jmes.signature import BOOL, OBJECT, STRING, TEXT, Function, failure
from kywarden.model.world import World
from kywarden.values import regexes, wildcard
from kywarden.values.regexes import Regex
from kywarden.values.trees import same


def _regex(pattern: str) -> Regex:
    try:
        return regexes.compile(pattern)
    except regexes.RegexError as error:
        raise EvaluationError(str(error)) from None


def _regex_of(function: str) -> Callable[[str], Regex]:
    def prepare(pattern: str) -> Regex:
        try:
            return regexes.compile(pattern)
        except regexes.RegexError as error:
            raise failure(function, str(error)) from None

    return prepare


def _regex_match(arguments: list[Any], world: World) -> bool:
    regex, text = arguments
    return bool(regex.search(text_of(text), world.poll))


def _regex_replace_all(arguments: list[Any], world: World) -> str:
    regex, source, template = arguments
    text, replacement = text_of(source), text_of(template)
    _check_replacement("regex_replace_all", text, replacement)
    return _checked("regex_replace_all", regex.replace_all(text, replacement, world.poll))


def _regex_replace_all_literal(arguments: list[Any], world: World) -> str:
    regex, source, new = arguments
    text, replacement = text_of(source), text_of(new)
    _check_replacement("regex_replace_all_literal", text, replacement)
    return _checked("regex_replace_all_literal", regex.replace_all_literal(text, replacement, world.poll))


def _check_replacement(function: str, text: str, replacement: str) -> None:
    """Refuse beforehand what could take sixteen times the longest text that is allowed."""
    check_text(function, (len(text) + 1) * (len(replacement) + 1) // 16)


def _checked(function: str, text: str) -> str:
    check_text(function, len(text))
    return text


def _pattern_match(arguments: list[Any], world: World) -> bool:
    matches, text = arguments
    return bool(matches(text_of(text)))


def _random(arguments: list[Any], world: World) -> str:
    pattern = arguments[0]
    if not pattern:
        raise EvaluationError("no pattern provided")
    try:
        return regexes.generate(pattern, world.random_bytes, world.poll)
    except regexes.RegexError as error:
        raise EvaluationError(str(error)) from None


def _label_match(arguments: list[Any], world: World) -> bool:
    wanted, labels = arguments
    weigh(wanted, world.poll)
    return all(key in labels and same(labels[key], value) for key, value in wanted.items())


TABLE: tuple[Function, ...] = (
    Function(
        "regex_match",
        (STRING, TEXT),
        BOOL,
        _regex_match,
        "Whether a regular expression matches somewhere in a string or number.",
        "regex_match('^v[0-9]+$', 'v12')",
        prepare=_regex,
    ),
    Function(
        "regex_replace_all",
        (STRING, TEXT, TEXT),
        STRING,
        _regex_replace_all,
        "Replace every match of a regular expression; `$1` and `${name}` stand for its groups.",
        "regex_replace_all('(a)(b)', 'abab', '${2}${1}')",
        prepare=_regex_of("regex_replace_all"),
    ),
    Function(
        "regex_replace_all_literal",
        (STRING, TEXT, TEXT),
        STRING,
        _regex_replace_all_literal,
        "Replace every match of a regular expression by a string taken as it is.",
        "regex_replace_all_literal('[0-9]', 'a1', '$')",
        prepare=_regex_of("regex_replace_all_literal"),
    ),
    Function(
        "pattern_match",
        (STRING, TEXT),
        BOOL,
        _pattern_match,
        "Whether a wildcard pattern fits: `*` stands for any characters, `?` for one.",
        "pattern_match('nginx:*', 'nginx:1.25')",
        prepare=wildcard.prepare,
    ),
    Function(
        "label_match",
        (OBJECT, OBJECT),
        BOOL,
        _label_match,
        "Whether the second map has every pair of the first.",
        "label_match({app: 'web'}, {app: 'web', team: 'red'})",
    ),
    Function(
        "random",
        (STRING,),
        STRING,
        _random,
        "A random text that a regular expression (without Perl's syntax) describes.",
        "random('[a-z]{8}')",
    ),
)
