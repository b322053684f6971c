"""Skips what needs the public test data, with one visible line, where the data is absent."""

from __future__ import annotations

import pytest

from tests import data


def pytest_report_header() -> str:
    return f"corpus: {data.CORPUS}" if data.present() else f"corpus: NONE at {data.CORPUS}; its tests are skipped"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if data.present():
        return
    absent = pytest.mark.skip(reason=f"no test data at {data.CORPUS} (set KYWARDEN_CORPUS)")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(absent)
