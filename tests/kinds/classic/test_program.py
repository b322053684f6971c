"""Running the rules of a policy: which run for which request, and what becomes of those whose action is not known."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import admission, api
from tests.requests_made import POD, policy, rule

TEAMS = {"action": "Audit", "namespaceSelector": {"matchLabels": {"team": "red"}}}


@pytest.mark.parametrize(
    ("version", "kind", "name"),
    [
        ("v1", "Pod", "check"),
        ("apps/v1", "Deployment", "autogen-check"),
        ("batch/v1", "CronJob", "autogen-cronjob-check"),
    ],
)
def test_a_rule_and_its_copies_are_in_error_where_the_labels_that_decide_their_action_are_not_known(
    version: str, kind: str, name: str
) -> None:
    spec: dict[str, Any] = {"template": POD, "jobTemplate": {"spec": {"template": POD}}, "containers": []}
    programs = api.load_policies(policy(rule(pattern={"spec": {"containers": []}}, failureActionOverrides=[TEAMS])))
    request = admission.creation({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec})
    verdict = api.evaluate(programs, api.make_request(request), {"roles": [], "clusterRoles": []})
    assert [(result.rule, result.status, result.phase) for result in verdict.rules] == [(name, "error", "enforce")]
    assert not verdict.accepted
