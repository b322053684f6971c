"""What a request offers to expressions, in the webhook and in the command line."""

from __future__ import annotations

import pytest

from kywarden.binding.requests import named, scope_of
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.model.request import Kind, Request, Semantics, User
from kywarden.values.trees import Map, Tree
from tests.binding.worlds import Recorded

POD: Map = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "a", "namespace": "shop"},
    "spec": {"size": 5, "containers": [{"name": "c", "image": "nginx:1"}]},
}


def scope(
    semantics: Semantics = "admission",
    operation: str = "CREATE",
    user: str | None = "ann",
    resource: Map = POD,
    **fields: Tree,
) -> Scope:
    tree: Map = {"kind": {"version": "v1", "kind": "Pod"}, "operation": operation, **fields}
    if user is not None:
        tree["userInfo"] = {"username": user, "groups": []}
    return scope_of(
        Request(
            tree,
            Kind("", "v1", "Pod"),
            "",
            "a",
            "shop",
            operation,
            None if user is None else User(user),
            None if operation == "DELETE" else resource,
            resource if operation == "DELETE" else None,
            semantics,
        ),
        Recorded(),
    )


def unknown(scope: Scope, expression: str) -> bool:
    with pytest.raises(EvaluationError) as raised:
        scope.query_text(expression)
    return raised.value.unknown_key


def test_the_webhook_offers_the_whole_request() -> None:
    found = scope(dryRun=True, name="a", namespace="", extra=1, uid="u").query_text("request")
    assert isinstance(found, dict)
    assert found.pop("object") == POD
    assert found == {
        "uid": "u",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "", "resource": ""},
        "name": "a",
        "operation": "CREATE",
        "userInfo": {"username": "ann"},
        "oldObject": None,
        "options": None,
        "dryRun": True,
        "synchronize": True,
        "roles": ["shop:editor"],
        "clusterRoles": ["view"],
    }


def test_numbers_are_float64_in_the_webhook_and_in_test() -> None:
    query = "request.object.spec.size == `5`"
    assert scope().query_text(query) is True
    assert scope("test").query_text(query) is True
    assert scope("apply").query_text(query) is False


def test_what_is_missing_is_null_or_unknown() -> None:
    assert scope().query_text("request.oldObject.metadata.name") is None
    assert unknown(scope("apply"), "request.oldObject.metadata.name")
    assert unknown(scope(), "request.namespace")
    assert scope("apply", resource={"kind": "Pod"}).query_text("request.namespace") == ""
    assert unknown(scope(user="bob"), "request.roles")


@pytest.mark.parametrize(
    ("user", "account"),
    [
        ("ann", ["", ""]),
        ("system:serviceaccount:shop:robot", ["robot", "shop"]),
        ("arn:aws:sts::123456789012:assumed-role/x", ["assumed-role/x", "012"]),
    ],
)
def test_service_accounts_are_cut_out_of_the_user_name(user: str, account: Tree) -> None:
    assert scope(user=user).query_text("[serviceAccountName, serviceAccountNamespace]") == account


def test_the_command_line_knows_no_user_unless_told() -> None:
    assert unknown(scope("apply", user=None), "serviceAccountName")
    assert unknown(scope("apply", user=None), "request.userInfo")
    assert scope("apply").query_text("request.[userInfo.username, roles]") == ["ann", ["shop:editor"]]


def test_roles_are_asked_for_only_when_they_are_mentioned() -> None:
    asking = scope()
    asking.query_text("request.object.spec.containers[*].name | length(@)")
    world = asking.world
    assert isinstance(world, Recorded)
    assert not world.asked


def test_images_are_those_of_the_new_object() -> None:
    assert scope().query_text("images.containers.c.tag") == "1"
    assert unknown(scope(operation="DELETE"), "images.containers.c.tag")
    assert scope(operation="DELETE").query_text("images.containers.*.tag") is None


@pytest.mark.parametrize(
    ("kind", "metadata", "expected"),
    [
        ("Pod", {"name": "p", "namespace": "shop"}, {"name": "p", "namespace": "shop"}),
        ("Pod", {"name": "p"}, {"name": "p", "namespace": "shop"}),
        ("Pod", {"name": "p", "namespace": "other"}, {"name": "p", "namespace": "shop"}),
        ("Namespace", {"name": "shop", "namespace": "shop"}, {"name": "shop"}),
        ("Pod", "none", "none"),
    ],
)
def test_rules_judge_objects_under_the_kind_and_namespace_of_the_request(
    kind: str, metadata: Tree, expected: Tree
) -> None:
    sent: Map = {"metadata": metadata}
    request = Request({}, Kind("apps", "v1", kind), "", "p", "shop", "UPDATE", None, sent, sent)
    judged = named(request)
    assert judged.object == judged.old_object == {"apiVersion": "apps/v1", "kind": kind, "metadata": expected}
    assert named(judged) is judged
