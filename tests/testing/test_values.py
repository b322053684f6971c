"""Values and users of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from kywarden.testing import values
from kywarden.testing.files import Files, LoadError
from kywarden.testing.values import Values
from tests.testing.folders import write

HEAD = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Values\n"


@pytest.mark.parametrize(
    ("pairs", "fixed"),
    [
        (["a=1"], {"a": "1"}),
        ([" a = 1 ", "a=2"], {"a": "1"}),
        (["a=b=c", "x", "=1", "y="], {}),
        (["request.object.spec=1", "request.operation=UPDATE"], {"request.operation": "UPDATE"}),
    ],
)
def test_pairs_that_kyverno_cannot_use_are_passed_over(pairs: list[str], fixed: dict[str, str]) -> None:
    assert values.of_pairs(pairs).spec.get("globalValues", {}) == fixed


def test_namespaces_win_over_selectors() -> None:
    spec = Values(
        {
            "namespaceSelector": [{"name": "a", "labels": {"x": "1"}}, {"name": "b", "labels": {"y": "1"}}],
            "namespaces": [{"metadata": {"name": "a", "labels": {"x": "2"}}}],
        }
    )
    assert [spec.namespace_labels(name) for name in "abc"] == [{"x": "2"}, {"y": "1"}, {}]


def test_an_operation_of_a_result_silences_the_values() -> None:
    spec = Values(
        {
            "globalValues": {"request.operation": "UPDATE", "a": 1},
            "policies": [
                {"name": "p", "resources": [{"name": "r", "values": {"request.operation": "DELETE", "b": 2}}]}
            ],
        }
    )
    assert spec.under("") is spec
    assert spec.under("CREATE").spec == {
        "globalValues": {"a": 1},
        "policies": [{"name": "p", "resources": [{"name": "r", "values": {"b": 2}}]}],
    }


def test_only_known_operations_are_accepted() -> None:
    Values({"globalValues": {"request.operation": "CONNECT"}}).check_operation()
    with pytest.raises(LoadError, match=r'invalid request\.operation value "MOVE"'):
        Values({"globalValues": {"request.operation": "MOVE"}}).check_operation()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("globalValues: {a: 1}\n", "values file v.yaml uses a deprecated schema — please migrate to the latest format"),
        (
            f"{HEAD}surprise: 1\n",
            "unable to load variable file: v.yaml"
            ' (error unmarshaling JSON: while decoding JSON: json: unknown field "surprise")',
        ),
    ],
)
def test_files_of_values_are_checked(tmp_path: Path, text: str, reason: str) -> None:
    write(tmp_path, {"v.yaml": text})
    with pytest.raises(LoadError) as caught:
        values.load("v.yaml", str(tmp_path), Files(), [])
    assert str(caught.value) == reason


def test_a_user_is_read_with_roles(tmp_path: Path) -> None:
    write(tmp_path, {"u.yaml": "clusterRoles: [viewer]\nuserInfo: {username: ann, groups: [dev]}\n"})
    asker, is_old = values.load_user("u.yaml", str(tmp_path), Files())
    assert (asker.user, asker.cluster_roles, is_old) == ({"username": "ann", "groups": ["dev"]}, ["viewer"], True)
