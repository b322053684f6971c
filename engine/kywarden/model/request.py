"""The request that is judged: an AdmissionRequest, read once into fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.values.trees import Map

Semantics: TypeAlias = Literal["admission", "apply", "test"]
"""Which of Kyverno's programs to imitate: the webhook, `kyverno apply` or `kyverno test` (reference 0)."""

SEMANTICS: tuple[Semantics, ...] = ("admission", "apply", "test")


@dataclass(frozen=True, slots=True)
class Kind:
    """A group, version and kind; the core group is empty.

    resource: set where only this plural of a custom resource is known; the kind is empty then.
    """

    group: str
    version: str
    kind: str
    resource: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """Who asks (`request.userInfo`)."""

    username: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One AdmissionRequest.

    tree: the request as it was sent, absent fields absent.
    object, old_object: as sent, integers as `int`; None when absent.
    user: None when the caller says nothing about who asks (`kyverno apply` without user).
    """

    tree: Map
    kind: Kind
    subresource: str
    name: str
    namespace: str
    operation: str
    user: User | None
    object: Map | None
    old_object: Map | None
    semantics: Semantics = "admission"

    @property
    def is_gone(self) -> bool:
        """No object is left to look at: a mutation failed, and there is no old one."""
        return self.object is None and self.old_object is None

    @property
    def judged(self) -> Map:
        """The object that rules look at: the new one, on DELETE the old one."""
        return self.object if self.object is not None else (self.old_object or {})
