"""The kinds whose schemas Kyverno's command line knows: a document of any other kind drops itself alone.

Source: cmd/cli/kubectl-kyverno/policy/load.go (its schemas of Kubernetes are those of 1.32), data/crds.
"""

from __future__ import annotations

from itertools import product

from kywarden.model import builtin_kinds

_CEL = tuple(f"{kind}Policy" for kind in ("Validating", "Mutating", "ImageValidating", "Generating", "Deleting"))
_NAMESPACED_CEL = tuple(f"Namespaced{kind}" for kind in _CEL)
_CLEANUP = ("CleanupPolicy", "ClusterCleanupPolicy")

OF_KYVERNO = {
    "kyverno.io/v1": ("ClusterPolicy", "Policy"),
    "kyverno.io/v2": (*_CLEANUP, "PolicyException"),
    "kyverno.io/v2beta1": ("ClusterPolicy", "Policy", *_CLEANUP, "PolicyException"),
    "policies.kyverno.io/v1": (*_CEL, *_NAMESPACED_CEL, "PolicyException"),
    "policies.kyverno.io/v1beta1": (*_CEL, *_NAMESPACED_CEL, "PolicyException"),
    "policies.kyverno.io/v1alpha1": (*_CEL, "PolicyException"),
    "cli.kyverno.io/v1alpha1": ("ClusterResource", "Context", "Test", "UserInfo", "Values"),
}
OF_KUBERNETES = {
    "": "v1",
    "admissionregistration.k8s.io": "v1 v1alpha1 v1beta1",
    "apiextensions.k8s.io": "v1",
    "apiregistration.k8s.io": "v1",
    "apps": "v1",
    "authentication.k8s.io": "v1 v1beta1",
    "authorization.k8s.io": "v1",
    "autoscaling": "v1 v2",
    "batch": "v1",
    "certificates.k8s.io": "v1 v1alpha1",
    "coordination.k8s.io": "v1 v1alpha2",
    "discovery.k8s.io": "v1",
    "events.k8s.io": "v1",
    "flowcontrol.apiserver.k8s.io": "v1",
    "internal.apiserver.k8s.io": "v1alpha1",
    "networking.k8s.io": "v1 v1beta1",
    "node.k8s.io": "v1",
    "policy": "v1",
    "rbac.authorization.k8s.io": "v1",
    "resource.k8s.io": "v1alpha3 v1beta1",
    "scheduling.k8s.io": "v1",
    "storage.k8s.io": "v1 v1alpha1 v1beta1",
    "storagemigration.k8s.io": "v1alpha1",
}
"""The versions of each group."""

POLICIES = frozenset(
    (
        *product(("kyverno.io/v1", "kyverno.io/v2beta1"), ("ClusterPolicy", "Policy")),
        *product(("kyverno.io/v2", "kyverno.io/v2beta1"), _CLEANUP),
        *((version, kind) for version, kinds in OF_KYVERNO.items() for kind in kinds if kind in _CEL + _NAMESPACED_CEL),
        *product(
            ("admissionregistration.k8s.io/v1",), ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
        ),
        *product(
            (f"admissionregistration.k8s.io/{version}" for version in ("v1", "v1beta1", "v1alpha1")),
            ("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"),
        ),
    )
)
"""The policies, by `apiVersion` and kind."""

EXCEPTIONS = frozenset((*product(("kyverno.io/v2", "kyverno.io/v2beta1"), ("PolicyException",)),))
EXCEPTIONS_BESIDE_POLICIES = EXCEPTIONS | {("policies.kyverno.io/v1beta1", "PolicyException")}
EXCEPTIONS_ALONE = EXCEPTIONS | {
    (f"policies.kyverno.io/{version}", "PolicyException") for version in ("v1", "v1beta1", "v1alpha1")
}
"""What exempts, by `apiVersion` and kind: in files of policies, and in others."""


def missing(version: str, kind: str) -> str:
    """Why there is no schema for an `apiVersion` and a kind, empty when there is one."""
    if not version and not kind:
        return "GVK cannot be empty"
    group, _, number = version.rpartition("/")
    built_in = number in OF_KUBERNETES.get(group, "").split()
    if version not in OF_KYVERNO and not built_in:
        return f"failed to retrieve validator: failed to locate OpenAPI spec for GV: {version}"
    kinds = _built_in(group) if built_in else OF_KYVERNO[version]
    if kind not in kinds:
        return f"failed to retrieve validator: kind {kind} not found in {version} groupversion"
    return ""


def _built_in(group: str) -> list[str]:
    return f"{builtin_kinds.NAMESPACED.get(group, '')} {builtin_kinds.CLUSTER_SCOPED.get(group, '')}".split()
