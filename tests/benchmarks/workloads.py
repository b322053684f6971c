"""What the benchmark judges: a pod and policies of our own, each as object and as YAML text in the settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kywarden import admission
from kywarden.values import yaml_text
from kywarden.values.trees import Map, Tree

POLICIES = Path(__file__).with_name("policies")


@dataclass(frozen=True, slots=True)
class Workload:
    """One row: a request and its settings; `floor` is the same input with a key that ends the work after parsing."""

    name: str
    form: str
    request: Map
    settings: Map

    @property
    def policies(self) -> list[str | Map]:
        found = self.settings.get("policies", [self.settings.get("policy")])
        return [policy for policy in found if isinstance(policy, str | dict)] if isinstance(found, list) else []

    @property
    def envelope(self) -> bytes:
        return _compact({"request": self.request, "settings": self.settings})

    @property
    def bare_envelope(self) -> bytes:
        """For a module that has the policies already."""
        return _compact({"request": self.request, "settings": {}})

    @property
    def floor(self) -> bytes:
        return _compact({"request": self.request, "settings": self.settings, "?": 0})


def all_workloads() -> list[Workload]:
    """The rows of the table, in its order."""
    five, twenty = creation(5), creation(20)
    return [
        *_forms("one pattern rule", "pattern.yaml", five),
        *_forms("pod security baseline as patterns", "baseline.yaml", five),
        *_forms("deny, much JMESPath", "deny.yaml", five),
        *_forms("foreach over 20 containers", "foreach.yaml", twenty),
        *_forms("podSecurity restricted", "pod-security.yaml", five),
        *_forms("add labels and a sidecar to a Deployment", "sidecar.yaml", creation_of_deployment(5)),
    ]


def _forms(name: str, file: str, request: Map) -> list[Workload]:
    text = (POLICIES / file).read_text(encoding="utf-8")
    trees: list[Tree] = [document.tree for document in yaml_text.load_all(text)]
    return [
        Workload(name, "object", request, {"policy": trees[0]} if len(trees) == 1 else {"policies": trees}),
        Workload(name, "YAML", request, {"policy": text}),
    ]


def creation(containers: int) -> Map:
    """The AdmissionRequest of a pod that all policies accept."""
    return admission.creation(_pod(containers))


def creation_of_deployment(containers: int) -> Map:
    """The AdmissionRequest of a Deployment of such pods."""
    pod = _pod(containers)
    deployment: Map = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": "shop", "labels": {"tier": "front"}},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"tier": "front"}},
            "template": {"metadata": {"labels": {"tier": "front"}}, "spec": pod["spec"]},
        },
    }
    return admission.creation(deployment)


def _pod(containers: int) -> Map:
    names = [f"{role}-{index}" for index in range(containers) for role in ("web", "sidecar")][:containers]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "shop-7d9c5b6f4d-x2x7k",
            "namespace": "shop",
            "labels": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/part-of": "store", "tier": "front"},
            "annotations": {"example.com/owner": "team-shop"},
        },
        "spec": {
            "serviceAccountName": "shop",
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "volumes": [{"name": "cache", "emptyDir": {}}],
            "containers": [_container(name) for name in names],
        },
    }


def _container(name: str) -> Map:
    return {
        "name": name,
        "image": f"registry.example.com/shop/{name}:1.4.2",
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "LOG_LEVEL", "value": "info"}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "cache", "mountPath": "/cache"}],
    }


def _compact(tree: Map) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode()
