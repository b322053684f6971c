"""A closed world for a WASI module: files out of a dict, a clock that stands still, random bytes that never change.

A snapshot keeps what the module saw while it started, so nothing of the machine may be seen: the same module with the
same files behaves the same to the byte, on every machine and at every time. What is not offered answers ENOSYS.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence

import wasmtime

from kywarden.wasm.files import Files, Handle
from kywarden.wasm.wasi import (
    BADF,
    DIRECTORY,
    FAULT,
    INVAL,
    ISDIR,
    LAST_ADDRESS,
    MODULE,
    MONOTONIC,
    NOENT,
    NOSYS,
    NOTDIR,
    REALTIME,
    REGULAR_FILE,
    STDERR,
    STDIN,
    STDOUT,
    UNKNOWN,
    unsigned,
)

ROOT = 3
CREATE_OR_TRUNCATE = 0b1001
DIRECTORY_ONLY = 0b0010
ALL_RIGHTS = (1 << 30) - 1
NANOSECONDS = 1_000_000_000_000_000_000
"""What every clock says: 2001-09-09T01:46:40Z."""


class Exited(Exception):
    """The module did not return.

    code: its exit status, None when it trapped; stderr: what it had written there.
    """

    def __init__(self, code: int | None, stderr: str) -> None:
        self.code = code
        self.stderr = stderr
        super().__init__(code, stderr)

    def __str__(self) -> str:
        how = "trapped" if self.code is None else f"exited with {self.code}"
        return f"the module {how}: {self.stderr.strip()}"


class Forbidden(Exception):
    """The module asked for something that does not exist while a snapshot is made, such as host.call."""


class Sandbox:
    """One instance of a module in a closed world; `stdin` may be set and `stdout` taken between calls of exports."""

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module, *, argv: Sequence[str], files: Files) -> None:
        self.argv = argv
        self.stdin = b""
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._files = files
        self._handles: dict[int, Handle] = {ROOT: Handle("", None)}
        self._next_handle = ROOT + 1
        self._random = 0
        self.store = wasmtime.Store(engine)
        linker = wasmtime.Linker(engine)
        for wanted in module.imports:
            if isinstance(wanted.type, wasmtime.FuncType):
                linker.define_func(wanted.module, wanted.name or "", wanted.type, self._function(wanted))
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        memory = self.exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self.memory = memory

    def call(self, export: str, *arguments: int) -> object:
        """Call an export; what it returns, or `Exited` when it ends the module instead."""
        function = self.exports[export]
        assert isinstance(function, wasmtime.Func)
        try:
            return function(self.store, *arguments)
        except wasmtime.Trap as trap:
            raise Exited(None, f"{self.stderr.decode(errors='replace')}\n{trap}") from trap

    def _function(self, wanted: wasmtime.ImportType) -> Callable[..., int | None]:
        refusal = self._refusal(wanted.module, wanted.name or "")
        implementation: Callable[..., int | None] = getattr(self, f"_{wanted.name}", refusal)

        def served(*arguments: int) -> int | None:
            try:
                return implementation(*arguments)
            except IndexError:
                return FAULT
            except UnicodeDecodeError:
                return INVAL

        return served if wanted.module == MODULE else refusal

    def _refusal(self, module: str, name: str) -> Callable[..., int | None]:
        if module == MODULE:
            return lambda *_: NOSYS

        def refuse(*_: object) -> int | None:
            raise Forbidden(f"{module}.{name} was called while the module was being prepared")

        return refuse

    # Memory

    def _put(self, address: int, data: bytes) -> int:
        self.memory.write(self.store, data, unsigned(address))
        return 0

    def _put_u32(self, address: int, number: int) -> int:
        return self._put(address, struct.pack("<I", number))

    def _take(self, address: int, length: int) -> bytes:
        first = unsigned(address)
        return bytes(self.memory.read(self.store, first, first + self._size(address, length)))

    def _size(self, address: int, length: int) -> int:
        """The length of a range; raises IndexError unless it lies in memory."""
        if unsigned(address) + unsigned(length) > self.memory.data_len(self.store):
            raise IndexError
        return unsigned(length)

    def _path(self, handle: int, address: int, length: int) -> str:
        name = self._take(address, length).decode().strip("/")
        parts: list[str] = []
        for part in f"{self._handles[handle].path}/{name}".split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        return "/".join(parts)

    def _buffers(self, vectors: int, count: int) -> list[tuple[int, int]]:
        return list(struct.iter_unpack("<II", self._take(vectors, min(8 * unsigned(count), LAST_ADDRESS))))

    # Arguments, environment, clocks, random bytes

    def _args_sizes_get(self, count: int, size: int) -> int:
        self._put_u32(count, len(self.argv))
        return self._put_u32(size, sum(len(argument.encode()) + 1 for argument in self.argv))

    def _args_get(self, pointers: int, text: int) -> int:
        for index, argument in enumerate(self.argv):
            self._put_u32(pointers + 4 * index, text)
            data = argument.encode() + b"\0"
            self._put(text, data)
            text += len(data)
        return 0

    def _environ_sizes_get(self, count: int, size: int) -> int:
        self._put_u32(count, 0)
        return self._put_u32(size, 0)

    def _environ_get(self, pointers: int, text: int) -> int:
        return 0

    def _clock_res_get(self, clock: int, result: int) -> int:
        return self._put(result, struct.pack("<Q", 1)) if clock in (REALTIME, MONOTONIC) else BADF

    def _clock_time_get(self, clock: int, precision: int, result: int) -> int:
        return self._put(result, struct.pack("<Q", NANOSECONDS)) if clock in (REALTIME, MONOTONIC) else BADF

    def _random_get(self, address: int, length: int) -> int:
        self._random += 1
        return self._put(address, hashlib.shake_128(str(self._random).encode()).digest(self._size(address, length)))

    def _proc_exit(self, code: int) -> None:
        raise Exited(code, self.stderr.decode(errors="replace"))

    def _sched_yield(self) -> int:
        return 0

    # Files

    def _fd_prestat_get(self, handle: int, result: int) -> int:
        return self._put(result, struct.pack("<II", 0, 1)) if handle == ROOT else BADF

    def _fd_prestat_dir_name(self, handle: int, address: int, length: int) -> int:
        return self._put(address, b"/"[: unsigned(length)]) if handle == ROOT else BADF

    def _fd_fdstat_get(self, handle: int, result: int) -> int:
        kind = self._kind(handle)
        return BADF if kind is None else self._put(result, struct.pack("<BxHxxxxQQ", kind, 0, ALL_RIGHTS, ALL_RIGHTS))

    def _kind(self, handle: int) -> int | None:
        if handle < ROOT:
            return UNKNOWN
        held = self._handles.get(handle)
        if held is None:
            return None
        return DIRECTORY if held.contents is None else REGULAR_FILE

    def _put_stat(self, result: int, kind: int, size: int) -> int:
        return self._put(result, struct.pack("<QQBxxxxxxxQQQQQ", 1, 1, kind, 1, size, *(NANOSECONDS,) * 3))

    def _fd_filestat_get(self, handle: int, result: int) -> int:
        kind = self._kind(handle)
        if kind is None:
            return BADF
        held = self._handles.get(handle)
        return self._put_stat(result, kind, len(held.contents or b"") if held else 0)

    def _path_filestat_get(self, handle: int, flags: int, address: int, length: int, result: int) -> int:
        if handle not in self._handles:
            return BADF
        path = self._path(handle, address, length)
        if self._files.is_folder(path):
            return self._put_stat(result, DIRECTORY, 0)
        contents = self._files.read(path)
        return NOENT if contents is None else self._put_stat(result, REGULAR_FILE, len(contents))

    def _path_open(
        self,
        handle: int,
        lookup: int,
        address: int,
        length: int,
        flags: int,
        rights: int,
        inheriting: int,
        fd_flags: int,
        result: int,
    ) -> int:
        if handle not in self._handles:
            return BADF
        if flags & CREATE_OR_TRUNCATE:
            return INVAL
        path = self._path(handle, address, length)
        contents = None
        if not self._files.is_folder(path):
            contents = self._files.read(path)
            if contents is None:
                return NOENT
            if flags & DIRECTORY_ONLY:
                return NOTDIR
        opened = self._next_handle
        self._next_handle += 1
        self._handles[opened] = Handle(path, contents)
        return self._put_u32(result, opened)

    def _fd_close(self, handle: int) -> int:
        return BADF if self._handles.pop(handle, None) is None else 0

    def _fd_read(self, handle: int, vectors: int, count: int, result: int) -> int:
        if handle == STDIN:
            source = Handle("", self.stdin)
        elif handle in self._handles:
            source = self._handles[handle]
        else:
            return BADF
        if source.contents is None:
            return ISDIR
        total = 0
        for address, length in self._buffers(vectors, count):
            piece = source.contents[source.position : source.position + length]
            self._put(address, piece)
            source.position += len(piece)
            total += len(piece)
        if handle == STDIN:
            self.stdin = self.stdin[source.position :]
        return self._put_u32(result, total)

    def _fd_seek(self, handle: int, offset: int, origin: int, result: int) -> int:
        held = self._handles.get(handle)
        if held is None or held.contents is None:
            return BADF
        starts = {0: 0, 1: held.position, 2: len(held.contents)}
        if origin not in starts or starts[origin] + offset < 0:
            return INVAL
        held.position = starts[origin] + offset
        return self._put(result, struct.pack("<Q", held.position))

    def _fd_tell(self, handle: int, result: int) -> int:
        return self._fd_seek(handle, 0, 1, result)

    def _fd_write(self, handle: int, vectors: int, count: int, result: int) -> int:
        if handle not in (STDOUT, STDERR):
            return BADF
        written = b"".join(self._take(address, length) for address, length in self._buffers(vectors, count))
        (self.stdout if handle == STDOUT else self.stderr).extend(written)
        return self._put_u32(result, len(written))

    def _fd_readdir(self, handle: int, address: int, length: int, cookie: int, result: int) -> int:
        held = self._handles.get(handle)
        if held is None or held.contents is not None:
            return BADF
        length, cookie = self._size(address, length), max(0, cookie)
        entries = bytearray()
        for index, name in enumerate(self._files.names(held.path)[cookie:], cookie + 1):
            data = name.encode()
            entries += struct.pack("<QQII", index, 1, len(data), UNKNOWN) + data
            if len(entries) >= length:
                break
        self._put(address, bytes(entries[:length]))
        return self._put_u32(result, min(len(entries), length))
