"""Packages for Artifact Hub, from the metadata of modules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kywarden.baking import artifact_hub
from kywarden.baking.artifact_hub import Incomplete, WrongTime
from kywarden.values import yaml_text
from kywarden.wasm import metadata

URL = "registry://ghcr.io/acme/policy:v1.0.0"
SHORT = "io.kubewarden.policy."
NOW = artifact_hub.created({"SOURCE_DATE_EPOCH": "1000000000"})


def told(**annotations: str) -> Any:
    """The metadata of kywarden's own module with more annotations."""
    found: Any = metadata.of_policy(version="1.2.3")
    added = {SHORT + key: value for key, value in annotations.items()}
    return {**found, "annotations": {**found["annotations"], **added}}


def test_a_package_says_what_the_hub_asks_for() -> None:
    more = {"title": "My Policy (2)", "author": "A B <a@acme.test>, C <c@acme.test>", "url": "https://acme.test"}
    package: Any = artifact_hub.package(told(ociUrl=URL, **more), NOW)
    wanted = {"version", "name", "displayName", "createdAt", "description", "license", "homeURL", "provider"}
    assert wanted <= package.keys()
    assert package["name"] == "my-policy-2"
    assert package["createdAt"] == "2001-09-09T01:46:40Z"
    assert package["maintainers"] == [{"name": "A B", "email": "a@acme.test"}, {"name": "C", "email": "c@acme.test"}]
    assert package["provider"] == {"name": "A B"}
    assert package["containersImages"] == [{"name": "policy", "image": "ghcr.io/acme/policy:v1.0.0"}]
    rules = package["annotations"].pop("kubewarden/rules")
    assert yaml_text.load(rules) == metadata.of_policy(version="")["rules"]
    assert package["annotations"] == {
        "kubewarden/mutation": "false",
        "kubewarden/resources": "*",
    }


def test_kinds_are_named_where_they_are_known() -> None:
    rules = [
        {"apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"]},
        {"apiGroups": ["acme.test"], "resources": ["boats"]},
    ]
    package: Any = artifact_hub.package({**told(ociUrl=URL), "rules": rules, "mutating": True}, NOW)
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
        artifact_hub.package(told(**annotations), NOW)


@pytest.mark.parametrize(
    ("url", "image"),
    [
        ("ghcr.io/acme/policy", "ghcr.io/acme/policy:v1.2.3"),
        ("registry://localhost:5000/policy", "localhost:5000/policy:v1.2.3"),
        ("ghcr.io/acme/policy:edge", "ghcr.io/acme/policy:edge"),
    ],
)
def test_an_image_without_tag_has_that_of_the_version(url: str, image: str) -> None:
    package: Any = artifact_hub.package(told(ociUrl=url), NOW)
    assert package["containersImages"][0]["image"] == image
    assert f"kwctl pull {image}\n" in package["install"]


def test_the_hub_is_told_what_is_written_for_it() -> None:
    found = told(ociUrl=URL)
    found["annotations"] |= {f"io.artifacthub.{key}": f"a, {key}" for key in ("displayName", "keywords", "resources")}
    package: Any = artifact_hub.package({**found, "contextAwareResources": [{"apiVersion": "v1", "kind": "Pod"}]}, NOW)
    assert (package["displayName"], package["keywords"]) == ("a, displayName", ["a", "keywords"])
    assert package["annotations"]["kubewarden/resources"] == "a, resources"
    assert package["annotations"]["kubewarden/contextAwareResources"] == "- apiVersion: v1\n  kind: Pod\n"


def test_the_time_is_that_of_the_environment_or_now() -> None:
    before = datetime.now(UTC)
    assert before <= artifact_hub.created({}) <= datetime.now(UTC)
    assert artifact_hub.created({"SOURCE_DATE_EPOCH": "0"}).year == 1970
    for wrong in ("x", "1_0", "-1", "9" * 30):
        with pytest.raises(WrongTime, match=f"SOURCE_DATE_EPOCH is no number of seconds since 1970: {wrong}"):
            artifact_hub.created({"SOURCE_DATE_EPOCH": wrong})
