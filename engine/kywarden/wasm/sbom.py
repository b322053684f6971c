"""A bill of materials in SPDX 2.3: what a module is made of, under which licences.

Nothing of the machine and nothing of the time is in it: the document is named after its contents.
Source: https://spdx.github.io/spdx-spec/v2.3/
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree, maps

NAMESPACE = "https://spdx.org/spdxdocs"
CREATED = "1970-01-01T00:00:00Z"
"""What SPDX demands and equal bytes forbid: the time at which the document was made."""

UNKNOWN = "NOASSERTION"
ROOT = "SPDXRef-module"

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9.-]+")
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a module.

    license: an SPDX expression; copyright: the lines that claim it; location: where it can be had; purl: its package
    URL; comment: what of it is in the module; sha256: of its own text. What is empty is not asserted.
    """

    name: str
    version: str = ""
    license: str = UNKNOWN
    copyright: str = UNKNOWN
    location: str = UNKNOWN
    purl: str = ""
    comment: str = ""
    sha256: str = ""


def document(module: Component, parts: Iterable[Component], licenses: Mapping[str, str], *, tool: str) -> Map:
    """The bill of a module that contains the parts.

    licenses: the texts of the licences that SPDX does not list, by `LicenseRef-…`; tool: who says so, with version.
    """
    described = _distinct([_package(ROOT, module), *(_package(_reference(part.name), part) for part in parts)])
    return _named(
        module,
        {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "creationInfo": {"created": CREATED, "creators": [f"Tool: {tool}"]},
            "packages": list(described),
            "relationships": _relationships(described),
            "hasExtractedLicensingInfos": [
                {"licenseId": name, "extractedText": text, "name": name.removeprefix("LicenseRef-")}
                for name, text in sorted(licenses.items())
            ],
        },
    )


def names_packages(bill: Map) -> bool:
    """Whether there are packages, each with a name and an identifier."""
    packages = maps(bill.get("packages"))
    return bool(packages) and all(text(each, key) for each in packages for key in ("name", "SPDXID"))


def extended(bill: Map, module: Component, parts: Sequence[Component]) -> Map:
    """The bill of a module that was made of the one of `bill`, which becomes a part of it, and of more parts.

    bill: one that `names_packages`.
    """
    base, *inside = maps(bill["packages"])
    base = {**base, "SPDXID": _reference(str(base["name"]))}
    added = [_package(_reference(part.name), part) for part in parts]
    described = _distinct([_package(ROOT, module), base, *inside, *added])
    return _named(module, {**bill, "packages": list(described), "relationships": _relationships(described)})


def _named(module: Component, bill: Map) -> Map:
    name = f"{module.name}-{module.version}" if module.version else module.name
    contents = json.dumps({**bill, "documentNamespace": ""}, sort_keys=True).encode()
    digest = hashlib.sha256(contents).hexdigest()
    return {**bill, "name": name, "documentNamespace": f"{NAMESPACE}/{_NOT_IN_IDS.sub('-', name)}-{digest[:32]}"}


def _reference(name: str) -> str:
    return "SPDXRef-" + _NOT_IN_IDS.sub("-", name)


def _distinct(packages: Iterable[Map]) -> list[Map]:
    """The packages, with a number behind each identifier that is taken already."""
    taken: dict[str, Map] = {}
    for package in packages:
        name = reference = str(package["SPDXID"])
        number = 2
        while reference in taken:
            reference, number = f"{name}-{number}", number + 1
        taken[reference] = {**package, "SPDXID": reference}
    return list(taken.values())


def _package(reference: str, part: Component) -> Map:
    package: Map = {
        "SPDXID": reference,
        "name": part.name,
        "downloadLocation": part.location,
        "filesAnalyzed": False,
        "licenseConcluded": part.license,
        "licenseDeclared": part.license,
        "copyrightText": part.copyright,
    }
    if part.version:
        package["versionInfo"] = part.version
    if part.comment:
        package["comment"] = part.comment
    if part.sha256:
        package["checksums"] = [{"algorithm": "SHA256", "checksumValue": part.sha256}]
    if part.purl:
        package["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": part.purl}
        ]
    return package


def _relationships(packages: Sequence[Map]) -> list[Tree]:
    def between(one: Tree, kind: str, other: Tree) -> Map:
        return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}

    contained = [between(ROOT, "CONTAINS", package["SPDXID"]) for package in packages[1:]]
    return [between("SPDXRef-DOCUMENT", "DESCRIBES", ROOT), *contained]


def unlisted(license: str) -> list[str]:
    """The licences of an expression that SPDX does not list."""
    return _REFERENCE.findall(license)
