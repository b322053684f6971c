"""The trace of failed Audit rules: keys that the API server keeps, and no rule lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden import audit_trail
from kywarden.model.verdict import RuleResult

QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
LONG = "require-" + "very-" * 14 + "long-name"


def failed(policy: str, rule: str, message: str = "no", phase: str = "audit", status: str = "fail") -> RuleResult:
    return RuleResult(policy, rule, "Validation", status, message, phase)


@pytest.mark.parametrize(
    ("result", "key", "text"),
    [
        (failed("p", "r"), "p.r", "fail: no"),
        (failed("shop/p", "r"), "shop.p.r", "fail: no"),
        (failed("p", "r", status="error"), "p.r", "error: no"),
        (failed("p", "r", phase="auditwarn"), "p.r", "fail: no"),
        (failed("p", "check the label!"), "p.check-the-label", "p.check the label!: fail: no"),
    ],
)
def test_a_failure_is_told_under_the_name_of_its_rule(result: RuleResult, key: str, text: str) -> None:
    assert audit_trail.of([result]) == {key: text}


def test_a_long_name_is_shortened_to_a_key_of_its_own() -> None:
    [(key, text), (other, _)] = audit_trail.of([failed("p", LONG), failed("p", f"{LONG}er")]).items()
    assert text == f"p.{LONG}: fail: no"
    assert key != other
    assert key.startswith("p.require-very-very-")
    assert len(key) <= 63


@pytest.mark.parametrize("result", [failed("p", "r", phase="enforce"), failed("p", "r", status="pass")])
def test_nothing_else_leaves_a_trace(result: RuleResult) -> None:
    assert audit_trail.of([result]) == {}


def test_a_rule_that_ran_in_two_phases_is_told_once() -> None:
    assert audit_trail.of([failed("p", "r", phase="auditwarn"), failed("p", "r")]) == {"p.r": "fail: no"}


def test_rules_whose_keys_meet_are_both_told() -> None:
    found = audit_trail.of([failed("p", "a b"), failed("p", "a-b", "never"), failed("p.a", "c"), failed("p", "a.c")])
    assert found == {"p.a-b": "p.a b: fail: no; fail: never", "p.a.c": "fail: no"}


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_key_is_a_qualified_name(policy: str, rule: str) -> None:
    printable = (policy + rule).encode("utf-8", "replace").decode()
    for key in audit_trail.of([failed(printable, rule.encode("utf-8", "replace").decode())]):
        assert QUALIFIED.fullmatch(key)
        assert len(key) <= 63
