"""Watching an evaluation: whoever judges tells a trace what it does, at the moment it does it.

Nothing is told, and nothing is computed to be told, unless the world of the request is a `TracedWorld`. What can be
told are small classes, each defined where it happens; a trace picks those it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from kywarden.model.request import User
from kywarden.model.world import Roles, World
from kywarden.values.trees import Map, Tree

Trace: TypeAlias = Callable[[object], None]


@dataclass(frozen=True, slots=True)
class TracedWorld:
    """A world with somebody who watches; answers as the world itself does."""

    world: World
    trace: Trace

    def poll(self) -> None:
        self.world.poll()

    def now(self) -> datetime:
        return self.world.now()

    def random_bytes(self, count: int) -> bytes:
        return self.world.random_bytes(count)

    def namespace_labels(self, name: str) -> dict[str, str]:
        return self.world.namespace_labels(name)

    def roles(self, user: User, namespace: str) -> Roles:
        return self.world.roles(user, namespace)

    def resource(self, api_version: str, kind: str, namespace: str, name: str) -> Map | None:
        return self.world.resource(api_version, kind, namespace, name)

    def call(self, method: str, url: str, data: Tree) -> Tree:
        return self.world.call(method, url, data)

    def global_context(self, name: str) -> Tree:
        return self.world.global_context(name)

    def image(self, reference: str) -> Map:
        return self.world.image(reference)

    def values(self) -> Map:
        return self.world.values()

    def looks_up(self, kind: str) -> bool:
        return self.world.looks_up(kind)

    def is_external_host(self, host: str) -> bool:
        return self.world.is_external_host(host)
