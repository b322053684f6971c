"""`kywarden lint`: its output in every format, its exit codes."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from kywarden import cli

POLICY = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: few-replicas
spec:
  validationFailureAction: enforce
  rules:
  - name: at-most-five
    match:
      any:
      - resources:
          kinds: [DaemonSet]
    validate:
      mesage: Too many.
      pattern:
        spec:
          minReadySeconds: "1 - 5"
"""

TEXT = """\
error[unknown-field]: "mesage" is no field of validate
  --> policy.yaml:14:7
   |
14 |       mesage: Too many.
   |       ^^^^^^
   = did you mean "message"?

warning[no-range]: "1 - 5" is compared as a text, since a range has no spaces
  --> policy.yaml:17:29
   |
17 |           minReadySeconds: "1 - 5"
   |                             ^^^^^
   = write "1-5"

1 document, 0 of 1 rule supported: 1 error, 1 warning
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "good.yaml").write_text(POLICY.replace("mesage", "message").replace("1 - 5", "1-5"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["lint", *arguments])
    return code, capsys.readouterr().out


def test_text_shows_the_line_with_a_caret_and_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "policy.yaml") == (1, TEXT)


def test_nothing_found_is_said_and_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "good.yaml") == (0, "1 document, 1 of 1 rule supported: nothing found\n")


def test_a_folder_is_searched(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, ".")
    assert code == 1
    assert text.endswith("2 documents, 1 of 2 rules supported: 1 error, 1 warning\n")


def test_notes_are_told_on_demand_and_checks_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--level", "note", "--ignore", "deprecated-field", "good.yaml")
    assert (code, text) == (0, "1 document, 1 of 1 rule supported: nothing found\n")
    code, text = run(capsys, "--level", "note", "--format", "github", "good.yaml")
    assert code == 1
    assert text.splitlines()[1] == (
        "::notice file=good.yaml,line=6,col=28,endColumn=35,title=deprecated-field::"
        "enforce is deprecated: write Enforce"
    )


def test_github_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--format", "github", "policy.yaml")
    assert code == 1
    assert text.splitlines()[0] == (
        '::error file=policy.yaml,line=14,col=7,endColumn=13,title=unknown-field::"mesage" is no field of validate: '
        'did you mean "message"?'
    )


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--format", "json", "policy.yaml")
    report = json.loads(text)
    assert code == 1
    assert report["findings"][1] == {
        "check": "no-range",
        "level": "warning",
        "message": '"1 - 5" is compared as a text, since a range has no spaces',
        "hint": 'write "1-5"',
        "policy": "few-replicas",
        "rule": "at-most-five",
        "path": "spec.rules[0].validate.pattern.spec.minReadySeconds",
        "file": "policy.yaml",
        "line": 17,
        "column": 29,
        "endColumn": 34,
    }
    assert report["rules"][0]["reasons"] == ['unknown field "mesage"']
    assert report["summary"] == {"policies": 1, "rules": 1, "supported": 0, "errors": 1, "warnings": 1, "notes": 0}


def test_sarif(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--format", "sarif", "policy.yaml")
    log = json.loads(text)
    assert (code, log["version"]) == (1, "2.1.0")
    [told] = log["runs"]
    result = told["results"][0]
    assert told["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "unknown-field"
    assert result["level"] == "error"
    location = result["locations"][0]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "policy.yaml"},
        "region": {"startLine": 14, "startColumn": 7, "endLine": 14, "endColumn": 13},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "few-replicas/at-most-five"


def test_rules_are_listed_with_the_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--rules", ".")
    assert code == 1
    assert text == (
        "supported  few-replicas / at-most-five  validate pattern\n"
        "refused    few-replicas / at-most-five  validate pattern\n"
        '           unknown field "mesage"\n'
    )


def test_a_check_and_the_schema_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--about", "no-range")
    assert (code, text.splitlines()[0]) == (0, "### no-range")
    code, text = run(capsys, "--schema")
    assert (code, json.loads(text)["title"]) == (0, "Kyverno policies (kyverno.io) as kywarden reads them")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [", "bad.yaml, line 2, column 1: "),
        ("kind: Pod\napiVersion: v1\n", "there is no policy in bad.yaml"),
        ("", "there is no policy in bad.yaml"),
        ("# nothing\n---\n", "there is no policy in bad.yaml"),
        (None, "bad.yaml: No such file or directory"),
    ],
)
def test_input_that_cannot_be_linted(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    if content is not None:
        (folder / "bad.yaml").write_text(content)
    assert cli.main(["lint", "bad.yaml"]) == 2
    assert capsys.readouterr().err.startswith(f"kywarden: {said}")


@pytest.mark.parametrize(
    ("form", "beginning"), [("text", "error[unknown-field]"), ("json", "{"), ("sarif", "{"), ("github", "::error")]
)
def test_files_that_cannot_be_read_do_not_hide_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str], form: str, beginning: str
) -> None:
    (folder / "chart.yaml").write_text("{{- if .Values.enabled }}\na: 1\n{{- end }}\n")
    (folder / "latin.yaml").write_bytes(b"a: \xe9\n")
    assert cli.main(["lint", ".", "missing.yaml", "--format", form]) == 2
    printed = capsys.readouterr()
    assert printed.out.startswith(beginning)
    assert [line.split()[1].strip(":,") for line in printed.err.splitlines()] == [
        "latin.yaml",
        "missing.yaml",
        "chart.yaml",
    ]


def test_a_folder_that_cannot_be_read_is_told_beside_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "all" / "closed").mkdir(parents=True)
    (folder / "all" / "one.yaml").write_text(POLICY)
    scan = os.scandir

    def refused(path: str) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", refused)
    assert cli.main(["lint", "all"]) == 2
    printed = capsys.readouterr()
    assert "all/one.yaml:14:7" in printed.out
    assert printed.err == "kywarden: all/closed: Permission denied\n"


def test_an_empty_name_is_not_the_folder_that_we_are_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lint", ""]) == 2
    assert capsys.readouterr() == ("", "kywarden: the name of a file is empty\n")


def test_a_folder_named_like_a_file_is_looked_into(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "all" / "some.yaml").mkdir(parents=True)
    (folder / "all" / "some.yaml" / "one.yaml").write_text(POLICY)
    (folder / "all" / "empty.yaml").write_text("")
    assert cli.main(["lint", "all"]) == 1
    assert "all/some.yaml/one.yaml:14:7" in capsys.readouterr().out
