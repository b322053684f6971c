"""Worlds and sessions behind `kywarden evaluate`: recorded and played back, natively and through the module."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kywarden.cli import main
from kywarden.wasm import session
from kywarden.wasm.runner import Module
from tests.requests_made import POD, policy, rule

SETTINGS_MAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "owners", "namespace": "shop"},
    "data": {"allowed": "web"},
}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "a"}}}
LOOKING_UP = policy(
    {
        **rule(
            "allowed",
            ("ConfigMap", "Pod"),
            message="{{ owners.data.allowed }} of {{ length(pods.items) }}",
            deny={
                "conditions": {
                    "any": [
                        {
                            "key": "{{ request.object.metadata.name }}",
                            "operator": "NotEquals",
                            "value": "{{ owners.data.allowed }}",
                        }
                    ]
                }
            },
        ),
        "context": [
            {"name": "owners", "configMap": {"name": "owners", "namespace": "shop"}},
            {"name": "pods", "apiCall": {"urlPath": "/api/v1/namespaces/{{ request.namespace }}/pods"}},
        ],
    }
)
LOOKING_UP["spec"]["rules"][0]["match"]["any"][0]["resources"]["namespaceSelector"] = {"matchLabels": {"team": "a"}}
WORLD = {"resources": [NAMESPACE, SETTINGS_MAP, POD], "now": "2026-01-01T00:00:00Z"}
DENIED = {**POD, "metadata": {**POD["metadata"], "name": "db"}}
ASKED = ["KubernetesGetResource", "KubernetesGetResource", "KubernetesListResourceNamespace"]


class Shell:
    """Runs the command in an empty folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        monkeypatch.chdir(folder)

    def write(self, name: str, content: Any) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main(["evaluate", "-p", "policy.yaml", *arguments])
        sys.stdout.flush()
        out, err = self.capfd.readouterr()
        return code, out, err

    def variants(self, name: str) -> list[str]:
        text = (self.folder / name).read_text(encoding="utf-8")
        return [exchange.question.variant for exchange in session.read(text)]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    made = Shell(tmp_path, monkeypatch, capfd)
    made.write("policy.yaml", LOOKING_UP)
    made.write("world.yaml", WORLD)
    made.write("good.yaml", POD)
    made.write("bad.yaml", DENIED)
    return made


@pytest.fixture(params=["native", "module"])
def through(request: pytest.FixtureRequest) -> tuple[str, ...]:
    if request.param == "native":
        return ()
    request.getfixturevalue("module")
    return ("--module",)


def test_what_is_recorded_is_played_back(shell: Shell, through: tuple[str, ...]) -> None:
    for name, code in (("good.yaml", 0), ("bad.yaml", 1)):
        given = shell.run("-r", name, "--world", "world.yaml", *through)
        recorded = shell.run("-r", name, "--world", "world.yaml", "--record", f"session-{name}", *through)
        assert given[0] == code
        assert recorded == given
        assert shell.run("-r", name, "--world", f"session-{name}", *through) == given
    assert shell.variants("session-good.yaml") == ASKED[:2]
    assert shell.variants("session-bad.yaml") == ASKED


def test_native_and_module_record_the_same_bytes(shell: Shell, module: Module) -> None:
    shell.run("-r", "bad.yaml", "--world", "world.yaml", "--record", "native.yml")
    shell.run("-r", "bad.yaml", "--world", "world.yaml", "--record", "module.yml", "--module")
    assert (shell.folder / "native.yml").read_bytes() == (shell.folder / "module.yml").read_bytes()


def test_another_question_than_recorded_is_an_error_of_the_rule(shell: Shell, through: tuple[str, ...]) -> None:
    shell.run("-r", "good.yaml", "--world", "world.yaml", "--record", "session.yml")
    exchanges = session.read((shell.folder / "session.yml").read_text(encoding="utf-8"))
    shell.write("swapped.yml", session.write(exchanges[::-1]))
    code, out, err = shell.run("-r", "good.yaml", "--world", "swapped.yml", *through)
    assert code == 1
    assert "Replay error: unexpected request. Was expecting KubernetesGetResource" in out
    assert err == "kywarden: swapped.yml: 1 of the recorded exchanges were not asked for\n"


def test_failures_are_recorded_and_played_back(shell: Shell, through: tuple[str, ...]) -> None:
    recorded = shell.run("-r", "good.yaml", "--record", "session.yml", *through)
    assert recorded[0] == 1
    assert "kube::Client was not initialized properly" in recorded[1]
    assert shell.run("-r", "good.yaml", "--world", "session.yml", *through) == recorded


def test_one_session_serves_all_requests_of_a_command(shell: Shell, through: tuple[str, ...]) -> None:
    lines = [json.dumps({**POD}), json.dumps(DENIED)]
    shell.write("lines.jsonl", "\n".join(lines))
    recorded = shell.run("-r", "lines.jsonl", "--jsonl", "--world", "world.yaml", "--record", "session.yml", *through)
    assert shell.variants("session.yml") == ASKED[:2] + ASKED
    assert shell.run("-r", "lines.jsonl", "--jsonl", "--world", "session.yml", *through) == recorded


@pytest.mark.parametrize(
    ("session_text", "arguments", "error"),
    [
        ("[]", ["--record", "x.yml"], "session.yml is a session already"),
        ("- hello", [], "session.yml: exchange 1: needs type Exchange"),
        ("a: 1\n---\nb: 1\n", [], "session.yml: a world must be one map, a session a list"),
    ],
)
def test_what_is_neither_world_nor_session_is_refused(
    shell: Shell, session_text: str, arguments: list[str], error: str
) -> None:
    shell.write("session.yml", session_text)
    with_session = shell.run("-r", "good.yaml", "--world", "session.yml", *arguments)
    assert (with_session[0], error in with_session[2]) == (2, True)


def test_a_session_that_cannot_be_written_is_said(shell: Shell) -> None:
    code, _, err = shell.run("-r", "good.yaml", "--world", "world.yaml", "--record", "no/where.yml")
    assert (code, err) == (2, "kywarden: no/where.yml: No such file or directory\n")
