"""What policies ask a Kubewarden host: the capabilities, and the payloads that the host can read.

A payload becomes a question: the variant of the host's own request and its fields, as sessions are recorded.
Source: Kubewarden policy-evaluator, `callback_requests`; golden runs of the 1.36 hosts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kywarden.values.trees import Map, Tree
from kywarden.wasm.payloads import Checker, Document, Field, PayloadError, Struct, read_string, read_struct


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
    return lambda payload: Question(variant, read_struct(payload, VARIANTS[variant]))


def _only(variant: str) -> Callable[[bytes], Question]:
    """The payload is the variant's only field, a string."""
    return lambda payload: Question(variant, {VARIANTS[variant].fields[0].name: read_string(payload)})


def _review(payload: bytes) -> Question:
    asked = read_struct(payload, Struct("", (Field("subject_access_review", _REVIEW), _CACHE)))
    return Question(
        "KubernetesCanI", {"request": asked["subject_access_review"], "disable_cache": asked["disable_cache"]}
    )


def _trust(payload: bytes) -> Question:
    return Question("CryptoIsCertificateTrusted", {"request": read_struct(payload, _TRUST)})


def _tagged_outside(payload: bytes) -> Question:
    """`{"Variant": {…}}`."""
    document = Document(payload)
    tree = document.tree
    if not isinstance(tree, dict) or len(tree) != 1:
        raise PayloadError(document.placed("expected value", tree))
    [(variant, inner)] = tree.items()
    return Question(variant, document.struct(inner, _verification(variant, document)))


def _tagged_inside(payload: bytes) -> Question:
    """`{"type": "Variant", …}`."""
    document = Document(payload)
    variant = document.tree.get("type") if isinstance(document.tree, dict) else None
    if not isinstance(variant, str):
        raise PayloadError(document.placed("missing field `type`", document.tree))
    return Question(variant, document.struct(document.tree, _verification(variant, document)))


def _verification(variant: str, document: Document) -> Struct:
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
    return Question(variant, Checker().struct(fields, VARIANTS[variant]))


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
