"""The binary format: sections, what is inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime

from kywarden.wasm.encoding import FormatError
from kywarden.wasm.sections import (
    Id,
    Kind,
    Limits,
    custom,
    payload,
    read,
    read_custom,
    read_exports,
    read_globals,
    read_imports,
    read_memories,
    write,
    write_data,
    write_globals,
    write_memory,
)

MODULE = bytes(
    wasmtime.wat2wasm(
        """(module (import "host" "call" (func (param i32)))
             (memory (export "memory") 2 5)
             (global $g (mut i32) (i32.const -7)) (global i64 (i64.const 9)) (export "g" (global $g))
             (func (export "_start")) (data (i32.const 4) "abc"))"""
    )
)


def test_a_module_is_written_as_it_was_read() -> None:
    assert write(read(MODULE)) == MODULE


def test_parts_of_a_module_are_read() -> None:
    sections = read(MODULE)
    assert [(item.module, item.name, item.kind) for item in read_imports(payload(sections, Id.IMPORT))] == [
        ("host", "call", Kind.FUNCTION)
    ]
    assert read_memories(payload(sections, Id.MEMORY)) == [Limits(1, 2, 5)]
    assert write_memory(Limits(1, 2, 5)) == payload(sections, Id.MEMORY)
    assert [item.name for item in read_exports(payload(sections, Id.EXPORT))] == ["memory", "g", "_start"]
    assert write_globals(read_globals(payload(sections, Id.GLOBAL))) == payload(sections, Id.GLOBAL)
    assert write_data([(4, b"abc")]) == payload(sections, Id.DATA)


def test_an_absent_section_is_an_empty_vector() -> None:
    assert read_imports(payload([], Id.IMPORT)) == []


def test_custom_sections_have_a_name() -> None:
    assert read_custom(custom("näme", b"\0contents")) == ("näme", b"\0contents")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0asm\x0d\0\x01\0",
        MODULE[:-1],
        b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
    ids=["empty", "component", "cut off", "endless number"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        read(data)


@pytest.mark.parametrize(("reader", "data"), [(read_exports, b"\1\1a\x09\0"), (read_imports, b"\1\1a\1b\x09\0")])
def test_unknown_kinds_are_refused(reader: Callable[[bytes], object], data: bytes) -> None:
    with pytest.raises(FormatError, match="unknown kind 9"):
        reader(data)
