"""Functions that encode, decode and hash (pkg/engine/jmespath/functions.go)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes import json_reading
from kywarden.jmes.limits import check_text
from kywarden.jmes.signature import ANY, STRING, Function
from kywarden.model.world import World
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Tree, floated

_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def _base64_encode(arguments: list[Any], world: World) -> str:
    data = _bytes(arguments[0])
    check_text("base64_encode", len(data) * 4 // 3)
    return base64.b64encode(data).decode()


def _base64_decode(arguments: list[Any], world: World) -> str:
    encoded = _bytes(arguments[0])
    _check_base64(encoded)
    # bytes that are no UTF-8 live on inside the expression; its result shows U+FFFD, as Go's JSON does
    return base64.b64decode(encoded.translate(None, b"\r\n")).decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _check_base64(encoded: bytes) -> None:
    """Raise for the first byte that Go's decoder refuses (encoding/base64: padding required, line ends ignored)."""
    quantum = 0
    position = 0
    while position < len(encoded):
        byte = encoded[position]
        if byte in b"\r\n":
            position += 1
        elif byte in _ALPHABET:
            quantum = (quantum + 1) % 4
            position += 1
        elif byte == 0x3D and quantum >= 2:
            return _check_padding(encoded, position, quantum)
        else:
            raise _corrupt(position)
    if quantum:
        raise _corrupt(len(encoded) - quantum)
    return None


def _check_padding(encoded: bytes, position: int, quantum: int) -> None:
    position += 1
    if quantum == 2:
        position = _skip_line_ends(encoded, position)
        if position == len(encoded):
            raise _corrupt(position)
        if encoded[position] != 0x3D:
            raise _corrupt(position - 1)
        position += 1
    position = _skip_line_ends(encoded, position)
    if position < len(encoded):
        raise _corrupt(position)


def _skip_line_ends(encoded: bytes, position: int) -> int:
    while position < len(encoded) and encoded[position] in b"\r\n":
        position += 1
    return position


def _corrupt(position: int) -> EvaluationError:
    return EvaluationError(f"illegal base64 data at input byte {position}")


def _parse_json(arguments: list[Any], world: World) -> Tree:
    return json_reading.read(arguments[0])


def _parse_yaml(arguments: list[Any], world: World) -> Tree:
    try:
        return floated(yaml_text.load(arguments[0], portable=True))
    except ReadError as error:
        place = f"line {error.line}: " if error.line > 1 else ""
        raise EvaluationError(f"yaml: {place}{error.reason}") from None


def _hashed(algorithm: str) -> Any:
    def handle(arguments: list[Any], world: World) -> str:
        return hashlib.new(algorithm, _bytes(arguments[0]), usedforsecurity=False).hexdigest()

    return handle


TABLE: tuple[Function, ...] = (
    Function("base64_encode", (STRING,), STRING, _base64_encode, "A string in Base64.", "base64_encode('abc')"),
    Function(
        "base64_decode", (STRING,), STRING, _base64_decode, "The string in a Base64 text.", "base64_decode('YWJj')"
    ),
    Function("parse_json", (STRING,), ANY, _parse_json, "The value of a JSON text.", "parse_json('{\"a\": 1}').a"),
    Function(
        "parse_yaml",
        (STRING,),
        ANY,
        _parse_yaml,
        "The value of the first YAML document in a text.",
        "parse_yaml('a: 1').a",
    ),
    Function("sha256", (STRING,), STRING, _hashed("sha256"), "The SHA-256 hash, hexadecimal.", "sha256('abc')"),
    Function("sha1", (STRING,), STRING, _hashed("sha1"), "The SHA-1 hash, hexadecimal.", "sha1('abc')"),
    Function("md5", (STRING,), STRING, _hashed("md5"), "The MD5 hash, hexadecimal.", "md5('abc')"),
)
