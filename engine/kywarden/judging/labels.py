"""Label selectors, with Kyverno's wildcards in `matchLabels`.

A selector that Kubernetes would refuse matches nothing (Kyverno: pkg/utils/match/labels.go; Kubernetes, whose words
`problem` repeats: pkg/labels/selector.go and pkg/api/validate/content/kube.go in apimachinery).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from kywarden.model.match import LabelRequirement, LabelSelector
from kywarden.values import wildcard
from kywarden.values.go_text import json_text
from kywarden.values.strconv import quote

Labels: TypeAlias = Mapping[str, str]
LabelTest: TypeAlias = Callable[[Labels], bool]

_OPERATORS: dict[str, Callable[[str, tuple[str, ...]], LabelTest]] = {
    "In": lambda key, values: lambda labels: labels.get(key) in values,
    "NotIn": lambda key, values: lambda labels: labels.get(key) not in values,
    "Exists": lambda key, values: lambda labels: key in labels,
    "DoesNotExist": lambda key, values: lambda labels: key not in labels,
}
_TAKING_VALUES = ("In", "NotIn")

_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_SUBDOMAIN_PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_SUBDOMAIN_PART}(\.{_SUBDOMAIN_PART})*"
_NAME_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_NAME}')"
)
_PREFIX_RULE = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    f"'({_NAME})?')"
)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    f"end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_NAME_FORM = re.compile(_NAME)
_SUBDOMAIN_FORM = re.compile(_SUBDOMAIN)


def prepare(selector: LabelSelector) -> LabelTest:
    """The test that labels must pass; always false when the selector is invalid, always true when it is empty."""
    tests: list[LabelTest] = []
    for key, value in selector.match_labels:
        if _holds_wildcard(key, value):
            tests.append(_some_label(key, value))
        elif any(_pair_problems(key, (value,))):
            return _never
        else:
            tests.append(_OPERATORS["In"](key, (value,)))
    for requirement in selector.match_expressions:
        if any(_requirement_problems(requirement)):
            return _never
        tests.append(_OPERATORS[requirement.operator](requirement.key, requirement.values))
    if len(tests) == 1:
        return tests[0]
    return lambda labels: all(test(labels) for test in tests)


def has_wildcard(selector: LabelSelector) -> bool:
    """Whether `matchLabels` holds wildcards; the policy check does not look at such selectors."""
    return any(_holds_wildcard(key, value) for key, value in selector.match_labels)


def problem(selector: LabelSelector) -> str | None:
    """Why Kubernetes refuses the selector, in its words; None when it is valid. Wildcards are not known to it."""
    for key, value in selector.match_labels:
        if problems := list(_pair_problems(key, (value,))):
            return _joined(problems)
    for requirement in selector.match_expressions:
        if problems := list(_requirement_problems(requirement)):
            return _joined(problems)
    return None


def _holds_wildcard(key: str, value: str) -> bool:
    return wildcard.contains_wildcard(key) or wildcard.contains_wildcard(value)


def _never(labels: Labels) -> bool:
    return False


def _some_label(key: str, value: str) -> LabelTest:
    """Kyverno puts a matching label in the place of the pattern, or zeros for wildcards, which then match nothing.

    Where several labels match it takes any; here it is enough that one of them is a valid label.
    """
    key_matches, value_matches = wildcard.prepare(key), wildcard.prepare(value)

    def holds(labels: Labels) -> bool:
        return any(
            key_matches(name) and value_matches(text) and not any(_pair_problems(name, (text,)))
            for name, text in labels.items()
        )

    return holds


def _requirement_problems(requirement: LabelRequirement) -> Iterator[str]:
    if requirement.operator not in _OPERATORS:
        yield f"{quote(requirement.operator)} is not a valid label selector operator"
        return
    complaint = ""
    if requirement.operator in _TAKING_VALUES and not requirement.values:
        complaint = "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty"
    elif requirement.operator not in _TAKING_VALUES and requirement.values:
        values = json_text(list(requirement.values))
        complaint = f"values: Invalid value: {values}: values set must be empty for exists and does not exist"
    yield from _pair_problems(requirement.key, requirement.values, complaint)


def _pair_problems(key: str, values: tuple[str, ...], complaint: str = "") -> Iterator[str]:
    if problems := list(_key_problems(key)):
        yield f"key: Invalid value: {quote(key)}: {'; '.join(problems)}"
    if complaint:
        yield complaint
    for index, value in enumerate(values):
        if problems := list(_value_problems(value)):
            yield f"values[{index}][{key}]: Invalid value: {quote(value)}: {'; '.join(problems)}"


def _key_problems(key: str) -> Iterator[str]:
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        yield f"a valid label key {_NAME_RULE}{_PREFIX_RULE}"
        return
    if slash and not prefix:
        yield "prefix part must be non-empty"
    elif slash:
        if len(prefix.encode()) > 253:
            yield "prefix part must be no more than 253 bytes"
        if not _SUBDOMAIN_FORM.fullmatch(prefix):
            yield f"prefix part {_SUBDOMAIN_RULE}"
    if not name:
        yield "name part must be non-empty"
    elif len(name.encode()) > 63:
        yield "name part must be no more than 63 bytes"
    if not _NAME_FORM.fullmatch(name):
        yield f"name part {_NAME_RULE}"


def _value_problems(value: str) -> Iterator[str]:
    if len(value.encode()) > 63:
        yield "must be no more than 63 bytes"
    if value and not _NAME_FORM.fullmatch(value):
        yield _VALUE_RULE


def _joined(problems: list[str]) -> str:
    """As Kubernetes prints several errors: each text once, in brackets."""
    texts = list(dict.fromkeys(problems))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
