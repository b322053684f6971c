"""What a request is about: its kind, for subresources that of the parent."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import admission
from kywarden.model.request import Kind

POD = {"group": "", "version": "v1", "kind": "Pod"}
SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
EXEC = {"group": "", "version": "v1", "kind": "PodExecOptions"}
ENGINE = {"group": "example.com", "version": "v1", "kind": "Engine"}
EVICTION = {"group": "policy", "version": "v1", "kind": "Eviction"}


@pytest.mark.parametrize(
    ("kind", "resource", "subresource", "expected"),
    [
        (POD, ("", "v1", "pods"), "", Kind("", "v1", "Pod")),
        (POD, ("", "v1", "pods"), "ephemeralcontainers", Kind("", "v1", "Pod")),
        (EXEC, ("", "v1", "pods"), "exec", Kind("", "v1", "Pod")),
        (EVICTION, ("", "v1", "pods"), "eviction", Kind("", "v1", "Pod")),
        (SCALE, ("apps", "v1", "deployments"), "scale", Kind("apps", "v1", "Deployment")),
        (SCALE, ("example.com", "v1", "data"), "scale", Kind("example.com", "v1", "Datum")),
        (SCALE, ("example.com", "v1", "engines"), "scale", Kind("example.com", "v1", "", "engines")),
        (ENGINE, ("example.com", "v1", "engines"), "status", Kind("example.com", "v1", "Engine")),
    ],
)
def test_rules_name_the_parent_of_a_subresource(
    kind: dict[str, str], resource: tuple[str, str, str], subresource: str, expected: Kind
) -> None:
    request: dict[str, Any] = {
        "kind": kind,
        "resource": dict(zip(("group", "version", "resource"), resource, strict=True)),
        "subResource": subresource,
        "operation": "CONNECT",
    }
    assert admission.read(request, custom_resources={"data.example.com": "Datum"}).kind == expected
