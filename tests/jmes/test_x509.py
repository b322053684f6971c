"""Certificates as Go decodes them (expected fields recorded from the real function; long ones are cut)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.errors import EvaluationError
from kywarden.jmes.x509 import certificates, der, names
from kywarden.jmes.x509.der import Element
from tests.jmes.worlds import outcome, search

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIDBjCCAm+gAwIBAgIBTTANBgkqhkiG9w0BAQsFADA9MQswCQYDVQQGEwJERTEM
MAoGA1UECgwDb25lMQwwCgYDVQQKDAN0d28xEjAQBgNVBAMMCWt5d8OkcmRlbjAg
Fw05OTAxMDIwMzA0MDVaGA8yMDYwMDEwMjAzMDQwNVowPTELMAkGA1UEBhMCREUx
DDAKBgNVBAoMA29uZTEMMAoGA1UECgwDdHdvMRIwEAYDVQQDDAlreXfDpHJkZW4w
gZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAOykQjhSXLd9jS5bCpRf7zT0h+xg
cjxvaCYN0WcfSXowQPME1hOtR5Am1vfVWIpEXagIlpdPO5/gXqnjjBNRw5bQi0rT
z3DfVunZfm8y6Z3/ZpW7zsYZMhBFY26tmpMeeP4ImCAzhnswd6U6ESyd06uEACGg
KIKwdM39zlJqGwyJAgMBAAGjggESMIIBDjBMBgNVHREERTBDggUqLmEuYoEFeEB5
LnqHBAoAAAGHEP0AAAAAAAAAAAAAAAAAAAGGG2h0dHA6Ly91QGguY29tOjgwL2El
MmZiP3EjZjAOBgNVHQ8BAf8EBAMCAqQwEgYDVR0TAQH/BAgwBgEB/wIBADAYBgNV
HSUEETAPBggrBgEFBQcDAQYDKgMEMCQGCCsGAQUFBwEBBBgwFjAUBggrBgEFBQcw
AYYIaHR0cDovL28wEwYDVR0gBAwwCjAIBgZngQwBAgEwIgYDVR0eAQH/BBgwFqAU
MAaCBC5hLmIwCocICgAAAP8AAAAwEgYDVR0kAQH/BAgwBoABAIEBAjANBgQqAwQF
AQH/BAIFADANBgkqhkiG9w0BAQsFAAOBgQBCKj0eYyPx+3JAEzYZimBFy0Sdl1W7
oP2DW/yalZFU3eWBH9ou7JTgWd0VkB8sbI0rruDYZ/JMr6W3mas1POXG9L7uJ+I9
cjLD22G8YAHD1++pWpV4FpBZYb49SkeyukLQZpilXA1H/GiI7nGp9fWust+7XQiK
VF4TQMVO92gMVg==
-----END CERTIFICATE-----
"""

REQUEST = """\
-----BEGIN CERTIFICATE REQUEST-----
MIIB7zCCAVgCAQAwPTELMAkGA1UEBhMCREUxDDAKBgNVBAoMA29uZTEMMAoGA1UE
CgwDdHdvMRIwEAYDVQQDDAlreXfDpHJkZW4wgZ8wDQYJKoZIhvcNAQEBBQADgY0A
MIGJAoGBAOykQjhSXLd9jS5bCpRf7zT0h+xgcjxvaCYN0WcfSXowQPME1hOtR5Am
1vfVWIpEXagIlpdPO5/gXqnjjBNRw5bQi0rTz3DfVunZfm8y6Z3/ZpW7zsYZMhBF
Y26tmpMeeP4ImCAzhnswd6U6ESyd06uEACGgKIKwdM39zlJqGwyJAgMBAAGgcjAR
BgkqhkiG9w0BCQcxBAwCcHcwXQYJKoZIhvcNAQkOMVAwTjBMBgNVHREERTBDggUq
LmEuYoEFeEB5LnqHBAoAAAGHEP0AAAAAAAAAAAAAAAAAAAGGG2h0dHA6Ly91QGgu
Y29tOjgwL2ElMmZiP3EjZjANBgkqhkiG9w0BAQsFAAOBgQBNgZCmROu/zyXw/Q1d
Vi2Yik8wzxDHQjhDUFGa5ZtCLdEtNiOVyKQjswm6DCRfl0igQ9ixRQDpjQ0/oNu0
b8CzgIEYotohy7NKbDDPI9kf4m7rxD3oqVAu95NG7DZLcDDO1kKPc8P/fzuMV2wq
RNYDA5aKftxq1yJX8xNm0287tw==
-----END CERTIFICATE REQUEST-----
"""

CERTIFICATE_FIELDS: dict[str, Any] = {
    "AuthorityKeyId": None,
    "BasicConstraintsValid": True,
    "CRLDistributionPoints": None,
    "DNSNames": ["*.a.b"],
    "EmailAddresses": ["x@y.z"],
    "ExcludedDNSDomains": None,
    "ExcludedEmailAddresses": None,
    "ExcludedIPRanges": None,
    "ExcludedURIDomains": None,
    "ExtKeyUsage": [1],
    "Extensions": [
        {
            "Critical": False,
            "Id": [2, 5, 29, 17],
            "Value": "MEOCBSouYS5igQV4QHkueocECgAAAYcQ/QAAAAAAAAAAAAAAAAAAAYYbaHR0cDovL3VAaC5jb206ODAvYSUyZmI/cSNm",
        },
        {"Critical": True, "Id": [2, 5, 29, 15], "Value": "AwICpA=="},
        {"Critical": True, "Id": [2, 5, 29, 19], "Value": "MAYBAf8CAQA="},
        {"Critical": False, "Id": [2, 5, 29, 37], "Value": "MA8GCCsGAQUFBwMBBgMqAwQ="},
        {"Critical": False, "Id": [1, 3, 6, 1, 5, 5, 7, 1, 1], "Value": "MBYwFAYIKwYBBQUHMAGGCGh0dHA6Ly9v"},
        {"Critical": False, "Id": [2, 5, 29, 32], "Value": "MAowCAYGZ4EMAQIB"},
        {"Critical": True, "Id": [2, 5, 29, 30], "Value": "MBagFDAGggQuYS5iMAqHCAoAAAD/AAAA"},
        {"Critical": True, "Id": [2, 5, 29, 36], "Value": "MAaAAQCBAQI="},
        {"Critical": True, "Id": [1, 2, 3, 4, 5], "Value": "BQA="},
    ],
    "ExtraExtensions": None,
    "IPAddresses": ["10.0.0.1", "fd00::1"],
    "InhibitAnyPolicy": 0,
    "InhibitAnyPolicyZero": False,
    "InhibitPolicyMapping": 2,
    "InhibitPolicyMappingZero": False,
    "IsCA": True,
    "Issuer": {
        "CommonName": "kywärden",
        "Country": ["DE"],
        "ExtraNames": None,
        "Locality": None,
        "Names": [
            {"Type": [2, 5, 4, 6], "Value": "DE"},
            {"Type": [2, 5, 4, 10], "Value": "one"},
            {"Type": [2, 5, 4, 10], "Value": "two"},
            {"Type": [2, 5, 4, 3], "Value": "kywärden"},
        ],
        "Organization": ["one", "two"],
        "OrganizationalUnit": None,
        "PostalCode": None,
        "Province": None,
        "SerialNumber": "",
        "StreetAddress": None,
    },
    "IssuingCertificateURL": None,
    "KeyUsage": 37,
    "MaxPathLen": 0,
    "MaxPathLenZero": True,
    "NotAfter": "2060-01-02T03:04:05Z",
    "NotBefore": "1999-01-02T03:04:05Z",
    "OCSPServer": ["http://o"],
    "PermittedDNSDomains": [".a.b"],
    "PermittedDNSDomainsCritical": True,
    "PermittedEmailAddresses": None,
    "PermittedIPRanges": [{"IP": "10.0.0.0", "Mask": "/wAAAA=="}],
    "PermittedURIDomains": None,
    "Policies": ["2.23.140.1.2.1"],
    "PolicyIdentifiers": [[2, 23, 140, 1, 2, 1]],
    "PolicyMappings": None,
    "PublicKey": {
        "E": 65537,
        "N": (
            "166175407596832804211816996872127433577447229537007255464788025621678807915522153417034411"
            "811777318294694753254153267329056046097564990784462360516314463943708948174038033249878503"
            "665507593536693306826345114145329595695648061502463837097715263084122341584326402388147229"
            "296628353536021122474759783237302291593"
        ),
    },
    "PublicKeyAlgorithm": 1,
    "Raw": "MIIDBjCCAm+g…",
    "RawIssuer": "MD0xCzAJBgNV…",
    "RawSubject": "MD0xCzAJBgNV…",
    "RawSubjectPublicKeyInfo": "MIGfMA0GCSqG…",
    "RawTBSCertificate": "MIICb6ADAgEC…",
    "RequireExplicitPolicy": 0,
    "RequireExplicitPolicyZero": True,
    "SerialNumber": 77,
    "Signature": "Qio9HmMj8fty…",
    "SignatureAlgorithm": 4,
    "Subject": {
        "CommonName": "kywärden",
        "Country": ["DE"],
        "ExtraNames": None,
        "Locality": None,
        "Names": [
            {"Type": [2, 5, 4, 6], "Value": "DE"},
            {"Type": [2, 5, 4, 10], "Value": "one"},
            {"Type": [2, 5, 4, 10], "Value": "two"},
            {"Type": [2, 5, 4, 3], "Value": "kywärden"},
        ],
        "Organization": ["one", "two"],
        "OrganizationalUnit": None,
        "PostalCode": None,
        "Province": None,
        "SerialNumber": "",
        "StreetAddress": None,
    },
    "SubjectKeyId": None,
    "URIs": [
        {
            "ForceQuery": False,
            "Fragment": "f",
            "Host": "h.com:80",
            "OmitHost": False,
            "Opaque": "",
            "Path": "/a/b",
            "RawFragment": "",
            "RawPath": "/a%2fb",
            "RawQuery": "q",
            "Scheme": "http",
            "User": {},
        }
    ],
    "UnhandledCriticalExtensions": [[1, 2, 3, 4, 5]],
    "UnknownExtKeyUsage": [[1, 2, 3, 4]],
    "Version": 3,
}

REQUEST_FIELDS: dict[str, Any] = {
    "Attributes": [
        {
            "Type": [1, 2, 840, 113549, 1, 9, 14],
            "Value": [
                [
                    {
                        "Type": [2, 5, 29, 17],
                        "Value": (
                            "MEOCBSouYS5igQV4QHkueocECgAAAYcQ/QAAAAAAAAAAAAAAAAAAAYYbaHR0cDovL3VAaC5jb206ODAvYSUyZmI/cS"
                            "Nm"
                        ),
                    }
                ]
            ],
        }
    ],
    "DNSNames": ["*.a.b"],
    "EmailAddresses": ["x@y.z"],
    "Extensions": [
        {
            "Critical": False,
            "Id": [2, 5, 29, 17],
            "Value": "MEOCBSouYS5igQV4QHkueocECgAAAYcQ/QAAAAAAAAAAAAAAAAAAAYYbaHR0cDovL3VAaC5jb206ODAvYSUyZmI/cSNm",
        }
    ],
    "ExtraExtensions": None,
    "IPAddresses": ["10.0.0.1", "fd00::1"],
    "PublicKey": {
        "E": 65537,
        "N": (
            "166175407596832804211816996872127433577447229537007255464788025621678807915522153417034411"
            "811777318294694753254153267329056046097564990784462360516314463943708948174038033249878503"
            "665507593536693306826345114145329595695648061502463837097715263084122341584326402388147229"
            "296628353536021122474759783237302291593"
        ),
    },
    "PublicKeyAlgorithm": 1,
    "Raw": "MIIB7zCCAVgC…",
    "RawSubject": "MD0xCzAJBgNV…",
    "RawSubjectPublicKeyInfo": "MIGfMA0GCSqG…",
    "RawTBSCertificateRequest": "MIIBWAIBADA9…",
    "Signature": "TYGQpkTrv88l…",
    "SignatureAlgorithm": 4,
    "Subject": {
        "CommonName": "kywärden",
        "Country": ["DE"],
        "ExtraNames": None,
        "Locality": None,
        "Names": [
            {"Type": [2, 5, 4, 6], "Value": "DE"},
            {"Type": [2, 5, 4, 10], "Value": "one"},
            {"Type": [2, 5, 4, 10], "Value": "two"},
            {"Type": [2, 5, 4, 3], "Value": "kywärden"},
        ],
        "Organization": ["one", "two"],
        "OrganizationalUnit": None,
        "PostalCode": None,
        "Province": None,
        "SerialNumber": "",
        "StreetAddress": None,
    },
    "URIs": [
        {
            "ForceQuery": False,
            "Fragment": "f",
            "Host": "h.com:80",
            "OmitHost": False,
            "Opaque": "",
            "Path": "/a/b",
            "RawFragment": "",
            "RawPath": "/a%2fb",
            "RawQuery": "q",
            "Scheme": "http",
            "User": {},
        }
    ],
    "Version": 0,
}


def _cut(name: str, value: Any) -> Any:
    return value[:12] + "…" if isinstance(value, str) and (name.startswith("Raw") or name == "Signature") else value


@pytest.mark.parametrize(("text", "fields"), [(CERTIFICATE, CERTIFICATE_FIELDS), (REQUEST, REQUEST_FIELDS)])
def test_every_field_is_that_of_go(text: str, fields: dict[str, Any]) -> None:
    decoded = search("x509_decode(@)", text)
    assert isinstance(decoded, dict)
    assert {name: _cut(name, value) for name, value in decoded.items()} == fields


def test_numbers_are_floats_like_all_of_json() -> None:
    assert isinstance(search("x509_decode(@).PublicKey.E", CERTIFICATE), float)
    assert isinstance(search("x509_decode(@).SerialNumber", CERTIFICATE), float)


NO_CERTIFICATES = {
    "": "failed to decode PEM block",
    "text": "failed to decode PEM block",
    "-----BEGIN FOO-----\nYQ==\n-----END FOO-----": "PEM block neither contains a CERTIFICATE or CERTIFICATE REQUEST",
    "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----": "x509: malformed certificate",
    "-----BEGIN CERTIFICATE-----\nYQ==\n-----END FOO-----": "failed to decode PEM block",
    CERTIFICATE.replace("\n", " "): "failed to decode PEM block",
}


@pytest.mark.parametrize("text", NO_CERTIFICATES, ids=range(len(NO_CERTIFICATES)))
def test_other_text_is_refused(text: str) -> None:
    assert outcome("x509_decode(@)", text) == (None, NO_CERTIFICATES[text])


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "x\n" + text + "y"])
def test_line_ends_and_surroundings_do_not_matter(change: Any) -> None:
    assert search("x509_decode(@).Subject.CommonName", change(CERTIFICATE)) == "kywärden"


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    for decode in (certificates.certificate, certificates.request):
        with pytest.raises(EvaluationError):
            decode(data)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_damaged_certificates_are_decoded_or_refused(position: int, byte: int) -> None:
    data = bytearray(base64.b64decode("".join(CERTIFICATE.splitlines()[1:-1])))
    data[position % len(data)] = byte
    try:
        certificates.certificate(bytes(data))
    except EvaluationError as error:
        assert str(error)


def test_lengths_are_minimal_and_definite() -> None:
    for data in (b"\x30\x80", b"\x30\x81\x05hello", b"\x30\x82\x00\x85", b"\x30\x05abc", b"\x3f\x01a"):
        with pytest.raises(EvaluationError):
            der.Reader(data).any("malformed")


def test_integers_of_any_size_are_read_or_refused_as_in_go() -> None:
    assert names.any_value(Element(der.INTEGER, b"\x01\x00", b"")) == 256.0
    with pytest.raises(EvaluationError, match="integer too large"):
        names.any_value(Element(der.INTEGER, b"\x7f" * 200, b""))
