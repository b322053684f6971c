"""The request and the world that stand around a resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from kywarden.errors import EvaluationError
from kywarden.host import api_paths
from kywarden.host.api_paths import ApiPath
from kywarden.testing.files import LoadError
from kywarden.testing.surroundings import MOST_ANSWERS, Surroundings
from kywarden.testing.values import Asker, Values
from kywarden.values.trees import Tree

SCALE: Any = {
    "apiVersion": "autoscaling/v1",
    "kind": "Scale",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"replicas": 3},
}
DEPLOYMENT_SCALE: Any = {
    "subresources": [
        {
            "subresource": {"name": "deployments/scale", "kind": "Scale", "group": "autoscaling", "version": "v1"},
            "parentResource": {"name": "deployments", "kind": "Deployment", "group": "apps", "version": "v1"},
        }
    ]
}


def test_nobody_asks_unless_a_file_says_who() -> None:
    assert Surroundings("test").request(SCALE).user is None
    request = Surroundings("test", asker=Asker({"username": "ann"}, [], [])).request(SCALE)
    assert request.user is not None
    assert request.user.username == "ann"


def test_integers_are_floats_where_a_test_is_imitated() -> None:
    request = Surroundings("test").request(SCALE)
    assert request.object is not None
    assert repr(request.object["spec"]) == "{'replicas': 3.0}"


def test_values_say_what_is_a_subresource() -> None:
    fixed = Values(DEPLOYMENT_SCALE)
    request = Surroundings("test", fixed).request(SCALE)
    assert (request.kind.group, request.kind.kind, request.subresource) == ("apps", "Deployment", "scale")
    assert Surroundings("test", fixed, clustered=True).request(SCALE).kind.kind == "Scale"


@pytest.mark.parametrize("operation", ["", "CREATE", "UPDATE", "DELETE"])
def test_an_operation_is_passed_on(operation: str) -> None:
    assert Surroundings("test").request(SCALE, operation).operation == (operation or "CREATE")


def test_labels_of_the_namespace_come_from_values() -> None:
    fixed = Values({"namespaceSelector": [{"name": "shop", "labels": {"a": "1"}}]})
    assert Surroundings("test", fixed).world(SCALE).namespace_labels("shop") == {"a": "1"}
    assert Surroundings("test").world(SCALE).namespace_labels("shop") == {}


def test_a_cluster_must_have_the_namespace() -> None:
    namespace: Any = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"b": "2"}}}
    clustered = Surroundings("test", objects=[namespace], clustered=True)
    assert clustered.world(SCALE).namespace_labels("shop") == {"b": "2"}
    with pytest.raises(LoadError, match='namespaces "shop" not found'):
        Surroundings("test", clustered=True).world(SCALE)


def test_only_what_there_is_is_looked_up() -> None:
    world = Surroundings("test", lookups=frozenset(("apiCall",)), failing={"/x": 500}).world(SCALE)
    assert [world.looks_up(kind) for kind in ("apiCall", "configMap")] == [True, False]
    with pytest.raises(EvaluationError, match="HTTP 500"):
        world.call("GET", "/x", None)


def test_the_objects_are_asked_once_per_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answer = api_paths.answer

    def counted(path: ApiPath, resources: Sequence[Tree]) -> Tree:
        asked.append(path.namespace)
        return answer(path, resources)

    monkeypatch.setattr(api_paths, "answer", counted)
    surroundings = Surroundings("apply", objects=[SCALE], lookups=frozenset(("apiCall",)))
    for namespace in ("shop", "bank", "shop"):
        found = surroundings.world(SCALE).call("GET", f"/apis/autoscaling/v1/namespaces/{namespace}/scales", None)
        assert isinstance(found, dict)
        assert found["items"] == ([SCALE] if namespace == "shop" else [])
    assert asked == ["shop", "bank"]
    for number in range(MOST_ANSWERS * 2):
        surroundings.world(SCALE).call("GET", f"/apis/autoscaling/v1/namespaces/n{number}/scales", None)
    assert len(surroundings.world(SCALE).answers) <= MOST_ANSWERS


def test_what_is_not_there_is_an_error_each_time() -> None:
    surroundings = Surroundings("apply", objects=[SCALE], lookups=frozenset(("apiCall",)))
    for _ in range(2):
        with pytest.raises(EvaluationError, match='"x" not found'):
            surroundings.world(SCALE).call("GET", "/apis/autoscaling/v1/namespaces/shop/scales/x", None)
