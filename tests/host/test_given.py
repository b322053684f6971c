"""The world beside a request: what it answers, and what it leaves unanswered."""

from __future__ import annotations

import pytest

from kywarden.errors import EvaluationError, RequestError
from kywarden.host.given import GivenHost
from kywarden.model.request import User
from kywarden.model.world import Roles
from kywarden.values.trees import Map

ANN = User("ann")
BINDING: Map = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "b", "namespace": "shop"},
    "roleRef": {"kind": "Role", "name": "editor"},
    "subjects": [{"kind": "User", "name": "ann"}],
}


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ({"roles": ["a:b"]}, Roles(("a:b",))),
        ({"clusterRoles": []}, Roles()),
        ({"resources": [BINDING]}, Roles(("shop:editor",))),
        ({"resources": [BINDING], "roles": []}, Roles()),
    ],
)
def test_roles_are_those_given_or_those_bound(given: Map, roles: Roles) -> None:
    assert GivenHost().world(given, 1000).roles(ANN, "shop") == roles


@pytest.mark.parametrize("given", [{}, {"resources": []}])
def test_roles_are_unknown_without_either(given: Map) -> None:
    with pytest.raises(EvaluationError, match="the roles of user ann") as caught:
        GivenHost().world(given, 1000).roles(ANN, "shop")
    assert caught.value.unanswered


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"roles": ["a:b", 5]}, "world.roles: must be a list of strings"),
        ({"clusterRoles": [["admin"]]}, "world.clusterRoles: must be a list of strings"),
        ({"namespaceLabels": {"restricted": True}}, "world.namespaceLabels: must be a map of strings"),
        ({"resources": [None]}, "world.resources: must be a list of objects"),
    ],
)
def test_what_is_given_with_a_wrong_type_is_not_taken_for_nothing(given: Map, reason: str) -> None:
    with pytest.raises(RequestError) as caught:
        GivenHost().world(given, 1000)
    assert str(caught.value) == reason
