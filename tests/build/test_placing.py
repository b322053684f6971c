"""Placing: what requests touch lies side by side in the module."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from kywarden.wasm.sections import Id, payload, read, read_exports
from kywarden.wasm.touching import STEP, Touched
from tests.build import recipe
from tests.build.test_policy_module import envelope

PAGE = 4096


@pytest.fixture(scope="module")
def placing() -> ModuleType:
    return recipe.load("placing")


def test_blocks_that_the_same_requests_touch_lie_side_by_side(
    placing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Told:
        def __init__(self, module: bytes) -> None:
            pass

        def by(self, argv: list[str], stdin: bytes) -> bytes:
            return stdin

    monkeypatch.setattr(placing, "Touched", Told)
    sizes = {1: 8, 2: 8, 3: 16, 4: 8, 5: placing.LARGEST + 1, 6: 8, 7: 8}
    found = placing.Blocks([0, 1, 2, 3, 3, 4, 5, 6, 7], sizes)
    runs = [b"\1\0\1\1\0\1\1\0\0", b"\1\0\1\1\1\0\1\0\0", b"\1\1\1\0\0\1\1\0\1"]
    # by all: 2; by the first two: 3; by the last two but one: 4; by the last: 1 and 7
    assert placing.order(b"", found, runs) == [2, 3, 4, 1, 7]


def test_a_request_touches_few_pages(policy_path: Path) -> None:
    marks = Touched(policy_path.read_bytes()).by(["policy.wasm", "validate"], envelope())
    pages = sum(any(marks[first : first + PAGE // STEP]) for first in range(0, len(marks), PAGE // STEP))
    assert pages < 400, f"{pages} pages are touched, {8 * sum(marks):,} bytes"


def test_what_is_exported_for_the_build_is_gone(stand_in_bytes: bytes) -> None:
    names = {export.name for export in read_exports(payload(read(stand_in_bytes), Id.EXPORT))}
    assert names == {"_start", "memory", "prepare"}


def test_envelopes_are_json() -> None:
    envelopes = recipe.load("interpreter").rehearsal()
    assert all(set(json.loads(one)) == {"request", "settings"} for one in envelopes)
    assert len(envelopes) > 100
