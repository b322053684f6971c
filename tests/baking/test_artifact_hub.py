"""Packages for Artifact Hub, from the metadata of modules."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.baking import artifact_hub
from kywarden.baking.artifact_hub import Incomplete
from kywarden.wasm import metadata

URL = "registry://ghcr.io/acme/policy:v1.0.0"
SHORT = "io.kubewarden.policy."


def told(**annotations: str) -> Any:
    """The metadata of kywarden's own module with more annotations."""
    found: Any = metadata.of_policy(version="1.2.3")
    added = {SHORT + key: value for key, value in annotations.items()}
    return {**found, "annotations": {**found["annotations"], **added}}


def test_a_package_says_what_the_hub_asks_for() -> None:
    more = {"title": "My Policy (2)", "author": "A B <a@acme.test>", "url": "https://acme.test"}
    package: Any = artifact_hub.package(told(ociUrl=URL, **more))
    wanted = {"version", "name", "displayName", "createdAt", "description", "license", "homeURL", "provider"}
    assert wanted <= package.keys()
    assert package["name"] == "my-policy-2"
    assert package["maintainers"] == [{"name": "A B", "email": "a@acme.test"}]
    assert package["provider"] == {"name": "A B"}
    assert package["containersImages"] == [{"name": "policy", "image": "ghcr.io/acme/policy:v1.0.0"}]
    assert package["annotations"] == {
        "kubewarden/mutation": "false",
        "kubewarden/resources": "*",
        "kubewarden/contextAware": "false",
    }


def test_kinds_are_named_where_they_are_known() -> None:
    rules = [
        {"apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"]},
        {"apiGroups": ["acme.test"], "resources": ["boats"]},
    ]
    package: Any = artifact_hub.package({**told(ociUrl=URL), "rules": rules, "mutating": True})
    assert package["annotations"]["kubewarden/resources"] == "Deployment, boats"
    assert package["annotations"]["kubewarden/mutation"] == "true"


@pytest.mark.parametrize(
    ("annotations", "reason"),
    [
        ({}, "Artifact Hub asks for the annotation ociUrl"),
        ({"ociUrl": URL, "version": ""}, "Artifact Hub asks for the annotation version"),
        ({"ociUrl": URL, "version": "v1"}, "version v1 is no semantic version such as 1.0.0"),
    ],
)
def test_what_is_missing_is_told(annotations: dict[str, str], reason: str) -> None:
    with pytest.raises(Incomplete, match=reason):
        artifact_hub.package(told(**annotations))
