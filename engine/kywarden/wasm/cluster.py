"""A cluster and a registry that a simulated host reads: the objects and images of a world.

Objects are handed out as the hosts do: one as it is, several as a list whose items have neither apiVersion nor kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kywarden.host import api_paths
from kywarden.model.builtin_kinds import is_namespaced
from kywarden.model.resources import group_version, text, texts
from kywarden.values.trees import Map, Tree
from kywarden.wasm.callbacks import AnswerFailed
from kywarden.wasm.questions import Question

KEYS = ("resources", "namespaceLabels", "images")
"""What of a world is behind a host; the rest stays with whoever asks."""

NO_CLUSTER = "kube::Client was not initialized properly"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
FIELD_SELECTORS = {"metadata.name": ("metadata", "name"), "metadata.namespace": ("metadata", "namespace")}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Answers questions from a world, of which it needs only `KEYS`."""

    world: Map

    def __call__(self, question: Question) -> bytes:
        answer = ANSWERS.get(question.variant)
        if answer is None:
            raise AnswerFailed(f"this host cannot answer {question.variant}")
        return json.dumps(answer(self, question.fields), ensure_ascii=False, separators=(",", ":")).encode()

    def object(self, fields: Map) -> Map:
        """One object."""
        kind, name, namespace = str(fields["kind"]), str(fields["name"]), fields["namespace"] or ""
        labels = self.world.get("namespaceLabels")
        if isinstance(labels, dict) and (fields["api_version"], kind) == ("v1", "Namespace"):
            return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"labels": labels, "name": name}}
        for resource in self._of_kind(fields):
            if (text(resource, "metadata", "name"), text(resource, "metadata", "namespace")) == (name, namespace):
                return _masked(resource, fields["field_masks"])
        where = f'Some("{namespace}")' if namespace else "None"
        raise AnswerFailed(f"Cannot find {fields['api_version']}/{kind} named '{name}' inside of namespace '{where}'")

    def objects(self, fields: Map) -> Map:
        """A list of objects."""
        version, kind, namespace = str(fields["api_version"]), str(fields["kind"]), fields.get("namespace")
        group = group_version({"apiVersion": version})[0]
        if namespace is not None and not is_namespaced(group, kind):
            raise AnswerFailed(f"resource {version}/{kind} is cluster wide. Cannot search for it inside of a namespace")
        labels = api_paths.label_test(str(fields["label_selector"] or ""))
        selected = _field_test(str(fields["field_selector"] or ""))
        if labels is None or selected is None:
            raise AnswerFailed("unable to parse the selector")
        items: list[Tree] = [
            _item(_masked(resource, fields["field_masks"]))
            for resource in self._of_kind(fields)
            if namespace in (None, text(resource, "metadata", "namespace"))
            and labels(texts(resource, "metadata", "labels"))
            and selected(resource)
        ]
        return {"apiVersion": version, "kind": f"{kind}List", "metadata": {}, "items": items}

    def _of_kind(self, fields: Map) -> list[Map]:
        resources = self.world.get("resources")
        if not isinstance(resources, list):
            raise AnswerFailed(NO_CLUSTER)
        wanted = fields["api_version"], fields["kind"]
        return [
            each
            for each in resources
            if isinstance(each, dict) and (each.get("apiVersion"), each.get("kind")) == wanted
        ]

    def manifest_and_config(self, fields: Map) -> Map:
        """Manifest, digest and configuration of an image."""
        data = self._image(fields)
        return {"manifest": data.get("manifest"), "digest": _digest(data), "config": data.get("configData")}

    def manifest(self, fields: Map) -> Tree:
        """The manifest behind a reference, or its index."""
        data = self._image(fields)
        return data.get("manifestList") or data.get("manifest")

    def digest(self, fields: Map) -> Map:
        """The digest behind a reference."""
        return {"digest": _digest(self._image(fields))}

    def _image(self, fields: Map) -> Map:
        images = self.world.get("images")
        data = images.get(str(fields["image"])) if isinstance(images, dict) else None
        if not isinstance(data, dict):
            raise AnswerFailed(f"Fail to interact with OCI registry: nothing is known of {fields['image']}")
        return data

    def access(self, fields: Map) -> Map:
        """Whether somebody may do something: nobody knows."""
        raise AnswerFailed(NO_CLUSTER)

    def addresses(self, fields: Map) -> Map:
        """The addresses of a host name: nobody knows."""
        raise AnswerFailed("failed to lookup address information: Name or service not known")


ANSWERS: Mapping[str, Callable[[Cluster, Map], Tree]] = {
    "KubernetesGetResource": Cluster.object,
    "KubernetesListResourceNamespace": Cluster.objects,
    "KubernetesListResourceAll": Cluster.objects,
    "KubernetesCanI": Cluster.access,
    "OciManifestAndConfig": Cluster.manifest_and_config,
    "OciManifest": Cluster.manifest,
    "OciManifestDigest": Cluster.digest,
    "DNSLookupHost": Cluster.addresses,
}


def _masked(resource: Map, masks: Tree) -> Map:
    """The resource with only the masked fields, whole at their first step, as the hosts cut it."""
    if not isinstance(masks, list) or not masks:
        return resource
    kept = {"apiVersion", "kind", "metadata"} | {str(mask).partition(".")[0] for mask in masks}
    return {key: value for key, value in resource.items() if key in kept}


def _item(resource: Map) -> Map:
    metadata = resource.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, dict) else {}
    annotations = metadata.get("annotations")
    kept = (
        {key: value for key, value in annotations.items() if key != LAST_APPLIED}
        if isinstance(annotations, dict)
        else {}
    )
    metadata |= {"annotations": kept, "managedFields": []}
    body = {key: value for key, value in resource.items() if key not in ("apiVersion", "kind", "metadata")}
    return {"metadata": dict(sorted(metadata.items())), **body}


def _digest(data: Map) -> str:
    return text(data, "resolvedImage").partition("@")[2]


def _field_test(selector: str) -> Callable[[Map], bool] | None:
    """The test of a field selector, None when it asks for other fields than name and namespace."""
    terms: list[tuple[tuple[str, str], str]] = []
    for term in filter(None, selector.split(",")):
        key, equals, value = term.replace("==", "=").partition("=")
        if not equals or key not in FIELD_SELECTORS:
            return None
        terms.append((FIELD_SELECTORS[key], value))
    return lambda resource: all(text(resource, *path) == value for path, value in terms)
