"""The pod inside a workload: what the checks look at, and where its fields stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kywarden.errors import EvaluationError
from kywarden.judging.pod_security import decoding
from kywarden.values.trees import Map, Poll, Tree, maps

CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")
"""The lists of containers in the order of every check."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a pod.

    path: where it stands, such as `spec.containers[0]`; security: its securityContext, None when it has none.
    """

    path: str
    name: str
    image: str
    tree: Map
    security: Map | None


@dataclass(frozen=True, slots=True)
class Pod:
    """The decoded pod spec, with the annotations that count for it."""

    annotations: dict[str, str]
    security: Map
    volumes: tuple[Map, ...]
    containers: tuple[Container, ...]
    spec: Map


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the pod stands in a kind.

    type: the Go type that the object is decoded into; spec, metadata: keys to both; prefix: what `spec` in the path
    of an error becomes.
    """

    type: str
    spec: tuple[str, ...]
    metadata: tuple[str, ...]
    prefix: str


_POD = Layout("v1.Pod", ("spec",), ("metadata",), "spec")
# kyverno: every controller is decoded as a Deployment, whatever its own fields are.
_CONTROLLER = Layout(
    "v1.Deployment", ("spec", "template", "spec"), ("spec", "template", "metadata"), "spec.template.spec"
)
# kyverno: the annotations are those of the job template, not of the pod template.
_CRON_JOB = Layout(
    "v1.CronJob",
    ("spec", "jobTemplate", "spec", "template", "spec"),
    ("spec", "jobTemplate", "metadata"),
    "spec.jobTemplate.spec.template.spec",
)

LAYOUTS: dict[str, Layout] = {
    "Pod": _POD,
    "DaemonSet": _CONTROLLER,
    "Deployment": _CONTROLLER,
    "Job": _CONTROLLER,
    "StatefulSet": _CONTROLLER,
    "ReplicaSet": _CONTROLLER,
    "ReplicationController": _CONTROLLER,
    "CronJob": _CRON_JOB,
}


def read(resource: Map, kind: str, poll: Poll) -> Pod:
    """The pod of a resource (validate_pss.go getSpec); raises EvaluationError with the text that Go gives."""
    layout = LAYOUTS.get(kind)
    if layout is None:
        raise EvaluationError("could not find correct resource type")
    decoded = decoding.decode(layout.type, resource, poll)
    spec = _child(decoded, layout.spec)
    annotations = _child(decoded, (*layout.metadata, "annotations"))
    return Pod(
        annotations={key: value for key, value in annotations.items() if isinstance(value, str)},
        security=_child(spec, ("securityContext",)),
        volumes=tuple(maps(spec.get("volumes"))),
        containers=tuple(_containers(spec)),
        spec=spec,
    )


def only(containers: Iterable[Container]) -> Pod:
    """A pod of these containers and nothing else."""
    return Pod({}, {}, (), tuple(containers), {})


def hollow(pod: Pod) -> Pod:
    """The pod with one empty container instead of its own."""
    return Pod(pod.annotations, pod.security, pod.volumes, (_container("containers", 0, {"name": "fake"}),), pod.spec)


def field(tree: Map | None, *path: str) -> Tree:
    """What stands at a path of decoded structs; None when something on the way is unset."""
    node: Tree = tree
    for key in path:
        if not isinstance(node, dict):
            return None
        node = node.get(key)
    return node


def _child(tree: Map, path: tuple[str, ...]) -> Map:
    found = field(tree, *path)
    return found if isinstance(found, dict) else {}


def _containers(spec: Map) -> Iterator[Container]:
    for name in CONTAINER_LISTS:
        for index, tree in enumerate(maps(spec.get(name))):
            yield _container(name, index, tree)


def _container(list_name: str, index: int, tree: Map) -> Container:
    name, image, security = tree.get("name"), tree.get("image"), tree.get("securityContext")
    return Container(
        path=f"spec.{list_name}[{index}]",
        name=name if isinstance(name, str) else "",
        image=image if isinstance(image, str) else "",
        tree=tree,
        security=security if isinstance(security, dict) else None,
    )
