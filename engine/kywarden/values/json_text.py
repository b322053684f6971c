"""JSON as the envelope needs it: strict, with a place in every error, and bounded before anything recurses.

`json`'s C scanner does the reading. Around it stand checks that look at the raw bytes with a few passes in C and go
into detail only where a first, coarse look gives reason to: most documents pass with the coarse looks alone.

Numbers are Go's: an integer within int64 is an `int`, any other number a `float`, a number beyond float64 is refused.
"""

from __future__ import annotations

import json
import math
import re
from itertools import accumulate
from typing import NoReturn, cast

from kywarden.values.reading import MAX_KEYS, ReadError, read_error
from kywarden.values.strconv import INT64
from kywarden.values.trees import MAX_DEPTH, Tree

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_DIGITS_ALIKE = bytes(ord("0") if byte in b"123456789" else byte for byte in range(256))
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_STEP = [1 if byte in b"[{" else -1 for byte in range(256)]
_LONGEST_NUMBER = 1000
"""Characters; Python needs quadratic time to read a number."""


class _Refused(Exception):
    """A literal that JSON as Go reads it does not have; the decoder's hooks do not know where it stands."""

    def __init__(self, literal: str, reason: str) -> None:
        self.literal = literal
        self.reason = reason


def load(data: bytes | str, *, source: str = "") -> Tree:
    """The tree of one JSON document; of equal keys the last wins. Raises ReadError.

    Lone surrogates are refused, where Go reads U+FFFD: nothing is judged that the sender did not write.
    """
    text, raw = _both(data, source)
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        _check_depth(raw, source)
    if raw.count(b":") > MAX_KEYS and _STRING.sub(b"", raw).count(b":") > MAX_KEYS:
        raise ReadError(f"more than {MAX_KEYS} keys", source=source)
    if _SURROGATE.search(raw):
        _check_surrogates(text, raw, source)
    decoder = _EXACT if b"0" * 19 in raw.translate(_DIGITS_ALIKE) else _PLAIN
    try:
        return cast(Tree, decoder.decode(text))
    except json.JSONDecodeError as error:
        reason = "byte order mark" if text.startswith("\ufeff") else error.msg[0].lower() + error.msg[1:]
        raise ReadError(reason, error.lineno, error.colno, source) from None
    except _Refused as refused:
        raise read_error(refused.reason, text, _position(text, refused.literal), source) from None


def _both(data: bytes | str, source: str) -> tuple[str, bytes]:
    """The document as characters and as UTF-8."""
    if isinstance(data, str):
        try:
            return data, data.encode()
        except UnicodeEncodeError as error:
            raise read_error("lone surrogate", data, error.start, source) from None
    try:
        return data.decode(), data
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise read_error("invalid UTF-8", before, len(before), source) from None


def _check_depth(raw: bytes, source: str) -> None:
    """Refuse what nests too deeply, without recursion: brackets outside strings, counted in C."""
    unescaped = _ESCAPE.sub(b"", raw) if b"\\" in raw else raw
    # Taking two neighbouring quotes away leaves every other character inside or outside as it was.
    structure = unescaped.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    brackets = _STRING.sub(b"", structure) if b'"' in structure else structure
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) <= MAX_DEPTH:
        return
    depth = 0
    for token in re.finditer(_STRING.pattern + rb"|[][{}]", raw, re.DOTALL):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            before = raw[: token.start()].decode()
            raise read_error(f"nested more than {MAX_DEPTH} levels deep", before, len(before), source)


def _check_surrogates(text: str, raw: bytes, source: str) -> None:
    """Refuse an escaped surrogate that has no partner right beside it."""
    high = -1
    for escape in _ESCAPE.finditer(raw):
        code = int(escape[1], 16) if escape[1] else 0
        if high >= 0 and not (0xDC00 <= code < 0xE000 and escape.start() == high + 6):
            break
        if high < 0 and 0xDC00 <= code < 0xE000:
            high = escape.start()
            break
        high = escape.start() if 0xD800 <= code < 0xDC00 else -1
    if high >= 0:
        raise read_error("lone surrogate", text, len(raw[:high].decode()), source)


def _position(text: str, literal: str) -> int:
    """Where the literal first stands outside a string."""
    head = literal[:100]
    ending = r"(?![\w.+-])" if head == literal else ""
    token = re.compile(rf"{_STRING.pattern.decode()}|(?<![\w.+-]){re.escape(head)}{ending}", re.DOTALL)
    return next(found.start() for found in token.finditer(text) if not found[0].startswith('"'))


def _constant(literal: str) -> NoReturn:
    raise _Refused(literal, f"{literal} is not JSON")


def _float(literal: str) -> float:
    if len(literal) > _LONGEST_NUMBER:
        raise _Refused(literal, f"number of more than {_LONGEST_NUMBER} characters")
    value = float(literal)
    if math.isinf(value):
        raise _Refused(literal, "number beyond float64")
    return value


def _integer(literal: str) -> int | float:
    if len(literal) <= 20 and (value := int(literal)) in INT64:
        return value
    return _float(literal)


_PLAIN = json.JSONDecoder(parse_constant=_constant, parse_float=_float)
_EXACT = json.JSONDecoder(parse_constant=_constant, parse_float=_float, parse_int=_integer)
