"""A Kubewarden host, simulated: runs a policy module the way policy-server runs it, one fresh instance per request.

After the deadline an instance is cut off; its memory cannot grow beyond the limit; its stack is that of the hosts.
What it sees of the host is in `instance`.
"""

from __future__ import annotations

import math
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import wasmtime

from kywarden.wasm.instance import Exited, HostCall, Instance, Panicked, Trapped, no_channel, no_descriptor
from kywarden.wasm.wasi import FUNCTIONS, MODULE, OLD_MODULE

Command: TypeAlias = Literal["validate", "validate-settings"]
STACK = 512 * 1024
MEMORY_LIMIT = 256 * 1024 * 1024
DEADLINE = 1.0
TICK = 0.01
"""Seconds between two looks at the deadline."""

HOST_CALL = ("host", "call")
JAVY_HOST_CALL = ("kubewarden:javy/host", "call")


class LoadError(ValueError):
    """A host would refuse this module when it loads it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run left.

    end: `exit` (also a plain return), `trap`, `timeout`, or `panic` (the call would bring the host's own thread down:
    policy-server drops the connection); code: the exit status, None unless it ended with `exit`; trap: what the engine
    says; seconds: wall-clock of the instance; pages: of 64 KiB, of memory at the end.
    """

    stdout: bytes
    stderr: bytes
    end: Literal["exit", "trap", "timeout", "panic"]
    code: int | None
    trap: str
    seconds: float
    pages: int

    @property
    def succeeded(self) -> bool:
        """Whether a host takes STDOUT for the answer; otherwise STDERR, stripped, is the message of a refusal."""
        return self.end == "exit" and self.code == 0


class Module:
    """A policy module, compiled once. Runs are serialised: the engine's Python binding keeps errors in one place."""

    _one_at_a_time = threading.Lock()

    def __init__(self, wasm: bytes, *, cache: bool = True) -> None:
        """Compile; `cache` keeps the machine code in wasmtime's own cache folder. Raises `LoadError`."""
        self._engine = _engine(cache)
        try:
            self._module = wasmtime.Module(self._engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise LoadError(" ".join(str(error).split())) from error
        self._check_exports()
        self._linker = wasmtime.Linker(self._engine)
        self._instance: Instance | None = None
        for wanted in self._module.imports:
            self._link(wanted)
        self._ticker = _Ticker(self._engine)

    @classmethod
    def load(cls, path: Path, *, cache: bool = True) -> Module:
        """The module of a file; raises `LoadError` or OSError."""
        return cls(path.read_bytes(), cache=cache)

    def run(
        self,
        command: Command,
        stdin: bytes,
        *,
        deadline: float = DEADLINE,
        memory_limit: int = MEMORY_LIMIT,
        host_call: HostCall | None = None,
        longest_read: int | None = None,
    ) -> Outcome:
        """Run one command in a fresh instance.

        deadline: seconds until it is cut off; memory_limit: bytes; host_call: by default every call fails, as on a host
        without a callback channel; longest_read: bytes that one read gives at most (hosts may return short reads).
        """
        with self._one_at_a_time, self._ticker:
            store = wasmtime.Store(self._engine)
            store.set_limits(memory_size=memory_limit)
            store.set_epoch_deadline(math.ceil(deadline / TICK) + 1)
            instance = self._instance = Instance(store, command, stdin, host_call or no_channel, longest_read, deadline)
            return self._finish(instance)

    def _finish(self, instance: Instance) -> Outcome:
        end: Literal["exit", "trap", "timeout", "panic"] = "exit"
        code, trap = 0, ""
        try:
            exports = self._linker.instantiate(instance.store, self._module).exports(instance.store)
            memory = exports.get("memory")
            instance.memory = memory if isinstance(memory, wasmtime.Memory) else None
            start = exports["_start"]
            assert isinstance(start, wasmtime.Func)
            start(instance.store)
        except Exited as exit_:
            code = exit_.code
        except Panicked as panic:
            end, trap = "panic", str(panic)
        except Trapped as refused:
            end, trap = "trap", str(refused)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            interrupted = isinstance(error, wasmtime.Trap) and error.trap_code == wasmtime.TrapCode.INTERRUPT
            end, trap = ("timeout" if interrupted else "trap"), str(error)
        return Outcome(
            stdout=bytes(instance.stdout),
            stderr=bytes(instance.stderr),
            end=end,
            code=code if end == "exit" else None,
            trap=trap,
            seconds=time.monotonic() - instance.started,
            pages=instance.memory.size(instance.store) if instance.memory else 0,
        )

    def _check_exports(self) -> None:
        start = next((export.type for export in self._module.exports if export.name == "_start"), None)
        if start is None:
            raise LoadError("cannot find `_start` function inside of module: failed to find function export `_start`")
        if not isinstance(start, wasmtime.FuncType) or start.params or start.results:
            raise LoadError(
                "cannot find `_start` function inside of module: failed to convert function `_start` to given type"
            )

    def _link(self, wanted: wasmtime.ImportType) -> None:
        module, name = wanted.module, wanted.name or ""
        wasi = module in (MODULE, OLD_MODULE) and name in FUNCTIONS
        if not isinstance(wanted.type, wasmtime.FuncType) or not (
            wasi or (module, name) in (HOST_CALL, JAVY_HOST_CALL)
        ):
            raise LoadError(f"unknown import: `{module}::{name}` has not been defined")
        if not wasi and (len(wanted.type.params), len(wanted.type.results)) != (8, 1):
            raise LoadError(f"incompatible import type for `{module}::{name}`")
        method = getattr(Instance, name if wasi else "host_call", None) or no_descriptor

        def call(caller: wasmtime.Caller, *arguments: int) -> int | None:
            assert self._instance
            return self._instance.serve(caller, method, arguments)

        self._linker.define_func(module, name, wanted.type, call, access_caller=True)


def _engine(cache: bool) -> wasmtime.Engine:
    config = wasmtime.Config()
    config.epoch_interruption = True
    config.max_wasm_stack = STACK
    if cache and (os.environ.get("HOME") or os.environ.get("LOCALAPPDATA")):
        with suppress(wasmtime.WasmtimeError):
            config.cache = True
    return wasmtime.Engine(config)


class _Ticker:
    """Advances an engine's epoch while a run is on; its thread sleeps in between and ends with the process."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self._engine = engine
        self._running = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._tick, daemon=True)
            self._thread.start()
        self._running.set()

    def __exit__(self, *_: object) -> None:
        self._running.clear()

    def _tick(self) -> None:
        while self._running.wait():
            time.sleep(TICK)
            self._engine.increment_epoch()
