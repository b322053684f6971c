"""The cache folder: what is expensive to fetch or to make, under names that change with what it is made from."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path


def digest(*parts: bytes | str) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()[:24]


def cached(cache: Path, name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The file or folder `name-key` of the cache; `make` fills it at a path beside it, which is then renamed."""
    target = cache / f"{name}-{key}"
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as folder:
        made = Path(folder) / "made"
        make(made)
        try:
            made.replace(target)
        except OSError:
            if not target.exists():  # else somebody else was faster
                raise
    return target
