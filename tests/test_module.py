"""The module's main: one answer for whatever happens, and the usage for whoever calls it wrongly."""

from __future__ import annotations

import json
import os

import pytest

from kywarden import module


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[int, bytes]:
    found: dict[int, bytes] = {}

    def write(descriptor: int, data: bytes) -> int:
        found[descriptor] = found.get(descriptor, b"") + data[:7]
        return len(data[:7])

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(module, "read_input", lambda: b"{}")
    return found


@pytest.mark.parametrize("argv", [[], ["policy.wasm"], ["policy.wasm", "help"], ["policy.wasm", "validate", "x"]])
def test_other_arguments_are_told_the_usage(written: dict[int, bytes], argv: list[str]) -> None:
    assert module.main(argv) == 2
    assert written == {2: module.USAGE}


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("validate", {"accepted": False, "message": "internal error: MemoryError", "code": 500}),
        ("validate-settings", {"valid": False, "message": "internal error: MemoryError"}),
    ],
)
def test_a_failure_anywhere_is_an_answer(
    written: dict[int, bytes], monkeypatch: pytest.MonkeyPatch, command: str, answer: dict[str, object]
) -> None:
    def fail() -> bytes:
        raise MemoryError

    monkeypatch.setattr(module, "read_input", fail)
    assert module.main(["policy.wasm", command]) == 0
    assert json.loads(written[1]) == answer


def test_an_answer_is_written_to_its_end(written: dict[int, bytes]) -> None:
    assert module.main(["policy.wasm", "validate-settings"]) == 0
    assert set(json.loads(written[1])) <= {"valid", "message"}
