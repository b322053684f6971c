"""policy.wasm as it is delivered: its answers, its size, what it asks of a host."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from kywarden.values import yaml_text
from kywarden.values.trees import MAX_DEPTH
from kywarden.wasm import metadata, wasi
from kywarden.wasm.runner import Command, Module
from kywarden.wasm.sections import PAGE, Id, payload, read, read_exports, read_imports, read_memories

MEBIBYTE = 1024 * 1024
MAX_SIZE, MAX_GZIP = 9_000_000, 3_200_000
COMMANDS: tuple[Command, ...] = ("validate", "validate-settings")

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"image": "nginx:latest"}]},
}
REQUEST = {
    "uid": "u1",
    "kind": {"group": "", "version": "v1", "kind": "Pod"},
    "resource": {"group": "", "version": "v1", "resource": "pods"},
    "name": "p",
    "namespace": "default",
    "operation": "CREATE",
    "userInfo": {"username": "a"},
    "object": POD,
}


def policy_of(pattern: Any) -> dict[str, Any]:
    rule = {
        "name": "no-latest",
        "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
        "validate": {"failureAction": "Enforce", "message": "not latest", "pattern": pattern},
    }
    return {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": "latest", "annotations": {"pod-policies.kyverno.io/autogen-controllers": "none"}},
        "spec": {"rules": [rule]},
    }


NO_LATEST = policy_of({"spec": {"containers": [{"image": "!*:latest"}]}})


def nested(levels: int, leaf: Any = "x", key: str = "a") -> Any:
    for _ in range(levels):
        leaf = {key: leaf}
    return leaf


def listed(levels: int) -> Any:
    tree: Any = []
    for _ in range(levels):
        tree = [tree]
    return tree


def envelope(tree: Any = POD, policy: Any = NO_LATEST) -> bytes:
    request = {"request": {**REQUEST, "object": tree}, "settings": {"policy": policy}}
    return json.dumps(request, sort_keys=True, separators=(",", ":")).encode()


def answer(module: Module, command: Command, stdin: bytes) -> dict[str, Any]:
    """The one JSON document of a run that ends as a host wants it to."""
    outcome = module.run(command, stdin, deadline=20)
    assert outcome.succeeded, outcome
    assert outcome.stderr == b""
    assert outcome.pages * PAGE <= 256 * MEBIBYTE
    found = json.loads(outcome.stdout)
    assert isinstance(found, dict)
    return found


def test_requests_are_judged(policy: Module) -> None:
    refused = answer(policy, "validate", envelope())
    assert refused["accepted"] is False
    assert "not latest" in refused["message"]
    spec = {"containers": [{"image": "nginx:1"}]}
    assert answer(policy, "validate", envelope({**POD, "spec": spec}))["accepted"] is True


def test_settings_are_checked(policy: Module) -> None:
    assert answer(policy, "validate-settings", json.dumps({"policy": NO_LATEST}).encode()) == {"valid": True}
    assert answer(policy, "validate-settings", json.dumps({"policy": "kind: nothing"}).encode())["valid"] is False


HOSTILE = {
    "nothing": b"",
    "no JSON": b"\xff\xfe{",
    "cut off": envelope()[:-20],
    "other JSON": b"[1]",
    "null": b"null",
    "brackets": b"[" * 100_000,
    "a long number": b'{"settings":' + b"9" * 100_000 + b"}",
    "too large": b'{"request":"' + b"x" * 20_000_000 + b'"}',
    "deep maps": envelope({**POD, "spec": nested(MAX_DEPTH - 10)}),
    "deep lists": envelope({**POD, "spec": listed(MAX_DEPTH - 10)}),
    "deep pattern and object": envelope(
        {**POD, "spec": nested(MAX_DEPTH - 20)}, policy_of({"spec": nested(MAX_DEPTH - 20)})
    ),
    "deep anchors": envelope(
        {**POD, "spec": nested(MAX_DEPTH - 20)}, policy_of({"spec": nested(MAX_DEPTH - 20, key="=(a)")})
    ),
    "deep YAML": envelope(policy="[" * 50_000),
    "deep variables": envelope(policy=policy_of({"metadata": {"name": "{{" * 2000 + "}}" * 2000}})),
    "deep expression": envelope(
        policy=policy_of({"metadata": {"name": "{{ " + "(" * 5000 + "a" + ")" * 5000 + " }}"}})
    ),
    "endless pattern": envelope(policy=policy_of({"metadata": {"name": "*a" * 5000 + "b"}})),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("stdin", HOSTILE.values(), ids=list(HOSTILE))
def test_every_input_gets_one_answer(policy: Module, command: Command, stdin: bytes) -> None:
    found = answer(policy, command, stdin)
    assert isinstance(found["accepted" if command == "validate" else "valid"], bool)


def test_other_commands_are_told_the_usage(policy: Module) -> None:
    outcome = policy.run("help", b"")
    assert (outcome.end, outcome.code, outcome.stdout) == ("exit", 2, b"")
    assert outcome.stderr.startswith(b"usage: policy.wasm validate")


def test_the_module_is_small(policy_path: Path) -> None:
    module = policy_path.read_bytes()
    assert len(module) <= MAX_SIZE
    assert len(gzip.compress(module, 9)) <= MAX_GZIP


def test_memory_is_small_and_dense(policy_path: Path) -> None:
    sections = read(policy_path.read_bytes())
    (memory,) = read_memories(payload(sections, Id.MEMORY))
    assert memory.minimum * PAGE < 32 * MEBIBYTE
    assert memory.minimum * PAGE < 2 * len(payload(sections, Id.DATA))


def test_a_host_can_load_the_module(policy_path: Path) -> None:
    sections = read(policy_path.read_bytes())
    imports = {(item.module, item.name) for item in read_imports(payload(sections, Id.IMPORT))}
    assert imports <= {(wasi.MODULE, name) for name in wasi.FUNCTIONS} | {("host", "call")}
    assert {item.name for item in read_exports(payload(sections, Id.EXPORT))} == {"_start", "memory", "prepare"}
    config = wasmtime.Config()
    config.wasm_exceptions = False
    config.wasm_gc = False
    wasmtime.Module.validate(wasmtime.Engine(config), policy_path.read_bytes())


def test_the_metadata_are_those_of_a_wasi_policy(policy_path: Path) -> None:
    found = metadata.find(policy_path.read_bytes())
    assert found
    assert found["executionMode"] == "wasi"


def test_beside_the_module_lie_its_bill_of_materials_and_its_package(policy_path: Path) -> None:
    bill = json.loads(policy_path.with_name("policy.spdx.json").read_bytes())
    assert bill["packages"][0]["name"] == "kywarden"
    package: Any = yaml_text.load(policy_path.with_name("artifacthub-pkg.yml").read_text(encoding="utf-8"))
    assert package["version"] == bill["packages"][0]["versionInfo"]
    assert package["containersImages"][0]["image"].endswith(f":v{package['version']}")
