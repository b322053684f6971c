"""The test file, `kyverno-test.yaml`: its documents as data.

Source: cmd/cli/kubectl-kyverno/apis/v1alpha1/{test,test_result}.go, test/load.go;
https://kyverno.io/docs/kyverno-cli/reference/kyverno-test/.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from kywarden.kinds.classic.trees import maps, texts
from kywarden.model.resources import text
from kywarden.testing import documents
from kywarden.testing.files import Files, LoadError
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class ResourceSpec:
    """A resource named by group, version, namespace and name (`resourceSpecs`); its kind is never compared."""

    group: str
    version: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """One entry of `results`.

    resources: None when the key is absent; operation: empty, CREATE, UPDATE or DELETE; patched: file of the mutated
    resource; generated: files of the resources that are generated; fails_on_missing: a patched resource that stands in
    no file is a failure.
    """

    policy: str
    rule: str
    result: str
    operation: str
    patched: str
    generated: tuple[str, ...]
    fails_on_missing: bool
    deletes: bool
    resources: tuple[str, ...] | None
    specs: tuple[ResourceSpec, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One test: a document of a test file. Paths are relative to the folder of the file."""

    path: str
    name: str
    policies: tuple[str, ...]
    resources: tuple[str, ...]
    targets: tuple[str, ...]
    parameters: tuple[str, ...]
    payloads: tuple[str, ...]
    http_payloads: tuple[str, ...]
    envoy_payloads: tuple[str, ...]
    variables: str
    values: Map | None
    userinfo: str
    exceptions: tuple[str, ...]
    cluster_resources: tuple[str, ...]
    calls: list[Map]
    global_context: list[Map]
    results: tuple[Expectation, ...]
    deprecated: bool

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path) or "."


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A test file that cannot be read."""

    path: str
    reason: str


def read(path: str, files: Files) -> list[Manifest | Unreadable]:
    """The tests of a file, in order; the first document that cannot be read ends them."""
    found: list[Manifest | Unreadable] = []
    try:
        for tree in documents.read_all(files.text(path), documents.TEST):
            found.append(_manifest(path, tree))
    except LoadError as error:
        found.append(Unreadable(path, str(error)))
    return found


def _manifest(path: str, tree: Map) -> Manifest:
    values = tree.get("values")
    return Manifest(
        path=path,
        name=text(tree, "name"),
        policies=_unique(_texts(tree.get("policies"))),
        resources=_unique(_texts(tree.get("resources"))),
        targets=_texts(tree.get("targetResources")),
        parameters=_texts(tree.get("paramResources")),
        payloads=_payloads(tree),
        http_payloads=_texts(tree.get("httpPayloads")),
        envoy_payloads=_texts(tree.get("envoyPayloads")),
        variables=text(tree, "variables"),
        values=values if isinstance(values, dict) else None,
        userinfo=text(tree, "userinfo"),
        exceptions=_texts(tree.get("exceptions")),
        cluster_resources=_texts(tree.get("clusterResources")),
        calls=maps(tree.get("apiCallResponses")),
        global_context=maps(tree.get("globalContextEntries")),
        results=tuple(map(_expectation, maps(tree.get("results")))),
        deprecated=not text(tree, "apiVersion") or not text(tree, "kind") or bool(text(tree, "name")),
    )


def _expectation(tree: Map) -> Expectation:
    single = text(tree, "generatedResource")
    resources = tree.get("resources")
    return Expectation(
        policy=text(tree, "policy"),
        rule=text(tree, "rule"),
        result=text(tree, "result"),
        operation=text(tree, "operation"),
        patched=text(tree, "patchedResources"),
        generated=_texts(tree.get("generatedResources")) or ((single,) if single else ()),
        fails_on_missing=tree.get("failOnMissingResources") is True,
        deletes=tree.get("isDeletingPolicy") is True,
        resources=_texts(resources) if resources is not None else None,
        specs=tuple(
            ResourceSpec(*(text(one, key) for key in ("group", "version", "namespace", "name")))
            for one in maps(tree.get("resourceSpecs"))
        ),
    )


def _payloads(tree: Map) -> tuple[str, ...]:
    """The JSON payloads; the old field counts when the list is empty."""
    single = text(tree, "jsonPayload")
    named = _texts(tree.get("jsonPayloads")) or ((single,) if single else ())
    return _unique(posixpath.normpath(name) for name in named if name.strip())


def _texts(tree: Tree) -> tuple[str, ...]:
    return tuple(texts(tree))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
