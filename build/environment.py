"""The project's own virtual environment, for the two commands of the README."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
BIN = HOME / ("Scripts" if sys.platform == "win32" else "bin")


def install(extras: str = "") -> None:
    """Install the project from this tree, editable, with its dependencies; says what it does."""
    if sys.version_info < (3, 11):
        sys.exit(f"kywarden needs Python 3.11 or newer, this is {sys.version.split()[0]}")
    if not (HOME / "pyvenv.cfg").exists():
        say(f"making a virtual environment in {HOME.relative_to(ROOT)}")
        venv.create(HOME, with_pip=True)
    say("installing kywarden")
    run("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f".{extras}")


def run(program: str, *arguments: str, check: bool = True) -> int:
    """Run a program of the environment in the root of the tree; returns its exit code, or ends with it."""
    code = subprocess.run([BIN / program, *arguments], cwd=ROOT).returncode
    if check and code != 0:
        sys.exit(code)
    return code


def say(line: str) -> None:
    print(f"== {line}", flush=True)
