"""Certificates and certificate requests, with the fields of Go's x509.Certificate and x509.CertificateRequest.

Bytes become Base64, object identifiers lists of numbers, absent lists null: what encoding/json makes of the structs
(crypto/x509/parser.go, Go 1.26).
"""

from __future__ import annotations

from kywarden.errors import EvaluationError
from kywarden.jmes.x509 import der, extensions, names
from kywarden.jmes.x509.der import Element, Reader
from kywarden.jmes.x509.names import Identifier
from kywarden.values.trees import Map, Tree

_RSA: Identifier = (1, 2, 840, 113549, 1, 1, 1)
_EXTENSION_REQUEST: Identifier = (1, 2, 840, 113549, 1, 9, 14)
_NULL = b"\x05\x00"

_SIGNATURE_ALGORITHMS: dict[Identifier, int] = {
    (1, 2, 840, 113549, 1, 1, 4): 2,
    (1, 2, 840, 113549, 1, 1, 5): 3,
    (1, 3, 14, 3, 2, 29): 3,
    (1, 2, 840, 113549, 1, 1, 11): 4,
    (1, 2, 840, 113549, 1, 1, 12): 5,
    (1, 2, 840, 113549, 1, 1, 13): 6,
    (1, 2, 840, 10040, 4, 3): 7,
    (2, 16, 840, 1, 101, 3, 4, 3, 2): 8,
    (1, 2, 840, 10045, 4, 1): 9,
    (1, 2, 840, 10045, 4, 3, 2): 10,
    (1, 2, 840, 10045, 4, 3, 3): 11,
    (1, 2, 840, 10045, 4, 3, 4): 12,
    (1, 3, 101, 112): 16,
}
"""x509.SignatureAlgorithm of each identifier."""

_PSS: Identifier = (1, 2, 840, 113549, 1, 1, 10)
_PSS_HASHES: dict[Identifier, tuple[int, int]] = {
    (2, 16, 840, 1, 101, 3, 4, 2, 1): (32, 13),
    (2, 16, 840, 1, 101, 3, 4, 2, 2): (48, 14),
    (2, 16, 840, 1, 101, 3, 4, 2, 3): (64, 15),
}
"""Length of the salt and x509.SignatureAlgorithm of each hash."""


def certificate(data: bytes) -> Map:
    """The fields of a DER certificate with an RSA key; raises `EvaluationError` (x509.ParseCertificate)."""
    outer = Reader(data)
    whole = outer.read(der.SEQUENCE, "x509: malformed certificate")
    body = Reader(whole.content)
    signed = body.read(der.SEQUENCE, "x509: malformed tbs certificate")
    reader = Reader(signed.content)
    fields: Map = {"Raw": names.base64_text(whole.whole), "RawTBSCertificate": names.base64_text(signed.whole)}
    version = _version(reader)
    serial = reader.integer("x509: malformed serial number")
    if serial < 0:
        raise EvaluationError("x509: negative serial number")
    inner = reader.read(der.SEQUENCE, "x509: malformed signature algorithm identifier")
    algorithm = body.read(der.SEQUENCE, "x509: malformed algorithm identifier")
    if algorithm.content != inner.content:
        raise EvaluationError("x509: inner and outer signature algorithm identifiers don't match")
    fields |= {
        "Version": float(version),
        "SerialNumber": float(serial),
        "SignatureAlgorithm": _signature_algorithm(inner.content),
    }
    issuer = reader.read(der.SEQUENCE, "x509: malformed issuer")
    fields |= {"RawIssuer": names.base64_text(issuer.whole), "Issuer": names.name(issuer.content, strict=True)}
    validity = reader.enter(der.SEQUENCE, "x509: malformed validity")
    fields |= {"NotBefore": der.time(validity), "NotAfter": der.time(validity)}
    subject = reader.read(der.SEQUENCE, "x509: malformed issuer")
    fields |= {"RawSubject": names.base64_text(subject.whole), "Subject": names.name(subject.content, strict=True)}
    fields |= _public_key(reader.read(der.SEQUENCE, "x509: malformed spki"))
    fields |= extensions.certificate_fields(_certificate_extensions(reader, version))
    signature = body.bits("x509: malformed signature")
    if not outer.empty:
        raise EvaluationError("x509: trailing data")
    return fields | {"Signature": names.base64_text(der.right_aligned(*signature))}


def request(data: bytes) -> Map:
    """The fields of a DER certificate request with an RSA key (x509.ParseCertificateRequest)."""
    malformed = "x509: malformed certificate request"
    outer = Reader(data)
    whole = outer.read(der.SEQUENCE, malformed)
    if not outer.empty:
        raise EvaluationError("asn1: syntax error: trailing data")
    body = Reader(whole.content)
    signed = body.read(der.SEQUENCE, malformed)
    reader = Reader(signed.content)
    version = reader.integer(malformed)
    subject = reader.read(der.SEQUENCE, malformed)
    key = reader.read(der.SEQUENCE, malformed)
    attributes = _attributes(reader, malformed)
    algorithm = body.read(der.SEQUENCE, malformed)
    signature = body.bits(malformed)
    requested = _requested_extensions(attributes)
    return {
        "Raw": names.base64_text(whole.whole),
        "RawTBSCertificateRequest": names.base64_text(signed.whole),
        "RawSubject": names.base64_text(subject.whole),
        "Version": float(version),
        "Signature": names.base64_text(der.right_aligned(*signature)),
        "SignatureAlgorithm": _signature_algorithm(algorithm.content),
        "Subject": names.name(subject.content, strict=False),
        "Attributes": _attribute_values(attributes) or None,
        **_public_key(key),
        **extensions.request_fields(requested),
    }


def _version(reader: Reader) -> int:
    """Counted from 1, although it is written from 0."""
    explicit = reader.optional(0xA0, "x509: malformed version")
    inner = Reader(explicit.content) if explicit else None
    version = inner.integer("x509: malformed version") if inner else 0
    if version < 0 or (inner and not inner.empty):
        raise EvaluationError("x509: malformed version")
    if version > 2:
        raise EvaluationError("x509: invalid version")
    return version + 1


def _signature_algorithm(content: bytes) -> float:
    reader = Reader(content)
    algorithm = reader.identifier("x509: malformed OID")
    parameters = b"" if reader.empty else reader.any("x509: malformed parameters").whole
    if algorithm == _PSS:
        return float(_pss_algorithm(parameters))
    if algorithm == (1, 3, 101, 112) and parameters:
        return 0.0
    return float(_SIGNATURE_ALGORITHMS.get(algorithm, 0))


def _pss_algorithm(parameters: bytes) -> int:
    """RSA-PSS says in its parameters which hash and which length of salt; 0 for what Go does not know."""
    try:
        reader = Reader(parameters).enter(der.SEQUENCE, "")
        hashed = reader.enter(0xA0, "").enter(der.SEQUENCE, "").identifier("")
        mask = reader.enter(0xA1, "").enter(der.SEQUENCE, "")
        mask.identifier("")
        if mask.enter(der.SEQUENCE, "").identifier("") != hashed:
            return 0
        salt = reader.enter(0xA2, "").integer("")
    except EvaluationError:
        return 0
    length, algorithm = _PSS_HASHES.get(hashed, (0, 0))
    return algorithm if salt == length else 0


def _public_key(key: Element) -> Map:
    reader = Reader(key.content)
    algorithm = reader.enter(der.SEQUENCE, "x509: malformed public key algorithm identifier")
    kind = algorithm.identifier("x509: malformed OID")
    parameters = b"" if algorithm.empty else algorithm.any("x509: malformed parameters").whole
    bits = reader.bits("x509: malformed subjectPublicKey")
    if kind != _RSA:
        raise EvaluationError("certificate should use rsa algorithm")
    if parameters != _NULL:
        raise EvaluationError("x509: RSA key missing NULL parameters")
    numbers = Reader(der.right_aligned(*bits)).enter(der.SEQUENCE, "x509: invalid RSA public key")
    modulus = numbers.integer("x509: invalid RSA modulus")
    exponent = numbers.integer("x509: invalid RSA public exponent")
    if modulus <= 0:
        raise EvaluationError("x509: RSA modulus is not a positive number")
    if exponent <= 0:
        raise EvaluationError("x509: RSA public exponent is not a positive number")
    if exponent > 2**31 - 1:
        raise EvaluationError("failed to parse subject public key info")
    return {
        "RawSubjectPublicKeyInfo": names.base64_text(key.whole),
        "PublicKeyAlgorithm": 1.0,
        "PublicKey": {"N": _decimal(modulus), "E": float(exponent)},
    }


def _decimal(number: int) -> str:
    """Without the limit that Python sets to the digits of `str`; real keys have at most some 5000."""
    if number.bit_length() > 65_536:
        raise EvaluationError("failed to parse subject public key info")
    parts: list[str] = []
    while number >= 10**4000:
        number, rest = divmod(number, 10**4000)
        parts.append(f"{rest:04000d}")
    return "".join([str(number), *reversed(parts)])


def _certificate_extensions(reader: Reader, version: int) -> list[extensions.Extension]:
    if version > 1:
        reader.optional(0x81, "x509: malformed issuerUniqueID")
        reader.optional(0x82, "x509: malformed subjectUniqueID")
    explicit = reader.optional(0xA3, "x509: malformed extensions") if version == 3 else None
    if explicit is None:
        return []
    found = extensions.read(Reader(explicit.content).enter(der.SEQUENCE, "x509: malformed extensions"))
    seen: set[Identifier] = set()
    for extension in found:
        if extension.kind in seen:
            dotted = ".".join(map(str, extension.kind))
            raise EvaluationError(f'x509: certificate contains duplicate extension with OID "{dotted}"')
        seen.add(extension.kind)
    return found


def _attributes(reader: Reader, malformed: str) -> list[tuple[Identifier, list[Element]]]:
    """The attributes of a request, identifier and values; those that are malformed inside are left out."""
    found = []
    attributes = reader.enter(0xA0, malformed)
    while not attributes.empty:
        attribute = Reader(attributes.any(malformed).whole)
        try:
            found.append(_attribute(attribute.enter(der.SEQUENCE, malformed), malformed))
        except EvaluationError:
            continue
    return found


def _attribute(attribute: Reader, malformed: str) -> tuple[Identifier, list[Element]]:
    kind = attribute.identifier(malformed)
    values = attribute.enter(der.SET, malformed)
    elements = []
    while not values.empty:
        elements.append(values.any(malformed))
    return kind, elements


def _requested_extensions(attributes: list[tuple[Identifier, list[Element]]]) -> list[extensions.Extension]:
    found: list[extensions.Extension] = []
    for kind, values in attributes:
        if kind == _EXTENSION_REQUEST and values:
            found.extend(extensions.read(Reader(values[0].content)))
    if len({extension.kind for extension in found}) < len(found):
        raise EvaluationError("x509: certificate request contains duplicate requested extensions")
    return found


def _attribute_values(attributes: list[tuple[Identifier, list[Element]]]) -> list[Tree]:
    """Attributes whose values are lists of (type, value); others (challenge passwords) are left out."""
    shown: list[Tree] = []
    for kind, values in attributes:
        try:
            shown.append({"Type": names.numbers(kind), "Value": [_pairs(value) for value in values]})
        except EvaluationError:
            continue
    return shown


def _pairs(value: Element) -> Tree:
    if value.tag != der.SEQUENCE:
        raise EvaluationError("asn1: structure error")
    pairs: list[Tree] = []
    reader = Reader(value.content)
    while not reader.empty:
        pair = reader.enter(der.SEQUENCE, "asn1: structure error")
        kind = pair.identifier("asn1: structure error")
        pairs.append({"Type": names.numbers(kind), "Value": names.any_value(pair.any("asn1: structure error"))})
    return pairs
