"""Whole tests: what is expected against what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kywarden.testing import batch, manifest, run, statistics
from kywarden.testing.batch import Unit
from kywarden.testing.comparison import Row
from kywarden.testing.files import Files
from kywarden.testing.manifest import Manifest
from kywarden.testing.run import Report
from tests.testing.folders import CEL, FILES, OWNER, TEST, write

HEAD = TEST.partition("results:")[0]
RESULT = "- {{policy: owner, rule: has-owner, kind: Pod, result: pass{0}}}\n"


def read(folder: Path, files: dict[str, str]) -> Manifest:
    (found,) = manifest.read(str(write(folder, {**FILES, **files}) / "kyverno-test.yaml"), Files())
    assert isinstance(found, Manifest)
    return found


def run_in(folder: Path, results: str, files: dict[str, str] | None = None, head: str = HEAD) -> Report:
    test = read(folder, {"kyverno-test.yaml": f"{head}results:\n{results}", **(files or {})})
    return run.run(test, test.results, Files(), lambda _, text: text)


def rows(report: Report) -> list[tuple[str, str, str, str]]:
    assert report.error == ""
    return [(row.rule, row.resource.rpartition("/")[2], row.verdict, row.reason) for row in report.rows]


def test_lines_are_those_of_kyverno(tmp_path: Path) -> None:
    report = run_in(tmp_path, RESULT.format(", resources: [owned]"))
    assert report.lines == [
        f"Loading test  ( {tmp_path}/kyverno-test.yaml ) ...",
        "  Loading values/variables ...",
        "  Loading policies ...",
        "  Loading resources ...",
        "  Loading exceptions ...",
        "  Applying 1 policy to 2 resources with 0 exceptions ...",
        "  Checking results ...",
    ]
    assert report.rows == [
        Row(
            1,
            "owner",
            "has-owner",
            "v1/Pod/default/owned",
            "Pass",
            "Ok",
            "validation rule 'has-owner' passed.",
            "validate pattern",
        )
    ]


OWNED, STRAY = ("has-owner", "owned", "Pass", "Ok"), ("has-owner", "stray", "Fail", "Want pass, got fail")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (", resources: [owned]", [OWNED]),
        (", resources: [default/owned]", [OWNED]),
        (", resources: [owned, stray]", [OWNED, STRAY]),
        (", resources: [stray, nobody]", [STRAY]),
        (", resources: [nobody]", [OWNED, STRAY]),
        ("", [OWNED, STRAY]),
        (", resourceSpecs: [{version: v1, namespace: default, name: owned}]", [OWNED, STRAY]),
        (", resources: [], resourceSpecs: [{version: v1, namespace: default, name: owned}]", [OWNED]),
    ],
)
def test_a_result_is_about_the_resources_that_it_names(
    tmp_path: Path, result: str, expected: list[tuple[str, str, str, str]]
) -> None:
    assert rows(run_in(tmp_path, RESULT.format(result))) == expected


@pytest.mark.parametrize(
    ("policy", "rule", "expected"),
    [
        ("any/owner", "has-owner", OWNED),
        ("owner", "''", OWNED),
        ("owner", "wrong", ("wrong", "owned", "Pass", "Excluded")),
        ("wrong", "has-owner", ("has-owner", "owned", "Fail", "Not found")),
        ("cel-owner", "''", ("", "owned", "Unsupported", "Unsupported")),
        ("both", "x", ("x", "owned", "Skip", "Invalid Policy")),
    ],
)
def test_a_result_is_about_a_policy_and_a_rule(
    tmp_path: Path, policy: str, rule: str, expected: tuple[str, str, str, str]
) -> None:
    both = OWNER.replace("name: owner", "name: both").replace("      pattern:", "      deny: {}\n      pattern:")
    head = HEAD.replace("[owner.yaml]", "[owner.yaml, more.yaml]")
    result = f"- {{policy: {policy}, rule: {rule}, kind: Pod, result: pass, resources: [owned]}}\n"
    assert rows(run_in(tmp_path, result, {"more.yaml": f"{CEL}---\n{both}"}, head)) == [expected]


def test_generated_rules_count_as_the_rule(tmp_path: Path) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {}}}}\n"
    )
    result = "- {policy: owner, rule: has-owner, kind: Deployment, result: fail}\n"
    assert rows(run_in(tmp_path, result, {"pods.yaml": deployment})) == [("autogen-has-owner", "web", "Pass", "Ok")]


def test_an_operation_has_its_own_run(tmp_path: Path) -> None:
    operation = OWNER.replace(
        '      pattern: {metadata: {labels: {owner: "?*"}}}',
        "      deny: {conditions: {any: [{key: '{{ request.operation }}', operator: Equals, value: UPDATE}]}}",
    ).replace("spec:", "spec:\n  background: false")
    results = "".join(
        f"- {{policy: owner, rule: has-owner, kind: Pod, result: {status}, resources: [owned]{chosen}}}\n"
        for status, chosen in (("fail", ", operation: UPDATE"), ("pass", ", operation: CREATE"), ("pass", ""))
    )
    assert [row[2:] for row in rows(run_in(tmp_path, results, {"owner.yaml": operation}))] == [("Pass", "Ok")] * 3


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (HEAD.replace("owner.yaml", "none.yaml"), "error: failed to load policies (stat {0}/none.yaml: no such file"),
        (HEAD.replace("pods.yaml", "none.yaml"), "error: failed to load resources (stat {0}/none.yaml: no such file"),
        (f"{HEAD}variables: none.yaml\n", "failed to decode yaml (unable to load variable file: none.yaml (open {0}"),
        (
            f"{HEAD}userinfo: none.yaml\n",
            "error: failed to load request info (unable to read yaml (unable to read yaml",
        ),
        (
            f"{HEAD}exceptions: [owner.yaml]\n",
            "error: failed to load exceptions (unable to load exceptions (policy exc",
        ),
        (f"{HEAD}jsonPayloads: [none.json]\n", "error: failed to load JSON payload none.json (open {0}/none.json: no"),
        (
            f"{HEAD}clusterResources: [kyverno-test.yaml]\n",
            "error: failed to load Kubernetes resources: error unmarshaling JSON",
        ),
        (
            f"{HEAD}clusterResources: [cluster.yaml]\n",
            "error: failed to load CRDs from path {0}/none.yaml: open {0}/none.yaml: no such file or directory)",
        ),
    ],
)
def test_what_cannot_be_loaded_ends_the_test(tmp_path: Path, head: str, error: str) -> None:
    cluster = "apiVersion: cli.kyverno.io/v1alpha1\nkind: ClusterResource\nspec: {crds: [none.yaml]}\n"
    report = run_in(tmp_path, RESULT.format(""), {"cluster.yaml": cluster}, head)
    assert report.rows == []
    assert report.error.startswith(f"failed to run test ({error.format(tmp_path)}")


def test_several_processes_report_in_order(tmp_path: Path) -> None:
    units = []
    for number in range(12):
        test = read(tmp_path / str(number), {})
        units.append(Unit(test, test.results))
    alone = list(batch.reports(units, 1))
    assert list(batch.reports(units, 3)) == alone
    assert len({report.path for report in alone}) == 12


def test_results_are_counted_by_the_type_of_rule(tmp_path: Path) -> None:
    results = RESULT.format(", resources: [owned, stray]") + RESULT.format("").replace("has-owner", "wrong")
    assert statistics.by_rule_type(run_in(tmp_path, results).rows).splitlines() == [
        "| rule type | passed | failed | unsupported | without an answer |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| validate pattern | 1 | 1 | 0 | 2 |",
        "| all | 1 | 1 | 0 | 2 |",
    ]
