"""`kywarden bake`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kywarden.baking import contents
from kywarden.cli import main
from kywarden.values import yaml_text
from kywarden.wasm import metadata, notices
from kywarden.wasm.encoding import text, unsigned
from kywarden.wasm.runner import Module
from kywarden.wasm.sections import Id, Section, custom, read, with_custom, write
from tests.conftest import MODULE, needs_module
from tests.requests_made import POD, envelope, needs_label, policy, rule
from tests.wasm.spdx import faults

pytestmark = needs_module

LOOK_UP = {"name": "c", "configMap": {"name": "allowed", "namespace": "default"}}
BOATS = {"name": "c", "apiCall": {"urlPath": "/apis/acme.test/v1/boats"}}
EXCEPTION = {
    "apiVersion": "kyverno.io/v2",
    "kind": "PolicyException",
    "metadata": {"name": "let-web-be", "namespace": "shop"},
    "spec": {
        "exceptions": [{"policyName": "labels", "ruleNames": ["*"]}],
        "match": {"any": [{"resources": {"kinds": ["Pod"], "names": ["web"]}}]},
    },
}
MUTATE = {
    "name": "add",
    "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
    "mutate": {"patchStrategicMerge": {"metadata": {"labels": {"added": "yes"}}}},
}


class Shell:
    """Runs commands in a folder with a few policies."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd

    def write(self, name: str, *documents: Any) -> str:
        (self.folder / name).write_text("\n---\n".join(map(json.dumps, documents)), encoding="utf-8")
        return name

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = self.capfd.readouterr()
        return code, out, err

    def bake(self, *arguments: str) -> bytes:
        code, out, err = self.run("bake", *arguments, "-o", "out.wasm")
        assert code == 0, (out, err)
        return (self.folder / "out.wasm").read_bytes()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = Shell(tmp_path, capfd)
    made.write("labels.yaml", policy(needs_label("owner"), name="labels"))
    made.write("exception.yaml", EXCEPTION)
    return made


def ask(module: bytes, settings: dict[str, Any], command: Any = "validate") -> Any:
    data = settings if command == "validate-settings" else {**envelope(), "settings": settings}
    outcome = Module(module).run(command, json.dumps(data).encode(), deadline=20)
    assert outcome.succeeded, outcome
    return json.loads(outcome.stdout)


def metadata_of(module: bytes) -> Any:
    return metadata.find(module)


def test_a_baked_module_judges_without_settings(shell: Shell) -> None:
    module = shell.bake("labels.yaml")
    answer = ask(module, {})
    assert answer["accepted"] is False
    assert "label owner is required" in answer["message"]
    assert ask(module, {}, "validate-settings") == {"valid": True}


def test_exceptions_are_baked_or_added_in_settings(shell: Shell) -> None:
    assert ask(shell.bake("labels.yaml", "--exception", "exception.yaml"), {}) == {"accepted": True}
    assert ask(shell.bake("labels.yaml", "exception.yaml"), {}) == {"accepted": True}
    assert ask(shell.bake("labels.yaml"), {"exceptions": [EXCEPTION]}) == {"accepted": True}


def test_other_settings_are_refused_in_the_module(shell: Shell) -> None:
    module = shell.bake("labels.yaml")
    chosen = {"policy": policy(needs_label()), "failureAction": "Audit", "deadlineMilliseconds": 1000, "colour": 1}
    for message in (ask(module, chosen, "validate-settings")["message"], ask(module, chosen)["message"]):
        assert '"policy" cannot be set: the policies are baked into this module' in message
        assert '"failureAction" cannot be set' in message
        assert '"deadlineMilliseconds" cannot be set' in message
        assert 'unknown key "colour"' in message


def test_settings_are_baked_from_a_file_and_flags(shell: Shell) -> None:
    shell.write("settings.yaml", {"failureAction": "Enforce", "resourceFilters": "[Pod,shop,*]"})
    assert ask(shell.bake("labels.yaml", "--settings", "settings.yaml"), {}) == {"accepted": True}
    module = shell.bake("labels.yaml", "--failure-action", "Audit", "--rules", "validate", "--deadline", "900")
    assert ask(module, {})["accepted"] is True
    found = contents.find(module)
    assert found
    chosen = {"failureAction": "Audit", "rules": "validate", "deadlineMilliseconds": 900}
    assert {**found.settings, "policies": None} == {"policies": None, **chosen}


def test_kyvernos_filters_are_baked(shell: Shell) -> None:
    data = {"resourceFilters": "[Pod,shop,*]"}
    shell.write("kyverno.yaml", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "k"}, "data": data})
    assert ask(shell.bake("labels.yaml", "--config", "kyverno.yaml"), {}) == {"accepted": True}


def test_equal_input_gives_equal_bytes(shell: Shell) -> None:
    assert shell.bake("labels.yaml", "exception.yaml") == shell.bake("labels.yaml", "exception.yaml")


def test_hosts_are_told_what_the_policies_say(shell: Shell) -> None:
    words = {
        "policies.kyverno.io/title": "Labels",
        "policies.kyverno.io/description": "Each pod\n has one.",
        "policies.kyverno.io/severity": "medium",
        "policies.kyverno.io/category": "Best",
    }
    labels = policy(needs_label("owner"), name="labels")
    labels["metadata"]["annotations"] = words
    found = metadata_of(shell.bake(shell.write("told.yaml", labels)))
    kept = {key.removeprefix("io.kubewarden.policy."): value for key, value in found["annotations"].items()}
    assert {key: kept[key] for key in ("title", "description", "severity", "category")} == {
        "title": "Labels",
        "description": "Each pod has one.",
        "severity": "medium",
        "category": "Best",
    }
    assert found["mutating"] is False
    assert found["backgroundAudit"] is True
    assert (found["executionMode"], found["policyType"], found["protocolVersion"]) == ("wasi", "kubernetes", "Unknown")
    assert found["rules"][0]["resources"] == ["pods", "replicationcontrollers"]
    assert found["contextAwareResources"] == []
    assert found["hostCapabilities"] == []


def test_several_policies_are_told_together(shell: Shell) -> None:
    high = policy(needs_label("team"), name="team")
    high["metadata"]["annotations"] = {"policies.kyverno.io/severity": "high", "policies.kyverno.io/title": "Team"}
    low = policy(MUTATE, name="add")
    low["metadata"]["annotations"] = {"policies.kyverno.io/severity": "low"}
    shell.write("several.yaml", high, low)
    code, out, err = shell.run("bake", "several.yaml")
    assert (code, out.partition(";")[0]) == (0, "wrote team.wasm: 2 policies, 2 rules")
    assert "there are rules that mutate and rules that validate" in err
    found = metadata_of((shell.folder / "team.wasm").read_bytes())
    assert found["annotations"]["io.kubewarden.policy.title"] == "Team, add"
    assert found["annotations"]["io.kubewarden.policy.severity"] == "high"
    assert found["mutating"] is True


def test_what_mutates_and_validates_is_baked_into_two_modules(shell: Shell) -> None:
    shell.write("both.yaml", policy(needs_label("owner"), MUTATE, name="both"))
    code, out, err = shell.run("bake", "both.yaml")
    assert (code, out.partition(";")[0]) == (0, "wrote both.wasm: 1 policy, 2 rules")
    assert "bake one with --rules mutate and one with --rules validate" in err
    told = {}
    for rules in ("mutate", "validate"):
        code, out, err = shell.run("bake", "both.yaml", "--rules", rules)
        assert (code, out.partition(";")[0], err) == (0, f"wrote both-{rules}.wasm: 1 policy, 1 rule", "")
        module = (shell.folder / f"both-{rules}.wasm").read_bytes()
        found, answer = metadata_of(module), ask(module, {})
        told[rules] = (found["mutating"], found["backgroundAudit"], answer["accepted"], "mutated_object" in answer)
    assert told == {"mutate": (True, False, True, True), "validate": (False, True, False, False)}


def test_look_ups_are_told_as_resources_and_capabilities(shell: Shell) -> None:
    shell.write("look.yaml", policy({**rule(deny={}), "context": [LOOK_UP]}, name="look"))
    found = metadata_of(shell.bake("look.yaml"))
    assert found["contextAwareResources"] == [{"apiVersion": "v1", "kind": "ConfigMap"}]
    assert found["hostCapabilities"] == ["kubernetes/get_resource"]


def test_custom_resources_are_told(shell: Shell) -> None:
    shell.write("boats.yaml", policy({**rule(deny={}), "context": [BOATS]}, name="boats"))
    code, _, err = shell.run("bake", "boats.yaml")
    assert code == 2
    assert "the kind of boats.acme.test is not known" in err
    shell.write("settings.yaml", {"customResources": {"boats.acme.test": "Boat"}})
    for told in (("--plural", "Boat.acme.test=boats"), ("--settings", "settings.yaml")):
        found = metadata_of(shell.bake("boats.yaml", *told))
        assert found["contextAwareResources"] == [{"apiVersion": "acme.test/v1", "kind": "Boat"}]


def test_all_problems_are_told_at_once_with_their_files(shell: Shell) -> None:
    shell.write(
        "wrong.yaml", policy(rule(cel={"expressions": []}), name="cel"), policy(rule(pattern={"a": 1}), name="Ok")
    )
    shell.write("kind.yaml", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}})
    shell.write("settings.yaml", {"rules": "some"})
    code, out, err = shell.run("bake", "labels.yaml", "wrong.yaml", "kind.yaml", "--settings", "settings.yaml")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert all(line.startswith("kywarden: ") for line in lines)
    assert any("settings.rules: must be one of all, validate, mutate" in line for line in lines)
    assert any("wrong.yaml, policy cel, rule check" in line for line in lines)
    assert any("kind.yaml, policy x: kind ConfigMap is no policy kind" in line for line in lines)
    assert not list(shell.folder.glob("*.wasm"))


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no such policy": (("nothing.yaml",), "nothing.yaml: No such file or directory"),
    "an empty name of settings": (("labels.yaml", "--settings", ""), "the name of a file is empty"),
    "an empty name of a base": (("labels.yaml", "--module", ""), "the name of a file is empty"),
    "an empty name of what is written": (("labels.yaml", "-o", ""), "the name of a file is empty"),
    "no policy": (("exception.yaml",), "there is no policy in exception.yaml"),
    "a policy among the exceptions": (
        ("labels.yaml", "--exception", "labels.yaml"),
        "--exception labels.yaml: ClusterPolicy is no exception",
    ),
    "a policy twice": (
        ("labels.yaml", "labels.yaml"),
        "labels.yaml: ClusterPolicy labels stands in labels.yaml already",
    ),
    "policies in settings": (
        ("labels.yaml", "--settings", "own.json"),
        "own.json: policies cannot stand in this file: name the files with policies instead",
    ),
    "no time": (("labels.yaml", "--deadline", "0"), "settings.deadlineMilliseconds: must be a positive integer"),
    "settings that are a list": (("labels.yaml", "--settings", "list.json"), "list.json: settings must be a map"),
    "no base": (("labels.yaml", "--module", "none.wasm"), "none.wasm: there is no such file"),
    "a base that is no module": (
        ("labels.yaml", "--module", "labels.yaml"),
        "labels.yaml is no WebAssembly module: not a core WebAssembly module",
    ),
    "an empty module": (
        ("labels.yaml", "--module", "empty.wasm"),
        "empty.wasm is no module of kywarden: it has no export prepare",
    ),
    "a module that is cut off": (
        ("labels.yaml", "--module", "cut.wasm"),
        "cut.wasm is no WebAssembly module: the module is cut off",
    ),
    "exports of an unknown kind": (
        ("labels.yaml", "--module", "kind.wasm"),
        "kind.wasm is no WebAssembly module: an import or export is of the unknown kind 9",
    ),
    "an export prepare that is no function": (
        ("labels.yaml", "--module", "memory.wasm"),
        "memory.wasm is no module of kywarden: it has no export prepare",
    ),
    "more memory than there can be": (
        ("labels.yaml", "--module", "large.wasm"),
        "large.wasm cannot be started: failed to parse WebAssembly module Caused by: memory size",
    ),
    "a bill of materials that is no JSON": (
        ("labels.yaml", "--module", "bill.wasm"),
        f"bill.wasm is no module of kywarden: the section {notices.BILL_SECTION} of the module holds no JSON",
    ),
    "a bill of materials without packages": (
        ("labels.yaml", "--module", "empty-bill.wasm"),
        "empty-bill.wasm is no module of kywarden: its bill of materials names no packages",
    ),
    "an annotation without value": (
        ("labels.yaml", "--annotation", "title"),
        "--annotation title is not of the form KEY=VALUE",
    ),
    "an annotation that is no text": (
        ("labels.yaml", "--annotation", "title=\udcff"),
        "--annotation 'title=\\udcff' is no UTF-8",
    ),
    "a plural that is no text": (("labels.yaml", "--plural", "Boat=\udcff"), "--plural 'Boat=\\udcff' is no UTF-8"),
    "a package without version": (
        ("labels.yaml", "--artifacthub", "a.yml"),
        "--artifacthub: Artifact Hub asks for the annotation version; give it with --annotation NAME=VALUE",
    ),
    "a name that is a path": (("path.json",), '"../a" is no name of a file: name one with --output'),
    "a full disk": (("labels.yaml", "-o", "full.wasm"), "full.wasm: No space left on device"),
    "an output that is a folder": (("labels.yaml", "-o", "."), ".: Is a directory"),
    "an output that cannot be": (("labels.yaml", "-o", "labels.yaml/x.wasm"), "labels.yaml/x.wasm: "),
}


def _odd_modules(whole: bytes) -> dict[str, bytes]:
    def with_section(changed: Id, data: bytes) -> bytes:
        return write(Section(each.id, data if each.id == changed else each.payload) for each in read(whole))

    prepare = unsigned(1) + text("prepare")
    return {
        "cut.wasm": whole[:100_000],
        "kind.wasm": with_section(Id.EXPORT, prepare + b"\x09\0"),
        "memory.wasm": with_section(Id.EXPORT, prepare + b"\x02\0"),
        "large.wasm": with_section(Id.MEMORY, unsigned(1) + b"\0" + unsigned(2**40)),
        "bill.wasm": with_custom(whole, custom(notices.BILL_SECTION, b"[1")),
        "empty-bill.wasm": with_custom(whole, custom(notices.BILL_SECTION, b'{"packages": [{}]}')),
    }


@pytest.mark.parametrize(("arguments", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line(shell: Shell, arguments: tuple[str, ...], line: str) -> None:
    shell.write("own.json", {"policies": []})
    shell.write("list.json", [])
    (shell.folder / "full.wasm").symlink_to("/dev/full")
    shell.write("path.json", policy(needs_label(), name="../a"))
    (shell.folder / "empty.wasm").write_bytes(b"\0asm\1\0\0\0")
    for name, data in _odd_modules(MODULE.read_bytes()).items():
        (shell.folder / name).write_bytes(data)
    code, out, err = shell.run("bake", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"kywarden: {line}")
    assert err.count("\n") == 1


def test_a_baked_module_is_no_base(shell: Shell) -> None:
    shell.bake("labels.yaml")
    code, _, err = shell.run("bake", "labels.yaml", "--module", "out.wasm")
    assert code == 2
    assert err == ("kywarden: out.wasm has policies baked into it already: name the module that they were baked into\n")


def test_the_module_keeps_its_notices_and_names_its_policies(shell: Shell) -> None:
    found = notices.find(shell.bake("labels.yaml", "exception.yaml"))
    assert found
    assert list(faults(found.bill)) == []
    packages: Any = found.bill["packages"]
    assert [each["name"] for each in packages[:2]] == ["labels", "kywarden"]
    assert [each["name"] for each in packages[-2:]] == ["labels", "let-web-be"]
    assert found.licenses == getattr(notices.find(MODULE.read_bytes()), "licenses", "")


def test_a_package_for_artifact_hub(shell: Shell) -> None:
    annotations = {"version": "1.2.0", "ociUrl": "ghcr.io/acme/labels:v1.2.0", "author": "A <a@acme.test>"}
    arguments = [each for pair in annotations.items() for each in ("--annotation", "=".join(pair))]
    code, out, _ = shell.run("bake", "labels.yaml", "--artifacthub", "artifacthub-pkg.yml", *arguments)
    assert code == 0
    assert out.splitlines()[1] == "wrote artifacthub-pkg.yml"
    package: Any = yaml_text.load((shell.folder / "artifacthub-pkg.yml").read_text(encoding="utf-8"))
    assert package["version"] == "1.2.0"
    assert package["containersImages"] == [{"name": "policy", "image": "ghcr.io/acme/labels:v1.2.0"}]
    assert package["annotations"]["kubewarden/resources"] == (
        "CronJob, DaemonSet, Deployment, Job, Pod, ReplicaSet, ReplicationController, StatefulSet"
    )


def test_evaluate_asks_a_baked_module(shell: Shell) -> None:
    shell.bake("labels.yaml")
    shell.write("pod.json", POD)
    baked = shell.run("evaluate", "--module", "out.wasm", "--request", "pod.json", "--format", "full")
    native = shell.run("evaluate", "--policy", "labels.yaml", "--request", "pod.json", "--format", "full")
    assert baked == native
    assert baked[0] == 1
    code, _, err = shell.run("evaluate", "--module", "out.wasm", "--policy", "labels.yaml", "--request", "pod.json")
    assert code == 2
    assert '"policies" cannot be set: the policies are baked into this module' in err
