"""Paths in their shortest form, as Go's path.Clean gives it."""

from __future__ import annotations

import pytest

from kywarden.values import paths


@pytest.mark.parametrize(
    ("path", "shortest"),
    [("", ""), ("/", "/"), ("//a", "/a"), ("///a/", "/a"), ("a/./b/../c", "a/c"), ("/../a", "/a"), ("../a", "../a")],
)
def test_paths_become_short(path: str, shortest: str) -> None:
    assert paths.clean(path) == shortest
