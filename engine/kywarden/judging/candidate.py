"""A candidate: what selection looks at, read once and shared by all rules that are tested on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kywarden.model.request import Kind, Request, User
from kywarden.model.resources import text
from kywarden.model.world import Roles, World
from kywarden.values.trees import Map, Tree

_NOBODY = User()


@dataclass(slots=True, eq=False)
class Candidate:
    """One resource in one request.

    resource: the object judged, None when the request has none; kind, subresource: those of the request;
    namespace: of the request; user: None when nobody says who asks.
    The world is asked at first use only, and once; what it cannot answer is an EvaluationError.
    """

    resource: Map | None
    kind: Kind
    subresource: str
    operation: str
    user: User | None
    namespace: str
    world: World
    _labels: dict[str, str] | None = field(default=None, init=False)
    _annotations: dict[str, str] | None = field(default=None, init=False)
    _namespace_labels: dict[str, str] | None = field(default=None, init=False)
    _roles: Roles | None = field(default=None, init=False)

    @classmethod
    def of(cls, request: Request, world: World, resource: Map | None = None) -> Candidate:
        """The candidate of a request; `resource` is the object as patched so far, by default the one that is judged.

        On DELETE that is the old object; on UPDATE only the new one counts.
        """
        if resource is None:
            resource = request.object if request.object is not None else request.old_object
        return cls(
            resource,
            request.kind,
            request.subresource,
            request.operation,
            request.user,
            request.namespace,
            world,
        )

    @property
    def name(self) -> str:
        """The resource's name, or its `generateName`."""
        return text(self.resource, "metadata", "name") or text(self.resource, "metadata", "generateName")

    @property
    def resource_kind(self) -> str:
        """The kind that the resource itself states."""
        return text(self.resource, "kind")

    @property
    def listed_namespace(self) -> str:
        """What `namespaces` looks at: the resource's namespace; a Namespace lies in itself."""
        return text(self.resource, "metadata", "name" if self.resource_kind == "Namespace" else "namespace")

    @property
    def labels(self) -> dict[str, str]:
        if self._labels is None:
            self._labels = _strings(self.resource, "labels")
        return self._labels

    @property
    def annotations(self) -> dict[str, str]:
        if self._annotations is None:
            self._annotations = _strings(self.resource, "annotations")
        return self._annotations

    @property
    def namespace_labels(self) -> dict[str, str]:
        """The labels of the request's namespace; none for cluster-scoped resources."""
        if not self.namespace or self.kind.kind == "Namespace":
            return {}
        if self._namespace_labels is None:
            self._namespace_labels = self.world.namespace_labels(self.namespace)
        return self._namespace_labels

    @property
    def roles(self) -> Roles:
        if self._roles is None:
            self._roles = self.world.roles(self.user, self.namespace) if self.user is not None else Roles()
        return self._roles

    @property
    def username(self) -> str:
        return (self.user or _NOBODY).username

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.user or _NOBODY).groups


def _strings(resource: Map | None, field: str) -> dict[str, str]:
    """Labels or annotations: null is the empty string; one value of another type and there are none.

    Kubernetes: NestedNullCoercingStringMap in apimachinery.
    """
    metadata: Tree = (resource or {}).get("metadata")
    pairs = metadata.get(field) if isinstance(metadata, dict) else None
    if not isinstance(pairs, dict):
        return {}
    strings = {key: "" if value is None else value for key, value in pairs.items() if isinstance(value, str | None)}
    return strings if len(strings) == len(pairs) else {}
