"""The world: the only door to the outside while a request is judged.

Whoever evaluates supplies one: a Kubewarden host's capabilities, files beside a request, a recorded session, a test.
A question that the world cannot answer is an `EvaluationError` that names the question, never an empty answer; only
an explicit empty value means that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kywarden.model.request import User
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class Roles:
    """The RBAC roles of a user; `roles` are written `namespace:name`."""

    roles: tuple[str, ...] = ()
    cluster_roles: tuple[str, ...] = ()


class World(Protocol):
    """Answers of the outside. Every method may raise `EvaluationError`; `poll` raises `Timeout`."""

    def poll(self) -> None:
        """Raise `Timeout` when the deadline has passed; cheap, called very often."""

    def now(self) -> datetime:
        """The current time, with a time zone."""

    def random_bytes(self, count: int) -> bytes:
        """Random bytes (repeatable when the world has a seed)."""

    def namespace_labels(self, name: str) -> dict[str, str]:
        """The labels of a Namespace; an unknown namespace is an error."""

    def roles(self, user: User, namespace: str) -> Roles:
        """The roles and cluster roles bound to a user; cluster roles may be bound in the request's namespace alone."""

    def resource(self, api_version: str, kind: str, namespace: str, name: str) -> Map | None:
        """One object; None when it certainly does not exist. `namespace` is empty for cluster-scoped kinds."""

    def call(self, method: str, url: str, data: Tree) -> Tree:
        """The JSON answer of an API path (`/api/v1/…`) or of a service URL."""

    def global_context(self, name: str) -> Tree:
        """The value of a GlobalContextEntry."""

    def image(self, reference: str) -> Map:
        """Registry data of an image: the map of Kyverno's `imageRegistry` entry."""

    def values(self) -> Map:
        """What the caller fixed for variables and context entries: the `spec` of a Kyverno Values document."""

    def looks_up(self, kind: str) -> bool:
        """Whether there is anything to look a kind of context entry up in (`configMap`, `apiCall`, …).

        Asked only when Kyverno's command line is imitated, which passes over entries that it cannot look up.
        """

    def is_external_host(self, host: str) -> bool:
        """Whether a host name resolves to an address outside private ranges."""


class Host(Protocol):
    """Whoever runs evaluations: makes the world of one request."""

    @property
    def limited(self) -> bool:
        """Whether only a Kubewarden host's capabilities can answer what the caller did not: a look-up without a
        counterpart among them is then refused when settings are validated."""

    def world(self, given: Map, milliseconds: int, custom_resources: Mapping[str, str]) -> World:
        """The world beside one request.

        given: the envelope's `world`; milliseconds: the deadline, from now on; custom_resources: the kinds of custom
        resources by the name of their definition, `plural.group`.
        """
