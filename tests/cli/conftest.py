"""Folders in which commands run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Folder:
    """A folder with `owner.yaml`, `pods.yaml` and `kyverno-test.yaml`."""
    return Folder(tmp_path, monkeypatch, capsys)
