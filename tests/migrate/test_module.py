"""References to modules."""

from __future__ import annotations

import pytest

from kywarden.migrate import module
from kywarden.migrate.module import ModuleError

DIGEST = "@sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("reference", "uri"),
    [
        ("ghcr.io/acme/kywarden:v1.0.0", "registry://ghcr.io/acme/kywarden:v1.0.0"),
        ("registry://ghcr.io/acme/kywarden:v1.0.0", "registry://ghcr.io/acme/kywarden:v1.0.0"),
        ("localhost:5000/kywarden:v1", "registry://localhost:5000/kywarden:v1"),
        ("ghcr.io/acme/kywarden" + DIGEST, "registry://ghcr.io/acme/kywarden" + DIGEST),
        ("https://example.com/policy.wasm", "https://example.com/policy.wasm"),
        ("file:///tmp/policy.wasm", "file:///tmp/policy.wasm"),
    ],
)
def test_a_reference_becomes_a_uri(reference: str, uri: str) -> None:
    assert module.read(reference, baked=False).of("any") == uri


@pytest.mark.parametrize(
    "reference",
    ["ghcr.io/acme/kywarden", "ghcr.io/acme/kywarden:latest", "kywarden", "", "Ghcr.io/acme/k:v1", "a b/c:v1"],
)
def test_a_reference_that_can_change_or_is_none_is_refused(reference: str) -> None:
    with pytest.raises(ModuleError):
        module.read(reference, baked=False)


def test_baked_modules_are_named_after_their_policies() -> None:
    baked = module.read("ghcr.io/acme/policies:v1.2.0", baked=True)
    assert baked.of("require-label") == "registry://ghcr.io/acme/policies/require-label:v1.2.0"


@pytest.mark.parametrize("reference", ["ghcr.io/acme/policies" + DIGEST, "https://example.com/policy.wasm"])
def test_one_place_cannot_hold_several_baked_modules(reference: str) -> None:
    with pytest.raises(ModuleError):
        module.read(reference, baked=True)


def test_what_nobody_named_is_a_placeholder_with_a_version() -> None:
    made = module.stand_in("1.2.3", baked=False)
    assert (made.of("any"), made.is_stand_in) == ("registry://registry.example.com/kywarden:v1.2.3", True)
