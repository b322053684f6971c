"""One row for each check and its edges: what is forbidden, and in which words."""

from __future__ import annotations

import pytest

from kywarden.judging import pod_security
from kywarden.judging.pod_security.checks import CHECKS
from kywarden.values.trees import Map, Tree

CONTAINER = "spec.containers[0]"
WINDOWS: Map = {"os": {"name": "windows"}}


def pod(spec: Map | None = None, *, annotations: Map | None = None, **fields: Tree) -> Map:
    """A pod with one container `c`."""
    metadata: Map = {"name": "p", "annotations": annotations}
    return {"kind": "Pod", "metadata": metadata, "spec": {"containers": [{"name": "c", **fields}], **(spec or {})}}


def secured(**fields: Tree) -> Map:
    return pod(securityContext=fields)


def violated(resource: Map, check: str, version: str = "latest") -> str | None:
    """The errors of one check as they are printed; None when the check allows the resource."""
    settings = pod_security.prepare({"level": "restricted", "version": version})
    violations = pod_security.evaluate(settings, resource, "Pod")
    for violation in violations.checks if violations else ():
        if violation.check == check:
            text = pod_security.failure_message("r", settings, pod_security.Violations((violation,), "Pod"))
            return text.partition("field error list: [")[2].removesuffix("])")
    return None


@pytest.mark.parametrize(
    ("check", "resource", "errors"),
    [
        (
            "allowPrivilegeEscalation",
            pod(),
            f"{CONTAINER}.securityContext.allowPrivilegeEscalation: Required value",
        ),
        (
            "allowPrivilegeEscalation",
            secured(),
            f"{CONTAINER}.securityContext.allowPrivilegeEscalation is forbidden, forbidden values found: nil",
        ),
        (
            "allowPrivilegeEscalation",
            secured(allowPrivilegeEscalation=True),
            f"{CONTAINER}.securityContext.allowPrivilegeEscalation is forbidden, forbidden values found: true",
        ),
        ("allowPrivilegeEscalation", secured(allowPrivilegeEscalation=False), None),
        ("allowPrivilegeEscalation", pod(WINDOWS), None),
        ("appArmorProfile", secured(appArmorProfile={"type": "Localhost"}), None),
        (
            "appArmorProfile",
            pod(
                {"securityContext": {"appArmorProfile": {}}},
                annotations={"container.apparmor.security.beta.kubernetes.io/c": "unconfined"},
            ),
            "spec.securityContext.appArmorProfile.type: Forbidden, "
            "spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c] is forbidden, "
            "forbidden values found: unconfined",
        ),
        (
            "capabilities_baseline",
            secured(capabilities={"add": ["SYS_TIME", "CHOWN", "NET_RAW", "SYS_TIME"]}),
            f"{CONTAINER}.securityContext.capabilities.add is forbidden, forbidden values found: [NET_RAW SYS_TIME]",
        ),
        (
            "capabilities_restricted",
            secured(capabilities={"drop": ["KILL"], "add": ["CHOWN", "NET_BIND_SERVICE"]}),
            f"{CONTAINER}.securityContext.capabilities.drop is forbidden, forbidden values found: [KILL], "
            f"{CONTAINER}.securityContext.capabilities.add is forbidden, forbidden values found: [CHOWN]",
        ),
        (
            "capabilities_restricted",
            secured(capabilities={"drop": []}),
            f"{CONTAINER}.securityContext.capabilities.drop: Required value",
        ),
        ("capabilities_restricted", secured(capabilities={"drop": ["ALL"]}), None),
        (
            "hostNamespaces",
            pod({"hostIPC": True, "hostPID": True, "hostNetwork": False}),
            "spec.hostPID is forbidden, forbidden values found: true, "
            "spec.hostIPC is forbidden, forbidden values found: true",
        ),
        (
            "hostPathVolumes",
            pod({"volumes": [{"hostPath": {"path": "/etc"}}, {"hostPath": {}}, {"hostPath": None}]}),
            "spec.volumes[0].hostPath is forbidden, forbidden values found: /etc, spec.volumes[1].hostPath: Forbidden",
        ),
        (
            "hostPorts",
            pod(ports=[{"hostPort": 0}, {"hostPort": 80}]),
            f"{CONTAINER}.ports[1].hostPort is forbidden, forbidden values found: 80",
        ),
        ("hostProbesAndHostLifecycle", pod(livenessProbe={"tcpSocket": {"host": "h"}}), ""),
        ("hostProbesAndHostLifecycle", pod(lifecycle={"preStop": {"httpGet": {"host": "h"}}}), ""),
        ("hostProbesAndHostLifecycle", pod(livenessProbe={"httpGet": {"host": ""}}), None),
        (
            "privileged",
            secured(privileged=True),
            f"{CONTAINER}.securityContext.privileged is forbidden, forbidden values found: true",
        ),
        (
            "procMount",
            secured(procMount="Unmasked"),
            f"{CONTAINER}.securityContext.procMount is forbidden, forbidden values found: Unmasked",
        ),
        ("procMount", secured(procMount="Default"), None),
        (
            "restrictedVolumes",
            pod({"volumes": [{"emptyDir": {}}, {"nfs": {}}, {"name": "v"}, {"secret": {}, "hostPath": {}}]}),
            "spec.volumes[1].nfs: Forbidden, spec.volumes[2].unknown: Forbidden",
        ),
        (
            "runAsNonRoot",
            pod({"securityContext": {"runAsNonRoot": False}}),
            "spec.securityContext.runAsNonRoot is forbidden, forbidden values found: false, "
            f"{CONTAINER}.securityContext.runAsNonRoot: Required value",
        ),
        ("runAsNonRoot", pod({"securityContext": {"runAsNonRoot": True}}), None),
        (
            "runAsUser",
            secured(runAsUser=0),
            f"{CONTAINER}.securityContext.runAsUser is forbidden, forbidden values found: 0",
        ),
        (
            "seLinuxOptions",
            secured(seLinuxOptions={"type": "spc_t", "user": "u", "role": ""}),
            f"{CONTAINER}.securityContext.seLinuxOptions.type is forbidden, forbidden values found: spc_t, "
            f"{CONTAINER}.securityContext.seLinuxOptions.user is forbidden, forbidden values found: u",
        ),
        ("seccompProfile_baseline", pod(), None),
        (
            "seccompProfile_restricted",
            pod(),
            f"{CONTAINER}.securityContext.seccompProfile.type: Required value",
        ),
        (
            "seccompProfile_restricted",
            pod({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
            "spec.securityContext.seccompProfile.type is forbidden, forbidden values found: Unconfined",
        ),
        (
            "sysctls",
            pod({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_wmem"}, {"name": "kernel.msgmax"}]}}),
            "spec.securityContext.sysctls[1].name is forbidden, forbidden values found: kernel.msgmax",
        ),
        (
            "windowsHostProcess",
            pod({"securityContext": {"windowsOptions": {"hostProcess": True}}}),
            "spec.securityContext.windowsOptions.hostProcess is forbidden, forbidden values found: true",
        ),
    ],
)
def test_a_check_names_the_fields_that_it_forbids(check: str, resource: Map, errors: str | None) -> None:
    assert violated(resource, check) == errors


@pytest.mark.parametrize(
    ("check", "resource", "version", "forbidden"),
    [
        ("allowPrivilegeEscalation", pod(WINDOWS), "v1.24", True),
        ("sysctls", pod({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_wmem"}]}}), "v1.31", True),
        ("sysctls", pod({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_wmem"}]}}), "v1.32", False),
        ("seLinuxOptions", secured(seLinuxOptions={"type": "container_engine_t"}), "v1.30", True),
        ("seLinuxOptions", secured(seLinuxOptions={"type": "container_engine_t"}), "v1.31", False),
        ("seccompProfile_baseline", secured(seccompProfile={"type": "Unconfined"}), "v1.18", False),
        (
            "seccompProfile_baseline",
            pod(annotations={"container.seccomp.security.alpha.kubernetes.io/c": ""}),
            "v1.18",
            True,
        ),
        ("hostProbesAndHostLifecycle", pod(livenessProbe={"httpGet": {"host": "h"}}), "v1.0", True),
    ],
)
def test_the_version_chooses_the_revision_and_the_first_one_holds_before_it(
    check: str, resource: Map, version: str, forbidden: bool
) -> None:
    assert (violated(resource, check, version) is not None) is forbidden


def test_the_reason_for_app_armor_counts_types_and_annotations() -> None:
    settings = pod_security.prepare({"level": "baseline"})
    same: Map = {"securityContext": {"appArmorProfile": {"type": "U"}}}
    one = pod_security.evaluate(settings, pod(same, securityContext={"appArmorProfile": {"type": "U"}}), "Pod")
    two = pod_security.evaluate(settings, pod(same, securityContext={"appArmorProfile": {"type": "V"}}), "Pod")
    assert one is not None and one.checks[0].reason == "forbidden AppArmor profile"
    assert two is not None and two.checks[0].reason == "forbidden AppArmor profiles"


def test_the_table_is_in_the_order_of_registration() -> None:
    identifiers = [check.id for check in CHECKS]
    assert identifiers == sorted(identifiers)


APP_ARMOR = "container.apparmor.security.beta.kubernetes.io"
UNCONFINED: Map = {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}


@pytest.mark.parametrize(
    ("check", "spec", "annotations", "containers"),
    [
        # the details of annotations name no container before their verb
        ("appArmorProfile", {}, ("c",), []),
        ("appArmorProfile", UNCONFINED, ("c",), []),
        ("appArmorProfile", {"initContainers": [{"name": "i", **UNCONFINED}]}, (), ["i"]),
        ("appArmorProfile", {"initContainers": [{"name": "i", **UNCONFINED}]}, ("c",), ["iandannotation"]),
        ("appArmorProfile", {"initContainers": [{"name": "i", **UNCONFINED}]}, ("c", "i"), ["iandannotations"]),
        ("runAsNonRoot", {"securityContext": {"runAsNonRoot": False}}, (), ["c"]),
        (
            "runAsNonRoot",
            {"initContainers": [{"name": "i", "securityContext": {"runAsNonRoot": False}}]},
            (),
            ["i"],
        ),
    ],
)
def test_a_check_names_the_containers_of_its_details(
    check: str, spec: Map, annotations: tuple[str, ...], containers: list[str]
) -> None:
    settings = pod_security.prepare({"level": "restricted", "version": "latest"})
    told: Map = {f"{APP_ARMOR}/{name}": "unconfined" for name in annotations}
    violations = pod_security.evaluate(settings, pod(spec, annotations=told), "Pod")
    assert violations is not None
    (found,) = (violation for violation in violations.checks if violation.check == check)
    assert list(found.containers) == containers
