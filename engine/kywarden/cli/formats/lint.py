"""Reports of `kywarden lint` for programs: JSON, SARIF, annotations."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable, Mapping
from urllib.parse import quote

from kywarden.cli.formats import github as workflow
from kywarden.cli.formats import sarif as sarif_log
from kywarden.linting.checks import CHECKS
from kywarden.linting.finding import Check, Finding, Report, RuleReport
from kywarden.values.trees import Map
from kywarden.values.yaml_places import Place

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def json(report: Report) -> str:
    """`{findings, rules, summary}`."""
    levels = [finding.check.level for finding in report.findings]
    whole: Map = {
        "findings": [_finding(finding) for finding in report.findings],
        "rules": [_rule(rule) for rule in report.rules],
        "summary": {
            "policies": report.policies,
            "rules": len(report.rules),
            "supported": sum(rule.supported for rule in report.rules),
            **{f"{level}s": levels.count(level) for level in ("error", "warning", "note")},
        },
    }
    return json_module.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> Map:
    return {
        "check": finding.check.id,
        "level": finding.check.level,
        "message": finding.message,
        "hint": finding.hint,
        "policy": finding.policy,
        "rule": finding.rule,
        "path": finding.path,
        **_place(finding.place),
    }


def _rule(rule: RuleReport) -> Map:
    return {
        "policy": rule.policy,
        "rule": rule.rule,
        "type": rule.topic,
        "supported": rule.supported,
        "reasons": [*rule.reasons],
        **_place(rule.place),
    }


def _place(place: Place) -> Map:
    return {"file": place.file, "line": place.line, "column": place.column, "endColumn": place.column + place.length}


def sarif(report: Report) -> str:
    """SARIF 2.1.0; the rules are the checks."""
    numbers = {check: index for index, check in enumerate(CHECKS)}
    results = [_result(finding, numbers[finding.check.id]) for finding in report.findings]
    return sarif_log.document([_description(check) for check in CHECKS.values()], results)


def _description(check: Check) -> Map:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.text},
        "defaultConfiguration": {"level": check.level},
    }


def _result(finding: Finding, index: int) -> Map:
    place = finding.place
    region: Map = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": place.column + place.length,
    }
    location: Map = {"physicalLocation": {"artifactLocation": {"uri": quote(place.file)}, "region": region}}
    if finding.rule:
        location["logicalLocations"] = [{"fullyQualifiedName": f"{finding.policy}/{finding.rule}", "kind": "rule"}]
    return {
        "ruleId": finding.check.id,
        "ruleIndex": index,
        "level": finding.check.level,
        "message": {"text": finding.said},
        "locations": [location],
    }


def github(report: Report) -> str:
    """Annotations of GitHub Actions."""
    return "".join(f"{_annotation(finding)}\n" for finding in report.findings)


def _annotation(finding: Finding) -> str:
    place = finding.place
    properties = {
        "file": place.file,
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + place.length),
        "title": finding.check.id,
    }
    return workflow.command(_COMMANDS[finding.check.level], properties, finding.said)


FORMATS: Mapping[str, Callable[[Report], str]] = {"json": json, "sarif": sarif, "github": github}
