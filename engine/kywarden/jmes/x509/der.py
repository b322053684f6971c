"""DER, the encoding of certificates: elements read one after the other, as Go's cryptobyte does.

Only what certificates need: definite lengths below 2^32, tags of one byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from kywarden.errors import EvaluationError

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
UTF8_STRING = 0x0C
SEQUENCE = 0x30
SET = 0x31
NUMERIC_STRING = 0x12
PRINTABLE_STRING = 0x13
T61_STRING = 0x14
IA5_STRING = 0x16
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
BMP_STRING = 0x1E

_PRINTABLE = re.compile(rb"[A-Za-z0-9'()+,\-./ :=?*&]*")
_NUMERIC = re.compile(rb"[0-9 ]*")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


class Reader:
    """Reads elements from the front; every method raises `EvaluationError` with the given complaint."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def empty(self) -> bool:
        return self._at >= len(self._data)

    def peek(self) -> int:
        """The next tag, -1 at the end."""
        return -1 if self.empty else self._data[self._at]

    def any(self, complaint: str) -> Element:
        start = self._at
        data = self._data
        if len(data) < start + 2 or data[start] & 0x1F == 0x1F:
            raise EvaluationError(complaint)
        length, at = data[start + 1], start + 2
        if length >= 0x80:
            size = length & 0x7F
            encoded = data[at : at + size]
            if not 1 <= size <= 4 or len(encoded) < size or encoded[0] == 0:
                raise EvaluationError(complaint)
            length, at = int.from_bytes(encoded, "big"), at + size
            if length < 0x80:
                raise EvaluationError(complaint)
        end = at + length
        if end > len(data):
            raise EvaluationError(complaint)
        self._at = end
        return Element(data[start], data[at:end], data[start:end])

    def read(self, tag: int, complaint: str) -> Element:
        if self.peek() != tag:
            raise EvaluationError(complaint)
        return self.any(complaint)

    def enter(self, tag: int, complaint: str) -> Reader:
        """A reader of the content of the next element."""
        return Reader(self.read(tag, complaint).content)

    def optional(self, tag: int, complaint: str) -> Element | None:
        return self.any(complaint) if self.peek() == tag else None

    def integer(self, complaint: str, tag: int = INTEGER) -> int:
        content = self.read(tag, complaint).content
        if not content or (
            len(content) > 1
            and ((content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80))
        ):
            raise EvaluationError(complaint)
        return int.from_bytes(content, "big", signed=True)

    def boolean(self, complaint: str) -> bool:
        content = self.read(BOOLEAN, complaint).content
        if content not in (b"\x00", b"\xff"):
            raise EvaluationError(complaint)
        return content == b"\xff"

    def bits(self, complaint: str) -> tuple[bytes, int]:
        """The bytes of a bit string and how many of its last bits are unused."""
        content = self.read(BIT_STRING, complaint).content
        if not content or content[0] > 7 or (len(content) == 1 and content[0]):
            raise EvaluationError(complaint)
        if len(content) > 1 and content[-1] & ((1 << content[0]) - 1):
            raise EvaluationError(complaint)
        return content[1:], content[0]

    def identifier(self, complaint: str) -> tuple[int, ...]:
        return identifier(self.read(OBJECT_IDENTIFIER, complaint).content, complaint)


def identifier(content: bytes, complaint: str) -> tuple[int, ...]:
    """The components of an object identifier."""
    if not content or content[-1] & 0x80:
        raise EvaluationError(complaint)
    components: list[int] = []
    value = 0
    for index, byte in enumerate(content):
        if byte == 0x80 and value == 0:
            raise EvaluationError(complaint)
        value = value << 7 | byte & 0x7F
        if value > 0x7FFFFFFF:
            raise EvaluationError(complaint)
        if not byte & 0x80:
            components.append(value)
            value = 0
        elif index == len(content) - 1:
            raise EvaluationError(complaint)
    first = min(components[0] // 40, 2)
    return (first, components[0] - first * 40, *components[1:])


def right_aligned(data: bytes, unused: int) -> bytes:
    """The bits of a bit string as the low bits of its bytes."""
    return (int.from_bytes(data, "big") >> unused).to_bytes(len(data), "big") if unused else data


def string(element: Element) -> str:
    """The text of a string element; raises `EvaluationError` with the reason in Go's words."""
    content = element.content
    match element.tag:
        case 0x0C:
            try:
                return content.decode()
            except UnicodeDecodeError:
                raise EvaluationError("invalid UTF-8 string") from None
        case 0x12 if _NUMERIC.fullmatch(content):
            return content.decode("ascii")
        case 0x12:
            raise EvaluationError("invalid NumericString")
        case 0x13 if _PRINTABLE.fullmatch(content):
            return content.decode("ascii")
        case 0x13:
            raise EvaluationError("invalid PrintableString")
        case 0x14:
            return content.decode("latin-1")
        case 0x16 if content.isascii():
            return content.decode("ascii")
        case 0x16:
            raise EvaluationError("invalid IA5String")
        case 0x1E:
            return _bmp_string(content)
    raise EvaluationError(f"unsupported string type: {element.tag}")


def _bmp_string(content: bytes) -> str:
    if len(content) % 2:
        raise EvaluationError("invalid BMPString")
    units = [int.from_bytes(content[index : index + 2], "big") for index in range(0, len(content), 2)]
    if units and units[-1] == 0:
        units.pop()
    if any(unit >= 0xFFFE or 0xFDD0 <= unit <= 0xFDEF or 0xD800 <= unit <= 0xDFFF for unit in units):
        raise EvaluationError("invalid BMPString")
    return "".join(map(chr, units))


def time(reader: Reader) -> str:
    """The next UTCTime or GeneralizedTime in RFC 3339; years of two digits are 1950 to 2049."""
    match reader.peek():
        case 0x17:
            name, year_digits, lengths = "UTCTime", 2, [10, 12]
        case 0x18:
            name, year_digits, lengths = "GeneralizedTime", 4, [14]
        case _:
            raise EvaluationError("x509: unsupported time format")
    complaint = f"x509: malformed {name}"
    text = reader.any(complaint).content.decode("latin-1")
    stamp = re.fullmatch(r"([0-9]+)(Z|[+-][0-9]{4})", text)
    if stamp is None or len(stamp[1]) not in lengths:
        raise EvaluationError(complaint)
    zone = "Z" if stamp[2] == "Z" else f"{stamp[2][:3]}:{stamp[2][3:]}"
    digits = stamp[1]
    year = int(digits[:year_digits])
    if name == "UTCTime":
        year += 2000 if year < 50 else 1900
    month, day, hour, minute, second = (
        int(digits[at : at + 2] or "0") for at in range(year_digits, year_digits + 10, 2)
    )
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise EvaluationError(complaint) from None
    return f"{year:04d}-{moment:%m-%dT%H:%M:%S}{zone}"
