"""What a YAML scalar means to Kubernetes: YAML 1.1 as go.yaml.in/yaml v2 resolves it and JSON then carries it.

`resolve` gives the Go value: None, bool, int (up to uint64), float, str. `as_value` turns it into what is left after
the way through JSON (`1.0` is written `1` and read as an integer), `as_key` into the key of an object.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import math
import re
from typing import TypeAlias

from kywarden.values import strconv, timestamps
from kywarden.values.strconv import INT64

Scalar: TypeAlias = bool | int | float | str | None

TAG = "tag:yaml.org,2002:"
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMERIC = frozenset("0123456789+-.")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]{0,19}))")
# kyverno: the last resort of go-yaml takes a sign behind the prefix: 0b-1 is -1.
_SIGNED_BINARY = re.compile(r"0b([-+][01]{1,64})")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_POINT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_TIMESTAMP = re.compile("[0-9]{4}-")
_TIMESTAMP_LAYOUTS = (
    "2006-1-2T15:4:5.999999999Z07:00",
    "2006-1-2t15:4:5.999999999Z07:00",
    "2006-1-2 15:4:5.999999999",
    "2006-1-2",
)
_NOT_FINITE = {"NaN": ".nan", "+Inf": ".inf", "-Inf": "-.inf"}
_UINT64 = range(2**64)


class Unresolvable(ValueError):
    """The scalar is not what its tag says, or JSON cannot carry it; the argument is the reason in Go's words."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if text[0] == ".":
        number = _finite(text.replace("_", "")) if _POINT_FLOAT.fullmatch(text) else None
    else:
        number = _number(text.replace("_", ""))
    return text if number is None else number


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag; a tag that is not YAML's own leaves the text."""
    name = tag.removeprefix(TAG) if tag.startswith(TAG) else ""
    match name:
        case "binary":
            return _binary(text)
        case "timestamp" if is_timestamp(text):
            return text
        case "bool" | "int" | "float" | "null" | "timestamp":
            value = resolve(text)
        case _:
            return text
    kind = _kind(value)
    if kind == name:
        return value
    if name == "float" and isinstance(value, int) and kind == "int" and value in INT64:
        return float(value)
    shown = text if len(text) <= 100 else f"{text[:97]}..."
    raise Unresolvable(f"cannot decode !!{kind} `{shown}` as a !!{name}")


def as_value(value: Scalar) -> Scalar:
    """What is read after Go has written the value as JSON."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unresolvable(f"json: unsupported value: {strconv.general(value)}")
        return _after_json(value)
    if isinstance(value, int) and value not in INT64:
        return float(value)
    return value


def as_key(value: Scalar) -> str:
    """The key of an object, by sigs.k8s.io/yaml; null and unsigned integers cannot be one."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() if value in INT64:
            return str(value)
        case float():
            return _float_key(value)
        case int():
            raise Unresolvable(f"unsupported map key of type: uint64, key: {value}")
    raise Unresolvable("unsupported map key: null")


def _number(plain: str) -> int | float | None:
    if found := _INTEGER.fullmatch(plain):
        sign, hexadecimal, octal, binary, decimal = found.groups()
        value = int(
            hexadecimal or octal or binary or decimal, 16 if hexadecimal else 8 if octal else 2 if binary else 10
        )
        if sign == "-":
            value = -value
        if value in INT64 or (not sign and value in _UINT64):
            return value
    if FLOAT.fullmatch(plain):
        return _finite(plain)
    if found := _SIGNED_BINARY.fullmatch(plain):
        value = int(found[1], 2)
        return value if value in INT64 else None
    return None


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def is_timestamp(text: str) -> bool:
    return _TIMESTAMP.match(text) is not None and any(_has_layout(layout, text) for layout in _TIMESTAMP_LAYOUTS)


def _has_layout(layout: str, text: str) -> bool:
    try:
        timestamps.parse(layout, text)
    except ValueError:
        return False
    return True


def _binary(text: str) -> str:
    try:
        data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Unresolvable("!!binary value contains invalid base64 data") from None
    return data.decode("utf-8", _EACH_BYTE)


_EACH_BYTE = "kywarden-each-byte"
codecs.register_error(
    _EACH_BYTE, lambda error: ("\ufffd", error.start + 1) if isinstance(error, UnicodeDecodeError) else ("", 0)
)


def _kind(value: Scalar) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
    return "str"


def _after_json(value: float) -> int | float:
    """Go writes an integral float below 1e21 without a point, with its shortest digits and zeros."""
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    if abs(value) < 2**53:
        return int(value)
    written = int(strconv.shortest(value))
    return written if written in INT64 else value


def _float_key(value: float) -> str:
    """strconv.FormatFloat(value, 'g', -1, 32), with YAML's words for what is not finite."""
    text = strconv.float32_text(value)
    return _NOT_FINITE.get(text) or strconv.general(float(text))
