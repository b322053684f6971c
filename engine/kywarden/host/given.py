"""A world made of what the caller wrote beside the request: the envelope's `world`, a file, a test.

Every question it was given no answer for is an `EvaluationError` that names the question; an empty value is an answer.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from types import MappingProxyType
from typing import NoReturn

from kywarden.errors import EvaluationError, RequestError, Timeout
from kywarden.host import api_paths, user_roles
from kywarden.model.request import User
from kywarden.model.resources import text, texts
from kywarden.model.world import Roles
from kywarden.values import trees
from kywarden.values.trees import Map, Tree

NONE: Mapping[str, str] = MappingProxyType({})

POLLS_PER_LOOK = 64
"""How many polls pass between two looks at the clock: a poll must cost next to nothing."""

LOOKED_UP = {
    "configMap": ("resources",),
    "apiCall": ("calls", "resources"),
    "imageRegistry": ("images",),
    "globalReference": ("globalContext",),
}
"""What answers each kind of context entry that looks something up."""


@dataclass(slots=True)
class GivenWorld:
    """The answers of one evaluation.

    given: the envelope's `world`; milliseconds: the deadline, counted from `started` (seconds of the monotonic clock).
    """

    given: Map
    milliseconds: int
    started: float
    _countdown: int = 1
    _random: random.Random | None = None
    _roles: dict[tuple[User, str], Roles] = field(default_factory=dict)

    def poll(self) -> None:
        self._countdown -= 1
        if self._countdown <= 0:
            self._countdown = POLLS_PER_LOOK
            if (monotonic() - self.started) * 1000 > self.milliseconds:
                raise Timeout(self.milliseconds)

    def poll_at_once(self) -> None:
        """The same with a look at the clock in any case: behind what may have taken long."""
        self._countdown = 1
        self.poll()

    def now(self) -> datetime:
        now = self.given.get("now")
        return datetime.fromisoformat(now) if isinstance(now, str) else datetime.now(UTC)

    def random_bytes(self, count: int) -> bytes:
        if self._random is None:
            seed = self.given.get("seed")
            self._random = random.Random(seed) if isinstance(seed, int) else random.SystemRandom()
        return self._random.randbytes(count)

    def namespace_labels(self, name: str) -> dict[str, str]:
        labels = self.given.get("namespaceLabels")
        if isinstance(labels, dict):
            return texts(labels)
        namespace = self.resource("v1", "Namespace", "", name)
        if namespace is None:
            raise EvaluationError(f"failed to get namespace {name}: not found")
        return texts(namespace, "metadata", "labels")

    def roles(self, user: User, namespace: str) -> Roles:
        asked = user, namespace
        if asked not in self._roles:
            self._roles[asked] = self._found_roles(user, namespace)
        return self._roles[asked]

    def _found_roles(self, user: User, namespace: str) -> Roles:
        roles, cluster_roles = self.given.get("roles"), self.given.get("clusterRoles")
        if roles is not None or cluster_roles is not None:
            return Roles(tuple(trees.texts(roles)), tuple(trees.texts(cluster_roles)))
        bindings = [self._of_kind(kind) for kind in (user_roles.ROLE_BINDING, user_roles.CLUSTER_ROLE_BINDING)]
        if not any(bindings):
            unanswered(f"the roles of user {user.username}", "roles or clusterRoles")
        return user_roles.bound(user, namespace, *bindings)

    def _of_kind(self, kind: str) -> list[Map]:
        resources = self.given.get("resources")
        found = resources if isinstance(resources, list) else []
        return [each for each in found if isinstance(each, dict) and each.get("kind") == kind]

    def resource(self, api_version: str, kind: str, namespace: str, name: str) -> Map | None:
        resources = self.given.get("resources")
        if not isinstance(resources, list):
            where = f"{namespace}/{name}" if namespace else name
            unanswered(f"the object {api_version} {kind} {where}", "resources")
        for resource in resources:
            if isinstance(resource, dict) and _is(resource, api_version, kind, namespace, name):
                return resource
        return None

    def call(self, method: str, url: str, data: Tree) -> Tree:
        calls = self.given.get("calls")
        for call in calls if isinstance(calls, list) else []:
            if isinstance(call, dict) and (call.get("method") or "GET", call.get("url")) == (method, url):
                if "data" in call and call["data"] != data:
                    continue
                return call.get("response")
        found = self.read(url) if method == "GET" else None
        return unanswered(f"the answer to {method} {url}", "calls") if found is None else found

    def read(self, url: str) -> Tree:
        """What the objects answer to an API path, None when they cannot."""
        resources = self.given.get("resources")
        if isinstance(resources, list):
            path = api_paths.parse(url)
            if path is not None and not path.field_selector:
                return api_paths.answer(path, resources)
        return None

    def global_context(self, name: str) -> Tree:
        entries = self.given.get("globalContext")
        if isinstance(entries, dict) and name in entries:
            return entries[name]
        return unanswered(f"the global context entry {name}", "globalContext")

    def image(self, reference: str) -> Map:
        images = self.given.get("images")
        data = images.get(reference) if isinstance(images, dict) else None
        return data if isinstance(data, dict) else unanswered(f"the registry data of image {reference}", "images")

    def values(self) -> Map:
        values = self.given.get("values")
        spec = values.get("spec", values) if isinstance(values, dict) else {}
        return spec if isinstance(spec, dict) else {}

    def looks_up(self, kind: str) -> bool:
        return any(key in self.given for key in LOOKED_UP[kind])

    def is_external_host(self, host: str) -> bool:
        return unanswered(f"the addresses of host {host}", "nothing yet")


def unanswered(question: str, key: str) -> NoReturn:
    """Raise the error for a question that was given no answer; `key` is where the caller could have answered it."""
    raise EvaluationError(f"this needs {question}, which is not known here (world: {key})", unanswered=True)


@dataclass(frozen=True, slots=True)
class GivenHost:
    """Makes the world of each request from its envelope alone; reads nothing but the clock and randomness."""

    limited: bool = False

    def world(self, given: Map, milliseconds: int, custom_resources: Mapping[str, str] = NONE) -> GivenWorld:
        check(given)
        return GivenWorld(given, milliseconds, monotonic())


def check(given: Map) -> None:
    """Refuse what a world cannot mean, so that no misspelt key turns into an unanswered question."""
    for key, value in given.items():
        if key not in _TYPES:
            raise RequestError(f'unknown key "{key}", known keys: {", ".join(sorted(_TYPES))}', path="world")
        wanted, fits = _TYPES[key]
        if not fits(value):
            raise RequestError(f"must be {wanted}", path=f"world.{key}")


def _is_time(value: Tree) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_LIST: tuple[str, Callable[[Tree], bool]] = ("a list", lambda value: isinstance(value, list))
_TEXTS: tuple[str, Callable[[Tree], bool]] = (
    "a list of strings",
    lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value),
)
_LABELS: tuple[str, Callable[[Tree], bool]] = (
    "a map of strings",
    lambda value: isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
)
_MAP: tuple[str, Callable[[Tree], bool]] = ("a map", lambda value: isinstance(value, dict))
_TYPES: dict[str, tuple[str, Callable[[Tree], bool]]] = {
    "resources": (
        "a list of objects",
        lambda value: isinstance(value, list) and all(isinstance(v, dict) for v in value),
    ),
    "namespaceLabels": _LABELS,
    "roles": _TEXTS,
    "clusterRoles": _TEXTS,
    "images": _MAP,
    "calls": _LIST,
    "globalContext": _MAP,
    "values": _MAP,
    "now": ("a time with a zone, such as 2026-01-31T10:00:00Z", _is_time),
    "seed": ("an integer", lambda value: isinstance(value, int) and not isinstance(value, bool)),
}


def _is(resource: Map, api_version: str, kind: str, namespace: str, name: str) -> bool:
    return (
        resource.get("kind") == kind
        and resource.get("apiVersion") == api_version
        and text(resource, "metadata", "name") == name
        and text(resource, "metadata", "namespace") == namespace
    )
