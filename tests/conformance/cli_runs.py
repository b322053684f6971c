"""Recorded runs of Kyverno's command line, replayed with kywarden's.

The shape of a run and the rules of comparison stand beside the recorded runs, in `golden/cli/README.md`.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from kywarden.cli import main
from tests import data

Run: TypeAlias = dict[str, Any]

FOLDER = data.CORPUS / "golden" / "cli"
UNSUPPORTED = re.compile(r"(?:is|are) unsupported|is not supported", re.MULTILINE)


def runs() -> list[Run]:
    """All recorded runs."""
    return data.jsonl(FOLDER / "runs.jsonl")


@dataclass
class Answer:
    """What came out of a run of ours."""

    exit: int
    stdout: str
    stderr: str
    files: dict[str, str] = field(default_factory=dict)

    def without_our_lines(self) -> Answer:
        """The same without the lines on STDERR that are ours alone."""
        return replace(self, stderr=re.sub(r"(?m)^kywarden: .*\n", "", self.stderr))

    @property
    def unsupported(self) -> bool:
        """Whether the run says that it met something that is not supported."""
        return UNSUPPORTED.search(self.stderr) is not None


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Inputs:
    """A copy of the inputs, cleaned after each run; runs only add files to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(FOLDER / "inputs", folder)
        self.given = set(folder.rglob("*"))

    def replay(self, run: Run) -> Answer:
        """The same run with kywarden."""
        for name, text in run.get("before", {}).items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        out = _Terminal() if run.get("tty") else io.StringIO()
        error = io.StringIO()
        with _standing_in(self.folder), _environment(run.get("env", {})), _streams(run, self.folder, out, error):
            code = main(run["args"])
        return Answer(code, out.getvalue(), error.getvalue(), self._cleaned())

    def _cleaned(self) -> dict[str, str]:
        """The files that a run has left, removed."""
        added = sorted(set(self.folder.rglob("*")) - self.given)
        files = {
            path.relative_to(self.folder).as_posix(): path.read_text(encoding="utf-8")
            for path in added
            if path.is_file()
        }
        for path in reversed(added):
            path.rmdir() if path.is_dir() else path.unlink()
        return files


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    back = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(back)


@contextmanager
def _environment(added: dict[str, str]) -> Iterator[None]:
    kept = dict(os.environ)
    os.environ.pop("NO_COLOR", None)
    os.environ.update(added)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


@contextmanager
def _streams(run: Run, folder: Path, out: io.StringIO, error: io.StringIO) -> Iterator[None]:
    kept = sys.stdin, sys.stdout, sys.stderr
    with ExitStack() as stack:
        if "stdin" in run:
            piped = folder.parent / "piped"
            piped.write_text(run["stdin"], encoding="utf-8")
            source = stack.enter_context(piped.open(encoding="utf-8"))
        else:
            source = stack.enter_context(Path(os.devnull).open(encoding="utf-8"))
        sys.stdin, sys.stdout, sys.stderr = source, out, error
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = kept


def difference(run: Run, answer: Answer) -> str:
    """The first thing in which an answer differs from all recorded outcomes, empty when it does not."""
    outcomes = [run, *({**run, **other} for other in run.get("also", []))]
    differences = [_differs(outcome, answer) for outcome in outcomes]
    return "" if "" in differences else differences[0]


def _differs(run: Run, answer: Answer) -> str:
    if answer.exit != run["exit"]:
        return f"exit {answer.exit}, not {run['exit']}\n{answer.stdout}\n{answer.stderr}"
    varies = set(run.get("varies", ()))
    canonical = _canonical(varies)
    if canonical(answer.stdout) != canonical(run["stdout"]):
        return f"stdout\n--- ours\n{answer.stdout}\n--- kyverno\n{run['stdout']}"
    if varies & {"log times", "log lines"}:
        return ""
    if answer.stderr != run["stderr"]:
        return f"stderr\n--- ours\n{answer.stderr}\n--- kyverno\n{run['stderr']}"
    if answer.files != run.get("files", {}):
        return f"files\n--- ours\n{answer.files}\n--- kyverno\n{run.get('files')}"
    return ""


def _canonical(varies: set[str]) -> Callable[[str], str]:
    def canonical(text: str) -> str:
        if "timestamps" in varies:
            text = re.sub(r'(seconds"?: ?)[0-9]+', r"\g<1>0", text)
        if "addresses" in varies:
            text = re.sub(r"0x[0-9a-f]+", "0x1", text)
        return _sorted(text) if "order" in varies else text

    return canonical


def _sorted(text: str) -> str:
    """The text with everything whose order is by chance put into one: rows, cases, documents, results."""
    text = re.sub(r"(?m)^(│ |\| )[0-9]+ +(│|\|)", r"\1#\2", re.sub(r"\x1b\[[0-9;]*m", "", text))
    text = re.sub(r'(?m)^(- ID: |    "ID": )[0-9]+', r"\1#", text)
    if "\nresults:" in text:
        documents = [_sorted_results(document) for document in yaml.safe_load_all(text[text.find("apiVersion") :])]
        return json.dumps(sorted(documents, key=json.dumps), indent=1)
    if text.startswith("{"):
        return json.dumps(_sorted_results(json.loads(text)), indent=1)
    return "\n".join(sorted(text.splitlines()))


def _sorted_results(document: Any) -> Any:
    if isinstance(document, dict) and "results" in document:
        return {**document, "results": sorted(document["results"], key=lambda one: json.dumps(one, sort_keys=True))}
    return document
