"""Requests that are let through before any policy: by Kyverno's ConfigMap syntax."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import admission
from kywarden.errors import EvaluationError
from kywarden.host.given import GivenHost
from kywarden.judging.request_filter import RequestFilter, read_names, read_resources
from tests import data
from tests.requests_made import POD


@pytest.mark.corpus
def test_entries_are_read_as_kyverno_reads_them() -> None:
    rows = data.unit("kind", "parse resource filters")
    different = []
    for row in rows:
        found = [
            [each.kind.group, each.kind.version, each.kind.kind, each.kind.subresource, each.namespace, each.name]
            for each in read_resources(row["args"]["arguments"][0])
        ]
        expected = [each or [""] * 6 for each in row["expected"]]
        if found != expected:
            different.append((row["id"], expected, found))
    assert not different
    assert len(rows) >= 15


def let_through(written: RequestFilter, world: dict[str, Any] | None = None, **changes: Any) -> bool:
    request = admission.read({**admission.creation(POD), **changes})
    return written.lets_through(request, GivenHost().world(world or {}, 1000))


def resources(text: str) -> RequestFilter:
    return RequestFilter(resources=read_resources(text))


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}
BY_RESOURCE: dict[str, tuple[str, dict[str, Any], bool]] = {
    "nothing": ("", {}, False),
    "everything": ("[*/*,*,*]", {}, True),
    "the kind": ("[Pod,*,*]", {}, True),
    "another kind": ("[Event,*,*]", {}, False),
    "the namespace": ("[*/*,sh?p,*]", {}, True),
    "the name": ("[Pod,shop,web]", {}, True),
    "another name": ("[Pod,shop,db]", {}, False),
    "no name at all": ("[Pod,shop]", {}, False),
    "a kind alone": ("[Pod]", {}, False),
    "one of several": ("[Event,*,*][Pod,shop,*] [Node,*,*]", {}, True),
    "the version": ("[v1/Pod,*,*]", {}, True),
    "another version": ("[v2/Pod,*,*]", {}, False),
    "a subresource": ("[Pod/*,*,*]", {"subResource": "status"}, True),
    "a resource for a subresource": ("[Pod,*,*]", {"subResource": "status"}, False),
    # kyverno: blanks count
    "blanks": ("[Pod, shop,web]", {}, False),
    # kyverno: four parts are the entry before
    "four parts": ("[Pod,shop,web][a,b,c,d]", {}, True),
    "the name of the object alone": ("[Pod,*,web]", {"name": ""}, True),
    "a Namespace by its name": (
        "[*/*,kube-system,*]",
        {
            "kind": {"group": "", "version": "v1", "kind": "Namespace"},
            "object": NAMESPACE,
            "name": "kube-system",
            "namespace": "",
        },
        True,
    ),
}


@pytest.mark.parametrize(("written", "changes", "expected"), BY_RESOURCE.values(), ids=BY_RESOURCE)
def test_resources_are_let_through(written: str, changes: dict[str, Any], expected: bool) -> None:
    assert let_through(resources(written), **changes) is expected


ANN = {"userInfo": {"username": "ann", "groups": ["system:nodes", "dev"]}}
BY_USER: dict[str, tuple[dict[str, str], bool]] = {
    "nobody": ({}, False),
    "a group": ({"groups": "system:nodes"}, True),
    "a pattern": ({"groups": "system:*, other"}, True),
    "another group": ({"groups": "ops"}, False),
    "a group but the user": ({"groups": "dev", "users": "!ann"}, False),
    "all but a group": ({"users": "*", "groups": "! system:nodes"}, False),
    "the user": ({"users": "bob,ann"}, True),
    "blanks alone": ({"users": " , !, "}, False),
    "a role": ({"roles": "shop:*"}, True),
    "a cluster role": ({"cluster_roles": "cluster-admin"}, True),
    "not this role": ({"users": "ann", "cluster_roles": "!view"}, False),
}


@pytest.mark.parametrize(("written", "expected"), BY_USER.values(), ids=BY_USER)
def test_users_are_let_through(written: dict[str, str], expected: bool) -> None:
    names = {key: read_names(text) for key, text in written.items()}
    world = {"roles": ["shop:editor"], "clusterRoles": ["view", "cluster-admin"]}
    assert let_through(RequestFilter(**names), world, **ANN) is expected


def test_roles_are_asked_for_only_where_they_matter() -> None:
    assert let_through(RequestFilter(users=read_names("ann")), **ANN)
    with pytest.raises(EvaluationError, match="the roles of user ann"):
        let_through(RequestFilter(users=read_names("ann"), roles=read_names("x")), **ANN)
