"""Dockerfile.build: a Python that is new enough runs the documented command, and what it writes is copied out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path, PurePosixPath

from tests.build import recipe

DOCKERFILE = (recipe.ROOT / "Dockerfile.build").read_text(encoding="utf-8")
README = (recipe.ROOT / "build/README.md").read_text(encoding="utf-8")
COMMAND = "docker build --file Dockerfile.build --output dist ."


def arguments(instruction: str) -> list[str]:
    """What follows each instruction of that name."""
    return re.findall(rf"^{instruction} +(.+)$", DOCKERFILE, re.MULTILINE)


def test_the_command_is_the_documented_one() -> None:
    assert COMMAND in DOCKERFILE
    assert COMMAND in README
    assert arguments("RUN") == ["python build/build.py"]
    assert "\n    python build/build.py\n" in README


def test_the_image_has_a_python_that_is_new_enough() -> None:
    project = tomllib.loads((recipe.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    found = re.fullmatch(r"python:(\d+)\.(\d+)-slim AS build", arguments("FROM")[0])
    assert found
    assert (int(found[1]), int(found[2])) >= oldest


def test_the_tree_is_copied_in_and_all_that_the_build_writes_is_copied_out(policy_path: Path) -> None:
    (folder,) = arguments("WORKDIR")
    into, out = arguments("COPY")
    assert into == ". ."
    stage, *sources, target = out.split()
    assert (stage, target) == ("--from=build", "/")
    assert {PurePosixPath(source).parent for source in sources} == {PurePosixPath(folder) / "dist"}
    assert {PurePosixPath(source).name for source in sources} == {path.name for path in policy_path.parent.iterdir()}
