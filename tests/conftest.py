"""Skips what needs data or a module that is absent, in one visible line; prints the tables of conformance tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from kywarden import wasm
from kywarden.wasm.runner import Module
from tests import data

MODULE = Path(wasm.__file__).with_name("policy.wasm")
NO_MODULE = "no policy.wasm: build it with 'python build/build.py'"
needs_module = pytest.mark.skipif(not MODULE.exists(), reason=NO_MODULE)
"""For tests that read the file itself; others take the fixture `module`."""

# What takes long on a busy machine is no failure of a law.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_report_header() -> list[str]:
    corpus = str(data.CORPUS) if data.present() else f"NONE at {data.CORPUS}; its tests are skipped"
    module = str(MODULE) if MODULE.exists() else "NONE, build it with 'python build/build.py'; its tests are skipped"
    return [f"corpus: {corpus}", f"module: {module}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if data.present():
        return
    absent = pytest.mark.skip(reason=f"no test data at {data.CORPUS} (set KYWARDEN_CORPUS)")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(absent)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "table":
                    terminalreporter.section(report.nodeid.rpartition("::")[2])
                    terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def module() -> Module:
    """The built policy.wasm, compiled once."""
    if not MODULE.exists():
        pytest.skip(NO_MODULE)
    return Module.load(MODULE)
