"""Names in certificates and requests (pkix.Name), and values of any type as Go reads them (encoding/asn1)."""

from __future__ import annotations

import base64
from typing import TypeAlias

from kywarden.errors import EvaluationError
from kywarden.jmes.x509 import der
from kywarden.jmes.x509.der import Element, Reader
from kywarden.values.trees import Map, Tree

Identifier: TypeAlias = tuple[int, ...]

_NAME_LISTS = {
    6: "Country",
    7: "Locality",
    8: "Province",
    9: "StreetAddress",
    10: "Organization",
    11: "OrganizationalUnit",
    17: "PostalCode",
}
_NAME_TEXTS = {3: "CommonName", 5: "SerialNumber"}


def name(content: bytes, *, strict: bool) -> Map:
    """A distinguished name (pkix.Name); requests may hold values that are no strings, certificates not."""
    found: Map = dict.fromkeys(_NAME_LISTS.values())
    found |= dict.fromkeys(_NAME_TEXTS.values(), "")
    names: list[Tree] = []
    lists: dict[str, list[Tree]] = {}
    reader = Reader(content)
    while not reader.empty:
        group = reader.enter(der.SET, "x509: invalid RDNSequence")
        while not group.empty:
            attribute = group.enter(der.SEQUENCE, "x509: invalid RDNSequence: invalid attribute")
            kind = attribute.identifier("x509: invalid RDNSequence: invalid attribute type")
            value = _name_value(attribute.any("x509: invalid RDNSequence: invalid attribute value"), strict)
            names.append({"Type": numbers(kind), "Value": value})
            if isinstance(value, str) and kind[:3] == (2, 5, 4) and len(kind) == 4:
                if kind[3] in _NAME_TEXTS:
                    found[_NAME_TEXTS[kind[3]]] = value
                elif kind[3] in _NAME_LISTS:
                    lists.setdefault(_NAME_LISTS[kind[3]], []).append(value)
    return found | lists | {"Names": names or None, "ExtraNames": None}


def _name_value(element: Element, strict: bool) -> Tree:
    if not strict:
        return any_value(element)
    try:
        return der.string(element)
    except EvaluationError as error:
        raise EvaluationError(f"x509: invalid RDNSequence: invalid attribute value: {error}") from None


def any_value(element: Element) -> Tree:
    """A value of any type, null where Go knows no type for it (encoding/asn1)."""
    match element.tag:
        case der.UTF8_STRING | der.NUMERIC_STRING | der.PRINTABLE_STRING | der.T61_STRING | der.IA5_STRING:
            return der.string(element)
        case der.BMP_STRING:
            return der.string(element)
        case der.OCTET_STRING:
            return base64_text(element.content)
        case der.INTEGER:
            if len(element.content) > 8:
                raise EvaluationError("asn1: structure error: integer too large")
            return float(int.from_bytes(element.content, "big", signed=True))
        case der.BOOLEAN:
            return element.content == b"\xff"
        case der.OBJECT_IDENTIFIER:
            return numbers(der.identifier(element.content, "asn1: invalid object identifier"))
        case der.UTC_TIME | der.GENERALIZED_TIME:
            return der.time(Reader(element.whole))
        case _:
            return None


def base64_text(data: bytes) -> str:
    """Bytes as encoding/json writes them."""
    return base64.b64encode(data).decode()


def numbers(components: Identifier) -> list[Tree]:
    """An object identifier as encoding/json writes it."""
    return [float(component) for component in components]
