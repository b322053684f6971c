"""Which parts of its memory a module touches while it runs: every load and store is made to leave a mark.

The marks lie behind the module's own memory, a byte for each `STEP` bytes of what it starts with. What it touches by
bulk instructions (memory.copy, memory.fill), and what it allocates while it runs, leaves none.
"""

from __future__ import annotations

from collections.abc import Sequence

import wasmtime

from kywarden.wasm import instructions, snapshot
from kywarden.wasm.encoding import Reader, signed, unsigned
from kywarden.wasm.files import Files
from kywarden.wasm.sandbox import Exited, Forbidden, Sandbox
from kywarden.wasm.sections import (
    PAGE,
    Id,
    Kind,
    Limits,
    Section,
    ValueType,
    payload,
    read,
    read_bodies,
    read_imports,
    read_memories,
    write,
    write_bodies,
    write_memory,
)

STEP = 8
LOADS = range(0x28, 0x36)
STORES = {
    **dict.fromkeys((0x36, 0x3A, 0x3B), ValueType.I32),
    **dict.fromkeys((0x37, 0x3C, 0x3D, 0x3E), ValueType.I64),
    0x38: ValueType.F32,
    0x39: ValueType.F64,
}
"""What stands on the stack above the address, by operation."""

ABOVE = (None, ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64)
"""The same, a function that marks for each: nothing for a load."""


class Touched:
    """A module whose runs, each in a fresh instance, are watched."""

    def __init__(self, module: bytes) -> None:
        sections = read(module)
        self._size = _pages(sections) * PAGE
        self._engine = snapshot.quick_engine()
        self._module = wasmtime.Module(self._engine, marking(sections))

    def by(self, argv: Sequence[str], stdin: bytes) -> bytes:
        """A byte for each step of memory, 1 where a run of `_start` touches it, up to its first call of the host.

        Raises `sandbox.Exited` when it traps.
        """
        sandbox = Sandbox(self._engine, self._module, argv=argv, files=Files({}))
        sandbox.stdin = stdin
        try:
            sandbox.call("_start")
        except Exited as end:
            if end.code is None:
                raise
        except Forbidden:
            pass
        return bytes(sandbox.memory.read(sandbox.store, self._size, self._size + self._size // STEP))


def marking(sections: Sequence[Section]) -> bytes:
    """The module with a call of a marking function before each load and store, and memory for the marks."""
    pages = _pages(sections)
    types, functions = Reader(payload(sections, Id.TYPE)), Reader(payload(sections, Id.FUNCTION))
    first_type, defined = types.unsigned(), functions.unsigned()
    imported = sum(wanted.kind == Kind.FUNCTION for wanted in read_imports(payload(sections, Id.IMPORT)))
    markers = {value: unsigned(imported + defined + index) for index, value in enumerate(ABOVE)}

    def mark(operation: int, offset: int) -> bytes:
        value = None if operation in LOADS else STORES[operation]
        return b"\x41" + signed(offset) + b"\x10" + markers[value]  # i32.const, call

    bodies = [instructions.before_accesses(body, mark) for body in read_bodies(payload(sections, Id.CODE))]
    changed = {
        Id.TYPE: unsigned(first_type + len(ABOVE)) + types.data[types.position :] + b"".join(map(_type, ABOVE)),
        Id.FUNCTION: unsigned(defined + len(ABOVE))
        + functions.data[functions.position :]
        + b"".join(unsigned(first_type + index) for index in range(len(ABOVE))),
        Id.CODE: write_bodies([*bodies, *(_marker(value, pages * PAGE) for value in ABOVE)]),
        Id.MEMORY: write_memory(Limits(0, pages + -(-pages // STEP), None)),
    }
    return write(Section(section.id, changed.get(Id(section.id), section.payload)) for section in sections)


def _pages(sections: Sequence[Section]) -> int:
    (limits,) = read_memories(payload(sections, Id.MEMORY))
    return limits.minimum


def _type(value: ValueType | None) -> bytes:
    """Of a function that takes the address, the value above it and the offset, and gives back the former two."""
    kept = [ValueType.I32] if value is None else [ValueType.I32, value]
    return b"\x60" + unsigned(len(kept) + 1) + bytes([*kept, ValueType.I32]) + unsigned(len(kept)) + bytes(kept)


def _marker(value: ValueType | None, size: int) -> bytes:
    """The body of such a function: `if ((offset = (address + offset) / STEP) < size / STEP) marks[offset] = 1`."""
    offset = 1 if value is None else 2
    step = b"\x20\x00\x20%c\x6a\x41\x03\x76\x22%c" % (offset, offset)
    inside = b"\x41" + signed(size // STEP) + b"\x49\x04\x40"
    mark = b"\x20%c\x41\x01\x3a\x00" % offset + unsigned(size) + b"\x0b"
    return b"\x00" + step + inside + mark + b"\x20\x00" + (b"" if value is None else b"\x20\x01") + b"\x0b"
