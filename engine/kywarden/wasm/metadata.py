"""The metadata of a Kubewarden policy: a JSON object in the custom section `io.kubewarden.metadata` of its module.

A host takes the first section of that name; without one it does not take the module for a WASI policy at all.
Source: https://docs.kubewarden.io/tutorials/writing-policies/metadata
"""

from __future__ import annotations

import json

from kywarden.values.trees import Map
from kywarden.wasm.json_sections import find_map
from kywarden.wasm.sections import custom, with_custom

SECTION = "io.kubewarden.metadata"
MINIMUM_KUBEWARDEN_VERSION = "1.7.0"
"""The first release that runs WASI policies."""

ANNOTATIONS = {
    "io.kubewarden.policy.title": "kywarden",
    "io.kubewarden.policy.description": "Kyverno policies, evaluated as Kyverno evaluates them",
    "io.kubewarden.policy.author": "The kywarden authors",
    "io.kubewarden.policy.license": "Apache-2.0",
    "io.kubewarden.policy.category": "Policy language",
    "io.kubewarden.policy.usage": (
        "Settings: `policy` (a Kyverno policy, as YAML text or as an object) or `policies` (a list of them), "
        "and `exceptions` (a list of PolicyExceptions)."
    ),
}


def of_policy(*, version: str) -> Map:
    """The metadata of kywarden's own module: it may be asked about any resource, since its settings decide."""
    anything: Map = {
        "apiGroups": ["*"],
        "apiVersions": ["*"],
        "resources": ["*"],
        "operations": ["*"],
    }
    return {
        "protocolVersion": "Unknown",
        "rules": [anything],
        "annotations": {**ANNOTATIONS, "io.kubewarden.policy.version": version},
        "mutating": False,
        "backgroundAudit": True,
        "executionMode": "wasi",
        "policyType": "kubernetes",
        "contextAwareResources": [],
        "minimumKubewardenVersion": MINIMUM_KUBEWARDEN_VERSION,
    }


def find(module: bytes) -> Map | None:
    """The metadata of a module, None when it has none; raises `Damaged`."""
    return find_map(module, SECTION)


def append(module: bytes, metadata: Map) -> bytes:
    """The module with this metadata and no other."""
    contents = json.dumps(metadata, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return with_custom(module, custom(SECTION, contents))
