"""Reading kyverno-test.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from kywarden.testing import discovery, manifest
from kywarden.testing.files import Files, LoadError
from kywarden.testing.manifest import Manifest, ResourceSpec, Unreadable
from tests.testing.folders import FILES, TEST, write


def read(folder: Path, text: str) -> list[Manifest | Unreadable]:
    path = write(folder, {"kyverno-test.yaml": text}) / "kyverno-test.yaml"
    return manifest.read(str(path), Files())


def test_fields_are_read(tmp_path: Path) -> None:
    text = """\
apiVersion: cli.kyverno.io/v1alpha1
kind: Test
policies: [a.yaml, b.yaml, a.yaml]
jsonPayload: ./x/../port.json
results:
- policy: ns/p
  isMUTATINGPolicy: true
  result: skip
  kind: Pod
  resources: [one]
  resourceSpecs: [{group: apps, version: v1, name: two}]
  generatedResource: g.yaml
"""
    (found,) = read(tmp_path, text)
    assert isinstance(found, Manifest)
    assert (found.policies, found.payloads, found.deprecated) == (("a.yaml", "b.yaml"), ("port.json",), False)
    (result,) = found.results
    assert (result.policy, result.rule, result.result, result.resources) == ("ns/p", "", "skip", ("one",))
    assert result.specs == (ResourceSpec("apps", "v1", "", "two"),)
    assert result.generated == ("g.yaml",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("policies: [\n", "error converting YAML to JSON: yaml: line 1: did not find expected node content"),
        ("surprise: 1\n", 'error unmarshaling JSON: while decoding JSON: json: unknown field "surprise"'),
        (
            "results: [{policy: p, status: pass}]\n",
            'error unmarshaling JSON: while decoding JSON: json: unknown field "status"',
        ),
        (
            "policies: one.yaml\n",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field"
            " Test.policies of type []string",
        ),
        (
            "text\n",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value"
            " of type v1alpha1.Test",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_the_words_of_go(tmp_path: Path, text: str, reason: str) -> None:
    (found,) = read(tmp_path, text)
    assert isinstance(found, Unreadable)
    assert found.reason == reason


@pytest.mark.parametrize("text", ["name: old\napiVersion: a\nkind: Test\n", "kind: Test\n", "apiVersion: a\n"])
def test_old_formats_are_told_apart(tmp_path: Path, text: str) -> None:
    (found,) = read(tmp_path, text)
    assert isinstance(found, Manifest)
    assert found.deprecated


def test_several_documents_are_several_tests(tmp_path: Path) -> None:
    found = read(tmp_path, f"{TEST}---\n{TEST}---\nx: 1\n")
    assert [type(one) for one in found] == [Manifest, Manifest, Unreadable]


def test_test_files_are_found_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/kyverno-test.yaml": "" for name in ("b", "a/z", "a/b")} | {"a/other.yaml": ""})
    found = [Path(path).relative_to(tmp_path).as_posix() for path in discovery.find(str(tmp_path), "kyverno-test.yaml")]
    assert found == ["a/b/kyverno-test.yaml", "a/z/kyverno-test.yaml", "b/kyverno-test.yaml"]


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere", "no such file or directory"), ("pods.yaml", "not a directory")]
)
def test_only_directories_are_searched(tmp_path: Path, name: str, reason: str) -> None:
    path = write(tmp_path, FILES) / name
    with pytest.raises(LoadError) as caught:
        list(discovery.find(str(path), "kyverno-test.yaml"))
    assert str(caught.value) == f"open {path}: {reason}"
