"""The extensions of certificates that Go's x509 package reads into fields (crypto/x509/parser.go)."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from kywarden.errors import EvaluationError
from kywarden.jmes import urls
from kywarden.jmes.x509 import der
from kywarden.jmes.x509.der import Reader
from kywarden.values import strconv
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: its identifier, whether it must be understood, its DER value."""

    kind: tuple[int, ...]
    critical: bool
    value: bytes


_NONE: Map = {
    **dict.fromkeys(("DNSNames", "EmailAddresses", "IPAddresses", "URIs")),
    **dict.fromkeys(("UnhandledCriticalExtensions", "ExtKeyUsage", "UnknownExtKeyUsage", "ExtraExtensions")),
    **dict.fromkeys(("SubjectKeyId", "AuthorityKeyId", "OCSPServer", "IssuingCertificateURL")),
    **dict.fromkeys(("PermittedDNSDomains", "ExcludedDNSDomains", "PermittedIPRanges", "ExcludedIPRanges")),
    **dict.fromkeys(("PermittedEmailAddresses", "ExcludedEmailAddresses")),
    **dict.fromkeys(("PermittedURIDomains", "ExcludedURIDomains", "CRLDistributionPoints")),
    **dict.fromkeys(("PolicyIdentifiers", "Policies", "PolicyMappings")),
    **dict.fromkeys(("KeyUsage", "MaxPathLen", "InhibitAnyPolicy"), 0.0),
    **dict.fromkeys(("InhibitPolicyMapping", "RequireExplicitPolicy"), 0.0),
    **dict.fromkeys(("BasicConstraintsValid", "IsCA", "MaxPathLenZero", "PermittedDNSDomainsCritical"), False),
    **dict.fromkeys(("InhibitAnyPolicyZero", "InhibitPolicyMappingZero", "RequireExplicitPolicyZero"), False),
}
"""The fields of a certificate without extensions."""


def read(reader: Reader) -> list[Extension]:
    """The extensions in a sequence."""
    found = []
    while not reader.empty:
        item = reader.enter(der.SEQUENCE, "x509: malformed extension")
        kind = item.identifier("x509: malformed extension OID field")
        critical = item.peek() == der.BOOLEAN and item.boolean("x509: malformed extension critical field")
        value = item.read(der.OCTET_STRING, "x509: malformed extension value field").content
        found.append(Extension(kind, critical, value))
    return found


def certificate_fields(extensions: list[Extension]) -> Map:
    """All fields of a certificate that stand for extensions."""
    fields: Map = dict(_NONE)
    unhandled: list[Tree] = []
    for extension in extensions:
        reads = _READERS.get(extension.kind)
        if reads is None or not reads(fields, extension):
            unhandled += [_numbers(extension.kind)] if extension.critical else []
    return fields | {"Extensions": _shown(extensions), "UnhandledCriticalExtensions": unhandled or None}


def request_fields(extensions: list[Extension]) -> Map:
    """The same for a certificate request: only alternative names have fields."""
    fields: Map = {**dict.fromkeys(("DNSNames", "EmailAddresses", "IPAddresses", "URIs", "ExtraExtensions"))}
    for extension in extensions:
        if extension.kind == (2, 5, 29, 17):
            _alternative_names(fields, extension)
    return fields | {"Extensions": _shown(extensions)}


def _shown(extensions: list[Extension]) -> Tree:
    return [
        {"Id": _numbers(extension.kind), "Critical": extension.critical, "Value": _base64(extension.value)}
        for extension in extensions
    ] or None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _numbers(components: tuple[int, ...]) -> list[Tree]:
    return [float(component) for component in components]


def _append(fields: Map, name: str, value: Tree) -> None:
    known = fields.get(name)
    fields[name] = [*known, value] if isinstance(known, list) else [value]


def _key_usage(fields: Map, extension: Extension) -> bool:
    data, _ = Reader(extension.value).bits("x509: invalid key usage")
    bits = [data[number // 8] >> 7 - number % 8 & 1 for number in range(min(9, 8 * len(data)))]
    fields["KeyUsage"] = float(sum(bit << number for number, bit in enumerate(bits)))
    return True


def _basic_constraints(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid basic constraints"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    fields["IsCA"] = reader.peek() == der.BOOLEAN and reader.boolean(complaint)
    length = reader.integer(complaint) if reader.peek() == der.INTEGER else -1
    if length < -1 or length > strconv.MAX_INT64:
        raise EvaluationError(complaint)
    fields |= {"MaxPathLen": float(length), "MaxPathLenZero": length == 0, "BasicConstraintsValid": True}
    return True


def _alternative_names(fields: Map, extension: Extension) -> bool:
    reader = Reader(extension.value).enter(der.SEQUENCE, "x509: invalid subject alternative names")
    names = ("EmailAddresses", "DNSNames", "URIs", "IPAddresses")
    fields |= dict.fromkeys(names)
    while not reader.empty:
        element = reader.any("x509: invalid subject alternative name")
        match element.tag ^ 0x80:
            case 1:
                _append(fields, "EmailAddresses", _ascii(element.content, "x509: SAN rfc822Name is malformed"))
            case 2:
                _append(fields, "DNSNames", _ascii(element.content, "x509: SAN dNSName is malformed"))
            case 6:
                complaint = "x509: SAN uniformResourceIdentifier is malformed"
                _append(fields, "URIs", _uri(_ascii(element.content, complaint)))
            case 7:
                if len(element.content) not in (4, 16):
                    length = len(element.content)
                    raise EvaluationError(f"x509: cannot parse IP address of length {length}")
                _append(fields, "IPAddresses", _address(element.content))
    return any(fields[name] for name in names)


def _ascii(content: bytes, complaint: str) -> str:
    if not content.isascii():
        raise EvaluationError(complaint)
    return content.decode("ascii")


def _uri(text: str) -> Tree:
    try:
        return urls.parse(text).fields()
    except urls.URLError as error:
        raise EvaluationError(f"x509: cannot parse URI {strconv.quote(text)}: {error}") from None


def _address(content: bytes) -> str:
    address = ipaddress.ip_address(content)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _subject_key(fields: Map, extension: Extension) -> bool:
    if extension.critical:
        raise EvaluationError("x509: subject key identifier incorrectly marked critical")
    complaint = "x509: invalid subject key identifier"
    fields["SubjectKeyId"] = _base64(Reader(extension.value).read(der.OCTET_STRING, complaint).content)
    return True


def _authority_key(fields: Map, extension: Extension) -> bool:
    if extension.critical:
        raise EvaluationError("x509: authority key identifier incorrectly marked critical")
    complaint = "x509: invalid authority key identifier"
    key = Reader(extension.value).enter(der.SEQUENCE, complaint).optional(0x80, complaint)
    if key is not None:
        fields["AuthorityKeyId"] = _base64(key.content)
    return True


_PURPOSES = (
    (2, 5, 29, 37, 0),
    *((1, 3, 6, 1, 5, 5, 7, 3, number) for number in range(1, 10)),
    (1, 3, 6, 1, 4, 1, 311, 10, 3, 3),
    (2, 16, 840, 1, 113730, 4, 1),
    (1, 3, 6, 1, 4, 1, 311, 2, 1, 22),
    (1, 3, 6, 1, 4, 1, 311, 61, 1, 1),
)
"""x509.ExtKeyUsage is the position here."""


def _extended_key_usage(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid extended key usages"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    while not reader.empty:
        purpose = reader.identifier(complaint)
        if purpose in _PURPOSES:
            _append(fields, "ExtKeyUsage", float(_PURPOSES.index(purpose)))
        else:
            _append(fields, "UnknownExtKeyUsage", _numbers(purpose))
    return True


def _policies(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid certificate policies"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    policies: list[tuple[int, ...]] = []
    while not reader.empty:
        policy = reader.enter(der.SEQUENCE, complaint).identifier(complaint)
        if policy in policies:
            raise EvaluationError(complaint)
        policies.append(policy)
    fields["PolicyIdentifiers"] = [_numbers(policy) for policy in policies]
    fields["Policies"] = [".".join(map(str, policy)) for policy in policies] or None
    return True


def _policy_mappings(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid policy mappings extension"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    while not reader.empty:
        pair = reader.enter(der.SEQUENCE, complaint)
        issuer, subject = (".".join(map(str, pair.identifier(complaint))) for _ in range(2))
        _append(fields, "PolicyMappings", {"IssuerDomainPolicy": issuer, "SubjectDomainPolicy": subject})
    return True


def _policy_constraints(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid policy constraints extension"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    for tag, name in ((0x80, "RequireExplicitPolicy"), (0x81, "InhibitPolicyMapping")):
        if reader.peek() == tag:
            value = reader.integer(complaint, tag)
            fields |= {name: float(value), f"{name}Zero": value == 0}
    return True


def _inhibit_any_policy(fields: Map, extension: Extension) -> bool:
    value = Reader(extension.value).integer("x509: invalid inhibit any policy extension")
    fields |= {"InhibitAnyPolicy": float(value), "InhibitAnyPolicyZero": value == 0}
    return True


def _distribution_points(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid CRL distribution point"
    reader = Reader(extension.value).enter(der.SEQUENCE, f"{complaint}s")
    while not reader.empty:
        name = reader.enter(der.SEQUENCE, complaint).optional(0xA0, complaint)
        if name is None:
            continue
        points = Reader(name.content).enter(0xA0, complaint)
        while points.peek() == 0x86:
            _append(fields, "CRLDistributionPoints", points.any(complaint).content.decode("utf-8", "replace"))
    return True


def _authority_information(fields: Map, extension: Extension) -> bool:
    if extension.critical:
        raise EvaluationError("x509: authority info access incorrectly marked critical")
    complaint = "x509: invalid authority info access"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    while not reader.empty:
        access = reader.enter(der.SEQUENCE, complaint)
        method = access.identifier(complaint)
        location = access.optional(0x86, complaint)
        name = {1: "OCSPServer", 2: "IssuingCertificateURL"}.get(method[-1])
        if location is not None and name is not None and method[:-1] == (1, 3, 6, 1, 5, 5, 7, 48):
            _append(fields, name, location.content.decode("utf-8", "replace"))
    return True


_CONSTRAINED = {1: "EmailAddresses", 2: "DNSDomains", 6: "URIDomains", 7: "IPRanges"}


def _name_constraints(fields: Map, extension: Extension) -> bool:
    complaint = "x509: invalid NameConstraints extension"
    reader = Reader(extension.value).enter(der.SEQUENCE, complaint)
    subtrees = {word: reader.optional(tag, complaint) for tag, word in ((0xA0, "Permitted"), (0xA1, "Excluded"))}
    if not any(element and element.content for element in subtrees.values()):
        raise EvaluationError("x509: empty name constraints extension")
    understood = True
    for word, element in subtrees.items():
        trees = Reader(element.content if element else b"")
        while not trees.empty:
            base = trees.enter(der.SEQUENCE, complaint).any(complaint)
            name = _CONSTRAINED.get(base.tag ^ 0x80)
            if name is None:
                understood = False
            elif name == "IPRanges":
                _append(fields, f"{word}{name}", _network(base.content))
            else:
                value = _ascii(base.content, f"x509: invalid constraint value: {base.content!r} cannot be encoded")
                _append(fields, f"{word}{name}", value)
    fields["PermittedDNSDomainsCritical"] = extension.critical
    return understood


def _network(content: bytes) -> Map:
    if len(content) not in (8, 32):
        raise EvaluationError(f"x509: IP constraint contained value of length {len(content)}")
    half = len(content) // 2
    mask = int.from_bytes(content[half:], "big")
    host = ~mask & (1 << 8 * half) - 1
    if host & host + 1:
        raise EvaluationError(f"x509: IP constraint contained invalid mask {content[half:].hex()}")
    return {"IP": _address(content[:half]), "Mask": _base64(content[half:])}


_READERS: dict[tuple[int, ...], Callable[[Map, Extension], bool]] = {
    (2, 5, 29, 14): _subject_key,
    (2, 5, 29, 15): _key_usage,
    (2, 5, 29, 17): _alternative_names,
    (2, 5, 29, 19): _basic_constraints,
    (2, 5, 29, 30): _name_constraints,
    (2, 5, 29, 31): _distribution_points,
    (2, 5, 29, 32): _policies,
    (2, 5, 29, 33): _policy_mappings,
    (2, 5, 29, 35): _authority_key,
    (2, 5, 29, 36): _policy_constraints,
    (2, 5, 29, 37): _extended_key_usage,
    (2, 5, 29, 54): _inhibit_any_policy,
    (1, 3, 6, 1, 5, 5, 7, 1, 1): _authority_information,
}
"""Each sets fields, and says whether it understood the extension."""
