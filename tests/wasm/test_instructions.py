"""Instructions: each is stepped over, loads and stores are found among bytes that look like them."""

from __future__ import annotations

import pytest
import wasmtime

from kywarden.wasm.instructions import before_accesses, first_unknown
from kywarden.wasm.sections import Id, payload, read, read_bodies

MEMORY = "(memory 1)"
BRANCHES = "(block (block (block (br_table 0 1 2 0 (local.get 0)))))"


def body(text: str) -> bytes:
    """The body of the only function of a module."""
    sections = read(bytes(wasmtime.wat2wasm(f"(module {MEMORY} (func (param i32) (local i64 f64) {text}))")))
    (found,) = read_bodies(payload(sections, Id.CODE))
    return found


def accesses(text: str) -> list[tuple[int, int]]:
    """The operation and the offset of each load and store."""
    found = []

    def insert(operation: int, offset: int) -> bytes:
        found.append((operation, offset))
        return b""

    assert before_accesses(body(text), insert) == body(text)
    return found


@pytest.mark.parametrize(
    "text",
    ["", "(drop (i32.const 0x28))", "(drop (f64.const 1e100))", BRANCHES, "(local.set 1 (i64.const 0x3636))"],
)
def test_what_touches_no_memory_is_stepped_over(text: str) -> None:
    assert accesses(text) == []
    assert first_unknown(body(text)) is None


def test_loads_and_stores_are_found_with_their_offsets() -> None:
    text = f"""
      (drop (i32.load (i32.const 40))) {BRANCHES} (drop (i64.load8_u offset=300 (i32.const 0)))
      (f64.store offset=5 (i32.const 0) (f64.load (i32.const 1))) (i64.store32 (i32.const 0) (i64.const 54))"""
    assert accesses(text) == [(0x28, 0), (0x31, 300), (0x2B, 0), (0x39, 5), (0x3E, 0)]


def test_what_is_inserted_stands_before_each() -> None:
    text = "(i32.store (i32.const 0) (i32.load (i32.const 8)))"
    marked = before_accesses(body(text), lambda operation, offset: b"\x01")  # nop
    assert len(marked) == len(body(text)) + 2
    assert marked.index(b"\x01\x28") < marked.index(b"\x01\x36")


def test_the_first_unknown_operation_is_named() -> None:
    vector = body("(drop (i32.load (i32.const 0))) (drop (v128.const i64x2 0 0))")
    assert first_unknown(vector) == b"\xfd"
