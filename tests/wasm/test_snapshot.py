"""Snapshots: the result goes on where the run ended, and what cannot be kept is refused by name."""

from __future__ import annotations

import pytest
import wasmtime

from kywarden.wasm.files import Files
from kywarden.wasm.runner import Module
from kywarden.wasm.sandbox import Exited, Forbidden
from kywarden.wasm.sections import Id, payload, read, read_exports
from kywarden.wasm.snapshot import MAX_SEGMENTS, check, segments, take

WASI = 'import "wasi_snapshot_preview1"'
COUNTER = f"""(module
  ({WASI} "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  ({WASI} "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  ({WASI} "random_get" (func $random (param i32 i32) (result i32)))
  ({WASI} "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  ({WASI} "proc_exit" (func $exit (param i32)))
  (import "host" "call" (func $ask (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 48)) (global $long (mut i64) (i64.const -1))
  (global $float (mut f32) (f32.const 1.5)) (global $double (mut f64) (f64.const 2.5))
  (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00")
  (func (export "initialize")
    (drop (memory.grow (i32.const 1)))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.set $long (i64.const -5000000000)) (global.set $double (f64.const -0.25))
    (i32.store8 (i32.const 70000) (global.get $count))
    (drop (call $random (i32.const 100) (i32.const 8)))
    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 120))))
  (func (export "prepare")
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (global.set $count (i32.load8_u (i32.const 16))))
  (func (export "resume")
    (i32.store8 (i32.const 16) (global.get $count))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "leave") (call $exit (i32.const 3)))
  (func (export "trap") unreachable)
  (func (export "ask") (drop (call $ask (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
                                        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))))"""


def compiled(text: str) -> bytes:
    return bytes(wasmtime.wat2wasm(text))


def snapshot(module: bytes, init: str = "initialize", start: str = "resume", stdin: bytes = b"") -> bytes:
    return take(module, argv=["p"], files=Files({}), init=init, start=start, stdin=stdin, drop=["initialize"])


def answer(module: bytes) -> bytes:
    return Module(module, cache=False).run("validate", b"").stdout


def test_the_result_goes_on_where_the_run_ended() -> None:
    result = snapshot(compiled(COUNTER))
    assert answer(result) == b"1"
    assert b"1" in dict(segments_of(result)).values()


def segments_of(module: bytes) -> list[tuple[int, bytes]]:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    linker = wasmtime.Linker(engine)
    loaded = wasmtime.Module(engine, module)
    linker.define_unknown_imports_as_traps(loaded)
    memory = linker.instantiate(store, loaded).exports(store)["memory"]
    assert isinstance(memory, wasmtime.Memory)
    return segments(bytes(memory.read(store)), gap=1)


def test_equal_runs_give_equal_bytes() -> None:
    assert snapshot(compiled(COUNTER)) == snapshot(compiled(COUNTER))


def test_a_result_can_be_kept_again_with_new_input() -> None:
    first = snapshot(compiled(COUNTER))
    second = snapshot(first, init="prepare", start="_start", stdin=b"x")
    assert answer(second) == b"x"
    assert answer(snapshot(second, init="prepare", start="_start", stdin=b"y")) == b"y"


def test_exports_that_are_dropped_are_gone() -> None:
    names = {item.name for item in read_exports(payload(read(snapshot(compiled(COUNTER))), Id.EXPORT))}
    assert names == {"memory", "prepare", "_start", "leave", "trap", "ask"}


@pytest.mark.parametrize(
    ("init", "error", "says"),
    [
        ("leave", Exited, "exited with 3"),
        ("trap", Exited, "trapped"),
        ("ask", Forbidden, r"host\.call"),
    ],
)
def test_a_run_that_does_not_return_is_an_error(init: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        snapshot(compiled(COUNTER), init=init)


MEMORY = '(memory (export "memory") 1)'
UNSOUND = [
    (f'(module {MEMORY} (func $f) (start $f) (func (export "_start")))', "start section"),
    (f'(module {MEMORY} (data "abc"))', "passive data segments"),
    (f"(module {MEMORY} (func $f) (table 1 funcref) (elem func $f))", "element segments"),
    (f'(module {MEMORY} (data $d (i32.const 0) "a") (func (data.drop $d)))', "data.drop"),
    (
        f'(module {MEMORY} (data $d (i32.const 0) "a") '
        "(func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))))",
        "memory.init",
    ),
    (f"(module {MEMORY} (table 1 funcref) (func (table.set (i32.const 0) (ref.null func))))", "table.set"),
    (f"(module {MEMORY} (table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1)))))", "table.grow"),
    (
        f"(module {MEMORY} (table 1 funcref) (func (table.fill (i32.const 0) (ref.null func) (i32.const 1))))",
        "table.fill",
    ),
    (
        f"(module {MEMORY} (table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 1))))",
        "table.copy",
    ),
    (
        f"(module {MEMORY} (func $f) (table 1 funcref) (elem $e (i32.const 0) $f) "
        "(func (table.init $e (i32.const 0) (i32.const 0) (i32.const 0))))",
        "table.init",
    ),
    (
        f"(module {MEMORY} (func $f) (table 1 funcref) (elem $e (i32.const 0) $f) (func (elem.drop $e)))",
        "elem.drop",
    ),
    (f'(module (import "m" "g" (global (mut i32))) {MEMORY})', "imports the global m.g"),
    ('(module (import "m" "memory" (memory 1)))', "imports the memory m.memory"),
    ("(module (memory 1) (memory 1))", "exactly one memory"),
    ("(module)", "exactly one memory"),
    ("(module (memory i64 1))", "exactly one memory"),
    (f"(module {MEMORY} (table 1 funcref) (table 1 funcref))", "several tables"),
    (f"(module {MEMORY} (global (mut funcref) (ref.null func)))", "mutable global"),
    (f"(module {MEMORY} (global (mut v128) (v128.const i64x2 0 0)))", "constant expression"),
    (f"(module {MEMORY} (func (drop (v128.const i64x2 0 0))))", "instruction fd"),
]


@pytest.mark.parametrize(("text", "says"), UNSOUND, ids=[f"{index}: {says}" for index, (_, says) in enumerate(UNSOUND)])
def test_state_that_would_be_lost_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check(read(compiled(text)))


def test_instructions_that_only_look_like_table_writes_pass() -> None:
    check(
        read(
            compiled(
                f"""(module {MEMORY} (table 3 funcref)
                  (func (param i32) (local f64 i64)
                    (drop (i32.const 0x26)) (drop (i64.const 0x0cfc)) (drop (f32.const 1e10)) (drop (f64.const 1e100))
                    (block (block (block (br_table 0 1 2 0 (local.get 0)))))
                    (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))
                    (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))
                    (drop (i32.trunc_sat_f64_s (f64.const 1))) (drop (table.size 0))
                    (call_indirect (i32.const 1))))"""
            )
        )
    )


def test_segments_are_the_parts_that_are_not_zero() -> None:
    memory = bytes(5) + b"ab" + bytes(3) + b"c" + bytes(50) + b"d"
    assert segments(memory, gap=4) == [(5, b"ab\0\0\0c"), (61, b"d")]
    assert segments(memory, gap=1) == [(5, b"ab"), (10, b"c"), (61, b"d")]
    assert segments(bytes(9)) == []


def test_segments_stay_below_what_engines_take() -> None:
    found = segments((b"x" + bytes(60)) * 2 * MAX_SEGMENTS)
    assert len(found) <= MAX_SEGMENTS
