"""Selection: match and exclude blocks against candidates, and when the world is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kywarden.errors import EvaluationError
from kywarden.judging import selection
from kywarden.judging.candidate import Candidate
from kywarden.kinds.classic import autogen, match_block
from kywarden.model.request import Kind, Request, User
from kywarden.model.resources import text
from kywarden.model.world import Roles
from tests import data


class World:
    """Answers for namespace labels and roles; None stands for a question that it cannot answer."""

    def __init__(self, labels: dict[str, str] | None = None, roles: Roles | None = None) -> None:
        self.labels, self.known_roles, self.questions = labels, roles, list[Any]()

    def namespace_labels(self, name: str) -> dict[str, str]:
        self.questions.append(name)
        if self.labels is None:
            raise EvaluationError("no labels")
        return self.labels

    def roles(self, user: User, namespace: str) -> Roles:
        self.questions.append(user)
        if self.known_roles is None:
            raise EvaluationError("no roles")
        return self.known_roles


ALICE = User("alice", "", ("devs", "system:authenticated"))
ROBOT = User("system:serviceaccount:ns:robot", "", ("system:serviceaccounts",))
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "prod", "labels": {"app": "web"}, "annotations": {"a/b": "c", "d": ""}},
}


def candidate(resource: Any = POD, user: User | None = ALICE, world: World | None = None, **fields: Any) -> Candidate:
    group, _, version = resource.get("apiVersion", "v1").rpartition("/")
    facts: dict[str, Any] = {
        "kind": Kind(group, version, resource.get("kind", "")),
        "subresource": "",
        "operation": "CREATE",
        "namespace": text(resource, "metadata", "namespace"),
    }
    return Candidate(resource=resource, user=user, world=world or World(), **(facts | fields))


def selects(match: Any, one: Candidate, exclude: Any = None) -> bool:
    excluded = match_block.read(exclude) if exclude is not None else None
    return selection.prepare(match_block.read(match), excluded).selects(one)


def excepts(match: Any, one: Candidate) -> bool:
    return selection.prepare_exception(match_block.read(match)).selects(one)


def resources(**fields: Any) -> Any:
    return {"resources": fields}


PODS = resources(kinds=["Pod"])


@pytest.mark.corpus
def test_every_rule_matches_as_in_kyverno() -> None:
    differences = []
    for row in data.unit("match", "every rule matches"):
        args = row["args"]
        info = args["request"]
        roles = Roles(tuple(info.get("roles", ())), tuple(info.get("clusterRoles", ())))
        one = candidate(args["resource"], User() if info else None, World(roles=roles))
        got = all(selects(rule["match"], one, rule.get("exclude")) for rule in autogen.rules(args["policy"]))
        if got != row["expected"]:
            differences.append((row["id"], got))
    assert not differences, differences


@pytest.mark.corpus
def test_attributes_match_as_in_kyverno() -> None:
    """Rows with nothing to match are left out: an attribute that is not written is not tested."""
    differences = []
    for function in ("namespace of resource matches", "namespace matches", "annotations match", "subjects match"):
        for row in data.unit("match", function):
            args = row["args"]
            match: Any
            match function:
                case "namespace of resource matches":
                    match, one = resources(namespaces=args["patterns"]), candidate(args["resource"])
                case "namespace matches":
                    one = candidate({"kind": "Pod", "metadata": {"namespace": args["namespace"]}})
                    match = resources(namespaces=args["patterns"])
                case "annotations match":
                    one = candidate({"metadata": {"annotations": args["actual"]}})
                    match = resources(annotations=args["expected"])
                case _:
                    info = args["userInfo"]
                    one = candidate(user=User(info["username"], "", tuple(info.get("groups") or ())))
                    match = {"subjects": args["subjects"]}
            if not next(iter(match.get("resources", match).values())):
                continue
            if selects({"any": [match]}, one) != row["expected"]:
                differences.append(row)
    assert not differences, differences


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (resources(kinds=["Pod"]), True),
        (resources(kinds=["Service", "Po*"]), True),
        (resources(kinds=["Service"]), False),
        (resources(operations=["CREATE"]), True),
        (resources(kinds=["Pod"], operations=["UPDATE", "DELETE"]), False),
        (resources(kinds=["Pod"], operations=["create"]), False),
        (resources(name="web-?"), True),
        (resources(name="web"), False),
        (resources(names=["x", "web*"]), True),
        (resources(names=[]), False),
        (resources(namespaces=["p*d"]), True),
        (resources(namespaces=["dev", "PROD"]), False),
        (resources(annotations={"a/*": "?"}), True),
        (resources(annotations={"a/*": "?", "d": ""}), True),
        (resources(annotations={"d": "?*"}), False),
        (resources(selector={"matchLabels": {"app": "w*"}}), True),
        (resources(selector={"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}), False),
        (resources(selector={}), True),
        ({}, False),
        ({"resources": {}}, False),
        ({"subjects": [{"kind": "User", "name": "al*"}]}, True),
        ({"subjects": [{"kind": "Group", "name": "dev?"}]}, True),
        ({"subjects": [{"kind": "Group", "name": "ops"}, {"kind": "User", "name": "alice"}]}, True),
        ({"subjects": [{"kind": "Group", "name": "alice"}, {"kind": "user", "name": "alice"}]}, False),
        ({"subjects": [{"kind": "ServiceAccount", "name": "*", "namespace": "*"}]}, False),
        (PODS | {"subjects": [{"kind": "User", "name": "bob"}]}, False),
        ({"any": []}, False),
        ({"any": [resources(kinds=["Service"]), PODS]}, True),
        ({"any": [resources(kinds=["Service"]), {}]}, False),
        ({"all": [PODS, resources(names=["web-1"])]}, True),
        ({"all": [PODS, resources(names=["web-2"])]}, False),
        ({"any": [PODS], "all": [resources(kinds=["Service"])]}, True),
        ({"all": [resources(kinds=["Service"])], **PODS}, False),
    ],
)
def test_attributes_are_anded_and_lists_ored(match: Any, expected: bool) -> None:
    assert selects(match, candidate()) is expected


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        ({}, True),
        ({"any": []}, True),
        ({"any": [{}]}, True),
        ({"any": [resources(names=["x"]), resources(names=["web-1"])]}, False),
        ({"any": [resources(names=["x"])]}, True),
        ({"all": [resources(names=["web-1"]), resources(namespaces=["prod"])]}, False),
        ({"all": [resources(names=["web-1"]), resources(namespaces=["dev"])]}, True),
        ({"all": [resources(names=["web-1"]), {}]}, True),
        (resources(operations=["CREATE"]), False),
        (resources(operations=["DELETE"]), True),
        ({"subjects": [{"kind": "User", "name": "alice"}]}, False),
    ],
)
def test_exclude_counts_where_match_does(exclude: Any, expected: bool) -> None:
    assert selects(PODS, candidate(), exclude) is expected
    assert not selects(resources(kinds=["Service"]), candidate(), exclude)


def test_service_accounts_match_by_user_name() -> None:
    robot = candidate(user=ROBOT)
    for name, namespace, expected in (
        ("robot", "ns", True),
        ("r*", "n?", True),
        ("*", "x", False),
        ("bot", "*", False),
    ):
        subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
        assert selects({"any": [{"subjects": [subject]}]}, robot) is expected, subject


@pytest.mark.parametrize(
    ("match", "exclude", "expected"),
    [
        (PODS | {"roles": ["a:b"]}, None, True),
        (PODS | {"subjects": [{"kind": "User", "name": "alice"}]}, None, True),
        ({"roles": ["a:b"]}, None, False),
        (PODS, {"clusterRoles": ["admin"]}, True),
        (PODS, {"subjects": [{"kind": "User", "name": "alice"}]}, True),
        (PODS, {"subjects": [{"kind": "User", "name": "*"}]}, False),
    ],
)
def test_without_user_only_match_ignores_users(match: Any, exclude: Any, expected: bool) -> None:
    assert selects(match, candidate(user=None), exclude) is expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"roles": ["prod:viewer", "prod:editor"]}, True),
        ({"roles": ["prod:*"]}, False),
        ({"clusterRoles": ["admin"]}, True),
        ({"clusterRoles": ["adm*"]}, False),
        ({"roles": ["prod:editor"], "clusterRoles": ["view"]}, False),
    ],
)
def test_roles_are_literal(match: Any, expected: bool) -> None:
    world = World(roles=Roles(("prod:editor",), ("admin", "edit")))
    assert selects({"any": [match]}, candidate(world=world)) is expected


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod"}}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
LABELLED = {"matchLabels": {"team": "a*"}}
UNLABELLED = {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}


@pytest.mark.parametrize(
    ("resource", "selector", "in_rule", "in_exception"),
    [
        (POD, LABELLED, True, True),
        (POD, UNLABELLED, False, False),
        (POD, {}, True, True),
        (POD, {"matchLabels": {"a b": "c"}}, False, False),
        (NAMESPACE, LABELLED, False, True),
        (NAMESPACE, {}, False, True),
        (NODE, LABELLED, False, False),
        (NODE, UNLABELLED, True, True),
        ({"metadata": {"namespace": "prod"}}, UNLABELLED, True, True),
    ],
)
def test_namespace_selector(resource: Any, selector: Any, in_rule: bool, in_exception: bool) -> None:
    block = {"any": [resources(namespaceSelector=selector)]}
    one = candidate(resource, world=World({"team": "alpha"}))
    assert selects(block, one) is in_rule
    assert excepts(block, one) is in_exception


def test_any_kind_makes_the_namespace_selector_count_for_resources_without_kind() -> None:
    one = candidate({"metadata": {"namespace": "prod"}}, world=World({"team": "alpha"}))
    assert not selects(resources(kinds=["*"], namespaceSelector=UNLABELLED), one)
    assert excepts({"any": [resources(kinds=["*"], namespaceSelector=UNLABELLED)]}, one)


@pytest.mark.parametrize(
    ("resource", "namespaces", "expected"),
    [
        (NAMESPACE, ["prod"], True),
        (NAMESPACE, ["dev"], False),
        (NODE, ["*"], True),
        (NODE, ["?*"], False),
        ({"kind": "Pod", "metadata": {"namespace": 5}}, [""], True),
        ({"kind": "Pod", "metadata": "x"}, [""], True),
    ],
)
def test_namespaces_of_resources_without_one(resource: Any, namespaces: list[str], expected: bool) -> None:
    assert selects(resources(namespaces=namespaces), candidate(resource)) is expected


@pytest.mark.parametrize(
    ("metadata", "match", "expected"),
    [
        ({"generateName": "web-"}, {"name": "web-"}, True),
        ({"name": "", "generateName": "web-"}, {"names": ["web*"]}, True),
        ({"name": "x", "generateName": "web-"}, {"names": ["web*"]}, False),
        ({"labels": {"a": None}}, {"selector": {"matchLabels": {"a": ""}}}, True),
        ({"labels": {"a": "b", "c": 5}}, {"selector": {"matchLabels": {"a": "b"}}}, False),
        ({"labels": ["a"]}, {"selector": UNLABELLED}, True),
        ({"annotations": {"a": "b", "c": True}}, {"annotations": {"a": "b"}}, False),
    ],
)
def test_odd_metadata(metadata: Any, match: Any, expected: bool) -> None:
    assert selects({"resources": match}, candidate({"kind": "Pod", "metadata": metadata})) is expected


@pytest.mark.parametrize(
    ("match", "user", "expected"),
    [
        ({"any": [PODS]}, ALICE, True),
        ({"all": [PODS, resources(names=["x"])]}, ALICE, False),
        (PODS, ALICE, False),
        ({"any": [{}]}, ALICE, False),
        ({"any": [resources(kinds=["Pod"], operations=["DELETE"])]}, ALICE, True),
        ({"any": [resources(operations=["DELETE"])]}, ALICE, True),
        ({"any": [{"roles": []}]}, ALICE, False),
        ({"any": [PODS | {"subjects": [{"kind": "User", "name": "alice"}]}]}, ALICE, True),
        ({"any": [PODS | {"subjects": [{"kind": "User", "name": "alice"}]}]}, None, False),
    ],
)
def test_exceptions_differ_from_rules(match: Any, user: User | None, expected: bool) -> None:
    assert excepts(match, candidate(user=user)) is expected


def test_empty_list_of_roles_says_something() -> None:
    assert selects({"any": [{"roles": []}]}, candidate())
    assert not selects({"any": [{"roles": []}]}, candidate(user=None))
    assert not selects(PODS, candidate(), {"subjects": []})


def test_nothing_is_selected_without_a_resource() -> None:
    nothing = replace(candidate(), resource=None)
    assert not selects(resources(kinds=["*"]), nothing)


ASKING = resources(kinds=["Pod"], namespaceSelector=LABELLED)


@pytest.mark.parametrize(
    "match",
    [
        resources(kinds=["Service"], namespaceSelector=LABELLED),
        {"roles": ["a:b"], "subjects": [{"kind": "User", "name": "bob"}]},
        {"any": [ASKING, {"roles": ["a:b"], **PODS}, PODS]},
        {"all": [ASKING, resources(names=["x"])]},
    ],
)
def test_the_world_is_asked_last(match: Any) -> None:
    world = World()
    selects(match, candidate(world=world))
    assert world.questions == []


def test_the_world_is_asked_once() -> None:
    world = World({"team": "alpha"}, Roles(("a:b",)))
    one = candidate(world=world)
    for _ in range(3):
        assert selects(ASKING | {"roles": ["a:b"]}, one)
    assert world.questions == ["prod", ALICE]


def test_the_world_is_not_asked_about_cluster_scoped_resources_and_namespaces() -> None:
    world = World()
    assert candidate(NODE, world=world).namespace_labels == {}
    assert candidate(NAMESPACE, world=world, namespace="prod").namespace_labels == {}
    assert world.questions == []


@pytest.mark.parametrize("match", [ASKING, {"any": [{"clusterRoles": ["x"]}]}, {"all": [PODS, ASKING]}])
def test_silence_of_the_world_is_an_error(match: Any) -> None:
    with pytest.raises(EvaluationError):
        selects(match, candidate())


def test_candidate_of_a_request_is_the_new_object_or_the_one_deleted() -> None:
    request = Request({}, Kind("", "v1", "Pod"), "exec", "n", "prod", "UPDATE", ALICE, {"a": 1}, {"b": 2})
    world: Any = World()
    one = Candidate.of(request, world)
    assert (one.resource, one.kind, one.subresource) == ({"a": 1}, request.kind, "exec")
    assert (one.operation, one.namespace, one.user, one.world) == ("UPDATE", "prod", ALICE, world)
    assert Candidate.of(replace(request, object=None), world).resource == {"b": 2}
    assert Candidate.of(replace(request, object={}), world).resource == {}
    assert Candidate.of(replace(request, object=None, old_object=None), world).resource is None
    assert Candidate.of(request, world, {"patched": True}).resource == {"patched": True}


@pytest.mark.parametrize(
    ("namespace", "objects", "expected"),
    [
        ("prod", [POD, None], True),
        ("prod", [POD, POD], True),
        ("dev", [POD], False),
        ("prod", [POD, NODE], False),
        ("", [POD], False),
        ("", [{"metadata": {"namespace": "default"}}], True),
        ("default", [NODE], False),
        ("default", [None, None], True),
    ],
)
def test_namespaced_policies_look_at_their_namespace(namespace: str, objects: list[Any], expected: bool) -> None:
    assert selection.is_in_namespace(namespace, *objects) is expected
