"""Levels, kinds, excludes, exceptions, the message, and what the policy check refuses."""

from __future__ import annotations

import pytest

from kywarden.errors import EvaluationError, PolicyError
from kywarden.judging import pod_security
from kywarden.values.trees import Map, Tree

CAPABILITIES = "spec.containers[*].securityContext.capabilities.add"


def pod(spec: Map, **metadata: Tree) -> Map:
    return {"kind": "Pod", "metadata": metadata, "spec": spec}


def adding(*containers: tuple[str, str, list[Tree]]) -> Map:
    """A pod of containers (name, image, added capabilities)."""
    return pod(
        {
            "containers": [
                {"name": name, "image": image, "securityContext": {"capabilities": {"add": added}}}
                for name, image, added in containers
            ]
        }
    )


def fields(resource: Map, *exclude: Tree, level: str = "baseline", kind: str = "Pod") -> list[str] | None:
    """The fields that are forbidden; None when the resource is allowed."""
    settings = pod_security.prepare({"level": level, "exclude": list(exclude)})
    violations = pod_security.evaluate(settings, resource, kind)
    return None if violations is None else [error.field for check in violations.checks for error in check.errors]


@pytest.mark.parametrize(("level", "checks"), [("baseline", 0), ("restricted", 4), ("privileged", 4), ("", 4)])
def test_every_level_but_baseline_is_restricted(level: str, checks: int) -> None:
    violations = pod_security.evaluate(
        pod_security.prepare({"level": level}), pod({"containers": [{"name": "c"}]}), "Pod"
    )
    assert (len(violations.checks) if violations else 0) == checks


@pytest.mark.parametrize(
    ("kind", "resource", "field"),
    [
        ("Pod", pod({"hostPID": True}), "spec.hostPID"),
        ("StatefulSet", {"spec": {"template": {"spec": {"hostPID": True}}}}, "spec.template.spec.hostPID"),
        (
            "CronJob",
            {"spec": {"jobTemplate": {"spec": {"template": {"spec": {"hostPID": True}}}}}},
            "spec.jobTemplate.spec.template.spec.hostPID",
        ),
    ],
)
def test_the_message_names_fields_of_the_workload(kind: str, resource: Map, field: str) -> None:
    settings = pod_security.prepare({"level": "baseline", "version": "latest"})
    violations = pod_security.evaluate(settings, resource, kind)
    assert violations is not None
    assert pod_security.failure_message("r", settings, violations) == (
        """Validation rule 'r' failed. It violates PodSecurity "baseline:latest": """
        "(Forbidden reason: host namespaces, "
        f"field error list: [{field} is forbidden, forbidden values found: true])"
    )


def test_words_in_an_annotation_are_rewritten_too() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/spec-metadata"
    settings = pod_security.prepare({"level": "baseline"})
    job: Map = {"spec": {"template": {"metadata": {"annotations": {key: "x"}}, "spec": {}}}}
    violations = pod_security.evaluate(settings, job, "Job")
    assert violations is not None
    assert (
        "[spec.template.metadata.annotations"
        "[container.apparmor.security.beta.kubernetes.io/spec.template.spec-spec.template.metadata] is"
    ) in pod_security.failure_message("r", settings, violations)


def test_annotations_of_a_cron_job_are_those_of_its_job_template() -> None:
    bad: Map = {"annotations": {"container.apparmor.security.beta.kubernetes.io/c": "x"}}
    assert fields({"spec": {"jobTemplate": {"metadata": bad}}}, kind="CronJob") is not None
    assert fields({"spec": {"jobTemplate": {"spec": {"template": {"metadata": bad}}}}}, kind="CronJob") is None


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ({"controlName": "Capabilities", "images": ["a*"]}, ["spec.containers[1]"]),
        ({"controlName": "Capabilities", "images": ["docker.io/a"]}, ["spec.containers[0]", "spec.containers[1]"]),
        ({"controlName": "Capabilities", "images": ["*"]}, None),
        ({"controlName": "Capabilities"}, ["spec.containers[0]", "spec.containers[1]"]),
        ({"controlName": "Seccomp", "images": ["*"]}, ["spec.containers[0]", "spec.containers[1]"]),
        ({"controlName": "Unknown", "images": ["*"]}, ["spec.containers[0]", "spec.containers[1]"]),
        (
            {"controlName": "Capabilities", "images": ["*"], "restrictedField": CAPABILITIES, "values": ["NET_*"]},
            ["spec.containers[1]"],
        ),
        (
            {"controlName": "Capabilities", "images": ["*"], "restrictedField": "spec.x", "values": ["*"]},
            ["spec.containers[0]", "spec.containers[1]"],
        ),
    ],
)
def test_an_exclude_takes_errors_of_containers_away(exclude: Map, left: list[str] | None) -> None:
    resource = adding(("a", "a:1", ["NET_RAW", "NET_ADMIN"]), ("b", "b:1", ["NET_RAW", "SYS_TIME"]))
    found = fields(resource, exclude)
    assert (found and [field.partition(".securityContext")[0] for field in found]) == left


def test_an_exclude_without_images_takes_one_error_of_the_containers_away() -> None:
    resource = pod({"containers": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})
    exclude: Map = {"controlName": "Running as Non-root"}
    found = fields(resource, exclude, level="restricted")
    assert found is not None
    # The last error has moved into the place of the first.
    assert [field for field in found if "runAsNonRoot" in field] == [
        "spec.containers[2].securityContext.runAsNonRoot",
        "spec.containers[1].securityContext.runAsNonRoot",
    ]


def test_an_exclude_of_the_pod_takes_its_values_away() -> None:
    resource = pod({"hostPID": True, "hostIPC": True})
    exclude: Map = {"controlName": "Host Namespaces", "restrictedField": "spec.hostPID", "values": ["true"]}
    assert fields(resource, exclude) == ["spec.hostIPC"]


def test_entries_of_exceptions_exempt_what_the_rule_does_not() -> None:
    settings = pod_security.prepare({"level": "baseline"})
    extra = pod_security.prepare_exclusions([{"controlName": "Host Namespaces"}], "podSecurity")
    exempted = pod_security.evaluate(settings, pod({"hostPID": True}), "Pod", extra)
    assert exempted is not None and exempted.exempted
    assert pod_security.evaluate(settings, pod({}), "Pod", extra) is None


@pytest.mark.parametrize(
    ("settings", "kind", "error"),
    [
        ({"level": "baseline"}, "Service", "Error while getting new resource: could not find correct resource type"),
        (
            {"version": "v2.0"},
            "Pod",
            'failed to parse pod security api version: must be "latest" or "v1.x"',
        ),
    ],
)
def test_what_cannot_be_judged_is_an_error(settings: Map, kind: str, error: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        pod_security.evaluate(pod_security.prepare(settings), pod({}), kind)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"level": 1}, "level"),
        ({"exclude": {}}, "exclude"),
        ({"exclude": ["x"]}, "exclude[0]"),
        ({"exclude": [{"images": "x"}]}, "exclude[0].images"),
        ({"exclude": [{"controlName": 1}]}, "exclude[0].controlName"),
    ],
)
def test_settings_of_a_wrong_shape_are_refused(settings: Map, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        pod_security.prepare(settings)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("level", "exclude", "faults"),
    [
        (
            "restricted",
            {"controlName": "Capabilities"},
            [
                'controlName: Invalid value: "Capabilities": '
                "exclude.images must be specified for the container level control"
            ],
        ),
        (
            "restricted",
            {"controlName": "Sysctls", "images": ["*"]},
            ['controlName: Invalid value: "Sysctls": exclude.images must not be specified for the pod level control'],
        ),
        ("restricted", {"controlName": "Sysctls", "restrictedField": "x"}, ["values: Forbidden: values is required"]),
        (
            "restricted",
            {"controlName": "Sysctls", "values": ["x"]},
            ["restrictedField: Forbidden: restrictedField is required"],
        ),
        (
            "baseline",
            {"controlName": "Volume Types"},
            ['controlName: Invalid value: "Volume Types": Invalid control name defined at the given level'],
        ),
        ("baseline", {"controlName": "Seccomp"}, []),
    ],
)
def test_excludes_that_the_policy_check_refuses(level: str, exclude: Map, faults: list[str]) -> None:
    settings = pod_security.prepare({"level": level, "exclude": [exclude]})
    found = pod_security.validate_excludes(settings, "spec.rules[0]")
    assert [str(fault) for fault in found] == [f"spec.rules[0].podSecurity.exclude[0].{fault}" for fault in faults]
