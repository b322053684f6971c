"""`kywarden inspect`, as a user runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kywarden.baking import contents
from kywarden.cli import main
from kywarden.wasm import metadata, notices
from kywarden.wasm.sections import custom, with_custom
from tests.conftest import MODULE, needs_module
from tests.requests_made import needs_label, policy

pytestmark = needs_module


@pytest.fixture
def baked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    monkeypatch.chdir(tmp_path)
    Path("labels.json").write_text(json.dumps(policy(needs_label("owner"), name="labels")), encoding="utf-8")
    assert main(["bake", "labels.json", "-o", "baked.wasm", "--failure-action", "Audit"]) == 0
    capfd.readouterr()
    return "baked.wasm"


def shown(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["inspect", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


def test_a_baked_module_shows_its_policies_settings_and_metadata(baked: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = shown(capfd, baked)
    assert (code, err) == (0, "")
    assert "with policies baked into it" in out
    assert "ClusterPolicy labels\n  need-owner  validate pattern, Audit; autogen: autogen-need-owner" in out
    assert '\nsettings\n  failureAction: "Audit"\n' in out
    assert "  rule: CREATE, UPDATE of pods, replicationcontrollers (core)\n" in out
    assert "  rule: UPDATE of pods/ephemeralcontainers (core)\n" in out
    assert "  imports  wasi_snapshot_preview1 (" in out
    assert "host.call" in out


def test_the_report_is_data_too(baked: str, capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads(shown(capfd, baked, "--format", "json")[1])
    assert report["kind"] == "baked"
    assert report["policies"][0]["rules"][0]["name"] == "need-owner"
    assert report["settings"] == {"failureAction": "Audit"}
    assert report["size"] == Path(baked).stat().st_size
    assert report["gzip"] < 3_200_000
    assert report["exports"] == ["memory", "_start"]
    assert {"CPython", "kywarden", "labels"} <= {each["name"] for each in report["components"]}


def test_the_base_is_told_as_such(capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads(shown(capfd, str(MODULE), "--format", "json")[1])
    assert report["kind"] == "base"
    assert "policies" not in report
    assert report["kywarden"] == report["metadata"]["annotations"]["io.kubewarden.policy.version"]


def test_parts_are_printed_as_they_are(baked: str, capfd: pytest.CaptureFixture[str]) -> None:
    settings = json.loads(shown(capfd, baked, "--print", "settings")[1])
    assert settings["policies"] == [policy(needs_label("owner"), name="labels")]
    assert json.loads(shown(capfd, baked, "--print", "sbom")[1])["spdxVersion"] == "SPDX-2.3"
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in shown(capfd, baked, "--print", "licenses")[1].upper()


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_stands_in_a_module_does_not_steer_the_terminal(
    form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    evil = "x\x1b[2J\x9b31m\nmodule\n  size 1\u202e"
    told = {**metadata.of_policy(version="1"), "annotations": {"io.kubewarden.policy.title": evil, evil: evil}}
    other = tmp_path / "other.wasm"
    other.write_bytes(metadata.append(b"\0asm\1\0\0\0", told))
    code, out, _ = shown(capfd, str(other), "--format", form)
    assert code == 0
    assert not any(sign in out for sign in "\x1b\x9b\u202e")
    assert out.count("\nmodule\n") == (form == "text")
    assert form == "text" or json.loads(out)["metadata"] == told


EMPTY = b"\0asm\1\0\0\0"
ODD: dict[str, tuple[str, bytes, str]] = {
    "metadata that are no JSON": (metadata.SECTION, b"x", "holds no JSON"),
    "metadata without end": (metadata.SECTION, b"[" * 100_000, "holds no JSON"),
    "metadata that are a list": (metadata.SECTION, b"[]", "holds no map"),
    "nothing baked": (contents.SECTION, b"{}", "holds no settings"),
    "settings that are none": (contents.SECTION, b'{"settings": {"x": 1}}', "holds settings that no module takes"),
    "a policy that is none": (
        contents.SECTION,
        b'{"settings": {"policies": [{"kind": "Pod"}]}}',
        "holds settings that no module takes",
    ),
    "a policy of another shape": (
        contents.SECTION,
        b'{"settings": {"policies": [{"apiVersion": "kyverno.io/v1", "kind": "Policy", "spec": {"rules": [1]}}]}}',
        "holds settings that no module takes",
    ),
    "licences that are no text": (notices.LICENSES_SECTION, b"\xff", "is no UTF-8"),
}


@pytest.mark.parametrize(("name", "data", "reason"), ODD.values(), ids=ODD)
def test_a_section_that_is_not_what_it_should_be_is_told(
    name: str, data: bytes, reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.wasm"
    odd.write_bytes(with_custom(EMPTY, custom(name, data), custom(notices.BILL_SECTION, b"{}")))
    assert shown(capfd, str(odd)) == (2, "", f"kywarden: {odd}: the section {name} of the module {reason}\n")


@pytest.mark.parametrize("value", [1, "x", ["x"], [[1]], [{}], {"a": 1}], ids=str)
@pytest.mark.parametrize("key", ["annotations", "rules", "contextAwareResources", "hostCapabilities", "mutating"])
def test_any_metadata_are_shown(key: str, value: object, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.wasm"
    other.write_bytes(with_custom(EMPTY, custom(metadata.SECTION, json.dumps({key: value}).encode())))
    assert [shown(capfd, str(other), "--format", form)[0] for form in ("text", "json")] == [0, 0]


WRONG = {
    "no file": (("none.wasm",), "none.wasm: No such file or directory"),
    "no module": (("labels.json",), "labels.json is no WebAssembly module: not a core WebAssembly module"),
    "no settings": ((str(MODULE), "--print", "settings"), f"{MODULE} has no settings in it"),
}


@pytest.mark.usefixtures("baked")
@pytest.mark.parametrize(("arguments", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line(capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str) -> None:
    assert shown(capfd, *arguments) == (2, "", f"kywarden: {line}\n")


@pytest.mark.usefixtures("baked")
def test_a_module_of_others_is_shown_as_such(capfd: pytest.CaptureFixture[str]) -> None:
    Path("other.wasm").write_bytes(b"\0asm\1\0\0\0")
    code, out, _ = shown(capfd, "other.wasm")
    assert code == 0
    assert "a module that is not kywarden's" in out


def test_licences_do_not_steer_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.wasm"
    other.write_bytes(notices.put(EMPTY, notices.Notices({}, "\x1b[2J\n")))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["inspect", str(other), "--print", "licenses"]) == 0
    assert capsys.readouterr().out == "\u241b[2J\n"
