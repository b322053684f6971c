"""Small policies and requests that many tests share."""

from __future__ import annotations

from typing import Any

from kywarden import admission
from tests import data

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "main", "image": "nginx:1.27"}]},
}


def policy(*rules: dict[str, Any], action: str = "Enforce", name: str = "sample", **spec: Any) -> dict[str, Any]:
    """A ClusterPolicy of these rules."""
    return {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": name},
        "spec": {"validationFailureAction": action, "rules": list(rules), **spec},
    }


def rule(name: str = "check", kinds: tuple[str, ...] = ("Pod",), **validate: Any) -> dict[str, Any]:
    """A validate rule about some kinds."""
    return {"name": name, "match": {"any": [{"resources": {"kinds": list(kinds)}}]}, "validate": validate}


def needs_label(label: str = "app", **validate: Any) -> dict[str, Any]:
    return rule(f"need-{label}", message=f"label {label} is required", pattern={"metadata": {"labels": {label: "?*"}}},
                **validate)  # fmt: skip


def envelope(request: dict[str, Any] | None = None, *policies: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An envelope: the creation of a pod, judged by a rule that wants the label `app`, unless told otherwise.

    Its deadline is one that no busy machine misses: what the default does is shown where it is named.
    """
    return {
        "request": admission.creation(POD) if request is None else request,
        "settings": {"policies": list(policies or [policy(needs_label())]), "deadlineMilliseconds": data.PATIENCE},
        **more,
    }
