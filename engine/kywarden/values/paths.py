"""Slash-separated paths as Go's package path sees them."""

from __future__ import annotations

import posixpath


def clean(path: str) -> str:
    """The shortest form of a path (path.Clean), but empty for the empty path."""
    shortest = posixpath.normpath(path) if path else ""
    # POSIX keeps a double slash at the start; Go does not
    return shortest[1:] if shortest.startswith("//") else shortest
