"""The instructions in the bodies of functions: enough of them to step over each, and to find loads and stores.

Source: https://webassembly.github.io/spec/core/binary/instructions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kywarden.wasm.encoding import Reader

LEB = rb"[\x80-\xff]*[\x00-\x7f]"
ACCESS = rb"([\x28-\x3e])" + LEB + rb"(" + LEB + rb")"
"""A load or a store: operation, alignment, offset."""

OTHER = (
    rb"(?:"
    rb"[\x00\x01\x05\x0b\x0f\x1a\x1b\x45-\xc4\xd1]"  # no immediate: control, drop, select, comparisons, arithmetic
    rb"|[\x02-\x04\x0c\x0d\x10\x20-\x25\x3f-\x42\xd2]"
    + LEB  # one: blocks, branches, call, variables, constants
    + rb"|\x11"
    + LEB
    + LEB  # two: call_indirect
    + rb"|\x43[\x00-\xff]{4}|\x44[\x00-\xff]{8}"  # f32.const, f64.const
    rb"|\x1c\x01[\x00-\xff]|\xd0[\x00-\xff]"  # select t, ref.null
    rb"|\xfc[\x00-\x07]|\xfc\x0a\x00\x00|\xfc\x0b\x00|\xfc\x10"
    + LEB  # truncations, memory.copy and fill, table.size
    + rb")"
)
"""Any other instruction that leaves tables and segments alone, but for `br_table`, whose targets must be counted."""

KNOWN = re.compile(rb"(?:" + OTHER + rb"|" + ACCESS + rb")*+", re.DOTALL)
UP_TO_ACCESS = re.compile(rb"(" + OTHER + rb"*+)(?:" + ACCESS + rb")?", re.DOTALL)
BR_TABLE = 0x0E


def first_unknown(body: bytes) -> bytes | None:
    """The first operation that changes tables, uses segments, or is not known here; None when there is none."""
    position = _after_locals(body)
    while True:
        found = KNOWN.match(body, position)
        assert found  # it also matches nothing
        position = found.end()
        if position == len(body):
            return None
        if body[position] != BR_TABLE:
            return body[position : position + (2 if body[position] == 0xFC else 1)]
        position = _after_br_table(body, position)


def before_accesses(body: bytes, insert: Callable[[int, int], bytes]) -> bytes:
    """The body with `insert(operation, offset)` before each load and store; all its instructions must be known."""
    position = _after_locals(body)
    pieces = [body[:position]]
    while position < len(body):
        found = UP_TO_ACCESS.match(body, position)
        assert found  # it also matches nothing
        if found[2]:
            pieces += [found[1], insert(found[2][0], Reader(found[3]).unsigned()), body[found.start(2) : found.end()]]
            position = found.end()
        else:
            end = found.end() if found[1] else _after_br_table(body, position)
            pieces.append(body[position:end])
            position = end
    return b"".join(pieces)


def _after_locals(body: bytes) -> int:
    reader = Reader(body)
    for _ in range(reader.unsigned()):
        reader.unsigned()
        reader.byte()
    return reader.position


def _after_br_table(body: bytes, position: int) -> int:
    reader = Reader(body, position + 1)
    for _ in range(reader.unsigned() + 1):
        reader.unsigned()
    return reader.position
