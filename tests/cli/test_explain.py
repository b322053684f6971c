"""`kywarden explain`: its output in every format, its exit codes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kywarden import admission, cli, loader, settings
from kywarden.cli.explain import DEADLINE
from kywarden.explaining import origins
from kywarden.values import yaml_text
from tests.conformance import samples

POLICY = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: owned
spec:
  rules:
  - name: need-owner
    match:
      any:
      - resources:
          kinds: [Pod]
    validate:
      failureAction: Enforce
      message: Say who owns it.
      pattern:
        metadata:
          labels:
            owner: "?*"
"""
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
"""
TEXT = """\
denied  CREATE Pod/default/web

owned / need-owner: fail
  validation error: Say who owns it. rule need-owner failed at path /metadata/labels/owner/
  - metadata.labels.owner is missing; the pattern asks for "?*"
      --> policy.yaml:18:20
    18 |             owner: "?*"
       |                    ^^^^
     --> pod.yaml:5:3
    5 |   labels:
      |   ^^^^^^
"""
MARKDOWN = """\
### ❌ denied: CREATE `Pod/default/web`

| policy | rule | status |
|---|---|---|
| owned | need-owner | ❌ fail |

#### ❌ owned / need-owner

> validation error: Say who owns it. rule need-owner failed at path /metadata/labels/owner/

- metadata.labels.owner is missing; the pattern asks for "?\\*"

  `policy.yaml:18:20`
  ```
              owner: "?*"
                     ^^^^
  ```

  `pod.yaml:5:3`
  ```
    labels:
    ^^^^^^
  ```
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "pod.yaml").write_text(POD)
    (tmp_path / "good.yaml").write_text(POD.replace("app", "owner"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["explain", *arguments])
    return code, capsys.readouterr().out


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "policy.yaml", "--resource", "pod.yaml") == (1, TEXT)


def test_what_passes_is_told_in_a_line_or_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "policy.yaml", "-r", "good.yaml") == (
        0,
        "accepted  CREATE Pod/default/web\n\nowned / need-owner: pass\n",
    )
    _, text = run(capsys, "policy.yaml", "-r", "good.yaml", "--all")
    assert "- the pattern matches\n" in text


def test_several_objects_and_one_rule(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    other = "  - name: other\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    validate: {deny: {}}\n"
    (folder / "two.yaml").write_text(POLICY + other)
    (folder / "both.yaml").write_text(f"{POD}---\n{POD.replace('app', 'owner')}")
    code, text = run(capsys, "two.yaml", "-r", "both.yaml", "--rule", "other")
    assert code == 1
    assert [line for line in text.splitlines() if line.startswith(("denied", "accepted", "owned"))] == [
        "denied  CREATE Pod/default/web",
        "owned / other: fail  (audit)",
        "accepted  CREATE Pod/default/web",
        "owned / other: fail  (audit)",
    ]


def test_one_rule_stands_for_its_copies(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "job.yaml").write_text(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {}}}\n"
    )
    _, text = run(capsys, "policy.yaml", "-r", "job.yaml", "--rule", "need-owner")
    assert "owned / autogen-need-owner: fail" in text


def test_a_rule_that_no_policy_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "policy.yaml", "-r", "pod.yaml", "--rule", "need-oner"]) == 2
    assert capsys.readouterr().err == "kywarden: there is no rule need-oner in the policies\n"


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "policy.yaml", "-r", "pod.yaml", "--format", "markdown") == (1, MARKDOWN)


def test_markdown_shows_texts_of_inputs_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policy.yaml").write_text(POLICY.replace("Say who owns it.", '"<b>![](x) ```"').replace("?*", "```*"))
    _, text = run(capsys, "policy.yaml", "-r", "good.yaml", "--format", "markdown")
    assert "> validation error: \\<b\\>!\\[\\](x) \\`\\`\\`. rule" in text
    assert '  ``````\n              owner: "```*"\n                     ^^^^^^\n  ``````' in text


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "policy.yaml", "-r", "pod.yaml", "--format", "json")
    [told] = json.loads(text)
    [rule] = told["rules"]
    assert (code, told["accepted"], rule["status"]) == (1, False, "fail")
    assert rule["place"] == {"file": "policy.yaml", "line": 7, "column": 11, "endColumn": 21}
    assert rule["statements"] == [
        {
            "kind": "pattern",
            "text": 'metadata.labels.owner is missing; the pattern asks for "?*"',
            "decides": True,
            "policy": {"file": "policy.yaml", "line": 18, "column": 20, "endColumn": 24},
            "resource": {"file": "pod.yaml", "line": 5, "column": 3, "endColumn": 9},
            "inner": [],
        }
    ]


def test_an_envelope_on_stdin_brings_its_own_policies(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "operation": "CREATE",
        "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}},
    }
    envelope = json.dumps({"request": request, "settings": {"policies": [POLICY]}}, indent=2)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(envelope.encode())))
    code, text = run(capsys)
    assert code == 1
    assert "metadata.labels is missing; the pattern asks for a map" in text
    assert "--> STDIN#settings.policies.0:17:11" in text


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("a: [", "bad.yaml, line 2, column 1: "),
        (POLICY.replace("pattern:", "patern:"), "bad.yaml, policy owned, rule need-owner, "),
        (None, "bad.yaml: No such file or directory"),
    ],
)
def test_a_policy_that_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], policy: str | None, said: str
) -> None:
    if policy is not None:
        (folder / "bad.yaml").write_text(policy)
    assert cli.main(["explain", "bad.yaml", "-r", "pod.yaml"]) == 2
    assert capsys.readouterr().err.startswith(f"kywarden: {said}")


ASKED = {
    "operation": "CREATE",
    "kind": {"version": "v1", "kind": "Pod"},
    "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}},
}


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"a": 1}, "bad.json: is no envelope"),
        ({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"}, "bad.json: this AdmissionReview has no"),
        ({"request": {"kind": "Pod"}}, "bad.json: request.kind: "),
        ([1], "bad.json: must be a map"),
        # a text in the settings has a name of its own
        ({"request": ASKED, "settings": {"policy": "a: ["}}, "bad.json#settings.policy, line 2, column 1: "),
        ({"request": ASKED, "settings": {"polcy": ""}}, "bad.json: settings: unknown key "),
    ],
)
def test_a_request_that_is_wrong_is_told_with_its_file(
    folder: Path, capsys: pytest.CaptureFixture[str], request_: object, said: str
) -> None:
    (folder / "bad.json").write_text(json.dumps(request_))
    assert cli.main(["explain", "policy.yaml", "-r", "bad.json"]) == 2
    assert capsys.readouterr().err.startswith(f"kywarden: {said}")


SETTINGS: list[Any] = [
    {},
    {"failureAction": "Audit"},
    {"failureAction": "Enforce"},
    {"rules": "mutate"},
    {"rules": "validate"},
    {"resourceFilters": "[Pod,*,*]"},
    {"resourceFilters": "[Pod,other,*]"},
    {"excludeGroups": "system:authenticated"},
    {"excludeUsers": "plain-user"},
    {"excludeRoles": "shop:editor"},
    {"excludeClusterRoles": "nobody"},
    {"failureAction": "Sometimes"},
    {"failureActions": "Audit"},
    {"inputLimitBytes": 10},
    {"policies": "text"},
    {"policies": ["- a list"]},
    [],
]
"""Settings beside the policies of an envelope, right ones and wrong ones."""


@pytest.mark.parametrize("path", sorted(samples.ROOT.glob("*/*/policy.yaml")), ids=lambda path: path.parent.name)
def test_the_verdict_is_that_of_evaluate(path: Path, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """For the policies and objects of every sample, under all kinds of settings."""
    policies = path.read_text(encoding="utf-8")
    first = next(origins.inputs("resources.yaml", path.with_name("resources.yaml").read_bytes()))
    world = {"roles": ["shop:editor"], "clusterRoles": [], "namespaceLabels": {}, "resources": []}
    for number, given in enumerate(SETTINGS):
        beside = {"policy": policies, **given} if isinstance(given, dict) else given
        envelope = {"request": first.envelope["request"], "settings": beside, "world": world}
        (folder / "envelope.json").write_text(json.dumps(envelope), encoding="utf-8")
        added = ["policy.yaml"] if number % 2 else []
        judged = cli.main(["evaluate", "-r", "envelope.json", *(f"-p{name}" for name in added)])
        explained = cli.main(["explain", "-r", "envelope.json", *added])
        said = capfd.readouterr()
        assert explained == judged, (given, said)


def _envelope(request: dict[str, Any], **settings: Any) -> str:
    return json.dumps({"request": request, "settings": {"policies": [yaml_text.load(POLICY)], **settings}}, indent=1)


def test_a_request_without_objects_brings_policies_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = {
        "kind": {"group": "", "version": "v1", "kind": "PodExecOptions"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "subResource": "exec",
        "operation": "CONNECT",
    }
    (folder / "envelope.json").write_text(_envelope(request), encoding="utf-8")
    code, text = run(capsys, "-r", "envelope.json", "--all")
    assert (code, text.splitlines()[2]) == (0, "owned / need-owner: not selected")


def test_a_request_that_is_let_through_unseen_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = admission.creation(yaml_text.load(POD))
    (folder / "envelope.json").write_text(_envelope(request, resourceFilters="[Pod,*,*]"), encoding="utf-8")
    code, text = run(capsys, "-r", "envelope.json")
    assert code == 0
    assert text.startswith("accepted  CREATE Pod/default/web\n  the settings let the request through unseen: resource")
    assert "settings let" in run(capsys, "-r", "envelope.json", "-f", "markdown")[1]


def test_json_is_read_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pod.json").write_text(json.dumps(yaml_text.load(POD), indent="\t").replace("Pod", "P\\u006fd"))
    code, text = run(capsys, "policy.yaml", "-r", "pod.json")
    assert (code, text.splitlines()[0]) == (1, "denied  CREATE Pod/default/web")


def test_policies_are_loaded_once_for_all_objects(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "many.yaml").write_text("---\n".join([POD] * 5))
    loads = []
    load = loader.load
    monkeypatch.setattr(loader, "load", lambda *arguments: loads.append(1) or load(*arguments))
    assert run(capsys, "policy.yaml", "-r", "many.yaml")[0] == 1
    assert len(loads) == 1


def test_a_byte_order_mark_is_no_part_of_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("policy.yaml", "pod.yaml"):
        (folder / name).write_text((folder / name).read_text(), encoding="utf-8-sig")
    assert run(capsys, "policy.yaml", "-r", "pod.yaml") == (1, TEXT)
    assert cli.main(["evaluate", "-p", "policy.yaml", "-r", "pod.yaml"]) == 1


def test_the_help_tells_how_long_an_evaluation_may_take(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["explain", "--help"])
    text = capsys.readouterr().out
    assert f"may take {DEADLINE // 1000} seconds" in text
    assert f"end it after {settings.DEADLINE / 1000} seconds" in text
