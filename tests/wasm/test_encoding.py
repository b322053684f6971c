"""Numbers as WebAssembly writes them."""

from __future__ import annotations

import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from kywarden.wasm.encoding import Reader, signed, unsigned
from kywarden.wasm.sections import Export, Global, Id, Kind, Section, write, write_exports, write_globals


@given(st.integers(0, 2**64 - 1))
def test_unsigned_numbers_are_read_back(number: int) -> None:
    assert Reader(unsigned(number)).unsigned() == number


@given(st.integers(-(2**31), 2**31 - 1))
def test_signed_numbers_mean_the_same_to_the_engine(number: int) -> None:
    engine = wasmtime.Engine()
    value = Global(0x7F, False, b"\x41" + signed(number))
    module = write(
        [
            Section(Id.GLOBAL, write_globals([value])),
            Section(Id.EXPORT, write_exports([Export("g", Kind.GLOBAL, 0)])),
        ]
    )
    store = wasmtime.Store(engine)
    instance = wasmtime.Instance(store, wasmtime.Module(engine, module), [])
    exported = instance.exports(store)["g"]
    assert isinstance(exported, wasmtime.Global)
    assert exported.value(store) == number
