"""The simulated host: what a module sees, and how its run ends (facts recorded on the real hosts)."""

from __future__ import annotations

import time

import pytest
import wasmtime

from kywarden.wasm.instance import CallFailed, HostCall
from kywarden.wasm.runner import LoadError, Module, Outcome

IMPORTS = """
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "host" "call" (func $ask (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; 0: an iovec of $size bytes at 1024; 8: how many were read or written
  (func $read (param $size i32) (result i32)
    (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.load (i32.const 8)))
  (func $write (param $handle i32) (param $address i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $address)) (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (local.get $handle) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $echo (param $size i32) (result i32) (local $got i32)
    (local.set $got (call $read (local.get $size)))
    (call $write (i32.const 1) (i32.const 1024) (local.get $got))
    (call $write (i32.const 1) (i32.const 512) (i32.const 1))
    (local.get $got))
  (func $report (param $number i32)
    (i32.store8 (i32.const 640) (i32.add (i32.const 48) (local.get $number)))
    (call $write (i32.const 1) (i32.const 640) (i32.const 1)))
  (data (i32.const 512) "|") (data (i32.const 520) "binding") (data (i32.const 530) "space")
  (data (i32.const 540) "operation") (data (i32.const 550) "payload") (data (i32.const 560) "\\ff")
  (func $call (result i32)
    (call $ask (i32.const 520) (i32.const 7) (i32.const 530) (i32.const 5) (i32.const 540) (i32.const 9)
               (i32.const 550) (i32.const 7)))
"""


def module(body: str) -> Module:
    text = f'(module {IMPORTS} (func (export "_start") {body}))'
    return Module(bytes(wasmtime.wat2wasm(text)), cache=False)


def run(body: str, stdin: bytes = b"", host_call: HostCall | None = None, longest_read: int | None = None) -> Outcome:
    return module(body).run("validate", stdin, host_call=host_call, longest_read=longest_read)


def answering(binding: str, namespace: str, operation: str, payload: bytes) -> bytes:
    return f"{binding} {namespace} {operation} {payload.decode()}".encode()


def refusing(binding: str, namespace: str, operation: str, payload: bytes) -> bytes:
    raise CallFailed(f"unknown namespace: {namespace}")


def test_argv_is_the_program_and_the_command() -> None:
    body = """
      (drop (call $args_sizes (i32.const 16) (i32.const 20))) (drop (call $args (i32.const 24) (i32.const 1024)))
      (call $report (i32.load (i32.const 16)))
      (call $write (i32.const 1) (i32.load (i32.const 24)) (i32.load (i32.const 20)))"""
    loaded = module(body)
    assert loaded.run("validate", b"").stdout == b"2policy.wasm\0validate\0"
    assert loaded.run("validate-settings", b"").stdout == b"2policy.wasm\0validate-settings\0"


def test_the_environment_is_empty() -> None:
    body = """
      (i32.store (i32.const 16) (i32.const 7)) (drop (call $environ_sizes (i32.const 16) (i32.const 20)))
      (call $report (i32.load (i32.const 16)))"""
    assert run(body).stdout == b"0"


def test_reads_give_what_is_left_and_then_nothing_again_and_again() -> None:
    body = "(drop (call $echo (i32.const 4)))" * 4
    assert run(body, b"abcdef").stdout == b"abcd|ef|||"


def test_reads_may_be_short() -> None:
    body = "(drop (call $echo (i32.const 4)))" * 2
    assert run(body, b"abcdef", longest_read=1).stdout == b"a|b|"


def test_only_the_first_buffer_that_is_not_empty_is_filled() -> None:
    body = """
      (i32.store (i32.const 32) (i32.const 1024)) (i32.store (i32.const 36) (i32.const 0))
      (i32.store (i32.const 40) (i32.const 1030)) (i32.store (i32.const 44) (i32.const 3))
      (i32.store (i32.const 48) (i32.const 1040)) (i32.store (i32.const 52) (i32.const 5))
      (drop (call $fd_read (i32.const 0) (i32.const 32) (i32.const 3) (i32.const 8)))
      (call $report (i32.load (i32.const 8)))
      (call $write (i32.const 1) (i32.const 1030) (i32.const 3))"""
    assert run(body, b"abcdefgh").stdout == b"3abc"


@pytest.mark.parametrize(
    ("body", "stdout"),
    [
        (
            "(drop (call $echo (i32.const 99))) (call $report (call $call)) (drop (call $echo (i32.const 99)))",
            b"in|%s|",
        ),
        ("(call $report (call $call)) (drop (call $echo (i32.const 99))) (drop (call $echo (i32.const 99)))", b"%s||"),
    ],
    ids=["drained", "unread"],
)
def test_an_answer_is_put_behind_what_is_left_of_stdin(body: str, stdout: bytes) -> None:
    good = b"0binding space operation payload"
    bad = b"1unknown namespace: space"
    for host_call, answer in ((answering, good), (refusing, bad)):
        wanted = stdout % answer if b"in|" in stdout else stdout % (answer[:1] + b"in" + answer[1:])
        assert run(body, b"in", host_call).stdout == wanted


def test_without_a_host_every_call_fails() -> None:
    outcome = run("(call $report (call $call)) (drop (call $echo (i32.const 99)))")
    assert outcome.stdout == b"1Cannot process Wasm guest request: callback channel not provided|"


def test_clocks_and_randomness_are_true() -> None:
    body = """
      (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 1024)))
      (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 1032)))
      (drop (call $random (i32.const 1040) (i32.const 16)))
      (call $write (i32.const 1) (i32.const 1024) (i32.const 32))
      (call $report (call $clock (i32.const 2) (i64.const 1) (i32.const 1024)))"""
    loaded = module(body)
    first, second = (loaded.run("validate", b"").stdout for _ in range(2))
    assert abs(int.from_bytes(first[:8], "little") / 1e9 - time.time()) < 60
    assert int.from_bytes(first[8:16], "little") < 1e9
    assert first[16:32] != second[16:32]
    assert first[32:] == b"8"


@pytest.mark.parametrize(
    "call",
    [
        "$random (i32.const 1024) (i32.const -1)",
        "$random (i32.const 1024) (i32.const 2147483647)",
        "$random (i32.const -1) (i32.const 1)",
        "$random (i32.const 65535) (i32.const 2)",
        "$fd_read (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 8)",
        "$fd_read (i32.const 0) (i32.const 0) (i32.const 0x20000000) (i32.const 8)",
        "$fd_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1)",
        "$fd_read (i32.const 0) (i32.const -8) (i32.const 1) (i32.const 8)",
        "$fd_write (i32.const 1) (i32.const 0) (i32.const 0x20000000) (i32.const 8)",
        "$fd_write (i32.const 1) (i32.const 65530) (i32.const 1) (i32.const 8)",
        "$args (i32.const -1) (i32.const 0)",
        "$args (i32.const 0) (i32.const 65535)",
        "$args_sizes (i32.const 0) (i32.const -1)",
        "$environ_sizes (i32.const 65533) (i32.const 0)",
        "$clock (i32.const 0) (i64.const 1) (i32.const 65529)",
        "$poll (i32.const -1) (i32.const 0) (i32.const 1) (i32.const 8)",
        "$poll (i32.const 65500) (i32.const 0) (i32.const 1) (i32.const 8)",
    ],
)
def test_a_range_outside_of_memory_is_a_fault(call: str) -> None:
    outcome = run(f"(call $report (call {call}))", b"in")
    assert (outcome.end, outcome.stdout) == ("exit", b"E"), outcome.trap


def test_a_sleep_ends_with_the_deadline() -> None:
    body = """
      (i32.store (i32.const 112) (i32.const 1)) (i64.store (i32.const 120) (i64.const -1))
      (drop (call $poll (i32.const 96) (i32.const 200) (i32.const 1) (i32.const 8)))
      (loop (br 0))"""
    outcome = module(body).run("validate", b"", deadline=0.2)
    assert outcome.end == "timeout"
    assert outcome.seconds < 30


def test_there_are_three_descriptors_and_no_files() -> None:
    body = """
      (call $report (call $prestat (i32.const 3) (i32.const 1024)))
      (call $report (call $fd_read (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8)))
      (call $report (call $fd_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))
      (call $report (call $close (i32.const 0))) (call $report (call $close (i32.const 0)))
      (call $report (call $fd_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))"""
    assert run(body).stdout == b"888088"


@pytest.mark.parametrize(
    ("body", "end", "code"),
    [
        ("", "exit", 0),
        ("(call $exit (i32.const 0))", "exit", 0),
        ("(call $exit (i32.const 1))", "exit", 1),
        ("(call $exit (i32.const 256))", "exit", 256),
        ("unreachable", "trap", None),
        ("(drop (i32.load (i32.const -1)))", "trap", None),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "trap", None),
        ("(drop (call $ask {0} {0} {0} {0} {0} {0} (i32.const -1) (i32.const 10)))", "panic", None),
        ("(drop (call $ask {0} {0} {0} {0} {0} {0} (i32.const 100) (i32.const -1)))", "panic", None),
        ("(drop (call $ask {0} {0} {0} {0} {0} {0} (i32.const 2000000000) (i32.const 1)))", "panic", None),
        ("(drop (call $ask (i32.const 560) (i32.const 1) {0} {0} {0} {0} {0} {0}))", "trap", None),
    ],
)
def test_the_end_is_told(body: str, end: str, code: int | None) -> None:
    outcome = run("(call $write (i32.const 2) (i32.const 512) (i32.const 1))" + body.format("(i32.const 0)"))
    assert (outcome.end, outcome.code, outcome.stderr) == (end, code, b"|")
    assert outcome.succeeded is (code == 0)


def test_an_endless_loop_is_cut_off_at_the_deadline() -> None:
    loaded = module("(loop (br 0))")
    for deadline in (0.05, 0.3):
        before = time.thread_time()
        outcome = loaded.run("validate", b"", deadline=deadline)
        looped = time.thread_time() - before  # on a machine that is free as long as it took
        assert outcome.end == "timeout"
        assert deadline <= outcome.seconds
        assert looped < deadline + 0.2


def test_each_run_has_fresh_memory_and_a_deadline_of_its_own() -> None:
    loaded = module("(call $report (i32.load (i32.const 2048))) (i32.store (i32.const 2048) (i32.const 1))")
    for _ in range(3):
        time.sleep(0.03)
        assert loaded.run("validate", b"", deadline=0.02).stdout == b"0"


def test_memory_does_not_grow_beyond_the_limit() -> None:
    loaded = module("(call $report (i32.add (i32.const 1) (memory.grow (i32.const 15))))")
    assert loaded.run("validate", b"", memory_limit=16 * 65536).stdout == b"2"
    assert loaded.run("validate", b"", memory_limit=15 * 65536).stdout == b"0"
    assert loaded.run("validate", b"", memory_limit=16 * 65536).pages == 16


def test_the_stack_is_as_large_as_on_the_hosts() -> None:
    deep = "(func $deep (param i32) (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))))))"
    for frames, end in ((16_000, "exit"), (1_000_000, "trap")):
        text = f'(module {deep} (func (export "_start") (call $deep (i32.const {frames}))))'
        assert Module(bytes(wasmtime.wat2wasm(text)), cache=False).run("validate", b"").end == end


def test_a_module_without_memory_traps_at_its_first_call() -> None:
    text = """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                (func (export "_start") (call $exit (i32.const 0))))"""
    outcome = Module(bytes(wasmtime.wat2wasm(text)), cache=False).run("validate", b"")
    assert (outcome.end, outcome.pages) == ("trap", 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(module)", "failed to find function export `_start`"),
        ('(module (func (export "_start") (param i32)))', "failed to convert function `_start`"),
        (
            '(module (import "env" "foo" (func)) (func (export "_start")))',
            "unknown import: `env::foo` has not been defined",
        ),
        (
            '(module (import "wasi_snapshot_preview1" "nope" (func)) (func (export "_start")))',
            "unknown import: `wasi_snapshot_preview1::nope`",
        ),
        (
            '(module (import "host" "call" (func (param i32))) (func (export "_start")))',
            "incompatible import type for `host::call`",
        ),
    ],
)
def test_what_a_host_refuses_when_it_loads_is_refused(text: str, says: str) -> None:
    with pytest.raises(LoadError, match=says):
        Module(bytes(wasmtime.wat2wasm(text)), cache=False)


def test_bytes_that_are_no_module_are_refused() -> None:
    with pytest.raises(LoadError):
        Module(b"nothing", cache=False)
