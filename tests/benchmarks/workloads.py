"""What the benchmark judges: a pod and policies of our own, each as object and as YAML text in the settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kywarden import admission
from kywarden.values import yaml_text
from kywarden.values.trees import Map, Tree
from kywarden.wasm.callbacks import Callbacks
from kywarden.wasm.cluster import Cluster
from kywarden.wasm.instance import HostCall

POLICIES = Path(__file__).with_name("policies")
LOOK_UPS = {"no look-up": 0, "one look-up": 1, "ten look-ups": 10}
"""The rows that tell what look-ups by a host cost: how many they make."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One row: a request and its settings; `floor` is the same input with a key that ends the work after parsing.

    resources: objects behind a simulated host, none for no host.
    """

    name: str
    form: str
    request: Map
    settings: Map
    resources: tuple[Map, ...] = ()

    @property
    def host_call(self) -> HostCall | None:
        """A simulated host that is asked what the policies look up, None for none."""
        return Callbacks(Cluster({"resources": [*self.resources]})) if self.resources else None

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
    ten = "---\n".join(_text("pattern.yaml").replace("containers-are-bounded", f"bounded-{n}") for n in range(10))
    return [
        *_forms("one pattern rule", _text("pattern.yaml"), five),
        *_forms("ten policies", ten, five),
        *_forms("pod security baseline as patterns", _text("baseline.yaml"), five),
        *_forms("deny, much JMESPath", _text("deny.yaml"), five),
        *_forms("foreach over 20 containers", _text("foreach.yaml"), twenty),
        *_forms("podSecurity restricted", _text("pod-security.yaml"), five),
        *(_looking_up(name, count, five) for name, count in LOOK_UPS.items()),
        *_forms("add labels and a sidecar to a Deployment", _text("sidecar.yaml"), creation_of_deployment(5)),
    ]


def _text(file: str) -> str:
    return (POLICIES / file).read_text(encoding="utf-8")


def _forms(name: str, text: str, request: Map) -> list[Workload]:
    trees: list[Tree] = [document.tree for document in yaml_text.load_all(text)]
    return [
        Workload(name, "object", request, {"policy": trees[0]} if len(trees) == 1 else {"policies": trees}),
        Workload(name, "YAML", request, {"policy": text}),
    ]


def _looking_up(name: str, count: int, request: Map) -> Workload:
    """A deny rule over ConfigMaps of a simulated host, half of them by `configMap`, half by `apiCall`."""
    names = [f"owners-{index}" for index in range(count)]
    path = "/api/v1/namespaces/shop/configmaps"
    context: list[Tree] = [
        {"name": f"x{index}", "apiCall": {"urlPath": f"{path}/{owners}"}}
        if index % 2
        else {"name": f"x{index}", "configMap": {"name": owners, "namespace": "shop"}}
        for index, owners in enumerate(names)
    ]
    conditions: list[Tree] = [
        {"key": f"{{{{ x{index}.data.owner }}}}", "operator": "NotEquals", "value": "team-shop"}
        for index in range(count)
    ]
    never: Tree = {"key": "{{ request.name }}", "operator": "Equals", "value": "none"}
    rule: Map = {
        "name": "owners",
        "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
        "context": context,
        "validate": {"message": "denied", "deny": {"conditions": {"any": [*conditions, never]}}},
    }
    policy: Map = {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": "owners", "annotations": {"pod-policies.kyverno.io/autogen-controllers": "none"}},
        "spec": {"validationFailureAction": "Enforce", "background": False, "rules": [rule]},
    }
    return Workload(name, "object", request, {"policy": policy}, tuple(map(_config_map, names)))


def _config_map(name: str) -> Map:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "shop"},
        "data": {"owner": "team-shop"},
    }


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
