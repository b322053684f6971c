"""All findings of weight in the public corpora and the samples, each read and found true."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kywarden.cli.snippet import snippet
from kywarden.linting.finding import Finding
from kywarden.linting.linter import lint
from tests import data
from tests.conformance import samples

CORPORA = {
    "policies": data.CORPUS / "corpus" / "policies",
    "cli": data.CORPUS / "corpus" / "cli",
    "samples": samples.ROOT,
}
UNWEIGHTY = ("unsupported", "deprecated-field", "autogen-off", "missing-default", "kyverno-warning")

READ = {
    # `|| ""`
    ("policies", "quoted-text", "add-certificates-volume.yaml"): 1,
    ("policies", "quoted-text", "allowed-pod-priorities.yaml"): 1,
    # `NotEquals ["DELETE"]`, which is always true
    ("policies", "mixed-types", "check-routes.yaml"): 1,
    # `=(name): "*"`, which is there to be read
    ("policies", "anchor-without-effect", "restrict-secrets-by-name.yaml"): 4,
    ("cli", "deprecated-operator", "policy.yaml"): 3,
    ("cli", "deprecated-operator", "limit_configmap_for_sa.yaml"): 1,
    # an entry that nothing names: what the test is about
    ("cli", "unused-context", "policy.yaml"): 1,
}
"""(corpus, check, file): how many; the whole table was read, no false alarm is left."""


def findings(corpus: str) -> Iterator[tuple[Finding, list[str]]]:
    root: Path = CORPORA[corpus]
    for path in sorted(root.rglob("*.y*ml")):
        report = lint([(path.name, path.read_text(encoding="utf-8"))])
        yield from ((finding, report.sources[path.name]) for finding in report.findings)


def unexpected(corpus: str) -> list[str]:
    """Findings that are not in the table, as people see them."""
    shown: dict[tuple[str, str, str], list[str]] = {}
    for finding, lines in findings(corpus):
        line, carets = snippet(lines, finding.place)
        if finding.check.id not in UNWEIGHTY:
            key = (corpus, finding.check.id, finding.place.file)
            shown.setdefault(key, []).append(f"{finding.place} {finding.check.id}: {finding.said}\n{line}\n{carets}")
    expected = Counter({key: count for key, count in READ.items() if key[0] == corpus})
    actual = Counter({key: len(texts) for key, texts in shown.items()})
    missing = [f"{key}: {count} missing" for key, count in (expected - actual).items()]
    return missing + [text for key in (actual - expected) for text in shown[key]]


def test_nothing_is_wrong_with_the_samples() -> None:
    assert unexpected("samples") == []


@pytest.mark.corpus
@pytest.mark.parametrize("corpus", ["policies", "cli"])
def test_the_findings_in_the_corpora_are_those_that_were_read(corpus: str) -> None:
    assert unexpected(corpus) == []


@pytest.mark.corpus
def test_all_generated_policies_are_linted_without_a_crash() -> None:
    trees = {json.dumps(tree, sort_keys=True) for case in data.cases()[::7] for tree in case.get("policies", [])}
    for text in trees:
        assert lint([("policy.json", text)]).policies == 1
