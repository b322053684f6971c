"""JUnit XML: a suite for each policy, a case for each rule and resource (well-formed, unlike Kyverno's own)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kywarden.cli.formats.findings import Finding

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

FAILURES = {"fail": "failure", "error": "error", "warn": "system-out", "skip": "skipped", "unsupported": "skipped"}


def render(findings: Sequence[Finding]) -> str:
    """The document."""
    suites: dict[str, list[Finding]] = {}
    for finding in findings:
        suites.setdefault(finding.policy, []).append(finding)
    root = Element("testsuites", _counts(findings))
    for policy, members in suites.items():
        suite = SubElement(root, "testsuite", {"name": _printable(policy), **_counts(members)})
        for finding in members:
            _add_case(suite, finding)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _add_case(suite: Element, finding: Finding) -> None:
    attributes = {"classname": _printable(finding.title), "name": _printable(finding.resource)}
    if finding.file:
        attributes |= {"file": _printable(finding.file), "line": str(finding.line)}
    case = SubElement(suite, "testcase", attributes)
    tag = FAILURES.get(finding.outcome)
    if tag is None:
        return
    message = _printable(finding.message)
    if tag == "system-out":
        SubElement(case, tag).text = f"warning: {message}"
        return
    element = SubElement(case, tag, {"message": message})
    if tag != "skipped":
        element.set("type", finding.outcome)
        element.text = message


def _counts(findings: Sequence[Finding]) -> dict[str, str]:
    outcomes = [finding.outcome for finding in findings]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("fail")),
        "errors": str(outcomes.count("error")),
        "skipped": str(outcomes.count("skip") + outcomes.count("unsupported")),
    }


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
