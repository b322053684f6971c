"""`kywarden evaluate`, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kywarden import admission
from kywarden.cli import main
from tests.requests_made import POD, envelope, needs_label, policy

Run = tuple[int, str, str]


class Shell:
    """Runs the command in an empty folder, with files and STDIN."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.monkeypatch, self.capfd = folder, monkeypatch, capfd
        monkeypatch.chdir(folder)

    def write(self, name: str, content: Any) -> str:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def run(self, *arguments: str, stdin: Any = "") -> Run:
        data = stdin if isinstance(stdin, bytes) else (stdin if isinstance(stdin, str) else json.dumps(stdin)).encode()
        (self.folder / "stdin").write_bytes(data)
        with (self.folder / "stdin").open() as source:
            self.monkeypatch.setattr(sys, "stdin", source)
            code = main(["evaluate", *arguments])
        out, err = self.capfd.readouterr()
        return code, out, err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    made = Shell(tmp_path, monkeypatch, capfd)
    made.write("app.yaml", policy(needs_label("app")))
    made.write("owner.yaml", policy(needs_label("owner"), name="owners"))
    return made


DENIED = (
    "\n\nresource Pod/shop/web was blocked due to the following policies \n\nowners:\n  need-owner: "
    "'validation error: label owner is required. rule need-owner failed at path /metadata/labels/owner/'\n"
)


@pytest.mark.parametrize(
    "document",
    [
        POD,
        {"apiVersion": "v1", "kind": "List", "items": [POD]},
        admission.creation(POD),
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": admission.creation(POD)},
        {"request": admission.creation(POD)},
    ],
    ids=["object", "List", "AdmissionRequest", "AdmissionReview", "envelope"],
)
def test_every_form_of_input_is_judged(shell: Shell, document: Any) -> None:
    assert shell.run("--policy", "app.yaml", stdin=document) == (0, '{"accepted":true}\n', "")
    code, out, err = shell.run("--policy", "owner.yaml", stdin=document)
    assert (code, json.loads(out), err) == (1, {"accepted": False, "message": DENIED}, "")


def test_an_envelope_brings_its_own_policies_and_arguments_add_theirs(shell: Shell) -> None:
    assert shell.run(stdin=envelope())[0] == 0
    assert shell.run("--policy", "owner.yaml", stdin=envelope())[0] == 1


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("text", "settings: must be a map"),
        ([], "settings: must be a map"),
        (False, "settings: must be a map"),
        ({"policies": "text"}, "settings.policies: must be a list"),
        ({"policies": {}}, "settings.policies: must be a list"),
        ({"policies": ""}, "settings.policies: must be a list"),
        ({"policies": [7]}, "settings.policies[0]: must be YAML text or a map"),
        ({"policy": ["text"]}, "settings.policy: must be YAML text or a map"),
    ],
)
def test_malformed_settings_are_an_error_with_policies_in_arguments_too(
    shell: Shell, settings: Any, problem: str
) -> None:
    given = {"request": admission.creation(POD), "settings": settings}
    refused = (2, "", f"kywarden: STDIN: the request cannot be judged: {problem}\n")
    assert shell.run(stdin=given) == refused
    assert shell.run("-p", "app.yaml", stdin=given) == refused


def test_several_documents_are_answered_one_after_the_other(shell: Shell) -> None:
    bare = {**POD, "metadata": {"name": "bare"}}
    code, out, _ = shell.run("-p", "app.yaml", stdin=f"---\n{json.dumps(POD)}\n---\n{json.dumps(bare)}\n")
    assert code == 1
    assert [json.loads(line)["accepted"] for line in out.splitlines()] == [True, False]


def test_policies_and_requests_come_from_files_or_from_stdin(shell: Shell) -> None:
    shell.write("pod.yaml", POD)
    assert shell.run("--policy", "-", "--request", "pod.yaml", stdin=policy(needs_label("owner")))[0] == 1
    code, _, err = shell.run("--policy", "-")
    assert (code, err) == (
        2,
        "kywarden: STDIN cannot be both the policy and the request: name a file for one of them\n",
    )


def test_jsonl_answers_line_by_line_and_goes_on_after_a_bad_one(shell: Shell) -> None:
    good, bad = json.dumps(envelope(id=1)), json.dumps({**envelope(id=2), "request": {}})
    code, out, _ = shell.run("--jsonl", stdin=f"{good}\nnonsense\n{bad}\n[]\n\n{good.replace('1', '4', 1)}\n")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert answers[0] == {"id": 1, "accepted": True}
    assert answers[1]["id"] is None
    assert "line 1, column" in answers[1]["error"]
    assert answers[2] == {"id": 2, "error": "the request cannot be judged: request.kind: is missing"}
    assert answers[3] == {"id": None, "error": "a line must be a map"}
    assert answers[4]["accepted"] is True


@pytest.mark.parametrize(("policies", "code"), [(["app"], 0), (["owner"], 1)])
def test_jsonl_ends_with_1_when_a_line_was_denied(shell: Shell, policies: list[str], code: int) -> None:
    lines = "\n".join(json.dumps(envelope(None, policy(needs_label(name)))) for name in policies)
    assert shell.run("--jsonl", stdin=lines)[0] == code


def test_the_full_format_names_every_rule(shell: Shell) -> None:
    _, out, _ = shell.run("-p", "app.yaml", "--format", "full", stdin=POD)
    assert [rule["status"] for rule in json.loads(out)["rules"]] == ["pass"]


def test_text_is_for_people(shell: Shell) -> None:
    code, out, _ = shell.run("-p", "app.yaml", "-p", "owner.yaml", "--format", "text", stdin=POD)
    assert code == 1
    assert out.splitlines() == [
        "denied  CREATE Pod/shop/web",
        "  pass   sample / need-app",
        "  fail   owners / need-owner",
        "           validation error: label owner is required. rule need-owner failed at path /metadata/labels/owner/",
    ]


def test_text_shows_what_mutation_changes(shell: Shell) -> None:
    match = {"any": [{"resources": {"kinds": ["Pod"]}}]}
    mutate = {"patchStrategicMerge": {"metadata": {"labels": {"team": "red"}}}}
    shell.write("team.yaml", policy({"name": "add-team", "match": match, "mutate": mutate}, name="team"))
    code, out, _ = shell.run("-p", "team.yaml", "--format", "text", stdin=POD)
    assert code == 0
    assert out.splitlines() == [
        "accepted  CREATE Pod/shop/web",
        "  pass   team / add-team",
        "  --- object",
        "  +++ mutated",
        "  @@ -3,6 +3,7 @@",
        "   metadata:",
        "       labels:",
        "           app: web",
        "  +        team: red",
        "       name: web",
        "       namespace: shop",
        "   spec:",
    ]


def test_a_world_gives_roles_to_who_creates_an_object_that_comes_alone(shell: Shell) -> None:
    for_editors = needs_label("owner")
    for_editors["match"]["any"][0]["clusterRoles"] = ["edit"]
    shell.write("editors.yaml", policy(for_editors, background=False))
    shell.write("world.yaml", {"clusterRoles": ["edit"]})
    assert shell.run("-p", "editors.yaml", "--world", "world.yaml", stdin=POD)[0] == 1
    assert shell.run("-p", "editors.yaml", stdin=POD)[0] == 0


def test_a_world_answers_what_lies_outside_the_request(shell: Shell) -> None:
    selecting = needs_label("owner")
    selecting["match"]["any"][0]["resources"]["namespaceSelector"] = {"matchLabels": {"strict": "yes"}}
    shell.write("strict.yaml", policy(selecting))
    shell.write("world.yaml", {"namespaceLabels": {"strict": "no"}})
    assert shell.run("-p", "strict.yaml", "--world", "world.yaml", stdin=POD)[0] == 0
    code, out, _ = shell.run("-p", "strict.yaml", stdin=POD)
    assert code == 1
    assert "v1 Namespace shop" in json.loads(out)["message"]


BAD = {
    "a policy file that is not there": (["-p", "none.yaml"], POD, "none.yaml: No such file or directory"),
    "a policy that is no YAML": (["-p", "broken.yaml"], POD, "broken.yaml: line 2, column"),
    "a policy with an unknown field": (
        ["-p", "unknown.yaml"], POD, 'unknown.yaml, policy sample, spec.rulez: unknown field "rulez"'),
    "a request that is no YAML": (["-p", "app.yaml"], "a: [", "STDIN: line "),
    "nothing to judge": (["-p", "app.yaml"], "", "STDIN: there is nothing to judge"),
    "a thing of no kind": (["-p", "app.yaml"], {"a": 1}, "STDIN: is no envelope"),
    "an AdmissionReview that asks nothing": (
        ["-p", "app.yaml"], {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}, "STDIN: this Admission"),
    "an AdmissionReview that asks null": (
        ["-p", "app.yaml"], {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": None},
        "STDIN: this AdmissionReview has no request"),
    "a module that is a folder": (["-p", "app.yaml", "--module", "."], POD, "kywarden: .: Is a directory"),
    "an empty name": (["-p", "app.yaml", "-r", ""], POD, "kywarden: the name of a file is empty"),
    "a policy file in which nothing stands": (["-p", "nothing.yaml"], POD, "there is no policy in nothing.yaml"),
    "a name of two lines": (["-p", "lines.yaml"], POD, "policy a␊kywarden: b: kind Pod is no policy kind known here"),
    "no policy at all": ([], POD, "the policy cannot be used: there is no policy"),
    "a request without kind": (["-p", "app.yaml"], {"request": {}}, "request.kind: is missing"),
    "no UTF-8": (["-p", "app.yaml"], b"a: \xff", "STDIN: byte 3 is no valid UTF-8"),
    "a world of many documents": (["-p", "app.yaml", "--world", "two.yaml"], POD, "two.yaml: a world must be one map"),
    "an unknown key of the world": (
        ["-p", "app.yaml", "--world", "key.yaml"], POD, 'world: unknown key "labels"'),
    "a module that is none": (
        ["-p", "app.yaml", "--module", "app.yaml"], POD, "app.yaml: expected"),
    "text for machines": (["--jsonl", "--format", "text"], "", "--jsonl prints JSON"),
    "a module that is not there": (["-p", "app.yaml", "--module", "no.wasm"], POD, "no.wasm: there is no such file"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "stdin", "reason"), BAD.values(), ids=BAD)
def test_a_bad_input_is_one_clear_line_and_exit_code_2(
    shell: Shell, arguments: list[str], stdin: Any, reason: str
) -> None:
    shell.write("broken.yaml", "a: b\n  c: [\n")
    shell.write("unknown.yaml", policy(needs_label(), rulez=[]))
    shell.write("nothing.yaml", "# nothing\n")
    shell.write("lines.yaml", {**POD, "metadata": {"name": "a\nkywarden: b"}})
    shell.write("two.yaml", "a: 1\n---\nb: 2\n")
    shell.write("key.yaml", {"labels": {}})
    code, out, err = shell.run(*arguments, stdin=stdin)
    assert (code, out) == (2, "")
    assert reason in err
    assert len(err.splitlines()) == 1
    assert err.startswith("kywarden: ")


def test_the_installed_command_explains_itself() -> None:
    shown = subprocess.run([sys.executable, "-m", "kywarden", "evaluate", "--help"], capture_output=True, text=True)
    assert shown.returncode == 0
    assert "examples:" in shown.stdout
    assert "exit codes:" in shown.stdout
