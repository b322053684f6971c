"""The host's side of host.call: the order of its checks, and the words of its refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kywarden.wasm.callbacks import AnswerFailed, Callbacks, CallFailed
from kywarden.wasm.questions import Question


def behind(question: Question) -> bytes:
    if question.variant == "OciManifest":
        raise AnswerFailed("no registry")
    return question.debug().encode()


def refusal(host: Callbacks, path: str, payload: Any, binding: str = "kubewarden") -> str:
    namespace, _, operation = path.partition("/")
    with pytest.raises(CallFailed) as caught:
        host(binding, namespace, operation, payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    return caught.value.text


GET = {"api_version": "v1", "kind": "Secret", "name": "s", "disable_cache": False}
NOT_GRANTED = "Policy has not been granted access to the '{}' host capability. The violation has been reported."


@pytest.mark.parametrize(
    ("path", "payload", "text"),
    [
        ("nope/x", 1, NOT_GRANTED.format("nope/x")),
        ("oci/v1/oci_manifest", "x", NOT_GRANTED.format("oci/v1/oci_manifest")),
        ("net/v1/nope", 1, "unknown operation: v1/nope"),
        ("tracing/nope", 1, "unknown operation: nope"),
        ("net/v1/dns_lookup_host", b"", "EOF while parsing a value at line 1 column 0"),
        ("net/v1/dns_lookup_host", b"not json", "expected ident at line 1 column 2"),
        ("net/v1/dns_lookup_host", b"{", "expected value at line 1 column 1"),
        ("net/v1/dns_lookup_host", {}, "invalid type: map, expected a string at line 1 column 0"),
        ("kubernetes/get_resource", {}, "missing field `api_version` at line 1 column 2"),
        ("kubernetes/get_resource", {**GET, "name": 5}, "invalid type: integer `5`, expected a string at line 1"),
        ("kubernetes/can_i", {"subject_access_review": {}}, "missing field `resource_attributes` at line 1 column 28"),
        ("kubernetes/get_resource", GET, "access to Kubernetes v1/Secret resources. The violation has been reported."),
    ],
)
def test_each_check_has_its_turn_and_its_words(path: str, payload: Any, text: str) -> None:
    host = Callbacks(behind, ("kubernetes/*", "net/v1/*"), frozenset((("v1", "Namespace"),)))
    assert text in refusal(host, path, payload)
    assert refusal(host, path, payload, "other") == "unknown binding: other"


def test_a_failure_behind_the_host_says_so() -> None:
    assert refusal(Callbacks(behind), "oci/v1/oci_manifest", "x") == "Callback evaluation failure: no registry"


def test_log_needs_no_grant_and_never_fails() -> None:
    host = Callbacks(behind, ())
    assert host("kubewarden", "tracing", "log", b"rubbish") == b""
    assert host.logged == [b"rubbish"]


KEYLESS = {"image": "i", "keyless": [{"issuer": "a", "subject": "b"}]}
KEYLESS_DEBUG = (
    'SigstoreKeylessVerify { image: "i", keyless: [KeylessInfo { issuer: "a", subject: "b" }], annotations: None }'
)


@pytest.mark.parametrize(
    ("path", "payload", "question"),
    [
        (
            "kubernetes/list_resources_by_namespace",
            {"api_version": "v1", "kind": "Pod", "namespace": "n", "field_masks": ["spec"], "other": 1},
            'KubernetesListResourceNamespace { api_version: "v1", kind: "Pod", namespace: "n", label_selector: None,'
            ' field_selector: None, field_masks: Some({"spec"}) }',
        ),
        ("oci/v1/verify", {"SigstoreKeylessVerify": KEYLESS}, KEYLESS_DEBUG),
        ("oci/v2/verify", {"type": "SigstoreKeylessVerify", **KEYLESS}, KEYLESS_DEBUG),
        (
            "crypto/v1/is_certificate_trusted",
            {"cert": {"encoding": "Pem", "data": [1]}, "not_after": None},
            "CryptoIsCertificateTrusted { request: CertificateVerificationRequest { cert: Certificate"
            ' { encoding: "Pem", data: [1] }, cert_chain: None, not_after: None } }',
        ),
    ],
)
def test_a_payload_becomes_the_question_of_the_host(path: str, payload: Any, question: str) -> None:
    namespace, _, operation = path.partition("/")
    assert Callbacks(behind)("kubewarden", namespace, operation, json.dumps(payload).encode()).decode() == question


def test_an_unknown_verification_is_refused() -> None:
    host = Callbacks(behind)
    assert "unknown variant `Nope`" in refusal(host, "oci/v1/verify", {"Nope": {}})
    assert "unknown variant `OciManifest`" in refusal(host, "oci/v2/verify", {"type": "OciManifest", "image": "i"})
    assert "missing field `type`" in refusal(host, "oci/v2/verify", {})
