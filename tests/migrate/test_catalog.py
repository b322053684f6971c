"""Entries of `kinds` as resources of webhook rules."""

from __future__ import annotations

import pytest

from kywarden.migrate import catalog
from kywarden.migrate.catalog import Catalog, Resource, Target

MESH = Resource("mesh.example.com", ("v1", "v1beta1"), "Mesh", "meshes")
KNOWN = Catalog(
    (MESH, Resource("*", ("*",), "Gizmo", "gizmos"), Resource("serving.dev", ("v1",), "Service", "services"))
)
POD = Target("", ("v1",), "pods", True)


@pytest.mark.parametrize(
    ("entry", "targets"),
    [
        ("Pod", [POD]),
        ("v1/Pod", [POD]),
        ("Pod/exec", [Target("", ("v1",), "pods/exec", True)]),
        ("Pod.exec", [Target("", ("v1",), "pods/exec", True)]),
        ("Pod/*", [Target("", ("v1",), "pods/*", True)]),
        ("apps/v1/Deployment/scale", [Target("apps", ("v1",), "deployments/scale", True)]),
        ("Namespace", [Target("", ("v1",), "namespaces", False)]),
        ("HorizontalPodAutoscaler", [Target("autoscaling", ("v2", "v1"), "horizontalpodautoscalers", True)]),
        ("autoscaling/v1/HorizontalPodAutoscaler", [Target("autoscaling", ("v1",), "horizontalpodautoscalers", True)]),
        ("batch/*/CronJob", [Target("batch", ("*",), "cronjobs", True)]),
        ("Event", [Target("", ("v1",), "events", True), Target("events.k8s.io", ("v1",), "events", True)]),
        ("Ingress", [Target("networking.k8s.io", ("v1",), "ingresses", True)]),
        ("extensions/v1beta1/Ingress", [Target("extensions", ("v1beta1",), "ingresses")]),
        ("*", [Target("*", ("*",), "*")]),
        ("*/*", [Target("*", ("*",), "*/*")]),
        ("*/exec", [Target("*", ("*",), "*/exec")]),
        ("apps/v1/*", [Target("apps", ("v1",), "*")]),
        ("*Set", [Target("*", ("*",), "*", broad="*Set")]),
        ("apps/v?/*Set", [Target("apps", ("*",), "*", broad="apps/v?/*Set")]),
        ("Mesh", [Target("mesh.example.com", ("v1", "v1beta1"), "meshes", True)]),
        ("mesh.example.com/v1/Mesh", [Target("mesh.example.com", ("v1",), "meshes", True)]),
        ("*.example.com/*/Mesh", [Target("mesh.example.com", ("*",), "meshes", True)]),
        ("Gizmo", [Target("*", ("*",), "gizmos", True)]),
        ("Service", [Target("", ("v1",), "services", True), Target("serving.dev", ("v1",), "services", True)]),
        ("Boat", [Target("*", ("*",), "boats", guessed="Boat")]),
        ("harbour.dev/v1/Boat", [Target("harbour.dev", ("v1",), "*", broad="harbour.dev/v1/Boat")]),
        ("networking.k8s.io/NetworkPolicy", []),
        ("a/b/c/d/e", []),
    ],
)
def test_an_entry_of_kinds_becomes_resources(entry: str, targets: list[Target]) -> None:
    assert KNOWN.targets(entry) == targets


def test_definitions_tell_group_plural_served_versions_and_scope() -> None:
    spec = {
        "group": "cert-manager.io",
        "names": {"kind": "ClusterIssuer", "plural": "clusterissuers"},
        "scope": "Cluster",
        "versions": [{"name": "v1", "served": True}, {"name": "v1alpha2", "served": False}],
    }
    documents = [{"kind": "CustomResourceDefinition", "spec": spec}, {"kind": "Namespace"}]
    assert catalog.definitions(documents) == [
        Resource("cert-manager.io", ("v1",), "ClusterIssuer", "clusterissuers", namespaced=False)
    ]


def test_a_resource_is_told_with_or_without_its_group() -> None:
    assert catalog.told("Mesh.mesh.example.com=meshes") == Resource("mesh.example.com", ("*",), "Mesh", "meshes")
    assert catalog.told("Mesh=meshes") == Resource("*", ("*",), "Mesh", "meshes")


@pytest.mark.parametrize("argument", ["Mesh", "=meshes", "Mesh=", "Mesh.=meshes", ""])
def test_a_resource_told_badly_is_refused(argument: str) -> None:
    with pytest.raises(ValueError, match=r"Kind\.group=plural"):
        catalog.told(argument)
