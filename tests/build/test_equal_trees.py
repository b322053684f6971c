"""Equal trees give equal bytes, wherever they lie, whenever their files were written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.build import recipe
from tests.build.conftest import build

FETCHED = ("tools-", "cpython-", "app-", "zig")
"""What does not come from the tree: fetched once, used by both builds."""


def copy(source: Path, target: Path, time: int) -> Path:
    """The tree at another place, with a cache that holds only what was fetched."""
    unwanted = shutil.ignore_patterns(".cache", "__pycache__", "policy.wasm", "*.egg-info")
    for name in ("build", "engine", "kyverno_samples"):
        shutil.copytree(source / name, target / name, ignore=unwanted)
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(source / name, target / name)
    for path in sorted(target.rglob("*")):
        os.utime(path, (time, time))
    cache = target / "build/.cache"
    cache.mkdir()
    for path in recipe.CACHE.iterdir():
        if path.name.startswith(FETCHED):
            (cache / path.name).symlink_to(path)
    return target


def test_two_copies_of_the_tree_give_the_same_module(policy_path: Path, tmp_path: Path) -> None:
    one = copy(recipe.ROOT, tmp_path / "one", 1_111_111_111)
    other = copy(one, tmp_path / "another place, with a longer name", 1_234_567_891)
    modules = []
    for tree, seed in ((one, "1"), (other, "7")):
        output = tree / "policy.wasm"
        build(output, script=tree / "build/build.py", seed=seed)
        modules.append(output.read_bytes())
    assert modules[0] == modules[1]
