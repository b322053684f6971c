"""Which lists of Kubernetes' kinds are merged element by element, and by which keys.

Made from the OpenAPI schema that kustomize embeds (sigs.k8s.io/kustomize/kyaml v0.21.1, Kubernetes 1.21.2): of each
definition, the list fields whose `x-kubernetes-patch-strategy` holds `merge`, with `x-kubernetes-list-map-keys` or else
`x-kubernetes-patch-merge-key` as keys, and the fields that lead to such lists through maps or merged elements (a list
that is replaced is not looked into). Definitions that agree in this share one shape; kinds are those of
`x-kubernetes-group-version-kind`. Newer kinds and custom resources are unknown: all their lists are replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kywarden.model.resources import text
from kywarden.values.trees import Tree


class Field(NamedTuple):
    """keys: of a merged list, empty for one of scalars; None for a map. shape: of the map or the list's elements."""

    keys: tuple[str, ...] | None
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The fields of a map that are, or lead to, merged lists."""

    fields: Mapping[str, Field]


PLAIN: Final = Shape({})
"""Nothing in it is merged."""

_SHAPES: Final = """
Metadata finalizers[] ownerReferences[uid]
Conditions conditions[type]
Container env[name] ports[containerPort,protocol] volumeDevices[devicePath] volumeMounts[mountPath]
EphemeralContainer env[name] volumeDevices[devicePath] volumeMounts[mountPath]
Object metadata:Metadata
ObjectWithStatus metadata:Metadata status:Conditions
EphemeralVolume volumeClaimTemplate:Object
Volume ephemeral:EphemeralVolume
PodSpec containers[name]:Container ephemeralContainers[name]:EphemeralContainer hostAliases[ip] imagePullSecrets[name] \
initContainers[name]:Container topologySpreadConstraints[topologyKey,whenUnsatisfiable] volumes[name]:Volume
PodStatus conditions[type] podIPs[ip]
Pod metadata:Metadata spec:PodSpec status:PodStatus
PodTemplateSpec metadata:Metadata spec:PodSpec
PodTemplate metadata:Metadata template:PodTemplateSpec
WorkloadSpec template:PodTemplateSpec
Workload metadata:Metadata spec:WorkloadSpec status:Conditions
JobTemplate metadata:Metadata spec:WorkloadSpec
CronJobSpec jobTemplate:JobTemplate
CronJob metadata:Metadata spec:CronJobSpec
ServiceSpec ports[port,protocol]
Service metadata:Metadata spec:ServiceSpec status:Conditions
ServiceAccount metadata:Metadata secrets[name]
NodeSpec podCIDRs[]
NodeStatus addresses[type] conditions[type]
Node metadata:Metadata spec:NodeSpec status:NodeStatus
ComponentStatus conditions[type] metadata:Metadata
CSINodeSpec drivers[name]
CSINode metadata:Metadata spec:CSINodeSpec
WebhookConfiguration metadata:Metadata webhooks[name]
"""
"""A shape a line, used by later ones: its fields as `list[keys]` or `list[keys]:element` or `map:shape`."""

_KINDS: Final = """
Pod v1:Pod
PodTemplate v1:PodTemplate
Workload apps/v1:DaemonSet,Deployment,ReplicaSet,StatefulSet batch/v1:Job v1:ReplicationController
CronJob batch/v1:CronJob batch/v1beta1:CronJob
Service v1:Service
ServiceAccount v1:ServiceAccount
Node v1:Node
ComponentStatus v1:ComponentStatus
CSINode storage.k8s.io/v1:CSINode storage.k8s.io/v1beta1:CSINode
WebhookConfiguration admissionregistration.k8s.io/v1:MutatingWebhookConfiguration,ValidatingWebhookConfiguration \
admissionregistration.k8s.io/v1beta1:MutatingWebhookConfiguration,ValidatingWebhookConfiguration
ObjectWithStatus apiregistration.k8s.io/v1:APIService apiregistration.k8s.io/v1beta1:APIService \
policy/v1:PodDisruptionBudget policy/v1beta1:PodDisruptionBudget v1:Namespace,PersistentVolumeClaim
Object apiextensions.k8s.io/v1:CustomResourceDefinition apiextensions.k8s.io/v1beta1:CustomResourceDefinition \
apps/v1:ControllerRevision authentication.k8s.io/v1:TokenRequest,TokenReview \
authentication.k8s.io/v1beta1:TokenReview \
authorization.k8s.io/v1:LocalSubjectAccessReview,SelfSubjectAccessReview,SelfSubjectRulesReview,SubjectAccessReview \
authorization.k8s.io/v1beta1:LocalSubjectAccessReview,SelfSubjectAccessReview,SelfSubjectRulesReview,\
SubjectAccessReview autoscaling/v1:HorizontalPodAutoscaler,Scale autoscaling/v2beta1:HorizontalPodAutoscaler \
autoscaling/v2beta2:HorizontalPodAutoscaler certificates.k8s.io/v1:CertificateSigningRequest \
certificates.k8s.io/v1beta1:CertificateSigningRequest coordination.k8s.io/v1:Lease coordination.k8s.io/v1beta1:Lease \
discovery.k8s.io/v1:EndpointSlice discovery.k8s.io/v1beta1:EndpointSlice events.k8s.io/v1:Event \
events.k8s.io/v1beta1:Event extensions/v1beta1:Ingress \
flowcontrol.apiserver.k8s.io/v1beta1:FlowSchema,PriorityLevelConfiguration \
networking.k8s.io/v1:Ingress,IngressClass,NetworkPolicy networking.k8s.io/v1beta1:Ingress,IngressClass \
node.k8s.io/v1:RuntimeClass node.k8s.io/v1beta1:RuntimeClass policy/v1beta1:Eviction,PodSecurityPolicy \
rbac.authorization.k8s.io/v1:ClusterRole,ClusterRoleBinding,Role,RoleBinding \
rbac.authorization.k8s.io/v1beta1:ClusterRole,ClusterRoleBinding,Role,RoleBinding scheduling.k8s.io/v1:PriorityClass \
scheduling.k8s.io/v1beta1:PriorityClass storage.k8s.io/v1:CSIDriver,StorageClass,VolumeAttachment \
storage.k8s.io/v1beta1:CSIDriver,CSIStorageCapacity,StorageClass,VolumeAttachment \
v1:Binding,ConfigMap,Endpoints,Event,LimitRange,PersistentVolume,ResourceQuota,Secret
"""
"""The kinds of each shape: `apiVersion:Kind,Kind`."""


def shape_of(tree: Tree) -> Shape | None:
    """The shape of the kind that a map says to be of, None for an unknown one."""
    return _BY_KIND.get((text(tree, "apiVersion"), text(tree, "kind"))) if isinstance(tree, dict) else None


def _shapes() -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for line in _SHAPES.strip().splitlines():
        name, *fields = line.split()
        shapes[name] = Shape(dict(_field(field, shapes) for field in fields))
    return shapes


def _field(written: str, shapes: Mapping[str, Shape]) -> tuple[str, Field]:
    name, _, shape = written.partition(":")
    name, bracket, keys = name.rstrip("]").partition("[")
    listed = tuple(keys.split(",")) if keys else ()
    return name, Field(listed if bracket else None, shapes[shape] if shape else PLAIN)


def _kinds(shapes: Mapping[str, Shape]) -> Iterator[tuple[tuple[str, str], Shape]]:
    for line in _KINDS.strip().splitlines():
        name, *groups = line.split()
        for group in groups:
            api_version, _, kinds = group.partition(":")
            for kind in kinds.split(","):
                yield (api_version, kind), shapes[name]


_BY_KIND: Final = dict(_kinds(_shapes()))
