"""How WebAssembly writes numbers, names and vectors: LEB128, and whatever has its length before it.

`FormatError` says what else was met. Source: https://webassembly.github.io/spec/core/binary/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


class FormatError(ValueError):
    """The bytes are no core WebAssembly module, or one with a construct that is not understood here."""


def unsigned(number: int) -> bytes:
    """LEB128 of a number that is not negative."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed(number: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while not -64 <= number <= 63:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number & 0x7F)
    return bytes(out)


def vector(items: Iterable[bytes]) -> bytes:
    """A count and the encoded items."""
    encoded = list(items)
    return unsigned(len(encoded)) + b"".join(encoded)


def text(value: str) -> bytes:
    data = value.encode()
    return unsigned(len(data)) + data


class Reader:
    """A cursor over a payload."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def byte(self) -> int:
        return self.bytes(1)[0]

    def bytes(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise FormatError("the module is cut off")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def unsigned(self) -> int:
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number
            if shift > 63:
                raise FormatError("a number is too long")

    def text(self) -> str:
        try:
            return self.bytes(self.unsigned()).decode()
        except UnicodeDecodeError as error:
            raise FormatError("a name is not UTF-8") from error

    def vector(self, item: Callable[[], Item]) -> list[Item]:
        return [item() for _ in range(self.unsigned())]

    def at_end(self) -> bool:
        return self.position >= len(self.data)
