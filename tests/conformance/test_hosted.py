"""The upstream end-to-end tests once more, with the cluster behind a simulated host instead of beside the request.

What a policy looks up must come to the same through the capabilities of a host as from the objects themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kywarden import protocol, settings
from kywarden.baking import description
from kywarden.baking.subjects import HERE, Baking
from kywarden.errors import PolicyErrors
from kywarden.host import kubewarden
from kywarden.host.hosted import KubewardenHost
from kywarden.migrate.catalog import ANY, Catalog, Resource
from kywarden.migrate.options import Options
from kywarden.model.builtin_kinds import plural
from kywarden.model.resources import group_version
from kywarden.wasm.callbacks import BINDING, Callbacks, CallFailed
from kywarden.wasm.cluster import Cluster
from kywarden.wasm.session import Recorder
from tests import data
from tests.conformance import chainsaw

pytestmark = pytest.mark.corpus

Tree = Any
BINDINGS = ("RoleBinding", "ClusterRoleBinding")
BY_DEFAULT = {
    "cluster-admin": "system:masters",
    "system:basic-user": "system:authenticated",
    "system:discovery": "system:authenticated",
    "system:public-info-viewer": "system:authenticated",
}
"""Cluster roles that every cluster binds, and the groups to which it does."""

WORDS = "the same error in other words: a host does not know the kind, a cluster not the resource"
KNOWN = {
    "policies/linkerd/check-linkerd-authorizationpolicy#3": WORDS,
    "policies/linkerd/check-linkerd-authorizationpolicy#5": WORDS,
    "policies/linkerd/check-linkerd-authorizationpolicy#6": WORDS,
    "policies/other/check-subjectaccessreview#3": "the cluster's answer is not recorded; the words name another asker",
    "policies/other/check-subjectaccessreview#4": "the cluster's answer is not recorded; the words name another asker",
    "kyverno/validate/clusterpolicy/standard/apicalls/default#2": "no host can be asked for a resource that is none",
    "kyverno/validate/clusterpolicy/standard/apicalls/default#3": "no host can be asked for a resource that is none",
}


def default_bindings() -> list[Tree]:
    return [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": role},
            "roleRef": {"kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "Group", "name": group}],
        }
        for role, group in BY_DEFAULT.items()
    ]


def behind_host(row: Tree) -> tuple[Tree, Recorder]:
    """The envelope without what a host can tell, and the host's cluster."""
    envelope = chainsaw.envelope(row)
    world = envelope["world"]
    objects = [each for each in world["resources"] if each.get("metadata")]
    kept = ("globalContext",)
    if any(each["kind"] in BINDINGS for each in objects):
        objects += default_bindings()
    else:
        kept = ("globalContext", "roles", "clusterRoles")
    envelope["settings"]["customResources"] = dict(map(kind_of, world["resources"]))
    envelope["world"] = {key: world[key] for key in kept}
    return envelope, Recorder(Cluster({"resources": objects}))


def kind_of(resource: Tree) -> tuple[str, str]:
    """The name of the definition of the resource, or of what it defines, and the kind."""
    group, kind = group_version(resource)[0], resource["kind"]
    if kind == "CustomResourceDefinition":
        group, kind = resource["spec"]["group"], resource["spec"]["names"]["kind"]
    return (f"{plural(kind)}.{group}" if group else plural(kind)), kind


def ask(envelope: Tree, callbacks: Callbacks) -> Tree:
    def asking(namespace: str, operation: str, payload: bytes) -> bytes:
        try:
            return callbacks(BINDING, namespace, operation, payload)
        except CallFailed as failed:
            raise kubewarden.refused(f"{namespace}/{operation}", failed.text) from None

    return data.read_json(protocol.handle("validate", protocol.encode(envelope), KubewardenHost(asking)))


def test_a_host_tells_what_the_objects_tell(record_property: Callable[[str, object], None]) -> None:
    differences = {}
    asking = 0
    for row in chainsaw.triples():
        envelope, behind = behind_host(row)
        hosted, given = ask(envelope, Callbacks(behind)), chainsaw.ask(row)
        asking += bool(behind.exchanges)
        if hosted != given:
            differences[row["id"]] = (hosted, given)
    record_property("table", f"{asking} requests that ask the host, {len(differences)} listed")
    assert {name: both for name, both in differences.items() if name not in KNOWN} == {}
    assert set(KNOWN) == set(differences)
    assert asking == 181


def granted(envelope: Tree) -> dict[str, Any] | None:
    """What the metadata of a module with the policies of an envelope ask a host to grant, None if none can be baked."""
    chosen = envelope["settings"]
    try:
        protocol.bake(protocol.encode(chosen))
    except PolicyErrors:
        return None
    names = ((*name.partition("."), kind) for name, kind in chosen["customResources"].items())
    catalog = Catalog(tuple(Resource(group, ANY, kind, resource) for resource, _, group, kind in names))
    baking = Baking((*chosen["policies"],), (*chosen["exceptions"],), settings.Settings(), Options(HERE, catalog))
    told: Tree = description.of(baking, {})
    kinds = frozenset((each["apiVersion"], each["kind"]) for each in told["contextAwareResources"])
    return {"capabilities": tuple(told["hostCapabilities"]), "kinds": kinds}


def test_what_the_metadata_of_a_baked_module_name_is_all_that_a_host_must_grant() -> None:
    asking = 0
    for row in chainsaw.triples():
        envelope, behind = behind_host(row)
        every = ask(envelope, Callbacks(behind))
        if not behind.exchanges or (grants := granted(envelope)) is None:
            continue
        asking += 1
        assert ask(envelope, Callbacks(behind, **grants)) == every, (row["id"], grants)
    assert asking > 100
