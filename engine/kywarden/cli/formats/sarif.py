"""SARIF 2.1.0, which code scanners read: a rule for each policy rule, a result for each failure, with its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import metadata
from urllib.parse import quote

from kywarden.cli.formats.findings import Finding
from kywarden.values.trees import Map

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS = {"fail": "error", "error": "error", "warn": "warning"}
KINDS = {"pass": "pass", "skip": "notApplicable", "unsupported": "notApplicable"}
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0", "info": "0.0"}


def render(findings: Sequence[Finding]) -> str:
    """The document, as JSON."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.title, finding)
    numbers = {title: number for number, title in enumerate(first)}
    results = [_result(finding, numbers[finding.title]) for finding in findings]
    return document([_rule(title, finding) for title, finding in first.items()], results)


def document(rules: Sequence[Map], results: Sequence[Map]) -> str:
    """A log of one run of this program."""
    driver: Map = {"name": "kywarden", "version": metadata.version("kywarden"), "rules": [*rules]}
    run: Map = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*results]}
    log: Map = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(title: str, finding: Finding) -> Map:
    properties: Map = {}
    if finding.category:
        properties["tags"] = [finding.category]
    if finding.severity in SECURITY_SEVERITY:
        properties["security-severity"] = SECURITY_SEVERITY[finding.severity]
    rule: Map = {"id": title, "name": finding.rule or finding.policy, "shortDescription": {"text": title}}
    return {**rule, "properties": properties} if properties else rule


def _result(finding: Finding, index: int) -> Map:
    result: Map = {
        "ruleId": finding.title,
        "ruleIndex": index,
        "kind": KINDS.get(finding.outcome, "fail"),
        "level": LEVELS.get(finding.outcome, "none"),
        "message": {"text": f"{finding.resource}: {finding.message or finding.outcome}"},
    }
    location: Map = {"logicalLocations": [{"fullyQualifiedName": finding.resource, "kind": "resource"}]}
    if finding.file:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(finding.file)},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    return {**result, "locations": [location]}
