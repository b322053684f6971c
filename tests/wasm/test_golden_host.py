"""The simulated host against the real ones: the recorded module (`script.c`) does in it what it did there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kywarden.wasm import cluster, session
from kywarden.wasm.callbacks import Callbacks
from kywarden.wasm.questions import Question
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
    "msg-long": "shortened in the recording",
    "random": "random",
    "sleep-100": "says how long it took",
}


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Module:
    fetching = recipe.load("fetching")
    target: Path = tmp_path_factory.mktemp("script") / "script.wasm"
    options = ("--target=wasm32-wasi", "-O2", "-s", "-o", target, HOST / "script.c")
    fetching.zig(recipe.CACHE, fetching.install(recipe.CACHE, "tools"), "cc", *options)
    return Module.load(target)


NO_CLUSTER = cluster.Cluster({})
DECLARED = frozenset((("v1", "Namespace"), ("v1", "ConfigMap"), ("example.org/v1", "Nope")))
"""The kinds in the metadata of the recorded module."""


def answer(question: Question) -> bytes:
    """What was behind the recorded hosts: no cluster, and a resolver."""
    if question == Question("DNSLookupHost", {"host": "localhost"}):
        return b'{"ips":["127.0.0.1"]}'
    return NO_CLUSTER(question)


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
        outcome = script.run(
            "validate", stdin, deadline=30, memory_limit=2**32, host_call=Callbacks(answer, kinds=frozenset())
        )
        compared += 1
        if seen(outcome) != wanted:
            different[row["id"]] = (wanted, outcome)
    unexpected = {key: value for key, value in different.items() if key not in DIFFERENT}
    assert not unexpected, list(unexpected.items())[:3]
    assert set(DIFFERENT) - {"sleep-100"} <= set(different), "listed as different, but equal"
    assert compared >= 90


SHORTENED = "…["
"""Where a recorded text was cut."""

CALLING = (
    "kwctl-caps-",
    "kwctl-replay-",
    "ps-gate-",
    "ps-validate-nocap-log",
    "ps-validate-cap-net",
    "ps-validate-ctx",
)
NOT_OF_THE_MODULE = {
    "kwctl-replay-bad": "the file is refused before anything runs",
    "kwctl-replay-badtag": "the file is refused before anything runs",
    "kwctl-replay-nofile": "there is no file",
    "kwctl-replay-settings": "a run of validate-settings",
}


def callbacks_of(row: dict[str, Any]) -> Callbacks:
    """The host of a row: its grants, and the session that it played back."""
    policy = row.get("policy")
    if policy is not None:
        granted = policy.get("contextAwareResources") or ()
        kinds = frozenset((each["apiVersion"], each["kind"]) for each in granted)
        return Callbacks(answer, tuple(policy.get("hostCapabilities") or ()), kinds)
    flags = row["host"].split()
    allowed = "--allowed-host-capabilities"
    capabilities = (flags[flags.index(allowed) + 1],) if allowed in flags else ("*",)
    behind: Any = answer
    if "--replay-host-capabilities-interactions" in flags:
        file = flags[flags.index("--replay-host-capabilities-interactions") + 1]
        text = row["session"] if "session" in row else recorded_session(row, file)
        behind = session.Replay(session.read(text))
    return Callbacks(behind, capabilities, DECLARED if "--allow-context-aware" in flags else frozenset())


def recorded_session(row: dict[str, Any], file: str) -> str:
    # nothing of this one was recorded
    return "[]" if row["id"] == "kwctl-replay-log" else (HOST / file).read_text(encoding="utf-8")


def message_of(row: dict[str, Any]) -> str:
    """The recorded message; the answer may have been cut in the middle of its JSON."""
    answered = row["answer"]
    if "body" in answered:
        return str(answered["body"]["response"]["status"]["message"])
    start = '"message":"'
    text = answered["stdout"].partition(start)[2]
    if SHORTENED in text:
        return text.partition(SHORTENED)[0].rpartition("\\")[0]
    return str(json.loads(answered["stdout"])["status"]["message"])


@pytest.mark.corpus
def test_calls_are_checked_and_played_back_as_the_recorded_hosts_did(script: Module) -> None:
    rows = [row for row in data.jsonl(HOST / "runs.jsonl") if row["id"].startswith(CALLING)]
    different = []
    compared = 0
    for row in rows:
        if row["id"] in NOT_OF_THE_MODULE:
            continue
        settings = row["policy"]["settings"] if "policy" in row else row["script"]
        envelope = {"request": REQUEST, "settings": settings}
        stdin = json.dumps(envelope, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        outcome = script.run("validate", stdin, deadline=30, host_call=callbacks_of(row))
        found, wanted = seen(outcome), message_of(row)
        compared += 1
        cut = json.dumps(found[1], ensure_ascii=False)[1:] if found is not None and SHORTENED in str(row) else None
        if found is None or (found[1] != wanted and not (cut or "").startswith(wanted)):
            different.append((row["id"], wanted, found))
    assert not different, different[:2]
    assert compared >= 20
