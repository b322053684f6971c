"""What SPDX 2.3 demands of a document in JSON, as far as a bill of materials of ours can offend against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema

TEXT = {"type": "string", "minLength": 1}
ID = {"type": "string", "pattern": "^SPDXRef-[A-Za-z0-9.-]+$"}
SCHEMA = {
    "type": "object",
    "required": ["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages"],
    "additionalProperties": False,
    "properties": {
        "spdxVersion": {"const": "SPDX-2.3"},
        "dataLicense": {"const": "CC0-1.0"},
        "SPDXID": {"const": "SPDXRef-DOCUMENT"},
        "name": TEXT,
        "documentNamespace": {"type": "string", "pattern": "^https://[^#]+$"},
        "creationInfo": {
            "type": "object",
            "required": ["created", "creators"],
            "properties": {
                "created": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                "creators": {"type": "array", "minItems": 1, "items": {"pattern": "^(Tool|Person|Organization): ."}},
            },
        },
        "packages": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["SPDXID", "name", "downloadLocation"],
                "additionalProperties": False,
                "properties": {
                    "SPDXID": ID,
                    **dict.fromkeys(("name", "versionInfo", "comment", "copyrightText", "downloadLocation"), TEXT),
                    **dict.fromkeys(("licenseConcluded", "licenseDeclared"), TEXT),
                    "filesAnalyzed": {"const": False},
                    "checksums": {
                        "type": "array",
                        "items": {
                            "required": ["algorithm", "checksumValue"],
                            "properties": {
                                "algorithm": {"const": "SHA256"},
                                "checksumValue": {"pattern": "^[0-9a-f]{64}$"},
                            },
                        },
                    },
                    "externalRefs": {
                        "type": "array",
                        "items": {
                            "required": ["referenceCategory", "referenceType", "referenceLocator"],
                            "properties": {
                                "referenceCategory": {"const": "PACKAGE-MANAGER"},
                                "referenceType": {"const": "purl"},
                                "referenceLocator": {"pattern": "^pkg:pypi/[a-z0-9.-]+@[^@]+$"},
                            },
                        },
                    },
                },
            },
        },
        "relationships": {
            "type": "array",
            "items": {
                "required": ["spdxElementId", "relationshipType", "relatedSpdxElement"],
                "properties": {"relationshipType": {"enum": ["DESCRIBES", "CONTAINS"]}},
            },
        },
        "hasExtractedLicensingInfos": {
            "type": "array",
            "items": {
                "required": ["licenseId", "extractedText"],
                "properties": {"licenseId": {"pattern": "^LicenseRef-[A-Za-z0-9.-]+$"}, "extractedText": TEXT},
            },
        },
    },
}
LISTED = frozenset(
    [
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "dtoa",
        "MIT",
        "NCSA",
        "OpenSSL",
        "Python-2.0.1",
        "Unicode-DFS-2016",
    ]
)
"""Of the SPDX list, the licences that occur."""


def faults(bill: Any) -> Iterator[str]:
    """What is wrong with a document; nothing when it is valid."""
    yield from (error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(bill))
    ids = [package["SPDXID"] for package in bill["packages"]]
    yield from (f"{one} is there twice" for one in sorted(set(ids)) if ids.count(one) > 1)
    known = {*ids, "SPDXRef-DOCUMENT"}
    for relationship in bill["relationships"]:
        ends = relationship["spdxElementId"], relationship["relatedSpdxElement"]
        yield from (f"{end} is nowhere" for end in ends if end not in known)
    described = [each for each in bill["relationships"] if each["relationshipType"] == "DESCRIBES"]
    if len(described) != 1:
        yield "the document describes not one package"
    extracted = {each["licenseId"] for each in bill["hasExtractedLicensingInfos"]}
    for package in bill["packages"]:
        for name in re.split(r" (?:OR|AND) ", package["licenseConcluded"].replace(" WITH LLVM-exception", "")):
            if name != "NOASSERTION" and name not in LISTED | extracted:
                yield f"{package['name']}: the licence {name} is not known"
