"""Touched memory: each load and store leaves its mark where it goes, and the module does what it did."""

from __future__ import annotations

import pytest
import wasmtime

from kywarden.wasm.sandbox import Exited
from kywarden.wasm.touching import STEP, Touched

WASI = 'import "wasi_snapshot_preview1"'


def module(text: str) -> bytes:
    return bytes(
        wasmtime.wat2wasm(
            f"""(module
              ({WASI} "proc_exit" (func $exit (param i32)))
              ({WASI} "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (import "host" "call" (func $ask (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 2) (data (i32.const 0) "\\10\\00\\00\\00\\01")
              (func (export "_start") (local $i i32) {text}))"""
        )
    )


def touched(text: str, stdin: bytes = b"") -> list[int]:
    """The addresses of the steps that are touched."""
    marks = Touched(module(text)).by(["p"], stdin)
    assert len(marks) == 2 * 65536 // STEP
    return [index * STEP for index, mark in enumerate(marks) if mark]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", []),
        ("(drop (i32.load (i32.const 800)))", [800]),
        ("(drop (i64.load16_s offset=4000 (i32.const 807)))", [4800]),
        ("(i32.store8 (i32.const 131071) (i32.const 1))", [131064]),
        ("(i64.store offset=8 (i32.const 0) (i64.const 1))", [8]),
        ("(f32.store (i32.const 16) (f32.const 1)) (f64.store (i32.const 24) (f64.const 1))", [16, 24]),
        ("(i64.store (i32.const 0) (i64.load (i32.const 80)))", [0, 80]),
        ("(memory.fill (i32.const 0) (i32.const 1) (i32.const 100))", []),
        ("(drop (memory.grow (i32.const 9))) (i32.store (i32.const 600000) (i32.const 1))", []),
    ],
)
def test_loads_and_stores_of_the_memory_at_first_are_marked(text: str, addresses: list[int]) -> None:
    assert touched(text) == addresses


def test_values_arrive_where_they_are_stored() -> None:
    text = """(f64.store (i32.const 160) (f64.const 0.5)) (i64.store (i32.const 320) (i64.const -3))
      (if (f64.eq (f64.load (i32.const 160)) (f64.const 0.5)) (then (i32.store (i32.const 800) (i32.const 1))))
      (if (i64.eq (i64.load (i32.const 320)) (i64.const -3)) (then (i32.store (i32.const 808) (i32.const 1))))"""
    assert touched(text) == [160, 320, 800, 808]


def test_what_depends_on_the_input_is_marked_by_the_input() -> None:
    read = "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))"
    load = "(drop (i32.load8_u (i32.mul (i32.const 100) (i32.load8_u (i32.const 16)))))"
    assert touched(read + load, b"\x08") == [16, 800]


@pytest.mark.parametrize(
    "end",
    ["(call $exit (i32.const 3))", f"(drop (call $ask {'(i32.const 0)' * 8}))"],
)
def test_an_exit_or_a_call_of_the_host_ends_a_run(end: str) -> None:
    assert touched(f"(drop (i32.load (i32.const 80))) {end} (drop (i32.load (i32.const 800)))") == [80]


def test_a_trap_is_an_error() -> None:
    with pytest.raises(Exited, match="trapped"):
        touched("unreachable")
