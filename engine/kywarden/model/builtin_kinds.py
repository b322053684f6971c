"""The kinds that every Kubernetes cluster has: their resource names, and which of them live in a namespace.

Of Kubernetes 1.34; a kind keeps its resource name over all of its versions.
"""

from __future__ import annotations

NAMESPACED = {
    "": "Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController "
    "ResourceQuota Secret Service ServiceAccount",
    "apps": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "authorization.k8s.io": "LocalSubjectAccessReview",
    "autoscaling": "HorizontalPodAutoscaler",
    "batch": "CronJob Job",
    "coordination.k8s.io": "Lease",
    "discovery.k8s.io": "EndpointSlice",
    "events.k8s.io": "Event",
    "networking.k8s.io": "Ingress NetworkPolicy",
    "policy": "PodDisruptionBudget",
    "rbac.authorization.k8s.io": "Role RoleBinding",
    "resource.k8s.io": "ResourceClaim ResourceClaimTemplate",
    "storage.k8s.io": "CSIStorageCapacity",
}
CLUSTER_SCOPED = {
    "": "ComponentStatus Namespace Node PersistentVolume",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding "
    "MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
    "ValidatingWebhookConfiguration",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "authentication.k8s.io": "SelfSubjectReview TokenReview",
    "authorization.k8s.io": "SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "IPAddress IngressClass ServiceCIDR",
    "node.k8s.io": "RuntimeClass",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding",
    "resource.k8s.io": "DeviceClass ResourceSlice",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass",
}
VERSIONS = {
    "ClusterTrustBundle": "v1beta1 v1alpha1",
    "DeviceClass": "v1 v1beta2 v1beta1",
    "HorizontalPodAutoscaler": "v2 v1",
    "IPAddress": "v1 v1beta1",
    "MutatingAdmissionPolicy": "v1 v1beta1 v1alpha1",
    "MutatingAdmissionPolicyBinding": "v1 v1beta1 v1alpha1",
    "ResourceClaim": "v1 v1beta2 v1beta1",
    "ResourceClaimTemplate": "v1 v1beta2 v1beta1",
    "ResourceSlice": "v1 v1beta2 v1beta1",
    "ServiceCIDR": "v1 v1beta1",
    "ValidatingAdmissionPolicy": "v1 v1beta1",
    "ValidatingAdmissionPolicyBinding": "v1 v1beta1",
    "VolumeAttributesClass": "v1 v1beta1",
}
"""The versions in which clusters may serve a kind, the newest first; `v1` alone where a kind is not listed."""

_CLUSTER_SCOPED = frozenset((group, kind) for group, kinds in CLUSTER_SCOPED.items() for kind in kinds.split())


def is_namespaced(group: str, kind: str) -> bool:
    """Whether objects of the kind live in a namespace; a kind that is not built in is taken to."""
    return (group, kind) not in _CLUSTER_SCOPED


def is_built_in(group: str, resource: str) -> bool:
    """Whether the resource (`deployments`) is one that every cluster has."""
    return kind_of(group, resource) != ""


def kind_of(group: str, resource: str) -> str:
    """The built-in kind of a resource (`Deployment` of `deployments`), empty when it is not built in."""
    kinds = f"{NAMESPACED.get(group, '')} {CLUSTER_SCOPED.get(group, '')}".split()
    return next((kind for kind in kinds if plural(kind) == resource), "")


def versions(kind: str) -> tuple[str, ...]:
    """The versions in which clusters may serve a built-in kind, the newest first."""
    return tuple(VERSIONS.get(kind, "v1").split())


def groups(kind: str) -> tuple[str, ...]:
    """The groups that have a built-in kind of this name."""
    return tuple(
        group for table in (NAMESPACED, CLUSTER_SCOPED) for group, kinds in table.items() if kind in kinds.split()
    )


def plural(kind: str) -> str:
    """The resource name of a kind as clients guess it; right for every built-in kind."""
    name = kind.lower()
    if name.endswith("endpoints"):
        return name
    if name.endswith(("s", "x", "z", "ch", "sh")):
        return name + "es"
    return name[:-1] + "ies" if name.endswith("y") and name[-2:-1] not in tuple("aeiou") else name + "s"
