"""`artifacthub-pkg.yml`: a Kubewarden policy for Artifact Hub, from the metadata of its module.

Source: https://artifacthub.io/docs/topics/annotations/kubewarden, https://artifacthub.io/docs/topics/repositories
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kywarden.model import builtin_kinds
from kywarden.values.trees import Map, Tree

PREFIX = "io.kubewarden.policy."
NEEDED = ("version", "ociUrl")
"""What nobody but the author knows, by its short name."""

CREATED = "1970-01-01T00:00:00Z"
"""What the format demands and equal bytes forbid; the hub sorts by versions."""

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class Incomplete(ValueError):
    """An annotation is missing or no version."""


def package(metadata: Map) -> Map:
    """The package; raises `Incomplete`."""
    told = _annotations(metadata)
    for name in NEEDED:
        if not told.get(name):
            raise Incomplete(f"Artifact Hub asks for the annotation {name}")
    if not _VERSION.fullmatch(told["version"]):
        raise Incomplete(f"version {told['version']} is no semantic version such as 1.0.0")
    image = told["ociUrl"].removeprefix("registry://")
    title = told.get("title", "")
    package: Map = {
        "version": told["version"],
        "name": _NOT_IN_NAMES.sub("-", title.lower()).strip("-"),
        "displayName": title,
        "createdAt": CREATED,
        "description": told.get("description", title),
    }
    package |= {key: told[name] for key, name in (("license", "license"), ("homeURL", "url")) if told.get(name)}
    package["containersImages"] = [{"name": "policy", "image": image}]
    package["keywords"] = ["kubewarden", "kyverno"]
    links: list[Tree] = [{"name": "source", "url": told["source"]}] if told.get("source") else []
    if links:
        package["links"] = links
    package["install"] = f"The policy is a module for Kubewarden:\n\n```console\nkwctl pull {told['ociUrl']}\n```\n"
    if told.get("usage"):
        package["readme"] = told["usage"]
    if maintainer := _maintainer(told.get("author", "")):
        package["maintainers"] = [maintainer]
    package["provider"] = {"name": "kywarden" if not told.get("author") else told["author"].partition("<")[0].strip()}
    package["recommendations"] = [{"url": "https://artifacthub.io/packages/helm/kubewarden/kubewarden-controller"}]
    package["annotations"] = {
        "kubewarden/mutation": "true" if metadata.get("mutating") else "false",
        "kubewarden/resources": ", ".join(_resources(metadata)),
        "kubewarden/contextAware": "true" if metadata.get("contextAwareResources") else "false",
    }
    return package


def _annotations(metadata: Map) -> dict[str, str]:
    found = metadata.get("annotations")
    return {
        key.removeprefix(PREFIX): str(value)
        for key, value in (found.items() if isinstance(found, dict) else ())
        if key.startswith(PREFIX)
    }


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
