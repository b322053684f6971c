"""The closed world: what a module may not reach is refused, not read."""

from __future__ import annotations

import pytest
import wasmtime

from kywarden.wasm.files import Files
from kywarden.wasm.sandbox import Sandbox

FAULT, INVAL = 21, 28
IMPORTS = """
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 100) "x") (data (i32.const 200) "\\ff")
  (func $opened (drop (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 0)
                        (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 300))))
  (global $answer (export "answer") (mut i32) (i32.const -1))
"""


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("$random (i32.const 0) (i32.const -1)", FAULT),
        ("$random (i32.const -1) (i32.const 1)", FAULT),
        ("$write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 8)", FAULT),
        ("$write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 8)", FAULT),
        ("$read (i32.const 4) (i32.const 0) (i32.const 0x20000000) (i32.const 8)", FAULT),
        ("$seek (i32.const 4) (i64.const 0) (i32.const 3) (i32.const 8)", INVAL),
        ("$seek (i32.const 4) (i64.const -1) (i32.const 0) (i32.const 8)", INVAL),
        ("$list (i32.const 3) (i32.const 0) (i32.const -1) (i64.const 0) (i32.const 8)", FAULT),
        (
            "$open (i32.const 3) (i32.const 0) (i32.const 200) (i32.const 1) (i32.const 0) (i64.const 0) (i64.const 0)"
            " (i32.const 0) (i32.const 300)",
            INVAL,
        ),
    ],
)
def test_what_lies_outside_of_memory_or_of_a_file_is_refused(call: str, answer: int) -> None:
    text = f'(module {IMPORTS} (func (export "run") (call $opened) (global.set $answer (call {call}))))'
    engine = wasmtime.Engine()
    module = wasmtime.Module(engine, wasmtime.wat2wasm(text))
    sandbox = Sandbox(engine, module, argv=(), files=Files({"x": b"1"}))
    sandbox.call("run")
    found = sandbox.exports["answer"]
    assert isinstance(found, wasmtime.Global)
    assert found.value(sandbox.store) == answer
