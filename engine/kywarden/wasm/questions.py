"""What policies ask a Kubewarden host: the capabilities, and the payloads that the host can read.

A payload becomes a question: the variant of the host's own request and its fields, as sessions are recorded. What does
not fit is refused in the words of the host's JSON reader.
Source: Kubewarden policy-evaluator, `callback_requests`; golden runs of the 1.36 hosts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json import decoder, scanner
from typing import Any, Literal, TypeAlias

from kywarden.values.trees import Map, Tree

Need: TypeAlias = Literal["required", "nullable", "optional"]
"""Of a field: `nullable` must be there and may be null, `optional` may be absent."""


class PayloadError(Exception):
    """The payload does not fit; the text is the host's."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `type` is a struct, or what a scalar or collection is made of."""

    name: str
    type: Struct | Literal["string", "bool", "strings", "set", "structs", "bytes", "pairs"] = "string"
    need: Need = "required"
    of: Struct | None = None


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct of the host: its name in Rust and its fields."""

    name: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as sessions hold it; absent fields are null."""

    variant: str
    fields: Map

    def debug(self) -> str:
        """How Rust prints it."""
        struct = VARIANTS.get(self.variant) or Struct(self.variant)
        return _debug(self.fields, struct)


def _optional(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, need="optional") for name in names)


_MASKS = Field("field_masks", "set", "optional")
_CACHE = Field("disable_cache", "bool")
_KIND = (Field("api_version"), Field("kind"))
_SELECTORS = (*_optional("label_selector", "field_selector"), _MASKS)
_ATTRIBUTES = Struct(
    "ResourceAttributes",
    (
        *_optional("group", "name", "namespace"),
        Field("resource"),
        *_optional("subresource"),
        Field("verb"),
        *_optional("version"),
    ),
)
_REVIEW = Struct(
    "SubjectAccessReview",
    (Field("groups", "strings", "optional"), Field("resource_attributes", _ATTRIBUTES), Field("user")),
)
_CERTIFICATE = Struct("Certificate", (Field("encoding"), Field("data", "bytes")))
_TRUST = Struct(
    "CertificateVerificationRequest",
    (
        Field("cert", _CERTIFICATE),
        Field("cert_chain", "structs", "optional", _CERTIFICATE),
        Field("not_after", need="nullable"),
    ),
)
_IMAGE = Field("image")
_NOTES = Field("annotations", "pairs", "optional")
_KEYLESS = Struct("KeylessInfo", (Field("issuer"), Field("subject")))
_KEYLESS_PREFIX = Struct("KeylessPrefixInfo", (Field("issuer"), Field("url_prefix")))

VARIANTS: Mapping[str, Struct] = {
    struct.name: struct
    for struct in (
        Struct("KubernetesGetResource", (*_KIND, Field("name"), *_optional("namespace"), _CACHE, _MASKS)),
        Struct("KubernetesListResourceNamespace", (*_KIND, Field("namespace"), *_SELECTORS)),
        Struct("KubernetesListResourceAll", (*_KIND, *_SELECTORS)),
        Struct("KubernetesCanI", (Field("request", _REVIEW), _CACHE)),
        Struct("OciManifestDigest", (_IMAGE,)),
        Struct("OciManifest", (_IMAGE,)),
        Struct("OciManifestAndConfig", (_IMAGE,)),
        Struct("SigstorePubKeyVerify", (_IMAGE, Field("pub_keys", "strings"), _NOTES)),
        Struct("SigstoreKeylessVerify", (_IMAGE, Field("keyless", "structs", of=_KEYLESS), _NOTES)),
        Struct("SigstoreKeylessPrefixVerify", (_IMAGE, Field("keyless_prefix", "structs", of=_KEYLESS_PREFIX), _NOTES)),
        Struct("SigstoreGithubActionsVerify", (_IMAGE, Field("owner"), *_optional("repo"), _NOTES)),
        Struct("DNSLookupHost", (Field("host"),)),
        Struct("CryptoIsCertificateTrusted", (Field("request", _TRUST),)),
    )
}
"""The host's requests, with their fields in the order in which it writes them."""


def _whole(variant: str) -> Callable[[bytes], Question]:
    """The payload is the variant's struct."""
    return lambda payload: Question(variant, _read_struct(payload, VARIANTS[variant]))


def _only(variant: str) -> Callable[[bytes], Question]:
    """The payload is the variant's only field, a string."""
    return lambda payload: Question(variant, {VARIANTS[variant].fields[0].name: _read_string(payload)})


def _review(payload: bytes) -> Question:
    asked = _read_struct(payload, Struct("", (Field("subject_access_review", _REVIEW), _CACHE)))
    return Question(
        "KubernetesCanI", {"request": asked["subject_access_review"], "disable_cache": asked["disable_cache"]}
    )


def _trust(payload: bytes) -> Question:
    return Question("CryptoIsCertificateTrusted", {"request": _read_struct(payload, _TRUST)})


def _tagged_outside(payload: bytes) -> Question:
    """`{"Variant": {…}}`."""
    document = _Document(payload)
    tree = document.tree
    if not isinstance(tree, dict) or len(tree) != 1:
        raise PayloadError(document.placed("expected value", tree))
    [(variant, inner)] = tree.items()
    return Question(variant, document.struct(inner, _verification(variant, document)))


def _tagged_inside(payload: bytes) -> Question:
    """`{"type": "Variant", …}`."""
    document = _Document(payload)
    variant = document.tree.get("type") if isinstance(document.tree, dict) else None
    if not isinstance(variant, str):
        raise PayloadError(document.placed("missing field `type`", document.tree))
    return Question(variant, document.struct(document.tree, _verification(variant, document)))


def _verification(variant: str, document: _Document) -> Struct:
    if variant.startswith("Sigstore") and variant in VARIANTS:
        return VARIANTS[variant]
    raise PayloadError(document.placed(f"unknown variant `{variant}`", document.tree))


OPERATIONS: Mapping[str, Mapping[str, Callable[[bytes], Question]]] = {
    "kubernetes": {
        "get_resource": _whole("KubernetesGetResource"),
        "list_resources_by_namespace": _whole("KubernetesListResourceNamespace"),
        "list_resources_all": _whole("KubernetesListResourceAll"),
        "can_i": _review,
    },
    "oci": {
        "v1/manifest_digest": _only("OciManifestDigest"),
        "v1/oci_manifest": _only("OciManifest"),
        "v1/oci_manifest_config": _only("OciManifestAndConfig"),
        "v1/verify": _tagged_outside,
        "v2/verify": _tagged_inside,
    },
    "net": {"v1/dns_lookup_host": _only("DNSLookupHost")},
    "crypto": {"v1/is_certificate_trusted": _trust},
}
"""Namespaces and operations, each with the reader of its payload; `tracing/log` is not among them, it asks nothing."""


def completed(variant: str, fields: Tree) -> Question:
    """The question of a session's request, in which absent fields are null; raises `PayloadError`."""
    if variant not in VARIANTS:
        raise PayloadError(f"unknown variant `{variant}`")
    return Question(variant, _Checker().struct(fields, VARIANTS[variant]))


def _read_struct(payload: bytes, struct: Struct) -> Map:
    document = _Document(payload)
    return document.struct(document.tree, struct)


def _read_string(payload: bytes) -> str:
    document = _Document(payload)
    if isinstance(document.tree, str):
        return document.tree
    raise PayloadError(document.placed(f"invalid type: {_kind(document.tree)}, expected a string", None, 0))


@dataclass(slots=True)
class _Checker:
    """Holds trees to structs; ends: where each map of the payload ends, by its identity."""

    ends: dict[int, int] = field(default_factory=dict)

    def placed(self, problem: str, tree: Tree, column: int | None = None) -> str:
        return f"{problem} at line 1 column {self.ends.get(id(tree), 0) if column is None else column}"

    def struct(self, tree: Tree, struct: Struct) -> Map:
        if not isinstance(tree, dict):
            raise PayloadError(self.placed(f"invalid type: {_kind(tree)}, expected struct {struct.name}", tree))
        read: Map = {}
        for each in struct.fields:
            if each.name not in tree and each.need != "optional":
                raise PayloadError(self.placed(f"missing field `{each.name}`", tree))
            value = tree.get(each.name)
            if value is None and each.need == "required":
                raise PayloadError(self.placed(f"invalid type: null, expected {_expected(each)}", tree))
            read[each.name] = None if value is None else self.value(value, each, tree)
        return read

    def value(self, value: Tree, wanted: Field, around: Tree) -> Tree:
        if isinstance(wanted.type, Struct):
            return self.struct(value, wanted.type)
        if wanted.type == "structs" and isinstance(value, list) and wanted.of is not None:
            return [self.struct(item, wanted.of) for item in value]
        if not _FITS[wanted.type](value):
            raise PayloadError(self.placed(f"invalid type: {_kind(value)}, expected {_expected(wanted)}", around))
        return value


class _Document(_Checker):
    """A payload that has been read."""

    def __init__(self, payload: bytes) -> None:
        super().__init__()
        if not payload.strip():
            raise PayloadError("EOF while parsing a value at line 1 column 0")
        try:
            text = payload.decode()
            self.tree: Tree = _Reader(self.ends).decode(text)
        except UnicodeDecodeError as error:
            raise PayloadError(f"invalid unicode code point at line 1 column {error.start}") from None
        except ValueError:
            problem, column = ("expected ident", 2) if payload[:1] in (b"n", b"t", b"f") else ("expected value", 1)
            raise PayloadError(self.placed(problem, None, column)) from None


class _Reader(json.JSONDecoder):
    """Reads JSON and notes where each object ends."""

    def __init__(self, ends: dict[int, int]) -> None:
        super().__init__()
        read_object = decoder.JSONObject  # type: ignore[attr-defined]

        def noting(*arguments: Any) -> tuple[Map, int]:
            tree, end = read_object(*arguments)
            ends[id(tree)] = end
            return tree, end

        self.parse_object = noting
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _kind(tree: Tree) -> str:
    match tree:
        case None:
            return "null"
        case bool():
            return f"boolean `{str(tree).lower()}`"
        case int():
            return f"integer `{tree}`"
        case float():
            return f"floating point `{tree}`"
        case str():
            return f"string {json.dumps(tree, ensure_ascii=False)}"
        case list():
            return "sequence"
        case dict():
            return "map"


def _are_strings(tree: Tree) -> bool:
    return isinstance(tree, list) and all(isinstance(item, str) for item in tree)


_FITS: Mapping[str, Callable[[Tree], bool]] = {
    "string": lambda tree: isinstance(tree, str),
    "bool": lambda tree: isinstance(tree, bool),
    "strings": _are_strings,
    "set": _are_strings,
    "structs": lambda tree: isinstance(tree, list),
    "bytes": lambda tree: isinstance(tree, list) and all(isinstance(item, int) and 0 <= item < 256 for item in tree),
    "pairs": lambda tree: isinstance(tree, dict) and all(isinstance(value, str) for value in tree.values()),
}


def _expected(wanted: Field) -> str:
    match wanted.type:
        case "string":
            return "a string"
        case "bool":
            return "a boolean"
        case "pairs":
            return "a map"
        case Struct(name):
            return f"struct {name}"
    return "a sequence"


def _debug(fields: Map, struct: Struct) -> str:
    parts = (f"{each.name}: {_debug_field(fields.get(each.name), each)}" for each in struct.fields)
    return f"{struct.name} {{ {', '.join(parts)} }}"


def _debug_field(value: Tree, wanted: Field) -> str:
    if wanted.need == "required":
        return _debug_value(value, wanted)
    return "None" if value is None else f"Some({_debug_value(value, wanted)})"


def _debug_value(value: Tree, wanted: Field) -> str:
    if isinstance(wanted.type, Struct) and isinstance(value, dict):
        return _debug(value, wanted.type)
    if wanted.of is not None and isinstance(value, list):
        return f"[{', '.join(_debug(item, wanted.of) for item in value if isinstance(item, dict))}]"
    if wanted.type == "set" and isinstance(value, list):
        return f"{{{', '.join(map(_debug_scalar, value))}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_debug_scalar, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_debug_scalar(key)}: {_debug_scalar(item)}' for key, item in value.items())}}}"
    return _debug_scalar(value)


def _debug_scalar(value: Tree) -> str:
    return json.dumps(value, ensure_ascii=False)
