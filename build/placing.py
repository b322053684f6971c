"""Which blocks of memory lie side by side: those that requests touch, those that the same requests touch together.

The start-up is the same each time, so that the number of an allocation names the same block when it is repeated.
`embed.c` counts the allocations, tells what it knows of them (`watch`), and puts them where it is told (`place`).
"""

from __future__ import annotations

import re
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kywarden.wasm.sandbox import Sandbox
from kywarden.wasm.touching import STEP, Touched

STEPS = 24 * 1024 * 1024 // STEP
"""Of memory that is watched: more than the start allocates."""

LARGEST = 4096
"""Blocks of more bytes stay where they are: requests touch little of each."""

ONE_IN = 3
"""Of the envelopes of a rehearsal: more would hardly change what lies side by side."""

MARKED = re.compile(rb"\x01\x01*")  # begins with a letter, which is searched for fast
NOTE, PLACE = struct.Struct("<II"), struct.Struct("<III")


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a start-up. owners: by step of memory, the number of the allocation there, 0 for none;
    sizes: in bytes, by number."""

    owners: array[int]
    sizes: dict[int, int]


def watch(sandbox: Sandbox) -> int:
    """Have allocations noted from now on; the address of the notes."""
    return _address(sandbox.call("watch", STEPS))


def blocks(sandbox: Sandbox, notes: int) -> Blocks:
    """The blocks that are there, by the notes, which are cleared."""
    end = notes + STEPS * NOTE.size
    table = bytes(sandbox.memory.read(sandbox.store, notes, end))
    sandbox.memory.write(sandbox.store, bytes(len(table)), notes)
    owners, sizes = array("I", bytes(4 * (end // STEP + STEPS))), {}
    for step, (number, size) in enumerate(NOTE.iter_unpack(table), end // STEP):
        if number:
            steps = _rounded(size) // STEP
            owners[step : step + steps] = array("I", [number]) * steps
            sizes[number] = size
    return Blocks(owners, sizes)


def order(module: bytes, found: Blocks, envelopes: Sequence[bytes]) -> list[int]:
    """The numbers of the blocks that the module touches when it judges the envelopes, in the order of their places."""
    touched = Touched(module)
    users: defaultdict[int, int] = defaultdict(int)
    for index, envelope in enumerate(envelopes):
        marks = touched.by(["policy.wasm", "validate"], envelope)
        for number in set().union(*(found.owners[run.start() : run.end()] for run in MARKED.finditer(marks))):
            users[number] |= 1 << index
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for number in sorted(users):
        if 0 < found.sizes.get(number, 0) <= LARGEST:
            alike[users[number]].append(number)
    return [number for group in _chained(alike) for number in alike[group]]


def _chained(groups: Iterable[int]) -> Iterator[int]:
    """Sets of envelopes, as the bits of numbers: the largest, then after each the one that differs least from it."""
    left = set(groups)
    last = max(left, key=lambda group: (group.bit_count(), group), default=0)
    while left:
        last = min(left, key=lambda group: ((group ^ last).bit_count(), group))
        left.discard(last)
        yield last


def place(sandbox: Sandbox, found: Blocks, numbers: Sequence[int]) -> None:
    """Have these blocks placed side by side, in this order."""
    address = _address(sandbox.call("reserve", sum(_rounded(found.sizes[number]) for number in numbers)))
    places = []
    for number in numbers:
        size = _rounded(found.sizes[number])
        places.append((number, size, address))
        address += size
    written = b"".join(PLACE.pack(*each) for each in sorted(places))
    sandbox.memory.write(sandbox.store, written, _address(sandbox.call("place", len(places))))


def _rounded(size: int) -> int:
    return max(STEP, -(-size // STEP) * STEP)


def _address(returned: object) -> int:
    assert isinstance(returned, int)
    return returned
