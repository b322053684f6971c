"""What the look-ups of policies need: Kubewarden's grant in the policy, and Kubernetes' for the policy server.

A host reads lists by watching them, and single objects by name; an access review it creates, without a grant.
Source: https://docs.kubewarden.io/explanations/context-aware-policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kywarden.kinds.outline import LookUp
from kywarden.migrate.catalog import Catalog, Target
from kywarden.model import builtin_kinds
from kywarden.values.trees import Map

VERBS = {"get": ("get",), "list": ("get", "list", "watch"), "create": ("create",)}
RBAC = "rbac.authorization.k8s.io"
NAME = "kywarden-look-ups"


@dataclass(frozen=True, slots=True)
class Account:
    """The service account of the policy server."""

    namespace: str
    name: str


def problem(look_up: LookUp, catalog: Catalog) -> str:
    """Why a look-up cannot be made, empty when it can."""
    if look_up.refused:
        return f"{look_up.origin}: {look_up.refused}"
    if look_up.concerns_cluster and not _kind(look_up, catalog):
        where = f"{look_up.plural}.{look_up.group}" if look_up.group else look_up.plural
        return f"{look_up.origin}: the kind of {where} is not known; give its definition (--crd) or tell it (--plural)"
    return ""


def granted(look_ups: Iterable[LookUp], catalog: Catalog) -> list[Map]:
    """The `contextAwareResources` of a policy: what it reads."""
    kinds = {(_api_version(each), _kind(each, catalog)) for each in look_ups if each.reads}
    return [{"apiVersion": version, "kind": kind} for version, kind in sorted(kinds)]


def told(look_ups: Iterable[LookUp], judged: Iterable[Target], catalog: Catalog) -> Map:
    """The setting `customResources`: the kinds that the module cannot know, by the name of their definition.

    judged: what the policy is called for; of a subresource the request does not tell the kind of the parent.
    """
    read = {
        f"{each.plural}.{each.group}": _kind(each, catalog)
        for each in look_ups
        if each.reads and not each.kind and not builtin_kinds.kind_of(each.group, each.plural)
    }
    parents = {f"{each.plural}.{each.group}": each.kind for target in judged for each in catalog.parents(target)}
    return dict(sorted({**read, **parents}.items()))


def roles(look_ups: Iterable[LookUp], account: Account) -> list[Map]:
    """The roles that the policy server needs, and their bindings.

    A look-up of one certain object is granted for that object alone.
    """
    cluster: dict[tuple[str, str], set[str]] = {}
    single: dict[str, dict[tuple[str, str], set[str]]] = {}
    for each in sorted(filter(_concerns_cluster, look_ups), key=_order):
        key = (each.group, each.plural)
        if each.namespace and each.name:
            single.setdefault(each.namespace, {}).setdefault(key, set()).add(each.name)
        else:
            cluster.setdefault(key, set()).update(VERBS[each.verb])
    objects: list[Map] = []
    if cluster:
        rules = [_rule(*key, verbs) for key, verbs in sorted(cluster.items())]
        objects += _pair("", rules, account)
    for namespace, resources in sorted(single.items()):
        named: list[Map] = [
            {**_rule(*key, {"get"}), "resourceNames": [*sorted(names)]} for key, names in sorted(resources.items())
        ]
        objects += _pair(namespace, named, account)
    return objects


def reads_secrets(look_ups: Iterable[LookUp]) -> bool:
    """Whether all Secrets of the cluster can be read."""
    return any(each.reads and (each.group, each.plural) == ("", "secrets") and not each.name for each in look_ups)


def _concerns_cluster(look_up: LookUp) -> bool:
    return look_up.concerns_cluster


def _order(look_up: LookUp) -> tuple[str, ...]:
    return (look_up.group, look_up.plural, look_up.verb, look_up.namespace, look_up.name)


def _rule(group: str, plural: str, verbs: set[str]) -> Map:
    return {
        "apiGroups": [group],
        "resources": [plural],
        "verbs": [*dict.fromkeys(each for order in VERBS.values() for each in order if each in verbs)],
    }


def _pair(namespace: str, rules: Sequence[Map], account: Account) -> list[Map]:
    prefix = "" if namespace else "Cluster"
    metadata: Map = {"name": NAME, **({"namespace": namespace} if namespace else {})}
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": f"{prefix}Role", "metadata": metadata, "rules": list(rules)},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{prefix}RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": RBAC, "kind": f"{prefix}Role", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": account.name, "namespace": account.namespace}],
        },
    ]


def _api_version(look_up: LookUp) -> str:
    return f"{look_up.group}/{look_up.version}" if look_up.group else look_up.version


def _kind(look_up: LookUp, catalog: Catalog) -> str:
    return look_up.kind or catalog.kind(look_up.group, look_up.plural)
