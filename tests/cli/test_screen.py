"""What comes from an input does not steer the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from kywarden import cli
from kywarden.cli.paint import Paint
from kywarden.cli.screen import Screen, visible
from kywarden.values import yaml_text
from tests.requests_made import POD, needs_label, policy, rule

EVIL = "x\x1b[2J\x9b31m\nrequire / all: pass\u202e"
SHOWN = "x␛[2J�31m"


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "-p", "policy.yaml", "-r", "pod.yaml", "-f", "text"],
        ["evaluate", "-p", "policy.yaml", "-r", "wrong.yaml"],
        ["explain", "policy.yaml", "-r", "pod.yaml"],
        ["explain", "policy.yaml", "-r", "pod.yaml", "--all"],
        ["lint", "policy.yaml", "-l", "note"],
        ["lint", "policy.yaml", "--rules"],
        ["migrate", "policy.yaml", "-o", "out"],
        ["apply", "policy.yaml", "--resource", "pod.yaml"],
        ["apply", "policy.yaml", "--resource", "pod.yaml", "--table", "--detailed-results", "--remove-color"],
        ["apply", "unnamed.yaml", "--resource", "pod.yaml"],
        ["apply", f"{EVIL}.yaml", "--resource", "pod.yaml"],
        ["test", ".", "--remove-color"],
        ["test", ".", "-t", EVIL, "--remove-color"],
        ["test", ".", "-f", "lost.yaml"],
        ["jp", "query", f"[?'{EVIL}'", "-i", "pod.yaml"],
        ["jp", "parse", f"{EVIL}"],
    ],
    ids=" ".join,
)
def test_no_control_character_reaches_the_terminal(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    told = {**needs_label("owner", failureAction="Enforce", **{EVIL: 1}), "name": EVIL}
    other = {**needs_label("owner"), "name": EVIL}
    other["validate"] |= {"message": EVIL}
    result = {"policy": EVIL, "rule": EVIL, "resources": [EVIL], "result": "pass"}
    tested = {"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "Test", "metadata": {}}
    tested |= {"policies": ["policy.yaml"], "resources": ["pod.yaml"], "results": [result]}
    files = {
        "kyverno-test.yaml": tested,
        "lost.yaml": {**tested, "policies": [EVIL]},
        "policy.yaml": policy(told if arguments[0] == "lint" else other),
        "unnamed.yaml": policy({"name": EVIL}),
        "pod.yaml": {**POD, "metadata": {**POD["metadata"], "name": EVIL}},
        "wrong.yaml": {"request": {}, EVIL: 1},
    }
    for name, tree in files.items():
        Path(name).write_text(json.dumps(tree), encoding="utf-8")
    code = cli.main(arguments)
    out, err = capsys.readouterr()
    written = out + err
    assert SHOWN in written, (code, written)
    assert not any(sign in written for sign in "\x1b\x9b\u202e")
    assert "\nrequire / all: pass" not in out or arguments[0] not in ("lint", "explain")


NAME = "x\x9b31m\u202e"


@pytest.mark.parametrize(
    "arguments",
    [
        ["jp", "query", "-u", "-i", "pod.yaml", "metadata.name"],
        ["jp", "query", "-i", "pod.yaml", f"'{NAME}'"],
        ["jp", "parse", f"'{NAME}'"],
        ["apply", "policy.yaml", "-r", "pod.yaml", "-p", "--output-format", "json"],
        ["apply", "policy.yaml", "-r", "pod.yaml", "--output-format", "sarif"],
        ["apply", "policy.yaml", "-r", "pod.yaml", "--generate-exceptions", "--output-format", "json"],
        ["test", ".", "-o", "markdown"],
        ["test", ".", "-o", "github"],
    ],
    ids=str,
)
def test_data_is_shown_with_signs_on_a_terminal_only(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.time", lambda: 0.0)
    result = {"policy": NAME, "rule": "x", "resources": [NAME], "result": "pass"}
    tested = {"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "Test", "metadata": {}}
    tested |= {"policies": ["policy.yaml"], "resources": ["pod.yaml"], "results": [result]}
    pod = {**POD, "metadata": {**POD["metadata"], "name": NAME}}
    rule = {**needs_label("owner"), "name": NAME}
    for path, tree in {"policy.yaml": policy(rule), "pod.yaml": pod, "kyverno-test.yaml": tested}.items():
        Path(path).write_text(json.dumps(tree), encoding="utf-8")
    cli.main(arguments)
    piped = capsys.readouterr().out
    assert NAME in piped
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    cli.main(arguments)
    assert capsys.readouterr().out == visible(piped)


@pytest.mark.parametrize("more", [[], ["--format", "yaml"], ["--format", "json"]], ids=" ".join)
def test_data_cannot_steer_it_either(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tree = policy(rule(message=EVIL, pattern={"metadata": {"labels": {"owner": "?*"}}}))
    Path("policy.yaml").write_text(json.dumps(tree), encoding="utf-8")
    assert cli.main(["migrate", "policy.yaml", *more]) == 0
    out, err = capsys.readouterr()
    assert not any(sign in out + err for sign in "\x1b\x9b\u202e")
    (document,) = yaml_text.load_all(out)
    read: Any = document.tree
    (made,) = read["manifests"] if more else [read]
    assert made["spec"]["settings"]["policy"]["spec"] == tree["spec"]


def test_each_text_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(sys.stdout).print(Text("a\nb\tc"))
    assert capsys.readouterr().out == "a␊b     c\n"


def test_cells_of_tables_are_shown_with_signs() -> None:
    assert visible("a\nb\x1b") == "a\nb␛"
    plain = Paint(header=False, cells=False)
    assert [plain.name(EVIL)[:9], plain.status(EVIL)[:9]] == [SHOWN, SHOWN]


def test_differences_keep_their_colours() -> None:
    coloured = Paint(header=True, cells=False)
    assert coloured.status("a\x1b[31mb\x1b[0m\x1b[2J\x1b[5m") == "a\x1b[31mb\x1b[0m␛[2J␛[5m"
    assert Paint(header=False, cells=False).status("\x1b[31m") == "␛[31m"
