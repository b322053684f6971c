"""What Kyverno's command line puts around a resource: the request it pretends to be, and the world beside it.

It knows nobody who asks unless a file says so, no cluster unless a test lists its objects, and labels of
namespaces from values only. Context entries of a kind that has nothing to be looked up in are passed over.
Source: cmd/cli/kubectl-kyverno/{processor,store}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from kywarden import admission
from kywarden.errors import EvaluationError, RequestError
from kywarden.host.given import GivenWorld
from kywarden.kinds.classic.trees import one_map
from kywarden.model.request import Request, Semantics
from kywarden.model.resources import text, texts
from kywarden.testing.files import LoadError
from kywarden.testing.values import Asker, Values
from kywarden.values.trees import Map, Tree

DEADLINE = 60_000
"""Milliseconds for all policies on one resource: a run on a desk is never cut short, a loop without end is."""


MOST_ANSWERS = 1_000
"""Answers of a run that are kept at once."""


@dataclass(slots=True)
class CommandLineWorld(GivenWorld):
    """The world of one resource.

    lookups: the kinds of context entries that are looked up at all; failing: status codes of calls that fail, by URL;
    answers: of the objects to API paths, shared by the worlds of a run, whose objects are the same.
    """

    lookups: frozenset[str] = frozenset()
    failing: Mapping[str, int] = field(default_factory=dict)
    answers: dict[str, Tree] = field(default_factory=dict)

    def looks_up(self, kind: str) -> bool:
        return kind in self.lookups

    def call(self, method: str, url: str, data: Tree) -> Tree:
        if url in self.failing:
            raise EvaluationError(f"HTTP {self.failing[url]} from apiCall mock", unanswered=True)
        return GivenWorld.call(self, method, url, data)

    def read(self, url: str) -> Tree:
        if url not in self.answers:
            if len(self.answers) >= MOST_ANSWERS:
                self.answers.clear()
            self.answers[url] = GivenWorld.read(self, url)
        return self.answers[url]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What surrounds every resource of a run.

    objects: of the cluster that a look-up of a resource finds; clustered: the cluster is taken for a real one, which
    knows the labels of namespaces and the kinds of subresources itself; lookups: kinds of context entries.
    """

    semantics: Semantics
    values: Values = field(default_factory=Values)
    asker: Asker | None = None
    objects: list[Map] = field(default_factory=list)
    clustered: bool = False
    lookups: frozenset[str] = frozenset()
    calls: list[Map] = field(default_factory=list)
    failing: Mapping[str, int] = field(default_factory=dict)
    global_context: Mapping[str, Tree] = field(default_factory=dict)
    _answers: dict[str, Tree] = field(default_factory=dict)

    def request(self, resource: Map, operation: str = "") -> Request:
        """The request as which a resource is judged; without an operation, values decide about it.

        Raises `LoadError` when the resource cannot be asked about, because its name is a number, say.
        """
        values = Values() if self.clustered else self.values
        tree = request_tree(resource, values, None if self.asker is None else self.asker.user)
        try:
            request = admission.read(tree, self.semantics)
        except RequestError as error:
            raise LoadError(str(error)) from None
        return replace(request, operation=operation) if operation else request

    def world(self, resource: Map, operation: str = "") -> CommandLineWorld:
        """The world beside a resource; raises `LoadError` when a cluster has not the resource's namespace."""
        given: Map = {
            "namespaceLabels": {**self._labels(resource)},
            "roles": self.asker.roles if self.asker else [],
            "clusterRoles": self.asker.cluster_roles if self.asker else [],
            "resources": [*self.objects],
            "calls": [*self.calls],
            "globalContext": {**self.global_context},
            "values": self.values.under(operation).spec,
        }
        return CommandLineWorld(
            given, DEADLINE, monotonic(), lookups=self.lookups, failing=self.failing, answers=self._answers
        )

    def _labels(self, resource: Map) -> dict[str, str]:
        namespace = text(resource, "metadata", "namespace")
        labels = self.values.namespace_labels(namespace)
        if labels or not self.clustered or text(resource, "kind") == "Namespace" or not namespace:
            return labels
        for one in self.objects:
            if (text(one, "apiVersion"), text(one, "kind"), text(one, "metadata", "name")) == (
                "v1",
                "Namespace",
                namespace,
            ):
                return texts(one, "metadata", "labels")
        raise LoadError(f'failed to get the resource\'s namespace (namespaces "{namespace}" not found)')


def request_tree(resource: Map, values: Values, user: Map | None) -> Map:
    """The AdmissionRequest that stands for a resource: nobody asks, unless a file says who.

    A resource whose kind values call a subresource is that of its parent.
    """
    tree = admission.creation(resource)
    tree["object"] = resource
    del tree["userInfo"]
    if user is not None:
        tree["userInfo"] = user
    for entry in values.subresources:
        parent, child = one_map(entry.get("parentResource")), one_map(entry.get("subresource"))
        kind = one_map(tree.get("kind"))
        if all(kind.get(key) == child.get(key, "") for key in ("group", "version", "kind")):
            tree["kind"] = {key: parent.get(key, "") for key in ("group", "version", "kind")}
            tree["subResource"] = text(child, "name").partition("/")[2]
    return tree
