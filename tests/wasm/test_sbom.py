"""Bills of materials: valid SPDX 2.3, named after their contents, with nothing of the time or the machine."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.wasm import sbom
from kywarden.wasm.sbom import Component
from tests.wasm.spdx import faults

MODULE = Component("kywarden", "1.2.3", "Apache-2.0", purl="pkg:pypi/kywarden@1.2.3")
PARTS = (Component("C library", license="MIT OR LicenseRef-own"), Component("PyYAML", "6.0", "MIT"))


def document(*parts: Component) -> Any:
    return sbom.document(MODULE, parts, {"LicenseRef-own": "do what you want"}, tool="kywarden-1.2.3")


def test_a_bill_is_valid() -> None:
    assert list(faults(document(*PARTS))) == []


def test_the_module_contains_its_parts() -> None:
    bill = document(*PARTS)
    assert [package["name"] for package in bill["packages"]] == ["kywarden", "C library", "PyYAML"]
    assert [each["relatedSpdxElement"] for each in bill["relationships"]] == [
        "SPDXRef-module",
        "SPDXRef-C-library",
        "SPDXRef-PyYAML",
    ]


def test_a_bill_is_named_after_its_contents_alone() -> None:
    assert document(*PARTS) == document(*PARTS)
    assert document(*PARTS)["documentNamespace"] != document(PARTS[0])["documentNamespace"]
    assert document(*PARTS)["creationInfo"]["created"] == "1970-01-01T00:00:00Z"


def test_a_module_made_of_another_contains_it_and_what_was_added() -> None:
    policy = Component("require-owner", sha256="0" * 64, comment="Kyverno policy")
    bill: Any = sbom.extended(document(*PARTS), Component("my-policy", "2.0.0"), [policy])
    assert list(faults(bill)) == []
    assert [package["name"] for package in bill["packages"]] == [
        "my-policy",
        "kywarden",
        "C library",
        "PyYAML",
        "require-owner",
    ]
    assert bill["name"] == "my-policy-2.0.0"


def test_parts_of_one_name_are_told_apart() -> None:
    twice: Any = sbom.extended(document(*PARTS), Component("module"), [Component("PyYAML"), Component("kywarden")])
    assert list(faults(twice)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"spdxVersion": "SPDX-2.2"}, "'SPDX-2.3' was expected"),
        ({"relationships": []}, "the document describes not one package"),
        ({"hasExtractedLicensingInfos": []}, "C library: the licence LicenseRef-own is not known"),
    ],
)
def test_the_check_finds_what_is_wrong(change: Any, fault: str) -> None:
    assert list(faults({**document(*PARTS), **change})) == [fault]
