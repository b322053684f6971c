"""Policies and objects of the public corpora, explained: no crash, no other verdict, a reason for everything."""

from __future__ import annotations

import json
from functools import cache

import pytest

from kywarden import admission
from kywarden.errors import PolicyErrors, RequestError
from kywarden.explaining import origins
from kywarden.explaining.explainer import Judges, explain, load
from kywarden.explaining.statement import RuleStory
from kywarden.host.given import GivenHost
from tests import data
from tests.conformance.golden import generated

WORLD = {"roles": [], "clusterRoles": [], "namespaceLabels": {}}
STEP = 7
"""Of the requests of the corpora every seventh is explained."""


@cache
def judges(name: str) -> Judges:
    return load(origins.policies({name: (data.CORPUS / "corpus" / name).read_text(encoding="utf-8")}))


@cache
def inputs(name: str) -> list[origins.Input]:
    try:
        return list(origins.inputs(name, (data.CORPUS / "corpus" / name).read_bytes()))
    except RequestError:
        return []  # what a test holds besides objects


@pytest.mark.corpus
def test_every_outcome_has_a_reason_with_a_place() -> None:
    rows = {(row["policy"], row["resource"], row["index"]) for row in data.golden() if row["op"] == "admit"}
    without = []
    count = 0
    for policy, resource, index in sorted(rows)[::STEP]:
        if index >= len(inputs(resource)):
            continue
        try:
            given = inputs(resource)[index]
            request = admission.read(given.envelope["request"])
            explanation = explain(given, judges(policy), request, GivenHost().world({**WORLD}, 60_000, {}))
        except PolicyErrors:
            continue
        count += 1
        without += [
            (policy, resource, index, story.rule, story.status) for story in explanation.rules if not _has_reason(story)
        ]
    assert without == []
    assert count > 300


@pytest.mark.corpus
def test_generated_cases_are_explained_with_kyvernos_verdict_and_statuses() -> None:
    wrong = []
    cases = list(generated())[::STEP]
    for case in cases:
        settings = {"policies": case.policies, "exceptions": case.exceptions}
        envelope = {"request": case.request, "settings": settings}
        [given] = origins.inputs("case.json", json.dumps(envelope, indent=1).encode())
        try:
            loaded = load(origins.settings(given, origins.Policies((), ())))
        except PolicyErrors:
            continue
        world = GivenHost().world(case.world, 60_000, {})
        explanation = explain(given, loaded, admission.read(given.envelope["request"]), world)
        expected = {(policy, rule): status for policy, rule, _, status, *_ in case.expected["rules"]}
        told = {(story.policy, story.rule): story.status for story in explanation.rules}
        agrees = explanation.accepted is case.expected["allowed"] and expected.items() <= told.items()
        if not agrees or not all(map(_has_reason, explanation.rules)):
            wrong.append(case.name)
    assert wrong == []
    assert len(cases) > 500


def _has_reason(story: RuleStory) -> bool:
    statements = [one for statement in story.statements for one in statement.all()]
    is_told = story.status in ("pass", "no answer") or any(one.decides for one in statements)
    return is_told and all(one.policy is not None or one.resource is not None for one in statements)
