"""The binary format of WebAssembly modules: sections, and what is inside those that a snapshot reads or writes.

A module is a preamble and a list of sections, each an id and a payload. Only what a core module with one memory needs
is understood; `FormatError` says what else was met.
Source: https://webassembly.github.io/spec/core/binary/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from kywarden.wasm.encoding import FormatError, Reader, signed, text, unsigned, vector

PREAMBLE = b"\0asm\x01\0\0\0"
PAGE = 65536


class Id(IntEnum):
    """Section ids."""

    CUSTOM = 0
    TYPE = 1
    IMPORT = 2
    FUNCTION = 3
    TABLE = 4
    MEMORY = 5
    GLOBAL = 6
    EXPORT = 7
    START = 8
    ELEMENT = 9
    CODE = 10
    DATA = 11
    DATA_COUNT = 12


class Kind(IntEnum):
    """What an import or an export is."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3


class ValueType(IntEnum):
    """The number types; anything else in a global is refused by whoever reads it."""

    I32 = 0x7F
    I64 = 0x7E
    F32 = 0x7D
    F64 = 0x7C


@dataclass(frozen=True, slots=True)
class Section:
    """One section; `payload` is without id and length."""

    id: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Import:
    module: str
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    kind: Kind
    index: int


@dataclass(frozen=True, slots=True)
class Global:
    """A global of the module; `initial` is its constant expression without the final `end`."""

    type: int
    mutable: bool
    initial: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """Size of the memory in pages; `flags` other than 0 and 1 mean shared or 64-bit memory."""

    flags: int
    minimum: int
    maximum: int | None


def read(module: bytes) -> list[Section]:
    """The sections of a core module, in the order of the file."""
    if module[: len(PREAMBLE)] != PREAMBLE:
        raise FormatError("not a core WebAssembly module")
    reader = Reader(module, len(PREAMBLE))
    found = []
    while not reader.at_end():
        section_id = reader.byte()
        found.append(Section(section_id, reader.bytes(reader.unsigned())))
    return found


def write(sections: Iterable[Section]) -> bytes:
    """The module that consists of these sections."""
    return PREAMBLE + b"".join(
        bytes([section.id]) + unsigned(len(section.payload)) + section.payload for section in sections
    )


def payload(sections: Iterable[Section], section_id: Id) -> bytes:
    """The payload of the only section with that id; that of an empty vector when there is none."""
    return next((section.payload for section in sections if section.id == section_id), b"\0")


def custom(name: str, contents: bytes) -> Section:
    return Section(Id.CUSTOM, text(name) + contents)


def read_custom(section: Section) -> tuple[str, bytes]:
    """Name and contents of a custom section."""
    reader = Reader(section.payload)
    name = reader.text()
    return name, section.payload[reader.position :]


def find_custom(module: bytes, name: str) -> bytes | None:
    """The contents of the first custom section of that name, None when there is none."""
    for section in read(module):
        if section.id == Id.CUSTOM and (found := read_custom(section))[0] == name:
            return found[1]
    return None


def with_custom(module: bytes, *added: Section) -> bytes:
    """The module with these custom sections at its end, and no others of their names."""
    names = {read_custom(section)[0] for section in added}
    kept = [one for one in read(module) if one.id != Id.CUSTOM or read_custom(one)[0] not in names]
    return write([*kept, *added])


def read_imports(data: bytes) -> list[Import]:
    reader = Reader(data)

    def one() -> Import:
        module, name = reader.text(), reader.text()
        kind = _read_kind(reader)
        match kind:
            case Kind.FUNCTION:
                reader.unsigned()
            case Kind.TABLE:
                reader.byte()
                _read_limits(reader)
            case Kind.MEMORY:
                _read_limits(reader)
            case Kind.GLOBAL:
                reader.bytes(2)
        return Import(module, name, kind)

    return reader.vector(one)


def read_exports(data: bytes) -> list[Export]:
    reader = Reader(data)
    return reader.vector(lambda: Export(reader.text(), _read_kind(reader), reader.unsigned()))


def write_exports(exports: Iterable[Export]) -> bytes:
    return vector(text(export.name) + bytes([export.kind]) + unsigned(export.index) for export in exports)


def read_globals(data: bytes) -> list[Global]:
    reader = Reader(data)

    def one() -> Global:
        value_type, mutable = reader.byte(), reader.byte() == 1
        return Global(value_type, mutable, _read_constant(reader))

    return reader.vector(one)


def write_globals(values: Iterable[Global]) -> bytes:
    return vector(bytes([value.type, value.mutable]) + value.initial + b"\x0b" for value in values)


def read_memories(data: bytes) -> list[Limits]:
    reader = Reader(data)
    return reader.vector(lambda: _read_limits(reader))


def write_memory(limits: Limits) -> bytes:
    maximum = b"" if limits.maximum is None else unsigned(limits.maximum)
    return unsigned(1) + unsigned(limits.flags) + unsigned(limits.minimum) + maximum


def data_modes(data: bytes) -> Iterator[int]:
    """The mode of each data segment: 0 and 2 are active, 1 is passive."""
    reader = Reader(data)
    for _ in range(reader.unsigned()):
        mode = reader.unsigned()
        if mode == 2:
            reader.unsigned()
        if mode != 1:
            _read_constant(reader)
        reader.bytes(reader.unsigned())
        yield mode


def write_data(segments: Iterable[tuple[int, bytes]]) -> bytes:
    """Active segments of the only memory: (address, bytes)."""
    return vector(
        b"\0\x41" + signed(address - (address >> 31 << 32)) + b"\x0b" + unsigned(len(contents)) + contents
        for address, contents in segments
    )


def element_flags(data: bytes) -> int | None:
    """The flags of the first element segment; None when there is none."""
    reader = Reader(data)
    return reader.unsigned() if reader.unsigned() else None


def read_bodies(data: bytes) -> list[bytes]:
    """The function bodies of the code section, each its locals and its instructions."""
    reader = Reader(data)
    return reader.vector(lambda: reader.bytes(reader.unsigned()))


def write_bodies(bodies: Iterable[bytes]) -> bytes:
    return vector(unsigned(len(body)) + body for body in bodies)


def read_function_names(sections: Iterable[Section]) -> dict[int, str]:
    """Names of functions by index, out of the custom section `name`; empty when there is none."""
    found: dict[int, str] = {}
    for section in sections:
        if section.id == Id.CUSTOM and (named := read_custom(section))[0] == "name":
            reader = Reader(named[1])
            while not reader.at_end():
                kind, names = reader.byte(), Reader(reader.bytes(reader.unsigned()))
                if kind == 1:
                    found.update((names.unsigned(), names.text()) for _ in range(names.unsigned()))
    return found


def _read_kind(reader: Reader) -> Kind:
    kind = reader.byte()
    try:
        return Kind(kind)
    except ValueError:
        raise FormatError(f"an import or export is of the unknown kind {kind}") from None


def _read_limits(reader: Reader) -> Limits:
    flags, minimum = reader.unsigned(), reader.unsigned()
    return Limits(flags, minimum, reader.unsigned() if flags & 1 else None)


def _read_constant(reader: Reader) -> bytes:
    """A constant expression of one instruction, without its `end`."""
    start = reader.position
    match reader.byte():
        case 0x41 | 0x42 | 0x23 | 0xD2:  # i32.const, i64.const, global.get, ref.func: all one LEB128
            reader.unsigned()
        case 0x43:
            reader.bytes(4)
        case 0x44:
            reader.bytes(8)
        case 0xD0:  # ref.null
            reader.byte()
        case operation:
            raise FormatError(f"a constant expression begins with the operation {operation:#04x}")
    if reader.byte() != 0x0B:
        raise FormatError("a constant expression has more than one operation")
    return reader.data[start : reader.position - 1]
