"""Whole policies from Kyverno's unit tests of its engine: statuses, messages, blocked or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kywarden import admission, evaluator
from kywarden.host.given import GivenHost
from kywarden.kinds.classic.load import read
from kywarden.kinds.classic.program import ClassicProgram
from kywarden.model.verdict import Verdict
from tests import data

pytestmark = pytest.mark.corpus

NO_KINDS = "the rule names no kinds: Kyverno's webhooks are not called for it, and its policy check refuses it"
NO_RESPONSE = "there is no response, so upstream asserts nothing"
KNOWN = {
    "pkg/engine/validation_test.go:TestValidate_foreach_zero_reported_asskip#0": NO_RESPONSE,
    "pkg/engine/validation_test.go:Test_denyFeatureIssue744_BlockUpdate#0": NO_KINDS,
    "pkg/engine/validation_test.go:Test_denyFeatureIssue744_BlockDelete#0": NO_KINDS,
    "pkg/engine/validation_test.go:Test_block_bypass#0": "upstream reads the Policy as a ClusterPolicy",
}
"""Vectors that cannot be as expected, each with the reason; the table is exact."""


def judged(args: dict[str, Any]) -> Verdict:
    """The verdict on a vector; upstream calls the engine without its policy check, so this does too."""
    who = args.get("userInfo") or {}
    world = {
        "namespaceLabels": args.get("namespaceLabels") or {},
        "roles": who.get("roles") or [],
        "clusterRoles": who.get("clusterRoles") or [],
        "values": {"globalValues": args.get("variables") or {}},
    }
    if "request" in args:
        request = admission.read({**args["request"], "userInfo": who.get("userInfo") or args["request"]["userInfo"]})
    else:
        tree = admission.creation(args["resource"])
        tree["object"] = args["resource"]
        tree.pop("userInfo")
        request = admission.read(tree, "apply")
    program = ClassicProgram(read(args["policy"]))
    return evaluator.evaluate([program], request, GivenHost().world(world, 10_000))


def validated(args: dict[str, Any]) -> dict[str, Any]:
    rules = judged(args).rules
    statuses = [rule.status for rule in rules]
    return {
        "successful": not {"fail", "error"} & set(statuses) and "skip" not in statuses,
        "failed": "fail" in statuses,
        "skipped": "skip" in statuses,
        "statuses": statuses,
        "messages": [rule.message for rule in rules],
    }


def blocked(args: dict[str, Any]) -> dict[str, Any]:
    verdict = judged(args)
    return {"blocked": not verdict.accepted, "messages": {rule.rule: rule.message for rule in verdict.rules}}


FUNCTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "validate": validated,
    "validate request": validated,
    "validate, then block or not": blocked,
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_engine_answers_as_upstream_expects(function: str) -> None:
    differences = {}
    rows = data.unit("engine", function)
    assert rows
    for row in rows:
        answer = FUNCTIONS[function](row["args"])
        wrong = {key: (answer[key], wanted) for key, wanted in row["expected"].items() if answer[key] != wanted}
        if wrong:
            differences[row["id"]] = wrong
    assert {key: wrong for key, wrong in differences.items() if key not in KNOWN} == {}
    assert set(differences) == {row["id"] for row in rows} & set(KNOWN)
