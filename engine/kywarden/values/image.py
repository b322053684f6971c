"""Image references as Kyverno splits them: registry, path, tag, digest.

The grammar is distribution/reference's; around it Kyverno adds the default registry (but no `library/`) and the tag
`latest`. Source: pkg/utils/image/infos.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kywarden.values.trees import Map

DEFAULT_REGISTRY = "docker.io"
MAX_PATH = 255

_LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_ALGORITHM = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*"
_REFERENCE = re.compile(
    rf"(?:({_DOMAIN})/)?({_COMPONENT}(?:/{_COMPONENT})*)"
    rf"(?::([\w][\w.-]{{0,127}}))?(?:@({_ALGORITHM}:[0-9A-Fa-f]{{32,}}))?",
    re.ASCII,
)
_DIGEST_ALGORITHM = re.compile("[a-z0-9]+(?:[.+_-][a-z0-9]+)*")
_LOWER_HEX = re.compile("[a-f0-9]*")
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}


class ImageError(ValueError):
    """The text is no image reference; the sentence is Kyverno's."""


@dataclass(frozen=True, slots=True)
class Image:
    """The parts of a reference; absent ones are empty.

    name: last segment of the path. reference: with the digest if there is one, else with the tag.
    reference_with_tag: ends in `:` where there is only a digest.
    """

    registry: str
    name: str
    path: str
    tag: str
    digest: str
    reference: str
    reference_with_tag: str

    def tree(self) -> Map:
        """As expressions see it under `images`: empty parts are left out, but never name and path."""
        parts = {
            "registry": self.registry,
            "name": self.name,
            "path": self.path,
            "tag": self.tag,
            "digest": self.digest,
            "reference": self.reference,
            "referenceWithTag": self.reference_with_tag,
        }
        return {key: part for key, part in parts.items() if part or key in ("name", "path")}


def parse(
    reference: str, *, default_registry: str = DEFAULT_REGISTRY, enable_default_registry_mutation: bool = True
) -> Image:
    """The parts of an image reference; ImageError with Kyverno's text (GetImageInfo).

    enable_default_registry_mutation: false leaves the registry empty where the text names none.
    """
    full = with_registry(reference, default_registry)
    found, problem = _parsed(full)
    if found is None or problem:
        mutation = "true" if enable_default_registry_mutation else "false"
        raise ImageError(
            f"bad image: {full}, defaultRegistry: {default_registry}, "
            f"enableDefaultRegistryMutation: {mutation}: {problem}"
        )
    registry, path, tag, digest = found.groups(default="")
    if not digest and not tag:
        tag = "latest"
    if full != reference and not enable_default_registry_mutation:
        registry = ""
    where = f"{registry}/{path}" if registry else path
    named = path.rpartition("/")[2]
    first, _, rest = path.partition("/")
    if rest and not registry and "_" in first:
        registry, path = first, rest  # kyverno: an underscore marks a registry, but only after the texts are made
    return Image(
        registry, named, path, tag, digest, f"{where}@{digest}" if digest else f"{where}:{tag}", f"{where}:{tag}"
    )


def check(reference: str) -> None:
    """Raises ImageError with the reason why a text, as it stands, is no image reference (reference.Parse)."""
    if problem := _parsed(reference)[1]:
        raise ImageError(problem)


def _parsed(full: str) -> tuple[re.Match[str] | None, str]:
    """The parts of a reference, and what is wrong with it, empty for nothing."""
    found = _REFERENCE.fullmatch(full)
    if found is None:
        if not full:
            return None, "repository name must have at least one component"
        lowered = full.replace("\u0130", "i").lower()
        has_capitals = _REFERENCE.fullmatch(lowered) is not None
        return None, "repository name must be lowercase" if has_capitals else "invalid reference format"
    if len(found[2]) > MAX_PATH:
        return found, f"repository name must not be more than {MAX_PATH} characters"
    return found, _digest_problem(found[4]) if found[4] else ""


def with_registry(reference: str, default_registry: str = DEFAULT_REGISTRY) -> str:
    """The reference with the default registry before it where it names none."""
    return reference if _names_registry(reference) else f"{default_registry}/{reference}"


def _names_registry(reference: str) -> bool:
    """Whether the first segment is a registry: a dot, a colon, a capital letter, or `localhost`."""
    first, slash, _ = reference.partition("/")
    if not slash:
        return False
    return "." in first or ":" in first or first == "localhost" or first.lower() != first


def _digest_problem(digest: str) -> str:
    """What go-digest has against a digest, empty for nothing."""
    algorithm, _, encoded = digest.partition(":")
    if algorithm not in _DIGEST_LENGTHS:
        if _DIGEST_ALGORITHM.fullmatch(algorithm):
            return "unsupported digest algorithm"
        return "invalid checksum digest format"
    if len(encoded) != _DIGEST_LENGTHS[algorithm]:
        return "invalid checksum digest length"
    return "" if _LOWER_HEX.fullmatch(encoded) else "invalid checksum digest format"
