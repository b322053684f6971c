"""What comes from an input does not steer the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from rich.text import Text

from kywarden import cli
from kywarden.cli.paint import Paint
from kywarden.cli.screen import Screen, visible
from tests.requests_made import POD, needs_label, policy

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
    ],
    ids=" ".join,
)
def test_no_control_character_reaches_the_terminal(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rule = {**needs_label("owner", failureAction="Enforce", **{EVIL: 1}), "name": EVIL}
    other = {**needs_label("owner"), "name": EVIL}
    other["validate"] |= {"message": EVIL}
    files = {
        "policy.yaml": policy(rule if arguments[0] == "lint" else other),
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
