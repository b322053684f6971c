"""The data of an image, as Kyverno's context entry shows it."""

from __future__ import annotations

import pytest

from kywarden.host import image_data
from kywarden.host.capabilities import Capabilities
from kywarden.host.image_data import Name
from tests.host.hosts import Host

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("nginx", Name("index.docker.io", "library/nginx", "latest")),
        ("nginx:1.27", Name("index.docker.io", "library/nginx", "1.27")),
        ("docker.io/nginx", Name("index.docker.io", "library/nginx", "latest")),
        ("docker.io/acme/app:1", Name("index.docker.io", "acme/app", "1")),
        ("acme/app", Name("index.docker.io", "acme/app", "latest")),
        ("ghcr.io/acme/app:1", Name("ghcr.io", "acme/app", "1")),
        ("localhost/app", Name("localhost", "app", "latest")),
        ("localhost:5000/app", Name("localhost:5000", "app", "latest")),
        (f"ghcr.io/acme/app@{DIGEST}", Name("ghcr.io", "acme/app", DIGEST)),
        (f"ghcr.io/acme/app:1@{DIGEST}", Name("ghcr.io", "acme/app", f"1@{DIGEST}")),
    ],
)
def test_a_reference_has_the_parts_that_registries_know(reference: str, name: Name) -> None:
    assert image_data.name_of(reference) == name


WHOLE = {"manifest": {"layers": []}, "digest": "sha256:platform", "config": {"os": "linux"}}


def test_an_image_of_one_platform_has_no_list() -> None:
    host = Host({"oci/v1/oci_manifest_config": WHOLE, "oci/v1/oci_manifest": {"layers": []}})
    assert image_data.of("nginx", Capabilities(host)) == {
        "image": "nginx",
        "resolvedImage": "index.docker.io/library/nginx@sha256:platform",
        "registry": "index.docker.io",
        "repository": "library/nginx",
        "identifier": "latest",
        "manifestList": None,
        "manifest": {"layers": []},
        "configData": {"os": "linux"},
    }
    assert [question for _, question in host.asked] == ["nginx", "nginx"]


def test_an_image_of_several_platforms_is_resolved_to_its_index() -> None:
    index = {"manifests": [{"digest": "sha256:platform"}]}
    host = Host(
        {
            "oci/v1/oci_manifest_config": WHOLE,
            "oci/v1/oci_manifest": index,
            "oci/v1/manifest_digest": {"digest": "sha256:index"},
        }
    )
    data = image_data.of("ghcr.io/acme/app:1", Capabilities(host))
    assert data["manifestList"] == index
    assert data["resolvedImage"] == "ghcr.io/acme/app@sha256:index"
