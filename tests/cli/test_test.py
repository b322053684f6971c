"""`kywarden test` beyond what Kyverno's recorded runs show."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from tests.cli.commands import Folder
from tests.testing.folders import CEL, OWNER, TEST, write

BROKEN = "results: [\n"
UNSUPPORTED = TEST.replace("[owner.yaml]", "[cel.yaml]").replace("policy: owner, rule: has-owner", "policy: cel-owner")


def test_what_cannot_be_loaded_does_not_end_the_run(folder: Folder) -> None:
    write(
        folder.path, {"a/kyverno-test.yaml": BROKEN, "b/kyverno-test.yaml": TEST, "z/kyverno-test.yaml": "kind: Test\n"}
    )
    code, out, err = folder.run("test", ".")
    assert code == 1
    assert "Path: a/kyverno-test.yaml" in out
    assert "WARNING: test file (z/kyverno-test.yaml) uses a deprecated schema" in out
    assert "Test Summary: 2 tests passed and 0 tests failed" in out
    assert err.splitlines() == [
        "Error: found 1 errors after loading tests",
        "Error: test file z/kyverno-test.yaml uses a deprecated schema — please migrate to the latest format",
        "Error: failed to run test (error: failed to load policies (stat b/owner.yaml: no such file or directory))",
    ]


def test_what_is_not_supported_is_named_and_never_passes(folder: Folder) -> None:
    folder.write(cel_yaml=CEL, kyverno__test_yaml="")
    write(folder.path, {"kyverno-test.yaml": UNSUPPORTED})
    code, out, err = folder.run("test", ".", "--remove-color")
    assert code == 1
    assert out.count("│ Unsupported │ Unsupported │") == 2
    assert "Test Summary: 0 tests passed and 0 tests failed\n2 tests are unsupported" in out
    assert "  2 CEL policies are not supported\n" in out
    assert err == "Error: 2 tests are unsupported (--allow-unsupported lets them pass by)\n"
    assert folder.run("test", ".", "--allow-unsupported")[0] == 0


def test_results_are_summed_up_by_the_type_of_rule(folder: Folder) -> None:
    code, out, _ = folder.run("test", ".", "--summary-by-rule-type", "--fail-only")
    assert code == 0
    assert "| validate pattern | 2 | 0 | 0 | 0 |\n| all | 2 | 0 | 0 | 0 |\n" in out


@pytest.mark.parametrize("jobs", ["1", "2", "0"])
def test_jobs_change_nothing(folder: Folder, jobs: str) -> None:
    write(
        folder.path,
        {
            f"{number}/{name}": text
            for number in range(5)
            for name, text in {
                "owner.yaml": OWNER,
                "pods.yaml": folder.path.joinpath("pods.yaml").read_text(),
                "kyverno-test.yaml": TEST,
            }.items()
        },
    )
    code, out, _ = folder.run("test", ".", "-j", jobs)
    assert code == 0
    assert re.findall(r"\( (.*) \)", out) == [
        *(f"{number}/kyverno-test.yaml" for number in range(5)),
        "kyverno-test.yaml",
    ]


@pytest.mark.parametrize("form", ["sarif", "junit-xml", "github"])
def test_our_formats_are_one_document(folder: Folder, form: str) -> None:
    write(
        folder.path, {"kyverno-test.yaml": TEST.replace("result: fail", "result: skip"), "a/kyverno-test.yaml": BROKEN}
    )
    code, out, err = folder.run("test", ".", "-o", form)
    assert code == 1
    assert err.endswith("Error: 1 tests failed\n")
    match form:
        case "sarif":
            results = json.loads(out)["runs"][0]["results"]
            assert [one["level"] for one in results] == ["error", "none", "error"]
        case "junit-xml":
            assert ElementTree.fromstring(out).attrib == {"tests": "3", "failures": "1", "errors": "1", "skipped": "0"}
        case _:
            assert out.splitlines() == [
                "::error file=a/kyverno-test.yaml,line=1,col=1,title=test::a/kyverno-test.yaml: error converting"
                " YAML to JSON: yaml: line 1: did not find expected node content",
                "::error file=kyverno-test.yaml,line=1,col=1,title=owner/has-owner::v1/Pod/default/stray: Want skip,"
                " got fail: validation error: needs an owner. rule has-owner failed at path /metadata/labels/",
            ]


def test_registry_and_git_are_declined_in_one_line(folder: Folder) -> None:
    code, _, err = folder.run("test", ".", "--registry")
    assert (code, err) == (
        0,
        "kywarden: --registry has no effect: there is no access to registries: image data comes from values\n",
    )
    code, _, err = folder.run("test", "https://example.org/a/b/main")
    assert (code, err.count("\n")) == (1, 2)
