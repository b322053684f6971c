"""Start a WebAssembly module once, and keep the memory: a module that is already started.

An export of the module is run in a closed world (`sandbox`). Then the module is written anew: its globals begin with
the values they have now, its data segments are the memory of now, and another export becomes `_start`. The result does
what the module would do next, without doing again what it did before. Exports that are not named stay, so that a result
can be started further and kept again.

This is sound for a module whose whole state is one memory and its number globals; anything else is refused by name.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence

import wasmtime

from kywarden.wasm import instructions
from kywarden.wasm.encoding import signed
from kywarden.wasm.files import Files
from kywarden.wasm.sandbox import Sandbox
from kywarden.wasm.sections import (
    PAGE,
    Export,
    Global,
    Id,
    Kind,
    Limits,
    Section,
    ValueType,
    data_modes,
    element_flags,
    payload,
    read,
    read_bodies,
    read_exports,
    read_function_names,
    read_globals,
    read_imports,
    read_memories,
    write,
    write_bodies,
    write_data,
    write_exports,
    write_globals,
    write_memory,
)

MAX_SEGMENTS = 90_000
"""Engines refuse modules with 100,000 data segments."""

GAP = 24
"""Runs of at most so many zero bytes are written out: more segments would save a little, but compress worse."""

NAMES = {
    b"\x26": "table.set",
    b"\xfc\x08": "memory.init",
    b"\xfc\x09": "data.drop",
    b"\xfc\x0c": "table.init",
    b"\xfc\x0d": "elem.drop",
    b"\xfc\x0e": "table.copy",
    b"\xfc\x0f": "table.grow",
    b"\xfc\x11": "table.fill",
}
UNREACHABLE = b"\x00\x00\x0b"
"""A function without locals that traps."""


class Unsound(ValueError):
    """The module has state that a snapshot would lose; the text names the construct."""


def take(
    module: bytes,
    *,
    argv: Sequence[str],
    files: Files,
    init: str,
    start: str,
    stdin: bytes = b"",
    drop: Sequence[str] = (),
) -> bytes:
    """The module as it is after its export `init` has run, with `start` as its `_start`.

    argv, files, stdin: what the module sees while `init` runs; drop: exports that the result need not have. Custom
    sections are left out. Raises `Unsound`, `sandbox.Exited`.
    """
    sandbox = instance(module, argv=argv, files=files, stdin=stdin)
    sandbox.call(init)
    return keep(module, sandbox, start=start, drop=drop)


def instance(module: bytes, *, argv: Sequence[str], files: Files, stdin: bytes = b"") -> Sandbox:
    """The module before its first call, in a sandbox that `keep` takes. Raises `Unsound`."""
    sections = read(module)
    check(sections)
    engine = quick_engine()
    sandbox = Sandbox(engine, wasmtime.Module(engine, instrument(sections)), argv=argv, files=files)
    sandbox.stdin = stdin
    return sandbox


def keep(
    module: bytes,
    sandbox: Sandbox,
    *,
    start: str,
    drop: Sequence[str] = (),
    unused: re.Pattern[str] | None = None,
) -> bytes:
    """The module as it is now in the sandbox, an `instance` of it.

    unused: functions that nobody calls from now on (`without_functions`); the rest as in `take`.
    """
    sections = read(module)
    if unused:
        sections = without_functions(sections, unused)
    return write(_rewritten(sections, sandbox, start, (*drop, start, "_start")))


def quick_engine() -> wasmtime.Engine:
    """An engine that compiles fast, for a single run."""
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"
    return wasmtime.Engine(config)


def without_functions(sections: Sequence[Section], names: re.Pattern[str]) -> list[Section]:
    """The module with `unreachable` as the body of every function whose name matches.

    For what only the start needs: a call of one of them ends the result with a trap. Needs the section of names.
    """
    imported = sum(wanted.kind == Kind.FUNCTION for wanted in read_imports(payload(sections, Id.IMPORT)))
    bodies = read_bodies(payload(sections, Id.CODE))
    for index, name in read_function_names(sections).items():
        if index >= imported and names.search(name):
            bodies[index - imported] = UNREACHABLE
    return [Section(section.id, write_bodies(bodies)) if section.id == Id.CODE else section for section in sections]


def check(sections: Sequence[Section]) -> None:
    """Raise `Unsound` for whatever has state besides one memory and number globals."""
    if any(section.id == Id.START for section in sections):
        raise Unsound("the module has a start section")
    for wanted in read_imports(payload(sections, Id.IMPORT)):
        if wanted.kind != Kind.FUNCTION:
            raise Unsound(f"the module imports the {wanted.kind.name.lower()} {wanted.module}.{wanted.name}")
    memories = read_memories(payload(sections, Id.MEMORY))
    if len(memories) != 1 or memories[0].flags > 1:
        raise Unsound("the module must have exactly one memory, neither shared nor 64-bit")
    if payload(sections, Id.TABLE)[0] > 1:
        raise Unsound("the module has several tables")
    if 1 in data_modes(payload(sections, Id.DATA)):
        raise Unsound("the module has passive data segments")
    if element_flags(payload(sections, Id.ELEMENT)) not in (None, 0):
        raise Unsound("the module has element segments that are not plain active ones")
    for value in read_globals(payload(sections, Id.GLOBAL)):
        if value.mutable and value.type not in list(ValueType):
            raise Unsound(f"the module has a mutable global of type {value.type:#04x}, which is no number")
    check_code(payload(sections, Id.CODE))


def check_code(code: bytes) -> None:
    """Raise `Unsound` for an instruction that changes tables or uses segments, and for one that is not known here."""
    for body in read_bodies(code):
        if operation := instructions.first_unknown(body):
            raise Unsound(f"the module uses {NAMES.get(operation, f'the instruction {operation.hex()}')}")


def instrument(sections: Sequence[Section]) -> bytes:
    """The module with every mutable global exported, so that its value can be read."""
    exports = read_exports(payload(sections, Id.EXPORT))
    mutable = [index for index, value in enumerate(read_globals(payload(sections, Id.GLOBAL))) if value.mutable]
    added = [Export(_global_name(index), Kind.GLOBAL, index) for index in mutable]
    return write(
        Section(section.id, write_exports([*exports, *added])) if section.id == Id.EXPORT else section
        for section in sections
        if section.id != Id.CUSTOM
    )


def _global_name(index: int) -> str:
    return f"global {index}"


def _rewritten(sections: Sequence[Section], sandbox: Sandbox, start: str, drop: Sequence[str]) -> list[Section]:
    memory = bytes(sandbox.memory.read(sandbox.store, 0, sandbox.memory.data_len(sandbox.store)))
    exports = read_exports(payload(sections, Id.EXPORT))
    entry = next(export.index for export in exports if export.name == start)
    kept = [export for export in exports if export.name not in drop]
    (limits,) = read_memories(payload(sections, Id.MEMORY))
    changed = {
        Id.MEMORY: write_memory(Limits(limits.flags, len(memory) // PAGE, limits.maximum)),
        Id.GLOBAL: write_globals(_current_globals(sections, sandbox)),
        Id.EXPORT: write_exports([*kept, Export("_start", Kind.FUNCTION, entry)]),
    }
    out = [
        Section(section.id, changed.get(Id(section.id), section.payload))
        for section in sections
        if section.id not in (Id.CUSTOM, Id.DATA, Id.DATA_COUNT)
    ]
    return [*out, Section(Id.DATA, write_data(segments(memory)))]


def _current_globals(sections: Sequence[Section], sandbox: Sandbox) -> Iterable[Global]:
    for index, value in enumerate(read_globals(payload(sections, Id.GLOBAL))):
        if not value.mutable:
            yield value
            continue
        exported = sandbox.exports[_global_name(index)]
        assert isinstance(exported, wasmtime.Global)
        yield Global(value.type, True, _constant(value.type, exported.value(sandbox.store)))


def _constant(value_type: int, value: object) -> bytes:
    match value_type, value:
        case ValueType.I32, int():
            return b"\x41" + signed(value)
        case ValueType.I64, int():
            return b"\x42" + signed(value)
        case ValueType.F32, float():
            return b"\x43" + struct.pack("<f", value)
        case ValueType.F64, float():
            return b"\x44" + struct.pack("<d", value)
    raise Unsound(f"a global of type {value_type:#04x} has the value {value!r}")


def segments(memory: bytes, gap: int = GAP) -> list[tuple[int, bytes]]:
    """The parts of the memory that are not zero, as (address, bytes); parts are joined until they are few enough."""
    found = [(run.start(), run.end()) for run in re.finditer(rb"[^\0]+(?:\0{1,%d}[^\0]+)*" % gap, memory)]
    while len(found) > MAX_SEGMENTS:
        gap *= 2
        joined = [found[0]]
        for first, last in found[1:]:
            if first - joined[-1][1] <= gap:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        found = joined
    return [(first, memory[first:last]) for first, last in found]
