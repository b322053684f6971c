"""`kywarden migrate`, as a user runs it."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from kywarden.cli import main
from kywarden.values import yaml_text
from tests.migrate import crd
from tests.requests_made import needs_label, policy, rule

MODULE = ("--module", "ghcr.io/acme/kywarden:v1.0.0")
CONFIG_MAP = {"name": "allowed", "configMap": {"name": "allowed", "namespace": "default"}}
MUTATE = {
    "name": "add",
    "match": {"any": [{"resources": {"kinds": ["ConfigMap"]}}]},
    "mutate": {"patchStrategicMerge": {"metadata": {"labels": {"a": "b"}}}},
}
GENERATE = {
    "name": "copy",
    "match": {"any": [{"resources": {"kinds": ["Namespace"]}}]},
    "generate": {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "namespace": "b", "data": {}},
}


class Shell:
    """Runs the command in an empty folder."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd

    def write(self, name: str, *documents: Any) -> str:
        text = "\n---\n".join(each if isinstance(each, str) else json.dumps(each) for each in documents)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main(["migrate", *arguments])
        out, err = self.capfd.readouterr()
        return code, out, err

    def files(self, folder: str) -> list[str]:
        root = self.folder / folder
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = Shell(tmp_path, capfd)
    made.write("labels.yaml", policy(needs_label(), name="labels"))
    made.write("look.yaml", policy({**rule(deny={}), "context": [CONFIG_MAP]}, name="look"))
    made.write("copy.yaml", policy(needs_label(), GENERATE, name="copy"))
    return made


def test_manifests_go_to_stdout_and_the_report_to_stderr(shell: Shell) -> None:
    code, out, err = shell.run("labels.yaml", *MODULE)
    (document,) = yaml_text.load_all(out)
    assert code == 0
    assert crd.problems(document.tree) == []
    assert "need-app" in err
    assert "judged inside" in err
    assert "rules: 1 judged inside" in err


def test_a_folder_gets_a_file_for_each_policy_and_one_for_the_roles(shell: Shell) -> None:
    code, out, err = shell.run("labels.yaml", "look.yaml", "-o", "made", *MODULE)
    assert (code, err) == (0, "")
    assert shell.files("made") == ["labels.yaml", "look.yaml", "rbac.yaml"]
    assert "wrote made/rbac.yaml" in out


def test_a_folder_of_policies_is_read_whole(shell: Shell) -> None:
    shell.write("in/a.yaml", policy(needs_label(), name="a"))
    shell.write("in/deep/b.yml", policy(needs_label(), name="b"), {"apiVersion": "v1", "kind": "Namespace"})
    shell.write("in/notes.txt", "no: policy")
    code, out, _ = shell.run("in", "-o", "made", *MODULE)
    assert (code, shell.files("made")) == (0, ["a.yaml", "b.yaml"])
    assert "passed over: 1 document without" in out


def test_a_rule_that_is_not_possible_is_told_and_the_others_are_migrated(shell: Shell) -> None:
    code, out, _ = shell.run("copy.yaml", "-o", "made", *MODULE)
    assert (code, shell.files("made")) == (1, ["copy.yaml"])
    assert "not possible: generate rules" in out
    assert "1 not possible" in out


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_report_and_the_manifests_are_one_document_for_programs(shell: Shell, form: str) -> None:
    code, out, err = shell.run("copy.yaml", "--format", form, *MODULE)
    tree: Any = json.loads(out) if form == "json" else yaml_text.load(out)
    assert (code, err) == (1, "")
    assert [each["result"] for each in tree["policies"][0]["rules"]] == ["maps", "not possible"]
    assert [each["metadata"]["name"] for each in tree["manifests"]] == ["copy"]
    assert tree["summary"] == {"maps": 1, "judged inside": 0, "partly": 0, "not possible": 1}


def test_policies_to_bake_are_written_beside_those_that_name_them(shell: Shell) -> None:
    arguments = ("labels.yaml", "-o", "made", "--baked", "--module", "ghcr.io/acme/policies:v2.0.0")
    code, out, _ = shell.run(*arguments)
    assert out.endswith(
        "run   kywarden bake made/bake/labels.yaml -o labels.wasm\n"
        "run   kwctl push labels.wasm ghcr.io/acme/policies/labels:v2.0.0\n"
    )
    assert (code, shell.files("made")) == (0, ["bake/labels.yaml", "labels.yaml"])
    made: Any = yaml_text.load((shell.folder / "made/labels.yaml").read_text())
    assert made["spec"]["module"] == "registry://ghcr.io/acme/policies/labels:v2.0.0"
    assert made["spec"]["settings"] == {}


def test_what_the_modules_need_stands_in_the_commands_that_bake_them(shell: Shell) -> None:
    data = {"resourceFilters": "[Event,*,*]"}
    shell.write("the kyverno.yaml", {"apiVersion": "v1", "kind": "ConfigMap", "data": data})
    shell.write("both.yaml", policy(MUTATE, {**rule(kinds=("Boat",), deny={}), "context": [CONFIG_MAP]}, name="both"))
    arguments = ("--config", "the kyverno.yaml", "--plural", "Boat.sea.dev=boats", "--format", "json")
    _, out, _ = shell.run("both.yaml", "-o", "made", "--baked", *MODULE, *arguments)
    known = "--plural Boat.sea.dev=boats --config 'the kyverno.yaml'"
    assert json.loads(out)["commands"] == [
        f"kywarden bake made/bake/both-mutate.yaml -o both-mutate.wasm {known}",
        "kwctl push both-mutate.wasm ghcr.io/acme/kywarden/both-mutate:v1.0.0",
        f"kywarden bake made/bake/both-validate.yaml -o both-validate.wasm --deadline 8800 {known}",
        "kwctl push both-validate.wasm ghcr.io/acme/kywarden/both-validate:v1.0.0",
    ]


def test_policies_of_one_name_have_modules_of_their_own(shell: Shell) -> None:
    trees = [{**policy(needs_label(), name="labels"), "kind": "Policy"} for _ in "ab"]
    for tree, namespace in zip(trees, "ab", strict=True):
        tree["metadata"] = {**tree["metadata"], "namespace": namespace}
    shell.write("two.yaml", *trees)
    _, out, _ = shell.run("two.yaml", "-o", "made", "--baked", *MODULE, "--format", "json")
    assert json.loads(out)["commands"][1::2] == [
        "kwctl push a.labels.wasm ghcr.io/acme/kywarden/a/labels:v1.0.0",
        "kwctl push b.labels.wasm ghcr.io/acme/kywarden/b/labels:v1.0.0",
    ]


def test_without_a_module_a_placeholder_is_named_and_told(shell: Shell) -> None:
    code, out, err = shell.run("labels.yaml")
    assert code == 0
    assert "registry://registry.example.com/kywarden:v" in out
    assert "the module is a placeholder" in err


def test_kyvernos_configuration_and_custom_resources_are_read_from_files(shell: Shell) -> None:
    shell.write("boats.yaml", policy(rule(kinds=("Boat", "Mast"), deny={}), name="boats"))
    names = {"kind": "Boat", "plural": "fleet"}
    spec = {"group": "sea.dev", "names": names, "scope": "Namespaced", "versions": [{"name": "v1", "served": True}]}
    shell.write("crd.yaml", {"kind": "CustomResourceDefinition", "spec": spec})
    shell.write("kyverno.yaml", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"excludeGroups": "system:nodes"}})
    arguments = ("boats.yaml", "--crd", "crd.yaml", "--plural", "Mast.sea.dev=masts", "--config", "kyverno.yaml")
    code, out, err = shell.run(*arguments, *MODULE)
    made: Any = yaml_text.load(out)
    assert code == 0
    assert [each["resources"] for each in made["spec"]["rules"]] == [["masts"], ["fleet"]]
    assert made["spec"]["settings"]["excludeGroups"] == "system:nodes"
    assert "filters are not carried over" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gone.yaml",), "gone.yaml: No such file"),
        (("labels.yaml", "--module", "ghcr.io/acme/kywarden:latest"), "name a version"),
        (("labels.yaml", "--module", "ghcr.io/acme/kywarden"), "name a version"),
        (("labels.yaml", "--plural", "Boat"), "Kind.group=plural"),
        (("labels.yaml", "--config", "labels.yaml"), "is no ConfigMap"),
        (("labels.yaml", "--service-account", "x"), "NAMESPACE/NAME"),
        (("labels.yaml", "--service-account", "x/\udcff"), "--service-account 'x/\\udcff' is no UTF-8"),
        (("labels.yaml", "--policy-server", "\udcff"), "--policy-server '\\udcff' is no UTF-8"),
        (("broken.yaml",), "broken.yaml"),
        (("list.yaml",), "list.yaml: a document must be a map, not a list"),
        (("items.yaml",), "items.yaml: items[1]: must be a map, not null"),
        (("x" * 300,), "xxx: File name too long"),
        (("labels.yaml", "-o", ""), "the name of a file is empty"),
        (("",), "the name of a file is empty"),
        (("empty.yaml",), "there is no policy in empty.yaml"),
        (("pod.yaml",), "there is no policy in pod.yaml"),
    ],
)
def test_wrong_input_is_told_in_one_line(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    shell.write("broken.yaml", "a: [")
    shell.write("list.yaml", "[1]")
    shell.write("items.yaml", "kind: ClusterPolicyList\nitems: [{kind: Pod}, null]")
    shell.write("empty.yaml", "# nothing")
    shell.write("pod.yaml", "apiVersion: v1\nkind: Pod")
    code, out, err = shell.run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_written_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: Any, **__: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    code, out, err = shell.run("labels.yaml", "-o", "out", "--module", "ghcr.io/acme/kywarden:v1")
    assert (code, out) == (2, "")
    assert err == f"kywarden: {Path('out', 'labels.yaml')}: No space left on device\n"


def test_a_file_without_definitions_is_no_crd(shell: Shell) -> None:
    code, _, err = shell.run("labels.yaml", "--crd", "look.yaml")
    assert (code, err) == (2, "kywarden: --crd look.yaml: there is no CustomResourceDefinition\n")
