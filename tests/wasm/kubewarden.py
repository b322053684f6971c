"""What Kubewarden's hosts and tools ask of a module, of its metadata and of its answers.

Written from recorded runs of kwctl and policy-server 1.36, and from the sources of that release:
crates/policy-evaluator (policy_metadata.rs, host_capabilities.rs, runtimes/wasi_cli) and crates/kwctl (backend.rs,
push.rs).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import wasmtime
from jsonschema import Draft202012Validator

from kywarden.wasm import metadata, wasi
from kywarden.wasm.sections import (
    PAGE,
    Id,
    Limits,
    find_custom,
    payload,
    read,
    read_exports,
    read_imports,
    read_memories,
)
from tests.migrate import crd

CAPABILITIES = frozenset(
    (
        *(
            f"kubernetes/{name}"
            for name in ("get_resource", "list_resources_all", "list_resources_by_namespace", "can_i")
        ),
        *(f"oci/v1/{name}" for name in ("verify", "manifest_digest", "oci_manifest", "oci_manifest_config")),
        *("oci/v2/verify", "net/v1/dns_lookup_host", "crypto/v1/is_certificate_trusted"),
    )
)
VERSION = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
MEMORY = 256 * 2**20
"""Bytes of memory that a host gives; a module must need far less to begin with."""

RULE = crd.closed({key: crd.RULE["properties"][key] for key in crd.RULE["required"]}, *crd.RULE["required"])
RESOURCE = crd.closed({"apiVersion": crd.TEXT, "kind": crd.TEXT}, "apiVersion", "kind")
METADATA = Draft202012Validator(
    crd.closed(
        {
            "protocolVersion": {"const": "Unknown"},
            "rules": {"type": "array", "items": RULE},
            "annotations": {"type": "object", "additionalProperties": {"type": "string", "pattern": r"\A[^\r\n]+\Z"}},
            "mutating": {"type": "boolean"},
            "backgroundAudit": {"type": "boolean"},
            "executionMode": {"const": "wasi"},
            "policyType": {"const": "kubernetes"},
            "contextAwareResources": {"type": "array", "items": RESOURCE, "uniqueItems": True},
            "hostCapabilities": {"type": "array", "items": {"enum": sorted(CAPABILITIES)}, "uniqueItems": True},
            "minimumKubewardenVersion": {"type": "string", "pattern": VERSION},
        },
        *("protocolVersion", "rules", "mutating", "executionMode"),
    )
)
"""Other keys than these are ignored by a host, so that one is a mistake; an annotation of several lines is dropped when
a module is pushed."""

TEXTS = {"type": "array", "items": {"type": "string"}}
ANSWER = Draft202012Validator(
    crd.closed(
        {
            "accepted": {"type": "boolean"},
            "message": {"type": "string"},
            "code": {"type": "integer", "minimum": 0, "maximum": 65535},
            "mutated_object": {"type": "object"},
            "audit_annotations": {"type": "object", "additionalProperties": {"type": "string"}},
            "warnings": TEXTS,
        },
        "accepted",
    )
)


def metadata_faults(found: Any) -> list[str]:
    """Why a host or a tool would not take the metadata."""
    faults = [f"{error.json_path}: {error.message}" for error in METADATA.iter_errors(found)]
    return faults or [problem for rule in found["rules"] for problem in crd.rule_problems(rule)]


def answer_faults(stdout: bytes) -> list[str]:
    """Why a host would not take an answer to `validate`."""
    return [f"{error.json_path}: {error.message}" for error in ANSWER.iter_errors(json.loads(stdout.decode()))]


def module_faults(module: bytes) -> Iterator[str]:
    """Why a host would not take the module, beside what only its engine knows when it links."""
    sections = read(module)
    if any(each.id == Id.START for each in sections):
        yield "a start function"
    wanted = {(each.module, each.name) for each in read_imports(payload(sections, Id.IMPORT))}
    if unknown := wanted - {(wasi.MODULE, name) for name in wasi.FUNCTIONS} - {("host", "call")}:
        yield f"imports that no host has: {unknown}"
    exports = {each.name for each in read_exports(payload(sections, Id.EXPORT))}
    if exports != {"_start", "memory"}:
        yield f"exports {exports}"
    match read_memories(payload(sections, Id.MEMORY)):
        case [Limits(0 | 1, minimum, maximum)]:
            if minimum * PAGE > MEMORY // 4 or (maximum is not None and maximum * PAGE < MEMORY):
                yield f"a memory of {minimum} to {maximum} pages"
        case other:
            yield f"memories {other}"
    if (found := module.count(metadata.SECTION.encode())) != 1:
        yield f"the name of the metadata section stands in it {found} times"
    yield from metadata_faults(json.loads((find_custom(module, metadata.SECTION) or b"null").decode()))
    config = wasmtime.Config()
    config.wasm_exceptions = False
    config.wasm_gc = False
    wasmtime.Module.validate(wasmtime.Engine(config), module)
