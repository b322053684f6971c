"""Policies and objects of the public corpora, explained: no crash, no other verdict, a reason for everything."""

from __future__ import annotations

from functools import cache

import pytest

from kywarden import admission
from kywarden.errors import PolicyErrors, RequestError
from kywarden.explaining import origins
from kywarden.explaining.explainer import Judges, explain, load
from kywarden.host.given import GivenHost
from tests import data

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
        for story in explanation.rules:
            statements = [one for statement in story.statements for one in statement.all()]
            has_reason = any(one.decides for one in statements) or story.status in ("pass", "no answer")
            if not has_reason or any(one.policy is None and one.resource is None for one in statements):
                without.append((policy, resource, index, story.rule, story.status))
    assert without == []
    assert count > 300
