"""Commands run in a folder, as a user runs them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kywarden.cli import main
from tests.testing.folders import FILES, write

Outcome = tuple[int, str, str]


class Folder:
    """A folder with a test, and commands in it."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.monkeypatch, self.capsys = path, monkeypatch, capsys
        monkeypatch.chdir(write(path, FILES))

    def write(self, **files: str) -> None:
        write(self.path, {name.replace("_", "."): text for name, text in files.items()})

    def run(self, *arguments: str, stdin: str | None = None) -> Outcome:
        """Exit code, STDOUT and STDERR."""
        source = self.path / "stdin"
        source.write_text(stdin or "", encoding="utf-8")
        with (source if stdin is not None else Path("/dev/null")).open(encoding="utf-8") as opened:
            self.monkeypatch.setattr(sys, "stdin", opened)
            code = main(arguments)
        out, err = self.capsys.readouterr()
        return code, out, err
