"""The public data: the vectors of Kyverno's unit tests, and whole requests of which one rule is a podSecurity rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kywarden.errors import EvaluationError
from kywarden.judging import pod_security
from tests import data

CONTROLLER_KINDS = {"DaemonSet", "Deployment", "Job", "StatefulSet", "ReplicaSet", "ReplicationController", "CronJob"}
OURS = re.compile(r"Validation rule '|Error while getting new resource|failed to parse pod security api version")

RANDOM_ORDER: dict[str, str] = {}
"""Rows whose message lists the checks in another order than ours: after an exclude Kyverno's order is random."""


def _answer(settings: pod_security.PodSecurity, rule: str, resource: Any) -> tuple[str, str]:
    """Status and message of the rule for a resource without exceptions."""
    try:
        violations = pod_security.evaluate(settings, resource, resource["kind"])
    except EvaluationError as error:
        return "error", str(error)
    if violations is None:
        return "pass", f"Validation rule '{rule}' passed."
    return "fail", pod_security.failure_message(rule, settings, violations)


def _podsecurity_rules(policy: Any) -> Iterator[tuple[str, Any]]:
    """The rules of a policy with the names of their copies for controllers."""
    for rule in policy["spec"]["rules"]:
        settings = (rule.get("validate") or {}).get("podSecurity")
        if settings:
            for prefix in ("", "autogen-", "autogen-cronjob-"):
                yield f"{prefix}{rule['name']}"[:63], settings


def _full_name(policy: Any) -> str:
    namespace = policy["metadata"].get("namespace")
    name: str = policy["metadata"]["name"]
    return f"{namespace}/{name}" if namespace and policy["kind"] == "Policy" else name


def _rows() -> Iterator[tuple[str, str, Any, Any, str, str]]:
    """(identity, rule, settings, resource, status, message) of all results that hang on the object alone."""
    for number, case in enumerate(data.cases()):
        if case["op"] == "admit":
            resource = case.get("patched") or case["request"].get("object")
        elif case["op"] == "apply":
            resource = case.get("patched") or case["resource"]
        else:
            continue
        if resource is None:
            continue
        rules = {
            (_full_name(policy), name): settings
            for policy in case["policies"]
            for name, settings in _podsecurity_rules(policy)
        }
        for policy, name, _, status, message, *_ in case["rules"]:
            settings = rules.get((policy, name))
            exempted = status == "fail" and case.get("exceptions")
            if settings and OURS.match(message) and not exempted:
                yield f"{number} {policy} {name}", name, settings, resource, status, message


@pytest.mark.corpus
def test_pods_are_allowed_as_in_the_unit_tests() -> None:
    rows = data.unit("podSecurity", "pod is allowed")
    different = [
        row["id"]
        for row in rows
        if (pod_security.evaluate(pod_security.prepare(row["args"]["rule"]), row["args"]["pod"], "Pod") is None)
        != row["expected"]
    ]
    assert len(rows) > 100
    assert not different


@pytest.mark.corpus
def test_whole_requests_are_answered_to_the_letter() -> None:
    count, reordered, different = 0, [], []
    for identity, rule, settings, resource, status, message in _rows():
        count += 1
        found = _answer(pod_security.prepare(settings), rule, resource)
        if found == (status, message):
            continue
        if settings.get("exclude") and _as_set(found[1]) == _as_set(message):
            reordered.append(identity)
        else:
            different.append((identity, status, message, found))
    assert count == 530
    assert not different, different[:3]
    assert sorted(reordered) == sorted(RANDOM_ORDER)


def _as_set(message: str) -> tuple[str, tuple[str, ...]]:
    head, *checks = message.split("(Forbidden reason: ")
    return head, tuple(sorted(checks))


@pytest.mark.corpus
def test_excludes_are_refused_by_the_policy_check() -> None:
    different = []
    for case in data.cases():
        error = case.get("error") or ""
        if case["op"] != "validatePolicy" or case.get("stage"):
            continue
        expected = re.findall(r"spec\.rules\[\d+\]\.podSecurity\.[^,\]]+?\]\.[^,]+?(?=, spec\.|\]$|$)", error)
        found = []
        for index, rule in enumerate(case["policy"]["spec"].get("rules") or []):
            settings = (rule.get("validate") or {}).get("podSecurity")
            if settings:
                checked = pod_security.validate_excludes(pod_security.prepare(settings), f"spec.rules[{index}]")
                found += [str(fault) for fault in checked]
        if "podSecurity.exclude" in error and list(dict.fromkeys(found)) != expected:
            different.append((error, found))
        if found and not error:
            different.append((json.dumps(case["policy"]), found))
    assert not different, different[:3]
