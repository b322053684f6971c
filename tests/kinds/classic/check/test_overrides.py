"""Overrides: no namespace gets two actions."""

from __future__ import annotations

import pytest

from tests.kinds.classic.check.refusals import PATTERN, refused
from tests.requests_made import rule

PATH = "spec.validationFailureActionOverrides"


@pytest.mark.parametrize(
    "entries, expected",
    [
        ([("Enforce", ["a", "b*"]), ("Audit", ["c"])], ""),
        ([("Enforce", ["a"]), ("enforce", ["a"])], ""),
        ([("Block", ["a"])], "invalid action"),
        ([(None, ["a"])], "invalid action"),
        (
            [("Enforce", ["a", "b", "c"]), ("Audit", ["c", "b"])],
            f"conflicting namespaces found in path: {PATH}[1].namespaces: b, c",
        ),
        (
            [("Enforce", ["a*"]), ("Audit", ["ab"])],
            f"path: {PATH}[1].namespaces: wildcard pattern 'a*' matches with namespace 'ab'",
        ),
        (
            [("Audit", ["ab"]), ("Enforce", ["a*"])],
            f"path: {PATH}[1].namespaces: wildcard pattern 'a*' matches with namespace 'ab'",
        ),
        (
            [("Audit", ["a*"]), ("Enforce", ["ab*"])],
            f"path: {PATH}[1].namespaces: wildcard pattern 'a*' conflicts with the pattern 'ab*'",
        ),
    ],
)
def test_namespaces_of_overrides_do_not_overlap(entries: list[tuple[str | None, list[str]]], expected: str) -> None:
    overrides = [{"action": action, "namespaces": names} for action, names in entries]
    assert refused(rule(pattern=PATTERN), validationFailureActionOverrides=overrides) == expected


def test_overrides_of_a_rule_are_told_by_the_name_of_those_of_the_policy() -> None:
    overrides = [{"action": "Enforce", "namespaces": ["a"]}, {"action": "Audit", "namespaces": ["a"]}]
    path = "spec.rules[0].validate.validationFailureActionOverrides[1].namespaces"
    expected = f"conflicting namespaces found in path: {path}: a"
    assert refused(rule(pattern=PATTERN, failureActionOverrides=overrides)) == expected
