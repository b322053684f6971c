"""The roles of a user, from the bindings in the cluster.

Source: Kyverno pkg/userinfo/roleRef.go.
"""

from __future__ import annotations

from collections.abc import Iterable

from kywarden.model.request import User
from kywarden.model.resources import text
from kywarden.model.world import Roles
from kywarden.values.trees import Map, maps

API_VERSION = "rbac.authorization.k8s.io/v1"
ROLE_BINDING, CLUSTER_ROLE_BINDING = "RoleBinding", "ClusterRoleBinding"


def bound(user: User, namespace: str, role_bindings: Iterable[Map], cluster_role_bindings: Iterable[Map]) -> Roles:
    """The roles that the bindings give to a user who makes a request in a namespace (empty for none), sorted."""
    roles: set[str] = set()
    cluster_roles: set[str] = set()
    for binding in role_bindings:
        own = text(binding, "metadata", "namespace")
        if not _binds(binding, user, own):
            continue
        name = text(binding, "roleRef", "name")
        match text(binding, "roleRef", "kind"):
            case "Role":
                roles.add(f"{own}:{name}")
            case "ClusterRole" if own == namespace:
                cluster_roles.add(name)
    for binding in cluster_role_bindings:
        if text(binding, "roleRef", "kind") == "ClusterRole" and _binds(binding, user, ""):
            cluster_roles.add(text(binding, "roleRef", "name"))
    return Roles(tuple(sorted(roles)), tuple(sorted(cluster_roles)))


def is_binding(tree: Map) -> bool:
    """Whether all that `bound` looks at is there; a binding may have no subjects."""
    subjects, role = tree.get("subjects"), tree.get("roleRef")
    named = all(text(role, key) for key in ("kind", "name"))
    return named and (subjects is None or (isinstance(subjects, list) and len(maps(subjects)) == len(subjects)))


def _binds(binding: Map, user: User, namespace: str) -> bool:
    return any(_is_subject(subject, user, namespace) for subject in maps(binding.get("subjects")))


def _is_subject(subject: Map, user: User, namespace: str) -> bool:
    name = text(subject, "name")
    match text(subject, "kind"):
        case "ServiceAccount":
            own = text(subject, "namespace") or namespace
            return own != "" and user.username == f"system:serviceaccount:{own}:{name}"
        case "Group":
            return name in user.groups
        case "User":
            return name == user.username
    return False
