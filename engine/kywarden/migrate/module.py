"""The module that a Kubewarden policy names: a reference that stays what it is, never `latest`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

SCHEMES = ("registry://", "https://", "http://", "file://")
_REFERENCE = re.compile(
    r"(?P<path>[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)+)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?P<digest>@sha256:[0-9a-f]{64})?"
)


class ModuleError(Exception):
    """The reference is no reference, or names something that can change."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its URI, or, for baked modules, the place below which there is one for each policy.

    is_stand_in: nobody named a module, and this one is nowhere to be found.
    """

    uri: str
    path: str = ""
    tag: str = ""
    baked: bool = False
    is_stand_in: bool = False

    def of(self, policy: str) -> str:
        """The URI for a policy, `name` or `namespace/name`."""
        return f"registry://{self.path}/{policy}:{self.tag}" if self.baked else self.uri


def read(reference: str, *, baked: bool) -> Module:
    """A module from `REGISTRY/PATH:TAG`, with a digest, or with a scheme; raises `ModuleError`.

    baked: the path is that of a folder, in which each policy has a module with this tag.
    """
    scheme = next((each for each in SCHEMES if reference.startswith(each)), "registry://")
    if scheme != "registry://":
        if baked:
            raise ModuleError(f"{reference}: baked modules are named below a registry path, such as ghcr.io/acme:v1")
        return Module(reference)
    found = _REFERENCE.fullmatch(reference.removeprefix(scheme))
    if found is None:
        raise ModuleError(f"{reference} is no reference to a module, such as ghcr.io/acme/kywarden:v1.0.0")
    if found["tag"] == "latest" or not (found["tag"] or found["digest"]):
        raise ModuleError(
            f"{reference}: name a version, such as :v1.0.0: what `latest` is changes under running clusters"
        )
    if baked and found["digest"]:
        raise ModuleError(f"{reference}: one digest cannot be that of several baked modules")
    module = Module(f"registry://{found[0]}", found["path"], found["tag"] or "")
    return replace(module, baked=baked)


def stand_in(version: str, *, baked: bool) -> Module:
    """What is written until somebody names a module; the host in it is reserved for examples."""
    path = "registry.example.com/kywarden"
    return Module(f"registry://{path}:v{version}", path, f"v{version}", baked, is_stand_in=True)
