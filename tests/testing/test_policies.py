"""Which policies a path yields."""

from __future__ import annotations

from pathlib import Path

import pytest

from kywarden.testing import policies
from kywarden.testing.files import Files, LoadError
from kywarden.testing.policies import LoadedPolicy
from tests.testing.folders import CEL, OWNER, write

EXCEPTION = """\
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: let, namespace: shop}
spec:
  exceptions: [{policyName: owner, ruleNames: [has-owner]}]
  match: {any: [{resources: {kinds: [Pod]}}]}
"""
UNKNOWN_FIELD = OWNER.replace("spec:", "spec:\n  colour: red")
WRONG_TYPE = OWNER.replace("kinds: [Pod]", "kinds: Pod")
INVALID = OWNER.replace("      pattern:", "      deny: {}\n      pattern:")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"


def names(folder: Path, path: str = ".") -> list[str]:
    return [tree["metadata"]["name"] for tree, _ in policies.collect(str(folder / path), Files()).policies]


def prepared(text: str) -> list[LoadedPolicy]:
    found = policies.read("p.yaml", text)
    return policies.prepare(found, found.exceptions)


def test_directories_are_read_by_name_but_for_what_is_hidden(tmp_path: Path) -> None:
    files = {
        "b.yml": OWNER,
        "a/x.yaml": OWNER.replace("name: owner", "name: first"),
        ".hidden/y.yaml": OWNER,
        ".z.yaml": OWNER,
        "notes.txt": "no policy",
    }
    write(tmp_path, files)
    assert names(tmp_path) == ["first", "owner"]
    assert names(tmp_path, ".z.yaml") == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "stat {0}/x.yaml: no such file or directory"),
        (
            {"x.yaml": UNKNOWN_FIELD},
            "failed to load file {0}/x.yaml: failed to parse document"
            " (spec.colour: Invalid value: value provided for unknown field)",
        ),
        ({"x.yaml": CONFIG_MAP}, "failed to load file {0}/x.yaml: policy type not supported /v1, Kind=ConfigMap"),
    ],
)
def test_a_path_is_given_up(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    write(tmp_path, files)
    with pytest.raises(LoadError) as caught:
        policies.collect(str(tmp_path / "x.yaml"), Files())
    assert str(caught.value) == reason.format(tmp_path)


def test_what_does_not_decode_drops_only_itself() -> None:
    found = policies.read("p.yaml", f"{OWNER}---\na: [\n---\n{WRONG_TYPE}---\nspec: {{}}\n---\n{OWNER}")
    assert len(found.policies) == 2
    assert [reason.partition(" (")[0] for _, reason in found.problems] == ["failed to parse document"] * 3


def test_a_list_is_unpacked() -> None:
    items = "".join(f"- {line}\n" if at == 0 else f"  {line}\n" for at, line in enumerate(OWNER.splitlines()))
    others = "- 5\n- {apiVersion: v1, kind: List, items: []}\n"
    found = policies.read("p.yaml", f"apiVersion: v1\nkind: List\nitems:\n{others}{items}")
    assert len(found.policies) == 1
    assert found.problems == [
        ("p.yaml", "List item 0 is not a valid object"),
        ("p.yaml", "failed to process List item 1: policy type not supported /v1, Kind=List"),
    ]


def test_each_policy_runs_or_says_why_not() -> None:
    runs, invalid, unsupported = prepared(f"{OWNER}---\n{INVALID}---\n{CEL}---\n{EXCEPTION}")
    assert runs.program is not None
    assert invalid.invalid.startswith("path: spec.rules[0].validate..: only one of pattern")
    assert (unsupported.program, unsupported.unsupported) == (None, "CEL policies are not supported")


def test_exceptions_are_kept_apart() -> None:
    found = policies.read("p.yaml", f"{OWNER}---\n{EXCEPTION}")
    assert (len(found.policies), len(found.exceptions)) == (1, 1)


@pytest.mark.parametrize(("value", "scored"), [("false", False), ("true", True), ("False", True)])
def test_only_the_exact_word_makes_a_policy_unscored(value: str, scored: bool) -> None:
    annotations = f'metadata:\n  annotations: {{policies.kyverno.io/scored: "{value}"}}'
    (policy,) = prepared(OWNER.replace("metadata:", annotations, 1))
    assert policy.scored is scored


def of(version: str, kind: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n"


NO_SCHEMA = "failed to parse document (failed to retrieve validator: "


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("version: 1.0.0\nname: owner\n", "failed to parse document (GVK cannot be empty)"),
        (
            of("kustomize.config.k8s.io/v1beta1", "Kustomization"),
            f"{NO_SCHEMA}failed to locate OpenAPI spec for GV: kustomize.config.k8s.io/v1beta1)",
        ),
        (of("v2", "Pod"), f"{NO_SCHEMA}failed to locate OpenAPI spec for GV: v2)"),
        (of("v1", "ClusterPolicy"), f"{NO_SCHEMA}kind ClusterPolicy not found in v1 groupversion)"),
        (
            of("kyverno.io/v2", "ClusterPolicy"),
            f"{NO_SCHEMA}kind ClusterPolicy not found in kyverno.io/v2 groupversion)",
        ),
        (of("kyverno.io/v3", "Policy"), f"{NO_SCHEMA}failed to locate OpenAPI spec for GV: kyverno.io/v3)"),
        ("kind: ClusterPolicy\n", f"{NO_SCHEMA}failed to locate OpenAPI spec for GV: )"),
        ("apiVersion: v1\n", f"{NO_SCHEMA}kind  not found in v1 groupversion)"),
    ],
)
def test_what_has_no_schema_drops_itself_alone(document: str, reason: str) -> None:
    found = policies.read("p.yaml", f"{document}---\n{OWNER}")
    assert found.problems == [("p.yaml", reason)]
    assert len(found.policies) == 1


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (of("policies.kyverno.io/v1", "PolicyException"), "policies.kyverno.io/v1, Kind=PolicyException"),
        (of("cli.kyverno.io/v1alpha1", "Test"), "cli.kyverno.io/v1alpha1, Kind=Test"),
        (of("apps/v1", "Deployment"), "apps/v1, Kind=Deployment"),
        (
            of("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy"),
            "admissionregistration.k8s.io/v1beta1, Kind=ValidatingAdmissionPolicy",
        ),
    ],
)
def test_what_has_a_schema_and_is_no_policy_drops_the_path(document: str, kind: str) -> None:
    with pytest.raises(LoadError, match=f"^policy type not supported {kind}$"):
        policies.read("p.yaml", f"{OWNER}---\n{document}")


def test_items_of_lists_need_no_schema() -> None:
    items = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: kyverno.io/v3, kind: Policy}\n"
    said = "failed to process List item 0: policy type not supported kyverno.io/v3, Kind=Policy"
    assert policies.read("p.yaml", items).problems == [("p.yaml", said)]
