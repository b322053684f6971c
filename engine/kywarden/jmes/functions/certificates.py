"""`x509_decode`: a PEM certificate or certificate request as a map (pkg/engine/jmespath/functions.go)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.signature import OBJECT, STRING, Function
from kywarden.jmes.x509 import certificates
from kywarden.model.world import World
from kywarden.values.trees import Map

_BEGIN = re.compile(r"^-----BEGIN ([^\n]*?)-----[ \t\r]*\n", re.MULTILINE)
_HEADER = re.compile(r"(?!-----)[^\n:]*+:[^\n]*\n")
_SPACE = re.compile(r"[ \t\r\n]+")


def _x509_decode(arguments: list[Any], world: World) -> Map:
    kind, data = _pem_block(arguments[0])
    match kind:
        case "CERTIFICATE":
            return certificates.certificate(data)
        case "CERTIFICATE REQUEST":
            return certificates.request(data)
    raise EvaluationError("PEM block neither contains a CERTIFICATE or CERTIFICATE REQUEST")


def _pem_block(text: str) -> tuple[str, bytes]:
    """Type and bytes of the first well-formed block (encoding/pem); what does not decode is skipped."""
    for begin in _BEGIN.finditer(text):
        start = begin.end()
        while header := _HEADER.match(text, start):
            start = header.end()
        # no Base64 has dashes, so the next ones must be those of the end
        end = text.find("-----", start)
        if end < 0:
            break
        line_end = text.find("\n", end)
        line = text[end : line_end if line_end >= 0 else len(text)].rstrip(" \t\r")
        if line != f"-----END {begin[1]}-----" or (end > start and text[end - 1] != "\n"):
            continue
        try:
            return begin[1], base64.b64decode(_SPACE.sub("", text[start:end]), validate=True)
        except (binascii.Error, ValueError):
            continue
    raise EvaluationError("failed to decode PEM block")


TABLE: tuple[Function, ...] = (
    Function(
        "x509_decode",
        (STRING,),
        OBJECT,
        _x509_decode,
        "The fields of a PEM certificate or certificate request with an RSA key.",
        "x509_decode(base64_decode('…'))",
    ),
)
