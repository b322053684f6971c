"""The simulated host against the real ones: the recorded module (`script.c`) does in it what it did there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kywarden.wasm.instance import CallFailed
from kywarden.wasm.runner import Module, Outcome
from tests import data
from tests.build import recipe

HOST = data.CORPUS / "golden/host"
BOTH = ["kwctl run", "policy-server /validate"]
REQUEST = {
    "uid": "u1",
    "kind": {"group": "", "version": "v1", "kind": "Pod"},
    "resource": {"group": "", "version": "v1", "resource": "pods"},
    "name": "p",
    "namespace": "default",
    "operation": "CREATE",
    "userInfo": {"username": "a"},
    "object": {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "labels": {"a": "1"}},
    },
}
BEHIND_THE_MODULE = ("internal error", "internal server error", "stdout pipe", "stderr pipe")
"""Messages that the host makes of an answer that it has: not the runner's."""

DIFFERENT = {
    "array-6": "the host reads an answer by position",
    "clocks": "says the time",
    "err-100k-exit": "shortened in the recording",
    "hc-badpayload": "no capabilities here",
    "hc-crypto": "no capabilities here",
    "hc-dns": "no capabilities here",
    "hc-dns-bad": "no capabilities here",
    "hc-empty-names": "no capabilities here",
    "hc-k8s": "no capabilities here",
    "hc-operation": "no capabilities here",
    "msg-long": "shortened in the recording",
    "random": "random",
    "sleep-100": "says how long it took",
}


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Module:
    build = recipe.load()
    target: Path = tmp_path_factory.mktemp("script") / "script.wasm"
    options = ("--target=wasm32-wasi", "-O2", "-s", "-o", target, HOST / "script.c")
    build.zig(recipe.CACHE, build.install(recipe.CACHE, "tools"), "cc", *options)
    return Module.load(target)


def dispatch(binding: str, namespace: str, operation: str, payload: bytes) -> bytes:
    if binding != "kubewarden":
        raise CallFailed(f"unknown binding: {binding}")
    if namespace == "tracing":
        return b""
    raise CallFailed(f"unknown namespace: {namespace}")


def seen(outcome: Outcome) -> tuple[bool, str] | None:
    """What a host would tell: allowed and message; None for a panic."""
    if outcome.end == "panic":
        return None
    if not outcome.succeeded:
        return False, outcome.stderr.decode().strip()
    answer = json.loads(outcome.stdout)
    return (answer["accepted"], answer.get("message") or "") if isinstance(answer, dict) else (False, "")


def recorded(row: dict[str, Any]) -> tuple[bool, str] | None:
    if row["answer"]["kwctl"]["exit"] == 101:
        return None
    answer = json.loads(row["answer"]["kwctl"]["stdout"])
    return answer["allowed"], answer.get("status", {}).get("message", "")


@pytest.mark.corpus
def test_the_recorded_module_does_here_what_it_did_there(script: Module) -> None:
    rows = [row for row in data.jsonl(HOST / "runs.jsonl") if row["host"] == BOTH and "script" in row]
    different = {}
    compared = 0
    for row in rows:
        wanted = recorded(row)
        if wanted and wanted[1].startswith(BEHIND_THE_MODULE):
            continue
        envelope = {"request": row.get("request", REQUEST), "settings": row["script"]}
        stdin = json.dumps(envelope, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        outcome = script.run("validate", stdin, deadline=30, memory_limit=2**32, host_call=dispatch)
        compared += 1
        if seen(outcome) != wanted:
            different[row["id"]] = (wanted, outcome)
    unexpected = {key: value for key, value in different.items() if key not in DIFFERENT}
    assert not unexpected, list(unexpected.items())[:3]
    assert set(DIFFERENT) - {"sleep-100"} <= set(different), "listed as different, but equal"
    assert compared >= 90
