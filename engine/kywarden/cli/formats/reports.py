"""Policy reports: OpenReports as `kyverno apply -p` writes it, and the older `PolicyReport` of wgpolicyk8s.io.

Source: cmd/cli/kubectl-kyverno/report/report.go, pkg/utils/report/results.go;
https://github.com/openreports/reports-api, https://github.com/kubernetes-sigs/wg-policy-prototypes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kywarden.cli.formats import yaml_v2
from kywarden.kinds.table import KINDS
from kywarden.model.resources import text
from kywarden.model.verdict import RuleResult
from kywarden.testing.counters import Judged, message
from kywarden.values.go_text import json_text
from kywarden.values.trees import Map, Tree

SEVERITIES = frozenset(("critical", "high", "medium", "low", "info"))
STATUSES = ("pass", "fail", "warn", "error", "skip")


def open_reports(judged: Sequence[Judged], seconds: int) -> list[Map]:
    """One merged ClusterReport for all cluster policies, then a report for each namespaced policy and resource.

    seconds: the time of all results. Fields stand in the order in which Go writes them.
    """
    answered = [one for one in judged if one.outcome.results]
    cluster = [one for one in answered if not one.outcome.policy.namespace]
    reports = []
    if cluster:
        reports.append(_report("ClusterReport", {"name": "merged"}, _results(cluster, seconds)))
    for one in answered:
        policy = one.outcome.policy
        if policy.namespace:
            # kyverno: the kind is that of the older API
            metadata: Map = {"name": policy.name, "namespace": policy.namespace}
            reports.append(_report("PolicyReport", metadata, _results([one], seconds)))
    return reports


def _report(kind: str, metadata: Map, results: list[Map]) -> Map:
    return {
        "kind": kind,
        "apiVersion": "openreports.io/v1alpha1",
        "metadata": metadata,
        "source": "",
        "summary": _summary(results),
        "results": [*results],
    }


def policy_reports(judged: Sequence[Judged], seconds: int) -> list[Map]:
    """Reports of wgpolicyk8s.io/v1alpha2: one for each namespace, and one for what has none."""
    by_namespace: dict[str, list[Judged]] = {}
    for one in judged:
        if one.outcome.results:
            by_namespace.setdefault(text(one.outcome.resource, "metadata", "namespace"), []).append(one)
    reports: list[Map] = []
    for namespace in sorted(by_namespace):
        results: list[Map] = [_older(result) for result in _results(by_namespace[namespace], seconds)]
        metadata: Map = {"name": "kywarden", "namespace": namespace} if namespace else {"name": "kywarden"}
        reports.append(
            {
                "apiVersion": "wgpolicyk8s.io/v1alpha2",
                "kind": "PolicyReport" if namespace else "ClusterPolicyReport",
                "metadata": metadata,
                "summary": _summary(results),
                "results": [*results],
            }
        )
    return reports


def _older(result: Map) -> Map:
    """A result in the shape of the older API, which differs in nothing that is written here but the order."""
    return {key: result[key] for key in sorted(result)}


def _summary(results: Sequence[Map]) -> Map:
    statuses = [result["result"] for result in results]
    return {status: statuses.count(status) for status in STATUSES}


def _results(judged: Sequence[Judged], seconds: int) -> list[Map]:
    return [_result(one, result, seconds) for one in judged for result in one.outcome.results]


def _result(judged: Judged, result: RuleResult, seconds: int) -> Map:
    policy = judged.outcome.policy
    entry = KINDS.get(policy.key)
    annotations = policy.annotations
    status = judged.status(result)
    properties: dict[str, str] = dict(result.properties)
    if entry is not None:
        properties["process"] = entry.facts.in_background(policy.tree)
    severity = annotations.get("policies.kyverno.io/severity", "")
    found: Map = {
        "source": "kyverno",
        "policy": f"{policy.namespace}/{policy.name}" if policy.namespace else policy.name,
        "rule": result.rule,
        "category": annotations.get("policies.kyverno.io/category", ""),
        "severity": severity if severity in SEVERITIES else "",
        "timestamp": {"seconds": seconds, "nanos": 0},
        "result": status,
        "scored": policy.scored,
        "resources": [_reference(judged.outcome.resource)],
        "message": message(result),
        "properties": {key: properties[key] for key in sorted(properties)},
    }
    # Go leaves out what is empty
    return {key: value for key, value in found.items() if value not in ("", False) and value != {}}


def _reference(resource: Map) -> Map:
    reference: Map = {
        "kind": text(resource, "kind"),
        "namespace": text(resource, "metadata", "namespace"),
        "name": text(resource, "metadata", "name"),
        "uid": text(resource, "metadata", "uid"),
        "apiVersion": text(resource, "apiVersion"),
        "resourceVersion": text(resource, "metadata", "resourceVersion"),
    }
    return {key: value for key, value in reference.items() if value}


def json_document(tree: Map) -> str:
    """One line of JSON, fields in their order."""
    return json_text(tree, sort_keys=False)


def writer(form: str) -> Callable[[Map], str]:
    """How documents are written: `json` on one line, anything else as YAML."""
    return json_document if form == "json" else yaml_v2.dump


def failures(reports: Sequence[Map]) -> list[Map]:
    """The failing results of the cluster's reports."""
    found: list[Map] = []
    for report in reports:
        results: Tree = report["results"]
        if report["kind"] == "ClusterReport" and isinstance(results, list):
            found.extend(one for one in results if isinstance(one, dict) and one["result"] == "fail")
    return found
