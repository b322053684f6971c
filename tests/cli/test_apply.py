"""`kywarden apply` beyond what Kyverno's recorded runs show."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
import yaml

from kywarden.testing import surroundings
from tests.cli.commands import Folder
from tests.cli.formats import schemas
from tests.testing.folders import CEL, OWNER, PODS, write

APPLY = ("apply", "owner.yaml", "-r", "pods.yaml")
SEVERE = OWNER.replace(
    "metadata:",
    "metadata:\n  annotations: {policies.kyverno.io/severity: high, policies.kyverno.io/category: Ownership}",
    1,
)


def test_a_report_of_the_older_api(folder: Folder) -> None:
    folder.write(owner_yaml=SEVERE)
    code, out, _ = folder.run(*APPLY, "--output-format", "policyreport")
    (report,) = yaml.safe_load_all(out)
    schemas.check(report, schemas.POLICY_REPORT)
    assert code == 1
    assert report["metadata"] == {"name": "kywarden", "namespace": "default"}
    assert report["summary"] == {"pass": 1, "fail": 1, "warn": 0, "error": 0, "skip": 0}
    assert report["results"][1]["severity"] == "high"
    folder.write(none_yaml="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
    for form in ("policyreport", "policyreport-json"):
        assert folder.run("apply", "owner.yaml", "-r", "none.yaml", "--output-format", form) == (0, "", "")
    as_json = folder.run(*APPLY, "--output-format", "policyreport-json")[1]
    assert json.loads(as_json)["results"][0]["policy"] == "owner"


def test_open_reports_fit_their_schema(folder: Folder) -> None:
    namespaced = OWNER.replace("kind: ClusterPolicy", "kind: Policy").replace(
        "name: owner", "name: owner\n  namespace: default"
    )
    folder.write(local_yaml=namespaced)
    out = folder.run("apply", "owner.yaml", "local.yaml", "-r", "pods.yaml", "-p")[1]
    reports = list(yaml.safe_load_all(out))
    assert [report["kind"] for report in reports] == ["ClusterReport", "PolicyReport", "PolicyReport"]
    for report in reports:
        schemas.check(report, schemas.OPEN_REPORT)


@pytest.mark.parametrize("given", ["a pod#1.yaml", "ä.yaml"])
def test_every_format_of_every_outcome_fits_its_schema(folder: Folder, given: str) -> None:
    kinds = {"pattern": {"validate": {"pattern": {"metadata": {"labels": {"owner": "?*"}}}}}}
    kinds["error"] = {
        "validate": {
            "deny": {"conditions": {"any": [{"key": "{{ request.object.a.b }}", "operator": "Equals", "value": 1}]}}
        }
    }
    kinds["skip"] = {**kinds["pattern"], "preconditions": {"any": [{"key": "a", "operator": "Equals", "value": "b"}]}}
    kinds["secure"] = {"validate": {"podSecurity": {"level": "restricted", "version": "latest"}}}
    kinds["label"] = {"mutate": {"patchStrategicMerge": {"metadata": {"labels": {"seen": "yes"}}}}}
    policy = yaml.safe_load(SEVERE)
    match = policy["spec"]["rules"][0]["match"]
    properties = {"reportProperties": {"pod": "{{ request.object.metadata.name }}"}}
    policy["spec"]["rules"] = [{"name": name, "match": match, **properties, **rule} for name, rule in kinds.items()]
    namespace = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    everywhere = yaml.safe_load(OWNER.replace("Pod", "Namespace").replace("name: owner", "name: spaces"))
    write(
        folder.path,
        {"owner.yaml": f"{yaml.safe_dump(policy)}---\n{yaml.safe_dump(everywhere)}---\n{CEL}", given: PODS + namespace},
    )
    arguments = ("apply", "owner.yaml", "-r", given, "--output-format")
    document = json.loads(folder.run(*arguments, "sarif")[1])
    schemas.check(document, schemas.SARIF)
    kinds_seen = {(one["kind"], one["level"]) for one in document["runs"][0]["results"]}
    assert kinds_seen == {("pass", "none"), ("fail", "error"), ("notApplicable", "none")}
    reports = list(yaml.safe_load_all(folder.run(*arguments, "policyreport")[1]))
    assert [one["kind"] for one in reports] == ["ClusterPolicyReport", "PolicyReport"]
    for one in reports:
        schemas.check(one, schemas.POLICY_REPORT)
    assert {one["result"] for one in reports[1]["results"]} == {"pass", "fail", "error", "skip"}
    out = folder.run(*arguments, "json", "-p")[1]
    schemas.check(json.loads(out[out.index('{"kind":"ClusterReport"') :]), schemas.OPEN_REPORT)


def test_sarif_names_file_and_line_of_the_resource(folder: Folder) -> None:
    folder.write(owner_yaml=SEVERE)
    code, out, _ = folder.run(*APPLY, "--output-format", "sarif")
    document = json.loads(out)
    schemas.check(document, schemas.SARIF)
    passed, failed = document["runs"][0]["results"]
    assert (code, passed["kind"], failed["level"]) == (1, "pass", "error")
    place = failed["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "pods.yaml"}, "region": {"startLine": 6, "startColumn": 1}}
    (rule,) = document["runs"][0]["tool"]["driver"]["rules"]
    assert rule["properties"] == {"tags": ["Ownership"], "security-severity": "8.0"}


def test_junit_is_well_formed(folder: Folder) -> None:
    folder.write(owner_yaml=OWNER.replace("needs an owner", 'needs <an> "owner" & more'))
    out = folder.run(*APPLY, "--output-format", "junit")[1]
    suite = ElementTree.fromstring(out).find("testsuite")
    assert suite is not None
    assert suite.attrib == {"name": "owner", "tests": "2", "failures": "1", "errors": "0", "skipped": "0"}
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.text is not None
    assert 'needs <an> "owner" & more' in failure.text


def test_names_that_xml_cannot_hold_keep_junit_well_formed(folder: Folder) -> None:
    folder.write(owner_yaml=OWNER.replace("name: has-owner", 'name: "has\\x01owner"'))
    folder.write(pods_yaml=PODS.replace("name: stray", 'name: "st\\x0bray"'))
    out = folder.run(*APPLY, "--output-format", "junit")[1]
    names = [(case.get("classname"), case.get("name")) for case in ElementTree.fromstring(out).iter("testcase")]
    assert names[1] == ("owner/has\ufffdowner", "Pod/default/st\ufffdray")


def test_an_evaluation_out_of_time_ends_in_one_line(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "DEADLINE", -1)
    code, out, err = folder.run(*APPLY)
    said = "failed to apply policies on resource owned (the evaluation took longer than -1 ms)"
    assert (code, err) == (1, f"Error: {said}\n")
    assert out == "\nApplying 3 policy rule(s) to 2 resource(s)...\n"
    code, out, err = folder.run(*APPLY, "--continue-on-fail")
    assert (code, "pass: 0, fail: 0" in out) == (0, True)
    assert err == f"kywarden: {said}\nkywarden: {said.replace('owned', 'stray')}\n"
    code, out, err = folder.run("test", ".")
    assert (code, err) == (1, f"Error: failed to run test ({said})\n")


def test_github_gets_an_annotation_for_each_failure(folder: Folder) -> None:
    out = folder.run(*APPLY, "--output-format", "github")[1]
    assert out == (
        "::error file=pods.yaml,line=6,col=1,title=owner/has-owner::Pod/default/stray:"
        " validation error: needs an owner. rule has-owner failed at path /metadata/labels/\n"
    )


def test_unsupported_policies_fail_the_run_and_are_named(folder: Folder) -> None:
    folder.write(cel_yaml=CEL)
    code, out, err = folder.run("apply", "cel.yaml", "-r", "pods.yaml")
    assert (code, out) == (
        1,
        "\nApplying 1 policy rule(s) to 2 resource(s)...\n\npass: 0, fail: 0, warn: 0, error: 0, skip: 0 \n",
    )
    assert err == "kywarden: policy cel-owner (ValidatingPolicy) is not supported: CEL policies are not supported\n"
    assert folder.run("apply", "cel.yaml", "-r", "pods.yaml", "--allow-unsupported")[0] == 0
    out = folder.run("apply", "cel.yaml", "-r", "pods.yaml", "--output-format", "github")[1]
    assert out.startswith("::notice file=cel.yaml,line=1,col=1,title=cel-owner::ValidatingPolicy: CEL policies")


def test_items_of_a_list_are_judged(folder: Folder) -> None:
    items = list(yaml.safe_load_all(PODS))
    folder.write(list_json=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    assert "pass: 1, fail: 1" in folder.run("apply", "owner.yaml", "-r", "list.json")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cluster"], "kywarden: --cluster has no effect: there is no cluster here\n"),
        (["--registry"], "kywarden: --registry has no effect: there is no access to registries"),
        (["-b", "main"], "kywarden: --git-branch has no effect: kywarden clones no repositories"),
        (["nowhere.yaml"], "kywarden: nowhere.yaml is left out: stat nowhere.yaml: no such file or directory\n"),
    ],
)
def test_what_has_no_effect_is_told_in_one_line(folder: Folder, arguments: list[str], said: str) -> None:
    code, out, err = folder.run(*APPLY, *arguments)
    assert (code, err.startswith(said), err.count("\n")) == (1, True, 1)
    assert "pass: 1, fail: 1" in out


def test_global_context_entries_among_the_resources_answer(folder: Folder) -> None:
    entry = """\
apiVersion: kyverno.io/v2
kind: GlobalContextEntry
metadata: {name: pods}
spec:
  kubernetesResource: {group: '', version: v1, resource: pods}
  projections: [{name: count, jmesPath: length(@)}]
"""
    policy = OWNER.replace(
        "    validate:",
        "    context: [{name: count, globalReference: {name: pods.count}}]\n    validate:",
    ).replace(
        '      pattern: {metadata: {labels: {owner: "?*"}}}',
        "      deny: {conditions: {all: [{key: '{{ count }}', operator: Equals, value: 2}]}}",
    )
    write(folder.path, {"owner.yaml": policy, "pods.yaml": f"{PODS}---\n{entry}"})
    _, out, err = folder.run(*APPLY)
    assert err == ""
    assert "Applying 3 policy rule(s) to 2 resource(s)" in out
    assert "pass: 0, fail: 2" in out


def test_a_resource_that_cannot_be_asked_about_is_named(folder: Folder) -> None:
    folder.write(odd_yaml="apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n")
    code, _, err = folder.run("apply", "owner.yaml", "-r", "odd.yaml")
    said = "Error: failed to apply policies on resource 5 (request.name: must be a string, not the number 5)\n"
    assert (code, err) == (1, said)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("owner.json", "policies are read from .yaml and .yml"),
        (".owner.json", "names with a leading dot are passed over"),
        (".owner.yaml", "names with a leading dot are passed over"),
        (".", "names with a leading dot are passed over"),
        ("gone.json", "stat gone.json: no such file or directory"),
    ],
)
def test_policies_in_files_that_are_not_read_are_told(folder: Folder, name: str, reason: str) -> None:
    write(folder.path, {"owner.json": "{}", ".owner.json": "{}", ".owner.yaml": OWNER, "policies/read.me": "x"})
    code, _, err = folder.run("apply", name, "owner.yaml", "policies", "-r", "pods.yaml")
    assert (code, err) == (1, f"kywarden: {name} is left out: {reason}\n")


MUTATING = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: mark}
spec:
  rules:
  - name: mark
    match: {any: [{resources: {kinds: [Pod]}}]}
    mutate: {patchStrategicMerge: {metadata: {labels: {seen: "yes"}}}}
"""
TWICE = "failed to create file/folder (failed to create file/folder"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("pods.yaml/out.yaml", f"{TWICE} (failed to create directory (mkdir pods.yaml: file exists)))"),
        ("pods.yaml/out", f"{TWICE} (failed to create directory (mkdir pods.yaml/out: not a directory)))"),
        ("folder.yaml", "failed to truncate the existing file at folder.yaml (open folder.yaml: is a directory)"),
        (
            "owner.file",
            "failed to apply policies on resource owned"
            " (failed to print mutated result (open owner.file/owned-mutated.yaml: not a directory))",
        ),
    ],
)
def test_where_mutated_objects_cannot_go_is_told(folder: Folder, output: str, said: str) -> None:
    write(folder.path, {"mark.yaml": MUTATING, "owner.file": "", "folder.yaml/x": ""})
    code, _, err = folder.run("apply", "mark.yaml", "-r", "pods.yaml", "-o", output)
    assert (code, err) == (1, f"Error: {said}\n")


def test_no_name_leads_out_of_the_folder_of_mutated_objects(folder: Folder) -> None:
    write(folder.path, {"mark.yaml": MUTATING, "pods.yaml": PODS.replace("stray", "../stray")})
    code, _, err = folder.run("apply", "mark.yaml", "-r", "pods.yaml", "-o", "out")
    said = "failed to print mutated result (the name ../stray is a path)"
    assert (code, err) == (1, f"Error: failed to apply policies on resource ../stray ({said})\n")
    assert [path.name for path in (folder.path / "out").iterdir()] == ["owned-mutated.yaml"]


def test_mutated_objects_are_written_beside_our_formats(folder: Folder) -> None:
    write(folder.path, {"mark.yaml": MUTATING})
    code, out, err = folder.run("apply", "mark.yaml", "-r", "pods.yaml", "-o", "out", "--output-format", "sarif")
    assert (code, err) == (0, "")
    assert len(json.loads(out)["runs"][0]["results"]) == 2
    assert sorted(path.name for path in (folder.path / "out").iterdir()) == ["owned-mutated.yaml", "stray-mutated.yaml"]


@pytest.mark.parametrize("arguments", [[], ["--table"], ["-o", "out"], ["--output-format", "sarif"], ["-p"]])
def test_jobs_change_nothing(folder: Folder, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    pods = "---\n".join(PODS.replace("stray", f"stray{number}") for number in range(20))
    write(folder.path, {"mark.yaml": MUTATING, "pods.yaml": pods})
    runs = [
        folder.run("apply", "mark.yaml", "owner.yaml", "-r", "pods.yaml", "-j", str(jobs), *arguments)
        for jobs in (1, 3)
    ]
    assert runs[0] == runs[1]
    assert runs[0][0] == 1
    if "-o" in arguments:
        assert (folder.path / "out" / "stray7-mutated.yaml").read_text().count("---") == 2


@pytest.mark.parametrize("command", [("test", "."), APPLY])
def test_there_are_no_fewer_than_no_jobs(folder: Folder, command: tuple[str, ...]) -> None:
    code, _, err = folder.run(*command, "-j", "-2")
    assert (code, err) == (1, 'Error: invalid argument "-2" for "-j, --jobs" flag: must not be negative\n')


def test_the_first_resource_that_cannot_be_asked_about_ends_a_run(folder: Folder) -> None:
    write(folder.path, {"mark.yaml": MUTATING, "odd.yaml": PODS.replace("name: stray", "name: 5")})
    code, out, err = folder.run("apply", "mark.yaml", "-r", "odd.yaml", "-j", "2")
    assert (code, out.count("applied to"), err.count("\n")) == (1, 1, 1)


def test_definitions_of_custom_resources_must_be_there(folder: Folder) -> None:
    code, _, err = folder.run(*APPLY, "--crd-paths", "gone.yaml")
    said = "failed to apply policies on resource owned (CRD file does not exist at path: gone.yaml)"
    assert (code, err) == (1, f"Error: {said}\n")
    assert folder.run(*APPLY, "--crd-paths", "pods.yaml/,,")[::2] == (1, "")


def test_a_payload_that_is_too_deep_is_refused(folder: Folder) -> None:
    folder.write(deep_json='{"a":' * 100_000)
    code, _, err = folder.run("apply", "owner.yaml", "--json", "deep.json")
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("Error: failed to load JSON payload (")


def told(folder: Folder, *arguments: str) -> list[tuple[str, dict[str, str], str]]:
    """Of each result of a report: status, properties and message."""
    out = folder.run("apply", "owner.yaml", "-r", "pods.yaml", "-p", *arguments)[1]
    (report,) = yaml.safe_load_all(out[out.index("apiVersion: openreports") :])
    return [(one["result"], one["properties"], one["message"]) for one in report["results"]]


@pytest.mark.parametrize(
    ("written", "properties"),
    [
        ({"pod": "{{ request.object.metadata.name }}"}, {"pod": "stray"}),
        ({"{{ request.object.metadata.name }}": "here"}, {"stray": "here"}),
        ({"a": "{{ request.object.nothing }}", "b": "{{ request.operation }}"}, None),
        ({"a": "{{ length(request.object.metadata.name) }}"}, None),
        ({"process": "mine"}, {}),
    ],
)
def test_report_properties_of_a_rule(
    folder: Folder, written: dict[str, str], properties: dict[str, str] | None
) -> None:
    policy = yaml.safe_load(OWNER)
    policy["spec"]["rules"][0]["reportProperties"] = written
    folder.write(owner_yaml=yaml.safe_dump(policy))
    # what cannot be filled with strings is reported as it is written
    expected = {**(written if properties is None else properties), "process": "background scan"}
    status, found, _ = told(folder)[1]
    assert (status, found) == ("fail", expected)


@pytest.mark.parametrize(
    ("written", "scored", "message"),
    [
        (
            {"failMessage": "no owner of {{ request.object.metadata.name }}", "passMessage": "owned"},
            "true",
            "no owner of stray",
        ),
        ({"failMessage": "no owner", "message": "always"}, "true", "always"),
        ({"failMessage": "no owner", "warnMessage": "warned"}, "false", "no owner"),
    ],
)
def test_report_properties_replace_the_message(
    folder: Folder, written: dict[str, str], scored: str, message: str
) -> None:
    policy = yaml.safe_load(OWNER)
    policy["metadata"]["annotations"] = {"policies.kyverno.io/scored": scored}
    policy["spec"]["rules"][0]["reportProperties"] = written
    folder.write(owner_yaml=yaml.safe_dump(policy))
    assert told(folder)[1][2] == message
    out = folder.run("test", ".", "-o", "json", "--detailed-results")[1]
    assert f'"Message": "{message}"' in out


def test_report_properties_before_the_preconditions_hold_and_of_mutations(folder: Folder) -> None:
    policy = yaml.safe_load(OWNER)
    (rule,) = policy["spec"]["rules"]
    rule["reportProperties"] = {"name": "{{ request.object.metadata.name }}"}
    rule["preconditions"] = {
        "any": [{"key": "{{ request.object.metadata.name }}", "operator": "Equals", "value": "owned"}]
    }
    marking = {"patchStrategicMerge": {"metadata": {"labels": {"seen": "yes"}}}}
    mutation = {**rule, "name": "mark", "mutate": marking}
    del mutation["validate"]
    policy["spec"]["rules"].insert(0, mutation)
    folder.write(owner_yaml=yaml.safe_dump(policy))
    names = [(status, properties["name"]) for status, properties, _ in told(folder)]
    raw = "{{ request.object.metadata.name }}"
    assert sorted(names) == [("pass", "owned"), ("pass", "owned"), ("skip", raw), ("skip", raw)]


def test_refused_policies_stand_under_two_headings(folder: Folder) -> None:
    for name in ("element.name", "element.kind"):
        variable = f"needs {{{{ {name} }}}}"
        folder.write(
            **{f"{name}_yaml": OWNER.replace("needs an owner", variable).replace("name: owner", f"name: {name}")}
        )
    code, out, _ = folder.run("apply", "element.name.yaml", "element.kind.yaml", "-r", "pods.yaml")
    line = "-" * 70
    outside = "present outside of foreach at path /validate/message"
    assert (code, out.partition("...\n")[2]) == (
        1,
        f"{line}\nPolicies Skipped:\n1. element.kind: variable 'element.kind' {outside}\n{line}\n"
        f"{line}\nInvalid Policies:\n1. element.name: variable 'element.name' {outside}\n{line}\n"
        "\npass: 0, fail: 0, warn: 0, error: 2, skip: 0 \n",
    )


SECURED = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: web, image: "ghcr.io/acme/web:1", securityContext: {privileged: true, capabilities: {drop: [ALL]}}}
  - {name: side, image: "side@sha256:0123456789012345678901234567890123456789012345678901234567890123"}
  initContainers:
  - {name: start, image: busybox, securityContext: {privileged: true, runAsNonRoot: false}}
"""
WEB, SIDE, START = (
    "ghcr.io/acme/web:1",
    "docker.io/side@sha256:0123456789012345678901234567890123456789012345678901234567890123",
    "docker.io/busybox:latest",
)


@pytest.mark.parametrize(
    ("control", "images"),
    [
        ("privileged", [START, WEB]),
        ("allowPrivilegeEscalation", [START, WEB, SIDE]),
        ("capabilities_restricted", [START, SIDE]),
        # an explicit false hides what is not set
        ("runAsNonRoot", [START]),
        # details that name no container
        ("hostNamespaces", None),
        # details that do not say "must"
        ("hostPorts", None),
    ],
)
def test_controls_are_reported_with_the_images_of_their_containers(
    folder: Folder, control: str, images: list[str] | None
) -> None:
    pod = yaml.safe_load(SECURED)
    pod["spec"]["hostNetwork"] = True
    pod["spec"]["containers"][0]["ports"] = [{"hostPort": 80, "containerPort": 80}]
    policy = yaml.safe_load(OWNER)
    policy["spec"]["rules"][0]["validate"] = {"podSecurity": {"level": "restricted", "version": "latest"}}
    folder.write(owner_yaml=yaml.safe_dump(policy), pods_yaml=yaml.safe_dump(pod))
    ((_, properties, _),) = told(folder)
    controls = {one["ID"]: one["Images"] for one in json.loads(properties["controlsJSON"])}
    assert controls[control] == images
    assert properties["controls"] == ",".join(controls)
