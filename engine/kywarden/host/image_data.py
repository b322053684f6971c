"""The registry's data of an image, as Kyverno's context entry `imageRegistry` shows it.

Source: Kyverno pkg/engine/adapters/rclient.go, pkg/engine/context/loaders/imagedata.go; names of references are read
as github.com/google/go-containerregistry/pkg/name reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.host.capabilities import Capabilities
from kywarden.values.trees import Map, Tree

DOCKER_HUB, DOCKER_HUB_ALIAS, OFFICIAL = "index.docker.io", "docker.io", "library/"


@dataclass(frozen=True, slots=True)
class Name:
    """A reference: registry, repository, and the identifier, which is a tag, a digest, or `tag@digest`."""

    registry: str
    repository: str
    identifier: str


def name_of(reference: str) -> Name:
    """The parts of a reference that a registry has accepted."""
    tagged, _, digest = reference.partition("@")
    path, colon, tag = tagged.rpartition(":")
    if not colon or "/" in tag:
        path, tag = tagged, ""
    registry, slash, repository = path.partition("/")
    if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
        registry, repository = DOCKER_HUB, path
    if registry == DOCKER_HUB_ALIAS:
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = OFFICIAL + repository
    identifier = f"{tag}@{digest}" if tag and digest else digest or tag or "latest"
    return Name(registry, repository, identifier)


def of(reference: str, host: Capabilities) -> Map:
    """The data of an image; raises `EvaluationError` when the host has none."""
    found = host.manifest_and_config(reference)
    name = name_of(reference)
    top = host.manifest(reference)
    index: Tree = top if isinstance(top.get("manifests"), list) else None
    # kyverno: the digest is that of what the reference names, be it an index
    digest = found.get("digest") if index is None else host.manifest_digest(reference)
    return {
        "image": reference,
        "resolvedImage": f"{name.registry}/{name.repository}@{digest}",
        "registry": name.registry,
        "repository": name.repository,
        "identifier": name.identifier,
        "manifestList": index,
        "manifest": found.get("manifest"),
        "configData": found.get("config"),
    }
