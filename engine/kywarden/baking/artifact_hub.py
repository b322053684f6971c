"""`artifacthub-pkg.yml`: a Kubewarden policy for Artifact Hub, from the metadata of its module.

The annotations mean what they mean to `kwctl scaffold artifacthub`, so that either can write the file.
Source: https://artifacthub.io/docs/topics/annotations/kubewarden, https://artifacthub.io/docs/topics/repositories
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from kywarden.migrate import manifests
from kywarden.model import builtin_kinds
from kywarden.values.trees import Map, Tree

PREFIX = "io.kubewarden.policy."
NEEDED = ("version", "ociUrl")
"""What nobody but the author knows, by its short name."""

EPOCH = "SOURCE_DATE_EPOCH"
"""The variable that says what time it is, so that equal input gives equal bytes.

Source: https://reproducible-builds.org/specs/source-date-epoch
"""

HUB = "io.artifacthub."
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_TAGGED = re.compile(r"[:@][^/]*$")


class Incomplete(ValueError):
    """An annotation is missing or no version."""


class WrongTime(ValueError):
    """The variable `EPOCH` is no time."""


def created(environment: Mapping[str, str]) -> datetime:
    """The time of the package: now, or what the environment says; raises `WrongTime`."""
    told = environment.get(EPOCH)
    if not told:
        return datetime.now(UTC)
    if told.isascii() and told.isdigit():
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(int(told), UTC)
    raise WrongTime(f"{EPOCH} is no number of seconds since 1970: {told}")


def package(metadata: Map, now: datetime) -> Map:
    """The package, made now; raises `Incomplete`."""
    told = _annotations(metadata, PREFIX)
    hub = _annotations(metadata, HUB)
    for name in NEEDED:
        if not told.get(name):
            raise Incomplete(f"Artifact Hub asks for the annotation {name}")
    if not _VERSION.fullmatch(told["version"]):
        raise Incomplete(f"version {told['version']} is no semantic version such as 1.0.0")
    image = told["ociUrl"].removeprefix("registry://")
    if not _TAGGED.search(image):
        image = f"{image}:v{told['version']}"
    title = told.get("title", "")
    package: Map = {
        "version": told["version"],
        "name": _NOT_IN_NAMES.sub("-", title.lower()).strip("-"),
        "displayName": hub.get("displayName", title),
        "createdAt": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": told.get("description", title),
    }
    package |= {key: told[name] for key, name in (("license", "license"), ("homeURL", "url")) if told.get(name)}
    package["containersImages"] = [{"name": "policy", "image": image}]
    package["keywords"] = [*_parts(hub.get("keywords", "kubewarden, kyverno"))]
    links: list[Tree] = [{"name": "source", "url": told["source"]}] if told.get("source") else []
    if links:
        package["links"] = links
    package["install"] = f"The policy is a module for Kubewarden:\n\n```console\nkwctl pull {image}\n```\n"
    if told.get("usage"):
        package["readme"] = told["usage"]
    if maintainers := [each for part in _parts(told.get("author", "")) if (each := _maintainer(part))]:
        package["maintainers"] = [*maintainers]
    package["provider"] = {"name": "kywarden" if not told.get("author") else told["author"].partition("<")[0].strip()}
    package["recommendations"] = [{"url": "https://artifacthub.io/packages/helm/kubewarden/kubewarden-controller"}]
    annotations: Map = {
        "kubewarden/mutation": "true" if metadata.get("mutating") else "false",
        "kubewarden/resources": hub.get("resources", ", ".join(_resources(metadata))),
        "kubewarden/rules": manifests.text(metadata.get("rules")),
    }
    if read := metadata.get("contextAwareResources"):
        annotations["kubewarden/contextAwareResources"] = manifests.text(read)
    return {**package, "annotations": annotations}


def _annotations(metadata: Map, prefix: str) -> dict[str, str]:
    found = metadata.get("annotations")
    return {
        key.removeprefix(prefix): str(value)
        for key, value in (found.items() if isinstance(found, dict) else ())
        if key.startswith(prefix)
    }


def _parts(text: str) -> list[str]:
    """The parts of a list in one text."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _maintainer(author: str) -> Map | None:
    """Name and mail of `Name <mail>`."""
    name, bracket, mail = author.partition("<")
    return {"name": name.strip(), "email": mail.rstrip("> ")} if bracket and mail.rstrip("> ") else None


def _resources(metadata: Map) -> Iterable[str]:
    """The kinds that the rules are about; the name of the resource where its kind is not known."""
    rules = metadata.get("rules")
    found: set[str] = set()
    for rule in rules if isinstance(rules, list) else []:
        groups, names = (_texts(rule, key) for key in ("apiGroups", "resources"))
        known = {name: [kind for group in groups if (kind := builtin_kinds.kind_of(group, name))] for name in names}
        found.update(kind for name in names if "/" not in name for kind in known[name] or [name])
    return sorted(found)


def _texts(rule: Tree, key: str) -> list[str]:
    values = rule.get(key) if isinstance(rule, dict) else None
    return list(map(str, values)) if isinstance(values, list) else []
