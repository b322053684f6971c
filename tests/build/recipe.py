"""The modules of the build script, with the cache that it uses by itself."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "build/build.py"
CACHE = ROOT / "build/.cache"


def load(name: str) -> ModuleType:
    """A module of the folder `build`, whose modules find each other as they do when the script runs."""
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SCRIPT.parent))


def environment() -> dict[str, str]:
    """The variables of this process, without the search path that would lend the build what it must bring itself."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHASHSEED")}
