"""One running instance of a policy module, and what it sees of a Kubewarden host.

As recorded on the real hosts: argv is `policy.wasm` and the command, the environment is empty, there are no files,
clocks and randomness are true. STDIN holds the input and then ends; host.call puts its answer behind whatever is left
there, and it can be read on. fd_read fills only the first buffer that is not empty.
"""

from __future__ import annotations

import secrets
import struct
import time
from collections.abc import Callable
from typing import TypeAlias

import wasmtime

from kywarden.wasm.callbacks import CallFailed
from kywarden.wasm.wasi import (
    BADF,
    FAULT,
    INVAL,
    LAST_ADDRESS,
    MONOTONIC,
    NOTDIR,
    REALTIME,
    STDERR,
    STDIN,
    STDOUT,
    SUCCESS,
    UNKNOWN,
    unsigned,
)

HostCall: TypeAlias = Callable[[str, str, str, bytes], bytes]
"""Answers host.call(binding, namespace, operation, payload); raises `CallFailed` with the host's text."""

RIGHTS_READ, RIGHTS_WRITE, APPEND = 2, 64, 1


class Exited(Exception):
    """proc_exit was called."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Panicked(Exception):
    """A host.call whose pointers make the host's thread panic."""


class Trapped(Exception):
    """A call that makes the host trap the module."""


class Instance:
    """The host's side of one instance: the public methods that are named as WASI functions are what it imports.

    `memory` is set once the module is instantiated; stdout and stderr are what it has written.
    `deadline`: seconds until the run is cut off.
    """

    def __init__(
        self,
        store: wasmtime.Store,
        command: str,
        stdin: bytes,
        answer: HostCall,
        longest_read: int | None,
        deadline: float,
    ) -> None:
        self.store = store
        self.memory: wasmtime.Memory | None = None
        self.started = time.monotonic()
        self._deadline = deadline
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._open = {STDIN, STDOUT, STDERR}
        self._stdin = stdin
        self._read = 0
        self._answer = answer
        self._longest_read = longest_read
        self._argv = (b"policy.wasm\0", f"{command}\0".encode())

    def serve(
        self, caller: wasmtime.Caller, method: Callable[..., int | None], arguments: tuple[int, ...]
    ) -> int | None:
        if self.memory is None:
            exported = caller.get("memory")
            if not isinstance(exported, wasmtime.Memory):
                raise Trapped("the module has no memory export")
            self.memory = exported
        try:
            return method(self, *arguments)
        except IndexError:
            return FAULT

    # Memory

    def _put(self, address: int, data: bytes) -> int:
        assert self.memory
        self.memory.write(self.store, data, unsigned(address))
        return SUCCESS

    def _take(self, address: int, length: int) -> bytes:
        assert self.memory
        first = unsigned(address)
        return bytes(self.memory.read(self.store, first, first + self._size(address, length)))

    def _size(self, address: int, length: int) -> int:
        """The length of a range; raises IndexError unless it lies in memory."""
        assert self.memory
        if unsigned(address) + unsigned(length) > self.memory.data_len(self.store):
            raise IndexError
        return unsigned(length)

    def _buffers(self, vectors: int, count: int) -> list[tuple[int, int]]:
        # no multiple of 2**32 may be taken for nothing
        return list(struct.iter_unpack("<II", self._take(vectors, min(8 * unsigned(count), LAST_ADDRESS))))

    # host.call

    def host_call(self, *ranges: int) -> int:
        names = [self._range(*ranges[index : index + 2]) for index in (0, 2, 4, 6)]
        try:
            binding, namespace, operation = (name.decode() for name in names[:3])
        except UnicodeDecodeError as error:
            raise Trapped(f"host.call: {error}") from error
        try:
            code, answer = 0, self._answer(binding, namespace, operation, names[3])
        except CallFailed as failed:
            code, answer = 1, failed.text.encode()
        self._stdin = self._stdin[self._read :] + answer
        self._read = 0
        return code

    def _range(self, address: int, length: int) -> bytes:
        try:
            if address < 0 or length < 0:
                raise IndexError
            return self._take(address, length)
        except IndexError:
            raise Panicked(f"host.call: {length} bytes at {address} are not in memory") from None

    # Descriptors

    def fd_read(self, handle: int, vectors: int, count: int, result: int) -> int:
        if handle != STDIN or handle not in self._open:
            return BADF
        address, length = next(((at, size) for at, size in self._buffers(vectors, count) if size), (0, 0))
        if self._longest_read is not None:
            length = min(length, self._longest_read)
        piece = self._stdin[self._read : self._read + length]
        if piece:
            self._put(address, piece)
            self._read += len(piece)
        return self._put(result, struct.pack("<I", len(piece)))

    def fd_write(self, handle: int, vectors: int, count: int, result: int) -> int:
        if handle not in (STDOUT, STDERR) or handle not in self._open:
            return BADF
        written = b"".join(self._take(address, length) for address, length in self._buffers(vectors, count))
        (self.stdout if handle == STDOUT else self.stderr).extend(written)
        return self._put(result, struct.pack("<I", len(written)))

    def fd_close(self, handle: int) -> int:
        if handle not in self._open:
            return BADF
        self._open.remove(handle)
        return SUCCESS

    def fd_fdstat_get(self, handle: int, result: int) -> int:
        if handle not in self._open:
            return BADF
        flags, rights = (0, RIGHTS_READ) if handle == STDIN else (APPEND, RIGHTS_WRITE)
        return self._put(result, struct.pack("<BxHxxxxQQ", UNKNOWN, flags, rights, 0))

    def fd_filestat_get(self, handle: int, result: int) -> int:
        return self._put(result, bytes(64)) if handle in self._open else BADF

    def path_open(self, handle: int, *_: int) -> int:
        return NOTDIR if handle in self._open else BADF

    # Arguments and environment

    def args_sizes_get(self, count: int, size: int) -> int:
        self._put(count, struct.pack("<I", len(self._argv)))
        return self._put(size, struct.pack("<I", sum(map(len, self._argv))))

    def args_get(self, pointers: int, texts: int) -> int:
        self._put(pointers, struct.pack("<II", texts, texts + len(self._argv[0])))
        return self._put(texts, b"".join(self._argv))

    def environ_sizes_get(self, count: int, size: int) -> int:
        self._put(count, bytes(4))
        return self._put(size, bytes(4))

    def environ_get(self, pointers: int, texts: int) -> int:
        return SUCCESS

    # Clocks, randomness, the process

    def clock_res_get(self, clock: int, result: int) -> int:
        return self._put(result, struct.pack("<Q", 1)) if clock in (REALTIME, MONOTONIC) else BADF

    def clock_time_get(self, clock: int, precision: int, result: int) -> int:
        now = self._now(clock)
        return BADF if now is None else self._put(result, struct.pack("<Q", now))

    def _now(self, clock: int) -> int | None:
        """Nanoseconds that a clock says, None when there is no such clock."""
        if clock == REALTIME:
            return time.time_ns()
        return int((time.monotonic() - self.started) * 1e9) if clock == MONOTONIC else None

    def random_get(self, address: int, length: int) -> int:
        return self._put(address, secrets.token_bytes(self._size(address, length))) if length else SUCCESS

    def sched_yield(self) -> int:
        return SUCCESS

    def proc_exit(self, code: int) -> None:
        raise Exited(code)

    def poll_oneoff(self, subscriptions: int, events: int, count: int, result: int) -> int:
        """Sleep for the shortest clock asked for; anything but clocks is refused, as STDIN is on the hosts."""
        waits = []
        for index in range(unsigned(count)):
            user, tag, clock, timeout, _, absolute = struct.unpack(
                "<QBxxxxxxxIxxxxQQHxxxxxx", self._take(subscriptions + 48 * index, 48)
            )
            now = self._now(clock)
            if tag != 0 or now is None:
                return INVAL
            waits.append((max(0, timeout - now if absolute else timeout), user))
        if not waits:
            return INVAL
        shortest, user = min(waits)
        time.sleep(max(0, min(shortest / 1e9, self.started + self._deadline - time.monotonic())))
        self._put(events, struct.pack("<QHBxxxxxQHxxxxxx", user, SUCCESS, 0, 0, 0))
        return self._put(result, struct.pack("<I", 1))


def no_descriptor(*_: object) -> int:
    """The answer of every function that has no method above: it needs a folder, a file or a socket."""
    return BADF


def no_channel(binding: str, namespace: str, operation: str, payload: bytes) -> bytes:
    """The answer to host.call on a host that offers nothing."""
    raise CallFailed("Cannot process Wasm guest request: callback channel not provided")
