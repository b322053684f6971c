"""Modules that the tests of this folder look at, each built once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kywarden.wasm.runner import Module
from tests.build import recipe


def run(
    output: Path, *options: str | Path, script: Path = recipe.SCRIPT, seed: str = "random"
) -> subprocess.CompletedProcess[str]:
    """Run the build script."""
    command = [sys.executable, script, "--output", output, *options]
    environment = {"PYTHONHASHSEED": seed, **recipe.environment()}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def build(output: Path, *options: str | Path, script: Path = recipe.SCRIPT, seed: str = "random") -> str:
    """Run the build script, which must succeed; returns what it printed."""
    finished = run(output, *options, script=script, seed=seed)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="session")
def policy_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("built") / "policy.wasm"
    build(output)
    return output


@pytest.fixture(scope="session")
def policy(policy_path: Path) -> Module:
    return Module.load(policy_path)


@pytest.fixture(scope="session")
def stand_in_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    output = tmp_path_factory.mktemp("built") / "stand_in.wasm"
    build(output, "--app", "stand_in", "--folder", Path(__file__).parent / "application")
    return output.read_bytes()


@pytest.fixture(scope="session")
def stand_in(stand_in_bytes: bytes) -> Module:
    return Module(stand_in_bytes)
