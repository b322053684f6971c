"""A simulated cluster and registry: objects and images as the hosts hand them out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kywarden.wasm.callbacks import AnswerFailed
from kywarden.wasm.cluster import Cluster
from kywarden.wasm.questions import Question, completed

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "a"}}, "spec": {}}
CONFIG_MAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": "cm",
        "namespace": "shop",
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "x": "y"},
    },
    "data": {"a": "1"},
}
IMAGE = {
    "resolvedImage": "index.docker.io/library/nginx@sha256:1",
    "manifest": {"layers": []},
    "manifestList": {"manifests": []},
    "configData": {"os": "linux"},
}
CLUSTER = Cluster({"resources": [NAMESPACE, CONFIG_MAP], "images": {"nginx": IMAGE}})


def ask(variant: str, cluster: Cluster = CLUSTER, **fields: Any) -> Any:
    return json.loads(cluster(completed(variant, {"disable_cache": False, "api_version": "v1", **fields})))


def test_an_object_is_handed_out_as_it_is() -> None:
    assert ask("KubernetesGetResource", kind="ConfigMap", name="cm", namespace="shop") == CONFIG_MAP


def test_masks_keep_the_metadata_and_drop_the_rest() -> None:
    masked = ask("KubernetesGetResource", kind="Namespace", name="shop", field_masks=["metadata.labels"])
    assert masked == {key: NAMESPACE[key] for key in ("apiVersion", "kind", "metadata")}


def test_items_of_a_list_are_cut_as_the_hosts_cut_them() -> None:
    assert ask("KubernetesListResourceNamespace", kind="ConfigMap", namespace="shop") == {
        "apiVersion": "v1",
        "kind": "ConfigMapList",
        "metadata": {},
        "items": [
            {
                "metadata": {"annotations": {"x": "y"}, "managedFields": [], "name": "cm", "namespace": "shop"},
                "data": {"a": "1"},
            }
        ],
    }


@pytest.mark.parametrize(
    ("selectors", "count"),
    [
        ({}, 1),
        ({"label_selector": "team=a"}, 1),
        ({"label_selector": "team=b"}, 0),
        ({"field_selector": "metadata.name=shop"}, 1),
        ({"field_selector": "metadata.name==other"}, 0),
    ],
)
def test_selectors_select(selectors: dict[str, str], count: int) -> None:
    assert len(ask("KubernetesListResourceAll", kind="Namespace", **selectors)["items"]) == count


def test_labels_of_all_namespaces_are_those_of_any() -> None:
    labelled = Cluster({"namespaceLabels": {"a": "b"}})
    found = ask("KubernetesGetResource", labelled, kind="Namespace", name="any")
    assert found["metadata"] == {"labels": {"a": "b"}, "name": "any"}


def test_an_image_is_handed_out_in_its_parts() -> None:
    whole = ask("OciManifestAndConfig", image="nginx")
    assert whole == {"manifest": {"layers": []}, "digest": "sha256:1", "config": {"os": "linux"}}
    assert ask("OciManifest", image="nginx") == {"manifests": []}
    assert ask("OciManifestDigest", image="nginx") == {"digest": "sha256:1"}


REVIEW = {"user": "u", "resource_attributes": {"verb": "get", "resource": "pods"}}
FAILING: dict[str, tuple[Cluster, str, dict[str, Any], str]] = {
    "no object": (
        CLUSTER,
        "KubernetesGetResource",
        {"kind": "ConfigMap", "name": "x", "namespace": "shop"},
        "Cannot find v1/ConfigMap named 'x' inside of namespace 'Some(\"shop\")'",
    ),
    "no cluster-wide object": (
        CLUSTER,
        "KubernetesGetResource",
        {"kind": "Node", "name": "x"},
        "Cannot find v1/Node named 'x' inside of namespace 'None'",
    ),
    "a namespace for a cluster-wide kind": (
        CLUSTER,
        "KubernetesListResourceNamespace",
        {"kind": "Namespace", "namespace": "shop"},
        "resource v1/Namespace is cluster wide. Cannot search for it inside of a namespace",
    ),
    "another field selector": (
        CLUSTER,
        "KubernetesListResourceAll",
        {"kind": "Pod", "field_selector": "spec.nodeName=a"},
        "unable to parse the selector",
    ),
    "no cluster": (Cluster({}), "KubernetesListResourceAll", {"kind": "Pod"}, "kube::Client was not initialized"),
    "access": (CLUSTER, "KubernetesCanI", {"request": REVIEW}, "kube::Client was not initialized"),
    "an unknown image": (CLUSTER, "OciManifest", {"image": "x"}, "nothing is known of x"),
    "a host name": (CLUSTER, "DNSLookupHost", {"host": "x"}, "failed to lookup address information"),
    "signatures": (CLUSTER, "SigstorePubKeyVerify", {"image": "x", "pub_keys": []}, "cannot answer SigstorePubKey"),
}


@pytest.mark.parametrize(("cluster", "variant", "fields", "text"), FAILING.values(), ids=FAILING)
def test_what_it_does_not_know_fails(cluster: Cluster, variant: str, fields: dict[str, Any], text: str) -> None:
    question: Question = completed(variant, {"api_version": "v1", "disable_cache": False, **fields})
    with pytest.raises(AnswerFailed) as caught:
        cluster(question)
    assert text in caught.value.text
