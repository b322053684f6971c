"""The build script as a module, with the cache that it uses by itself."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "build/build.py"
CACHE = ROOT / "build/.cache"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kywarden_build", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environment() -> dict[str, str]:
    """The variables of this process, without the search path that would lend the build what it must bring itself."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHASHSEED")}
