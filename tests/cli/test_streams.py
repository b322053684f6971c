"""The command as a process: whatever its locale, its streams and its interrupts are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from kywarden import cli
from tests.requests_made import POD, needs_label, policy

FULL = Path("/dev/full")
EVALUATE = ("evaluate", "-p", "policy.yaml", "-r", "pod.yaml", "-f", "text")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rule = needs_label()
    rule["validate"]["message"] = "Säy whö 日本"
    (tmp_path / "policy.yaml").write_text(json.dumps(policy(rule)))
    (tmp_path / "pod.yaml").write_text(json.dumps({**POD, "metadata": {"name": "wéb"}}))
    return tmp_path


def run(folder: Path, *arguments: str, redirections: str = "", **environment: str) -> tuple[int, str, str]:
    """Exit code, STDOUT and STDERR of a command in the shell."""
    script = f'exec "$0" -m kywarden "$@" {redirections}'
    found = subprocess.run(
        ["sh", "-c", script, sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    return found.returncode, found.stdout.decode(), found.stderr.decode()


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "0"},
    ],
)
def test_people_read_the_same_wherever_it_runs(folder: Path, environment: dict[str, str]) -> None:
    code, out, err = run(folder, *EVALUATE, **environment)
    assert (code, err) == (1, "")
    assert "wéb" in out and "Säy whö 日本" in out


@pytest.mark.skipif(not FULL.exists(), reason="macOS has no device that is always full")
@pytest.mark.parametrize(
    "arguments", [EVALUATE, ("lint", "policy.yaml"), ("apply", "policy.yaml", "-r", "pod.yaml"), ("jp", "function")]
)
def test_a_full_disk_is_one_line(folder: Path, arguments: tuple[str, ...]) -> None:
    assert run(folder, *arguments, redirections=f">{FULL}") == (3, "", "kywarden: No space left on device\n")


@pytest.mark.parametrize("arguments", [("lint", "policy.yaml"), ("explain", "policy.yaml", "-r", "pod.yaml"), EVALUATE])
def test_a_reader_that_has_gone_is_no_verdict(folder: Path, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    found = subprocess.run(
        [sys.executable, "-m", "kywarden", *arguments], cwd=folder, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (found.returncode, found.stderr) == (3, b"")


def test_streams_that_are_closed(folder: Path) -> None:
    assert run(folder, *EVALUATE, redirections=">&-")[::2] == (1, "")
    nothing = (2, "", "kywarden: STDIN: there is nothing to judge\n")
    assert run(folder, "evaluate", "-p", "policy.yaml", redirections="<&-") == nothing


def test_an_interrupt_ends_the_command_without_a_word(folder: Path) -> None:
    arguments = [sys.executable, "-m", "kywarden", "evaluate", "--jsonl"]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(arguments, cwd=folder, **streams) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(b"{}\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith(b'{"id":null')  # it has started and waits for more
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
        assert process.wait(10) == -signal.SIGINT


def test_an_interrupt_while_the_command_is_imported_ends_it_without_a_word(folder: Path) -> None:
    (folder / "rich").mkdir()
    (folder / "rich" / "__init__.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    ended = subprocess.run(
        [sys.executable, "-m", "kywarden", "--help"], cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("jp", "query", "a"), "error parsing input json: error converting YAML to JSON: yaml: "),
        (("apply", "policy.yaml", "-r", "-"), "failed to load resources (failed to extract the resources (yaml: "),
        (("apply", "policy.yaml", "-r", "latin.yaml"), "failed to load resources (yaml: "),
        (("jp", "query", "-i", "latin.yaml", "a"), "error parsing input json: error converting YAML to JSON: yaml: "),
    ],
)
@pytest.mark.parametrize("environment", [{}, {"PYTHONIOENCODING": "utf-8:strict"}, {"PYTHONIOENCODING": "ascii"}])
def test_what_is_no_utf_8_is_refused(
    folder: Path, arguments: tuple[str, ...], said: str, environment: dict[str, str]
) -> None:
    (folder / "latin.yaml").write_bytes(b"a: \xe4\n")
    code, _, err = run(folder, *arguments, redirections="< latin.yaml", **environment)
    assert (code, err) == (1, f"Error: {said}invalid leading UTF-8 octet{')' * said.count('(')}\n")


def test_the_command_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"kywarden {version('kywarden')}\n"
