"""The pages of the documentation: their commands are run, in order, and print what the page says.

A fenced block with a `title` is a file that the reader writes. A `console` block holds commands behind `$ ` and what
they print; lines of a command go on behind a backslash. A `console cluster` block needs a cluster, a registry or kwctl
and is only read.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import kywarden
from tests import data

README = data.ROOT / "README.md"
PAGES = sorted((Path(kywarden.__file__).parent.parent / "docs").glob("*.md"))
_BLOCK = re.compile(r"^```(?P<info>[^\n]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Block:
    info: str
    body: str

    @property
    def file(self) -> str:
        found = _TITLE.search(self.info)
        return found[1] if found else ""

    @property
    def is_run(self) -> bool:
        return self.info == "console"

    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command and what it prints."""
        for part in re.split(r"^\$ ", self.body, flags=re.MULTILINE)[1:]:
            lines = part.splitlines(keepends=True)
            end = next(index for index, line in enumerate(lines) if not line.endswith("\\\n"))
            yield "".join(lines[: end + 1]).strip(), "".join(lines[end + 1 :])


def blocks(page: Path) -> list[Block]:
    return [Block(found["info"], found["body"]) for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    programs = tmp_path / "programs"
    programs.mkdir()
    command = programs / "kywarden"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kywarden "$@"\n')
    command.chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}


def printed(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def trimmed(text: str) -> str:
    """Without the blanks at the ends of lines, which editors take away."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_print_what_it_says(page: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for block in blocks(page):
        if block.file:
            (folder / block.file).write_text(block.body, encoding="utf-8")
        elif block.is_run:
            for command, output in block.commands():
                assert trimmed(printed(command, folder, environment)) == trimmed(output), command


FIRST_SCREEN = 50
"""Lines."""


def test_the_first_screen_of_the_readme_shows_what_explain_prints(tmp_path: Path, environment: dict[str, str]) -> None:
    """With nothing but a clone."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "kyverno_samples").symlink_to(data.ROOT / "kyverno_samples")
    text = README.read_text(encoding="utf-8")
    [(command, output)] = [shown for block in blocks(README) if block.is_run for shown in block.commands()]
    assert "kywarden explain kyverno_samples/" in command
    assert text[: text.index(output)].count("\n") + output.count("\n") <= FIRST_SCREEN
    assert trimmed(printed(command, folder, environment)) == trimmed(output)


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_there_are_pages_and_commands_to_run() -> None:
    assert len(PAGES) >= 2
    assert any(block.is_run for page in PAGES for block in blocks(page))
