"""What a user fixes for a run: values for variables, namespace labels, subresources, and who asks.

Source: cmd/cli/kubectl-kyverno/{variables,values,userinfo,deprecations}.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kywarden.kinds.classic.trees import maps, one_map, texts
from kywarden.model.resources import text
from kywarden.model.resources import texts as texts_of_map
from kywarden.testing import documents
from kywarden.testing.files import Files, LoadError, joined
from kywarden.values.trees import Map, Tree

OPERATIONS = ("CREATE", "UPDATE", "DELETE")
OPERATION = "request.operation"


@dataclass(frozen=True, slots=True)
class Values:
    """A Values document's content."""

    spec: Map = field(default_factory=dict)

    @property
    def subresources(self) -> list[Map]:
        return maps(self.spec.get("subresources"))

    def namespace_labels(self, namespace: str) -> dict[str, str]:
        """The labels of a namespace, none when nothing is said about it; `namespaces` win over `namespaceSelector`."""
        labels: dict[str, str] = {}
        for entry in maps(self.spec.get("namespaceSelector")):
            if entry.get("name") == namespace:
                labels = texts_of_map(entry, "labels")
        for entry in maps(self.spec.get("namespaces")):
            if text(entry, "metadata", "name") == namespace:
                labels = texts_of_map(entry, "metadata", "labels")
        return labels

    def check_operation(self) -> None:
        """Raise `LoadError` when `request.operation` is no operation."""
        operation = one_map(self.spec.get("globalValues")).get(OPERATION)
        if isinstance(operation, str) and operation and operation not in (*OPERATIONS, "CONNECT"):
            raise LoadError(
                f'invalid request.operation value "{operation}", must be one of CREATE, UPDATE, DELETE, CONNECT'
            )

    def under(self, operation: str) -> Values:
        """The same without what it says about the operation, which a result fixes itself."""
        if not operation:
            return self
        spec = {**self.spec, "globalValues": _without(self.spec.get("globalValues"))}
        spec["policies"] = [
            {
                **policy,
                "resources": [{**one, "values": _without(one.get("values"))} for one in maps(policy.get("resources"))],
            }
            for policy in maps(self.spec.get("policies"))
        ]
        return Values(spec)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `userInfo` as in an AdmissionRequest, and roles."""

    user: Map
    roles: list[Tree]
    cluster_roles: list[Tree]


def _without(values: Tree) -> Map:
    return {key: value for key, value in one_map(values).items() if key != OPERATION}


def load(path: str, folder: str, files: Files, out: list[str]) -> Values:
    """The values of a file named in a folder; raises `LoadError`. A warning goes to `out`."""
    try:
        tree = documents.read(files.text(joined(folder, path)), documents.VALUES)
    except LoadError as error:
        raise LoadError(f"unable to load variable file: {path} ({error})") from None
    if not text(tree, "apiVersion") or not text(tree, "kind"):
        out.append(f"\nWARNING: values file ({path}) uses a deprecated schema that will be removed in 1.15")
        raise LoadError(f"values file {path} uses a deprecated schema — please migrate to the latest format")
    return Values(tree)


def of_pairs(pairs: Iterable[str]) -> Values:
    """The values of `--set key=value`; pairs that Kyverno cannot use are passed over."""
    fixed: Map = {}
    for pair in pairs:
        parts = [part.strip() for part in pair.strip().split("=")]
        if len(parts) != 2 or not all(parts) or "request.object." in parts[0] or parts[0] in fixed:
            continue
        fixed[parts[0]] = parts[1]
    return Values({"globalValues": fixed} if fixed else {})


def load_user(path: str, folder: str, files: Files) -> tuple[Asker, bool]:
    """Who asks, from a file named in a folder, and whether the file is of the old format; raises `LoadError`."""
    try:
        content = files.text(joined(folder, path))
    except LoadError as error:
        raise LoadError(f"unable to read yaml (unable to read yaml ({error}))") from None
    try:
        tree = documents.read(content, documents.USER_INFO)
    except LoadError as error:
        raise LoadError(f"failed to decode yaml ({error})") from None
    roles, cluster_roles = (list[Tree](texts(tree.get(key))) for key in ("roles", "clusterRoles"))
    asker = Asker(one_map(tree.get("userInfo")), roles, cluster_roles)
    return asker, not text(tree, "apiVersion") or not text(tree, "kind")


def old_user_warning(path: str) -> str:
    """What is printed about a user file of the old format."""
    return f"\nWARNING: user infos file ({path}) uses a deprecated schema that will be removed in 1.15"
