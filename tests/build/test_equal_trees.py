"""Equal trees give equal bytes, wherever they lie, whenever their files were written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.build import recipe
from tests.build.conftest import build

FETCHED = ("tools-", "cpython-", "app-", "zig")
"""What does not come from the tree: fetched once, used by both builds."""


def copy(target: Path, time: int) -> Path:
    """The tree at another place, with a cache that holds only what was fetched; returns its build script."""
    for name in ("build", "engine"):
        unwanted = shutil.ignore_patterns(".cache", "__pycache__", "policy.wasm", "*.egg-info")
        shutil.copytree(recipe.ROOT / name, target / name, ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (recipe.ROOT / name).exists():
            shutil.copy(recipe.ROOT / name, target / name)
    for path in sorted(target.rglob("*"), reverse=bool(time % 2)):
        os.utime(path, (time, time))
    cache = target / "build/.cache"
    cache.mkdir()
    for path in recipe.CACHE.iterdir():
        if path.name.startswith(FETCHED):
            (cache / path.name).symlink_to(path)
    return target / "build/build.py"


def test_two_copies_of_the_tree_give_the_same_module(policy_path: Path, tmp_path: Path) -> None:
    script = copy(tmp_path / "another place with a longer name", 1_234_567_891)
    output = tmp_path / "policy.wasm"
    build(output, script=script, seed="7")
    assert output.read_bytes() == policy_path.read_bytes()
