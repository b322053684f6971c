"""Roles of users from bindings (Kyverno: pkg/userinfo/roleRef.go)."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.host.user_roles import bound
from kywarden.model.request import User
from kywarden.model.world import Roles

ROBOT = User("system:serviceaccount:shop:robot")
ANN = User("ann", groups=("dev", "ops"))
USER, GROUP = {"kind": "User", "name": "ann"}, {"kind": "Group", "name": "dev"}
ACCOUNT, ACCOUNT_HERE = (
    {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"},
    {"kind": "ServiceAccount", "name": "robot"},
)


def binding(kind: str, name: str, *subjects: Any, namespace: str = "") -> dict[str, Any]:
    metadata = {"name": "b", **({"namespace": namespace} if namespace else {})}
    return {"metadata": metadata, "roleRef": {"kind": kind, "name": name}, "subjects": list(subjects)}


CASES: dict[str, tuple[User, list[dict[str, Any]], list[dict[str, Any]], Roles]] = {
    "a user": (ANN, [binding("Role", "r", USER, namespace="lab")], [], Roles(("lab:r",))),
    "a group": (ANN, [binding("Role", "r", GROUP, namespace="lab")], [], Roles(("lab:r",))),
    "somebody else": (ANN, [binding("Role", "r", ACCOUNT, namespace="lab")], [], Roles()),
    "a service account": (ROBOT, [binding("Role", "r", ACCOUNT, namespace="lab")], [], Roles(("lab:r",))),
    "a service account of the binding's namespace": (
        ROBOT,
        [
            binding("Role", "here", ACCOUNT_HERE, namespace="shop"),
            binding("Role", "there", ACCOUNT_HERE, namespace="lab"),
        ],
        [],
        Roles(("shop:here",)),
    ),
    "a service account without namespace, bound everywhere": (
        ROBOT,
        [],
        [binding("ClusterRole", "c", ACCOUNT_HERE)],
        Roles(),
    ),
    "a cluster role in the request's namespace": (
        ANN,
        [
            binding("ClusterRole", "here", USER, namespace="shop"),
            binding("ClusterRole", "there", USER, namespace="lab"),
        ],
        [],
        Roles((), ("here",)),
    ),
    "cluster roles": (
        ANN,
        [],
        [binding("ClusterRole", "b", GROUP), binding("ClusterRole", "a", USER), binding("Role", "r", USER)],
        Roles((), ("a", "b")),
    ),
    "each once, sorted": (
        ANN,
        [binding("Role", "r", USER, namespace=name) for name in ("b", "a", "b")],
        [binding("ClusterRole", "c", USER, GROUP)],
        Roles(("a:r", "b:r"), ("c",)),
    ),
    "rubbish": (ANN, [{"subjects": 5}, {}, binding("Role", "r", 5, {"kind": "Cat", "name": "ann"})], [], Roles()),
}


@pytest.mark.parametrize(("user", "roles", "cluster_roles", "expected"), CASES.values(), ids=CASES)
def test_bindings_give_roles(
    user: User, roles: list[dict[str, Any]], cluster_roles: list[dict[str, Any]], expected: Roles
) -> None:
    assert bound(user, "shop", roles, cluster_roles) == expected
