"""The checks of the Pod Security Standards, as Kyverno's fork of `k8s.io/pod-security-admission` makes them.

A check looks at a pod and answers None when the pod is allowed, else the list of field errors. `CHECKS` is the table,
in the order in which Kyverno evaluates and reports them. Source: policy/check_*.go of the fork (with field errors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from kywarden.judging.pod_security.pods import Container, Pod, field
from kywarden.model.resources import text
from kywarden.values.trees import Map, maps, texts

Level: TypeAlias = Literal["baseline", "restricted"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field of the pod that a check forbids, or that it requires.

    bad: the forbidden value, `""` when none is shown; container: the name of the container that the field is in.
    """

    field: str
    bad: str | bool | int | tuple[str, ...] = ""
    required: bool = False
    container: str = ""


Verdict: TypeAlias = list[FieldError] | None
Judge: TypeAlias = Callable[[Pod], Verdict]


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the table.

    control: the name by which policies exclude the check, empty when they cannot; reason: the reason to forbid, given
    the errors; versions: what is evaluated from which minor version of Kubernetes 1 on, in rising order; told: of the
    errors, those whose containers the details name (`containers "a", "b" must …`), None when they name none; after:
    what stands between the last of them and `must`.
    """

    id: str
    level: Level
    control: str
    reason: str | Callable[[list[FieldError]], str]
    versions: tuple[tuple[int, Judge], ...]
    told: Callable[[list[FieldError]], list[FieldError]] | None = None
    after: Callable[[list[FieldError]], str] | None = None

    def judge(self, minor: float) -> Judge:
        """What is evaluated at a version; kyverno: at a version before the first one, the first one."""
        return next((judge for since, judge in reversed(self.versions) if since <= minor), self.versions[0][1])

    def explain(self, errors: list[FieldError]) -> str:
        return self.reason if isinstance(self.reason, str) else self.reason(errors)

    def names(self, errors: list[FieldError]) -> list[str]:
        """The containers that the details of the check name, in their order."""
        told = self.told(errors) if self.told else []
        names = list(dict.fromkeys(error.container for error in told if error.container))
        if names and self.after:
            # kyverno: names are all that stands before the verb, without its spaces
            names[-1] += self.after(errors)
        return names


def _all(errors: list[FieldError]) -> list[FieldError]:
    return errors


def _explicit(errors: list[FieldError]) -> list[FieldError]:
    """The containers that set what is forbidden; only where there are none, those that do not set it at all."""
    return [error for error in errors if error.container and not error.required] or errors


def _undropped(errors: list[FieldError]) -> list[FieldError]:
    """The containers that do not drop all capabilities; only where there are none, those that add some."""
    return [error for error in errors if error.field.endswith(".drop")] or errors


def _found(errors: list[FieldError]) -> Verdict:
    return errors or None


def _in(container: Container, path: str, bad: str | bool | int | tuple[str, ...]) -> FieldError:
    return FieldError(f"{container.path}.{path}", bad, container=container.name)


def _missing(container: Container, path: str) -> FieldError:
    return FieldError(f"{container.path}.{path}", required=True, container=container.name)


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _distinct(values: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def _unless_windows(judge: Judge) -> Judge:
    """The check without pods that say they run on Windows."""
    return lambda pod: None if field(pod.spec, "os", "name") == "windows" else judge(pod)


def _contexts(pod: Pod, key: str) -> Iterator[tuple[Map, str, str]]:
    """A struct of the security contexts where it is set, that of the pod first: (struct, its path, container)."""
    path = f"securityContext.{key}"
    if isinstance(found := pod.security.get(key), dict):
        yield found, f"spec.{path}", ""
    for container in pod.containers:
        if isinstance(found := field(container.security, key), dict):
            yield found, f"{container.path}.{path}", container.name


def _privilege_escalation(pod: Pod) -> Verdict:
    errors = []
    path = "securityContext.allowPrivilegeEscalation"
    for container in pod.containers:
        if container.security is None:
            errors.append(_missing(container, path))
        elif (allowed := container.security.get("allowPrivilegeEscalation")) is not False:
            errors.append(_in(container, path, "nil" if allowed is None else True))
    return _found(errors)


_APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/"


def _app_armor(pod: Pod) -> Verdict:
    errors = _profiles(pod, "appArmorProfile")
    # kyverno: Go walks the annotations in random order; here they are sorted.
    for key, value in sorted(pod.annotations.items()):
        if key.startswith(_APP_ARMOR_PREFIX) and not (
            value in ("", "runtime/default") or value.startswith("localhost/")
        ):
            errors.append(FieldError(f"metadata.annotations[{key}]", value))
    return _found(errors)


def _annotated(errors: list[FieldError]) -> int:
    """The number of annotations among what is forbidden."""
    return sum(error.field.startswith("metadata.") for error in errors)


def _app_armor_reason(errors: list[FieldError]) -> str:
    """Singular or plural by the number of different types and of annotations."""
    types = {error.bad for error in errors if not error.field.startswith("metadata.")}
    return "forbidden AppArmor profile" if _annotated(errors) + len(types) == 1 else "forbidden AppArmor profiles"


def _and_annotations(errors: list[FieldError]) -> str:
    number = _annotated(errors)
    return ("andannotation" if number == 1 else "andannotations") if number else ""


def _profiles(pod: Pod, key: str) -> list[FieldError]:
    """The AppArmor or seccomp profiles that are neither the runtime's nor a local file."""
    return [
        FieldError(f"{path}.type", kind, container=container)
        for profile, path, container in _contexts(pod, key)
        if (kind := text(profile.get("type"))) not in ("RuntimeDefault", "Localhost")
    ]


_DEFAULT_CAPABILITIES = frozenset(
    _names(
        "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID "
        "SYS_CHROOT"
    )
)


def _added(container: Container, allowed: frozenset[str]) -> Iterator[FieldError]:
    """The error of a container that adds other capabilities than these."""
    added = texts(field(container.security, "capabilities", "add"))
    if bad := _distinct([name for name in added if name not in allowed]):
        yield _in(container, "securityContext.capabilities.add", bad)


def _capabilities(pod: Pod) -> Verdict:
    return _found([error for container in pod.containers for error in _added(container, _DEFAULT_CAPABILITIES)])


def _restricted_capabilities(pod: Pod) -> Verdict:
    errors = []
    path = "securityContext.capabilities.drop"
    for container in pod.containers:
        dropped = texts(field(container.security, "capabilities", "drop"))
        if not dropped:
            errors.append(_missing(container, path))
        elif "ALL" not in dropped:
            errors.append(_in(container, path, _distinct(dropped)))
    only = frozenset({"NET_BIND_SERVICE"})
    return _found(errors + [error for container in pod.containers for error in _added(container, only)])


def _host_namespaces(pod: Pod) -> Verdict:
    keys = ("hostNetwork", "hostPID", "hostIPC")
    return _found([FieldError(f"spec.{key}", True) for key in keys if pod.spec.get(key) is True])


def _host_paths(pod: Pod) -> Verdict:
    return _found(
        [
            FieldError(f"spec.volumes[{index}].hostPath", text(field(volume, "hostPath", "path")))
            for index, volume in enumerate(pod.volumes)
            if "hostPath" in volume
        ]
    )


def _host_ports(pod: Pod) -> Verdict:
    return _found(
        [
            _in(container, f"ports[{index}].hostPort", number)
            for container in pod.containers
            for index, port in enumerate(maps(container.tree.get("ports")))
            if isinstance(number := port.get("hostPort"), int) and number
        ]
    )


_HANDLERS = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def _handler_hosts(pod: Pod) -> Verdict:
    """kyverno: this check names no fields, so its list of errors is printed empty."""
    named = any(
        field(container.tree, *handler, action, "host")
        for container in pod.containers
        for handler in _HANDLERS
        for action in ("httpGet", "tcpSocket")
    )
    return [] if named else None


def _privileged(pod: Pod) -> Verdict:
    return _found(
        [
            _in(container, "securityContext.privileged", True)
            for container in pod.containers
            if field(container.security, "privileged") is True
        ]
    )


def _proc_mount(pod: Pod) -> Verdict:
    return _found(
        [
            _in(container, "securityContext.procMount", mount)
            for container in pod.containers
            if isinstance(mount := field(container.security, "procMount"), str) and mount != "Default"
        ]
    )


_ALLOWED_VOLUMES = frozenset(
    _names("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret")
)
_FORBIDDEN_VOLUMES = _names(
    "hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker "
    "fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos"
)
"""In the order in which the first one present is named."""


def _volume_types(pod: Pod) -> Verdict:
    return _found(
        [
            FieldError(f"spec.volumes[{index}].{next((key for key in _FORBIDDEN_VOLUMES if key in volume), 'unknown')}")
            for index, volume in enumerate(pod.volumes)
            if _ALLOWED_VOLUMES.isdisjoint(volume)
        ]
    )


def _run_as_non_root(pod: Pod) -> Verdict:
    path = "securityContext.runAsNonRoot"
    of_pod = pod.security.get("runAsNonRoot")
    errors = [FieldError(f"spec.{path}", False)] if of_pod is False else []
    unset = []
    for container in pod.containers:
        match field(container.security, "runAsNonRoot"):
            case False:
                errors.append(_in(container, path, False))
            case None if of_pod is not True:
                unset.append(_missing(container, path))
    return _found(errors + unset)


def _run_as_user(pod: Pod) -> Verdict:
    path = "securityContext.runAsUser"
    of_pod = [FieldError(f"spec.{path}", 0)] if pod.security.get("runAsUser") == 0 else []
    return _found(
        of_pod
        + [_in(container, path, 0) for container in pod.containers if field(container.security, "runAsUser") == 0]
    )


_UNSET = frozenset({""})
_SE_LINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})


def _se_linux(pod: Pod, types: frozenset[str]) -> Verdict:
    errors = []
    for options, path, container in _contexts(pod, "seLinuxOptions"):
        for key, allowed in (("type", types), ("user", _UNSET), ("role", _UNSET)):
            if (value := text(options.get(key))) not in allowed:
                errors.append(FieldError(f"{path}.{key}", value, container=container))
    return _found(errors)


_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"


def _seccomp_annotations(pod: Pod) -> Verdict:
    keys = [_SECCOMP_POD, *(_SECCOMP_CONTAINER + container.name for container in pod.containers)]
    # kyverno: Go walks its findings in random order; here they are sorted. Containers of one name count each.
    bad = [
        (key, value)
        for key in keys
        if (value := pod.annotations.get(key)) is not None
        and value not in ("runtime/default", "docker/default")
        and not value.startswith("localhost/")
    ]
    return _found([FieldError(f"metadata.annotations[{key}]", value) for key, value in sorted(bad)])


def _seccomp(pod: Pod) -> Verdict:
    return _found(_profiles(pod, "seccompProfile"))


def _restricted_seccomp(pod: Pod) -> Verdict:
    errors = _profiles(pod, "seccompProfile")
    if errors or "seccompProfile" in pod.security:
        return _found(errors)
    return _found(
        [
            _missing(container, "securityContext.seccompProfile.type")
            for container in pod.containers
            if field(container.security, "seccompProfile") is None
        ]
    )


_SYSCTLS = frozenset(
    _names(
        "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range "
        "net.ipv4.ip_unprivileged_port_start"
    )
)
_SYSCTLS_27 = _SYSCTLS | {"net.ipv4.ip_local_reserved_ports"}
_SYSCTLS_29 = _SYSCTLS_27 | {
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}
_SYSCTLS_32 = _SYSCTLS_29 | {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}


def _sysctls(pod: Pod, allowed: frozenset[str]) -> Verdict:
    return _found(
        [
            FieldError(f"spec.securityContext.sysctls[{index}].name", name)
            for index, sysctl in enumerate(maps(pod.security.get("sysctls")))
            if (name := text(sysctl.get("name"))) not in allowed
        ]
    )


def _host_processes(pod: Pod) -> Verdict:
    return _found(
        [
            FieldError(f"{path}.hostProcess", True, container=container)
            for options, path, container in _contexts(pod, "windowsOptions")
            if options.get("hostProcess") is True
        ]
    )


CHECKS: tuple[Check, ...] = (
    Check(
        "allowPrivilegeEscalation",
        "restricted",
        "Privilege Escalation",
        "allowPrivilegeEscalation != false",
        ((8, _privilege_escalation), (25, _unless_windows(_privilege_escalation))),
        _all,
    ),
    Check("appArmorProfile", "baseline", "AppArmor", _app_armor_reason, ((0, _app_armor),), _all, _and_annotations),
    Check("capabilities_baseline", "baseline", "Capabilities", "non-default capabilities", ((0, _capabilities),), _all),
    Check(
        "capabilities_restricted",
        "restricted",
        "Capabilities",
        "unrestricted capabilities",
        ((22, _restricted_capabilities), (25, _unless_windows(_restricted_capabilities))),
        _undropped,
    ),
    Check("hostNamespaces", "baseline", "Host Namespaces", "host namespaces", ((0, _host_namespaces),)),
    Check("hostPathVolumes", "baseline", "HostPath Volumes", "hostPath volumes", ((0, _host_paths),)),
    Check("hostPorts", "baseline", "Host Ports", "hostPort", ((0, _host_ports),)),
    Check("hostProbesAndHostLifecycle", "baseline", "", "probe or lifecycle host", ((34, _handler_hosts),)),
    Check("privileged", "baseline", "Privileged Containers", "privileged", ((0, _privileged),), _all),
    Check("procMount", "baseline", "/proc Mount Type", "procMount", ((0, _proc_mount),), _all),
    Check("restrictedVolumes", "restricted", "Volume Types", "restricted volume types", ((0, _volume_types),)),
    Check(
        "runAsNonRoot", "restricted", "Running as Non-root", "runAsNonRoot != true", ((0, _run_as_non_root),), _explicit
    ),
    Check("runAsUser", "restricted", "Running as Non-root user", "runAsUser=0", ((23, _run_as_user),), _all),
    Check(
        "seLinuxOptions",
        "baseline",
        "SELinux",
        "seLinuxOptions",
        (
            (0, partial(_se_linux, types=_SE_LINUX_TYPES)),
            (31, partial(_se_linux, types=_SE_LINUX_TYPES | {"container_engine_t"})),
        ),
    ),
    Check(
        "seccompProfile_baseline",
        "baseline",
        "Seccomp",
        "seccompProfile",
        ((0, _seccomp_annotations), (19, _seccomp)),
        _all,
    ),
    Check(
        "seccompProfile_restricted",
        "restricted",
        "Seccomp",
        "seccompProfile",
        ((19, _restricted_seccomp), (25, _unless_windows(_restricted_seccomp))),
        _all,
    ),
    Check(
        "sysctls",
        "baseline",
        "Sysctls",
        "forbidden sysctls",
        (
            (0, partial(_sysctls, allowed=_SYSCTLS)),
            (27, partial(_sysctls, allowed=_SYSCTLS_27)),
            (29, partial(_sysctls, allowed=_SYSCTLS_29)),
            (32, partial(_sysctls, allowed=_SYSCTLS_32)),
        ),
    ),
    Check("windowsHostProcess", "baseline", "HostProcess", "hostProcess", ((0, _host_processes),), _all),
)
