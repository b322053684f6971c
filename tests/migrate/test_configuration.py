"""Kyverno's ConfigMap."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.migrate import configuration
from kywarden.migrate.configuration import ConfigurationError


def config_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kyverno"}, "data": data}


def test_filters_and_exclusions_become_settings_in_their_own_syntax() -> None:
    read = configuration.read(
        config_map(
            resourceFilters="[Event,*,*]\n[*/*,kube-system,*] [*,kube-public,*] [*/*,kube-*,*]",
            excludeGroups="system:nodes",
            excludeUsernames="!admin,ci",
            excludeRoles="",
            excludeClusterRoles=" cluster-admin ",
        )
    )
    assert read.settings == {
        "resourceFilters": "[Event,*,*]\n[*/*,kube-system,*] [*,kube-public,*] [*/*,kube-*,*]",
        "excludeGroups": "system:nodes",
        "excludeUsers": "!admin,ci",
        "excludeClusterRoles": "cluster-admin",
    }
    assert read.excluded == {"kube-system"}
    assert [each.kind for each in read.look_ups] == ["RoleBinding", "ClusterRoleBinding"]


def test_what_the_webhooks_select_is_selected() -> None:
    read = configuration.read(
        config_map(
            webhooks='{"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}],'
            ' "matchLabels": {"b": "c"}}, "objectSelector": {"matchLabels": {"d": "e"}}}',
            matchConditions='[{"name": "no-nodes", "expression": "true"}]',
        )
    )
    assert read.namespace_expressions == (
        {"key": "b", "operator": "In", "values": ["c"]},
        {"key": "a", "operator": "Exists"},
    )
    assert read.object_expressions == ({"key": "d", "operator": "In", "values": ["e"]},)
    assert read.match_conditions == ({"name": "no-nodes", "expression": "true"},)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        ({"defaultRegistry": "docker.io", "generateSuccessEvents": "true", "webhookAnnotations": "{}"}, 0),
        ({"defaultRegistry": "ghcr.io"}, 1),
        ({"enableDefaultRegistryMutation": "false"}, 1),
        ({"somethingNew": "x"}, 1),
    ],
)
def test_what_is_not_carried_over_is_said(data: dict[str, str], notes: int) -> None:
    assert len(configuration.read(config_map(**data)).notes) == notes


@pytest.mark.parametrize(
    "tree",
    [None, [], {"apiVersion": "v1", "kind": "Secret"}, config_map(webhooks="{"), config_map(matchConditions="x")],
)
def test_what_is_no_configuration_is_refused(tree: Any) -> None:
    with pytest.raises(ConfigurationError):
        configuration.read(tree)
