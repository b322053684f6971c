"""Policies in, custom resources, roles and a report out."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.migrate import access, catalog, configuration, module
from kywarden.migrate.catalog import Catalog
from kywarden.migrate.migration import Document, Migration, migrate
from kywarden.migrate.options import Options
from tests.migrate import crd
from tests.requests_made import needs_label, policy, rule

Tree = Any

MODULE = module.read("ghcr.io/acme/kywarden:v1.0.0", baked=False)
NEVER = "Kyverno never evaluates it either"
DENY = {"deny": {"conditions": {"any": [{"key": "{{ request.operation }}", "operator": "Equals", "value": "DELETE"}]}}}


def each_of(items: str) -> Tree:
    return {"foreach": [{"list": f"values({items})", **DENY}]}


def migrated(*trees: Tree, **options: Any) -> Migration:
    made = migrate([Document(tree, "policy.yaml") for tree in trees], Options(**{"module": MODULE, **options}))
    assert [problem for output in made.outputs for problem in crd.problems(output.made.tree)] == []
    return made


def resources(*trees: Tree, **options: Any) -> dict[str, Tree]:
    """The specs of the custom resources by name."""
    made = migrated(*trees, **options)
    return {output.made.name: output.made.tree["spec"] for output in made.outputs}


def spec(*trees: Tree, **options: Any) -> Tree:
    (only,) = resources(*trees, **options).values()
    return only


def with_match(each: Tree, match: Tree = None, **more: Any) -> Tree:
    return {**each, **({"match": match} if match else {}), **more}


def about(**described: Any) -> Tree:
    return {"any": [{"resources": {"kinds": ["ConfigMap"], **described}}]}


def on(**described: Any) -> Tree:
    return policy(with_match(needs_label(), about(**described)))


# what is registered


def test_a_policy_becomes_one_that_names_the_module_and_carries_the_policy() -> None:
    tree = policy(needs_label(), name="labels")
    tree["metadata"] |= {"labels": {"a": "b"}, "annotations": {"policies.kyverno.io/title": "Labels", "other": "x"}}
    (output,) = migrated(tree).outputs
    made = output.made.tree
    assert made["kind"] == "ClusterAdmissionPolicy"
    assert made["metadata"] == {"name": "labels", "annotations": {"io.kubewarden.policy.title": "Labels"}}
    assert made["spec"]["module"] == "registry://ghcr.io/acme/kywarden:v1.0.0"
    carried = {"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": {"name": "labels"}}
    assert made["spec"]["settings"] == {"policy": {**carried, "spec": tree["spec"]}}


def test_rules_about_pods_are_registered_for_what_makes_pods() -> None:
    assert spec(policy(needs_label()))["rules"] == [
        {
            "apiGroups": [group],
            "apiVersions": ["v1"],
            "operations": operations.split(),
            "resources": names.split(),
        }
        for group, operations, names in (
            ("", "CREATE UPDATE", "pods replicationcontrollers"),
            ("", "UPDATE", "pods/ephemeralcontainers"),
            ("apps", "CREATE UPDATE", "daemonsets deployments replicasets statefulsets"),
            ("batch", "CREATE UPDATE", "cronjobs jobs"),
        )
    ]


@pytest.mark.parametrize(
    ("kinds", "validate", "operations", "expected"),
    [
        ("ConfigMap", {"pattern": {"data": "*"}}, None, [(["configmaps"], "CREATE UPDATE")]),
        ("ConfigMap", DENY, None, [(["configmaps"], "CREATE UPDATE DELETE")]),
        ("ConfigMap", DENY, ["DELETE"], [(["configmaps"], "DELETE")]),
        ("ConfigMap", each_of("request.object.data"), None, [(["configmaps"], "CREATE UPDATE")]),
        ("ConfigMap", each_of("request.oldObject.data"), None, [(["configmaps"], "CREATE UPDATE DELETE")]),
        ("Pod/exec", DENY, None, [(["pods/exec"], "CONNECT")]),
        ("Pod/exec", {"pattern": {"stdin": "false"}}, None, [(["pods/exec"], "CONNECT")]),
        ("Deployment/scale", DENY, None, [(["deployments/scale"], "UPDATE")]),
        ("Deployment/scale", DENY, ["CREATE", "UPDATE"], [(["deployments/scale"], "UPDATE")]),
        ("Pod/eviction", DENY, None, [(["pods/eviction"], "CREATE")]),
        ("Pod/*", DENY, None, [(["pods/*"], "CREATE UPDATE DELETE CONNECT")]),
        ("*", DENY, None, [(["*"], "CREATE UPDATE DELETE"), (["pods/ephemeralcontainers"], "UPDATE")]),
        ("*/*", DENY, None, [(["*/*"], "CREATE UPDATE DELETE CONNECT")]),
        ("Service/*", DENY, None, [(["services/*"], "CREATE UPDATE DELETE CONNECT")]),
    ],
)
def test_a_rule_is_called_where_it_can_have_an_answer(
    kinds: str, validate: Tree, operations: Tree, expected: list[tuple[list[str], str]]
) -> None:
    match = {"any": [{"resources": {"kinds": [kinds], **({"operations": operations} if operations else {})}}]}
    made = spec(policy(with_match(rule(**validate), match), background=False))
    assert [(each["resources"], " ".join(each["operations"])) for each in made["rules"]] == expected


@pytest.mark.parametrize(
    ("operations", "resources"),
    [
        (["UPDATE"], [["pods", "pods/ephemeralcontainers"]]),
        (["CREATE", "DELETE"], [["pods"]]),
        (["CREATE", "UPDATE"], [["pods"], ["pods/ephemeralcontainers"]]),
    ],
)
def test_containers_are_added_to_running_pods_by_updates(operations: list[str], resources: list[list[str]]) -> None:
    match = {"any": [{"resources": {"kinds": ["Pod"], "operations": operations}}]}
    tree = policy(with_match(rule(**DENY), match))
    tree["metadata"]["annotations"] = {"pod-policies.kyverno.io/autogen-controllers": "none"}
    assert [each["resources"] for each in spec(tree)["rules"]] == resources


@pytest.mark.parametrize(
    ("kinds", "operations", "known", "said"),
    [
        (("Pod",), None, "", None),
        (("ConfigMap", "Deployment/scale"), None, "", None),
        (("Pod",), ["DELETE"], "", "that are not called on CREATE"),
        (("Pod/eviction", "Pod"), None, "", "the creation of subresources: pods/eviction"),
        (("*/Deployment",), None, "", "passes over this policy, because it looks up no wildcards"),
        (("Boat",), None, "Boat.acme.test=boats", "passes over this policy"),
        (("Boat", "Pod"), None, "Boat.acme.test=boats", "passes over what it is called for by wildcard"),
    ],
)
def test_what_the_audit_scanner_does_not_scan_is_told(kinds: Tree, operations: Tree, known: str, said: str) -> None:
    match = {"any": [{"resources": {"kinds": list(kinds), **({"operations": operations} if operations else {})}}]}
    catalogue = Catalog((catalog.told(known),) if known else ())
    tree = policy(with_match(rule(**DENY), match))
    notes = [each for each in migrated(tree, catalog=catalogue).report.policies[0].notes if "audit scanner" in each]
    assert (not notes) if said is None else said in " ".join(notes)


@pytest.mark.parametrize(
    ("described", "selector"),
    [
        ({"namespaces": ["b", "a"]}, [("kubernetes.io/metadata.name", "In", ["a", "b"])]),
        ({"namespaces": ["a", "b-*"]}, None),
        ({"namespaceSelector": {"matchLabels": {"team": "x"}}}, [("team", "In", ["x"])]),
        ({"namespaceSelector": {"matchExpressions": [{"key": "t", "operator": "Exists"}]}}, [("t", "Exists", None)]),
        ({"namespaceSelector": {"matchLabels": {"te*m": "x"}}}, None),
    ],
)
def test_namespaces_become_match_expressions(described: Tree, selector: Tree) -> None:
    found = spec(on(**described)).get("namespaceSelector")
    read = found and [(each["key"], each["operator"], each.get("values")) for each in found["matchExpressions"]]
    assert read == selector


def test_excluded_namespaces_are_not_asked_about_when_no_rule_wants_them() -> None:
    out = {"any": [{"resources": {"namespaces": ["kube-system", "x-*"]}}]}
    both = policy(with_match(needs_label(), about(), exclude=out), with_match(needs_label("b"), about(), exclude=out))
    expected = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}
    assert spec(both)["namespaceSelector"] == {"matchExpressions": [expected]}
    one = policy(with_match(needs_label(), about(), exclude=out), with_match(needs_label("b"), about()))
    assert "namespaceSelector" not in spec(one)
    narrower = {"any": [{"resources": {"namespaces": ["kube-system"], "names": ["a"]}}]}
    assert "namespaceSelector" not in spec(policy(with_match(needs_label(), about(), exclude=narrower)))


def test_an_object_selector_is_used_only_when_all_rules_share_it() -> None:
    labelled = {"selector": {"matchLabels": {"app": "x"}}}
    shared = policy(with_match(needs_label(), about(**labelled)), with_match(needs_label("b"), about(**labelled)))
    expected = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["x"]}]}
    assert spec(shared)["objectSelector"] == expected
    mixed = policy(with_match(needs_label(), about(**labelled)), with_match(needs_label("b"), about()))
    assert "objectSelector" not in spec(mixed)
    below = {"any": [{"resources": {"kinds": ["Deployment/scale"], **labelled}}]}
    assert "objectSelector" not in spec(policy(with_match(needs_label(), below)))


def test_match_conditions_go_to_the_api_server() -> None:
    conditions = [{"name": "no-nodes", "expression": "!('system:nodes' in request.userInfo.groups)"}]
    made = spec(policy(needs_label(), webhookConfiguration={"matchConditions": conditions, "failurePolicy": "Ignore"}))
    assert made["matchConditions"] == conditions
    assert made["failurePolicy"] == "Ignore"
    assert made["settings"]["policy"]["spec"]["webhookConfiguration"] == {"failurePolicy": "Ignore"}


def test_a_match_condition_of_the_policy_and_one_of_the_configuration_have_two_names() -> None:
    own, other = ({"name": "a", "expression": each} for each in ("true", "false"))
    kyverno = configuration.Configuration({}, match_conditions=(own, other, {**other, "name": "b"}))
    made = spec(policy(needs_label(), webhookConfiguration={"matchConditions": [own]}), configuration=kyverno)
    assert made["matchConditions"] == [own, {**other, "name": "a-2"}, {**other, "name": "b"}]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {}),
        ({"webhookTimeoutSeconds": 15}, {"timeoutSeconds": 15, "timeoutEvalSeconds": 15, "deadline": 13800}),
        ({"webhookConfiguration": {"timeoutSeconds": 1}}, {"timeoutSeconds": 2, "timeoutEvalSeconds": 2}),
    ],
)
def test_the_time_limit_is_kyvernos_within_kubewardens_range(fields: Tree, expected: Tree) -> None:
    made = spec(policy(needs_label(), **fields))
    found = {key: made[key] for key in ("timeoutSeconds", "timeoutEvalSeconds") if key in made}
    if "deadlineMilliseconds" in made["settings"]:
        found["deadline"] = made["settings"]["deadlineMilliseconds"]
    assert found == expected


# parts


def test_an_audit_policy_is_only_logged_and_reported() -> None:
    made = spec(policy(needs_label(), action="Audit"))
    assert (made["mode"], made["settings"]["failureAction"], made["backgroundAudit"]) == ("monitor", "Enforce", True)
    assert spec(policy(needs_label(), action="Audit", background=False))["backgroundAudit"] is False


def test_rules_that_enforce_and_rules_that_audit_are_kept_apart() -> None:
    made = resources(policy(needs_label("a", failureAction="Enforce"), needs_label("b"), action="Audit"))
    rules = {name: [each["name"] for each in one["settings"]["policy"]["spec"]["rules"]] for name, one in made.items()}
    assert rules == {"sample": ["need-a"], "sample-audit": ["need-b"]}
    assert [each["mode"] for each in made.values()] == ["protect", "monitor"]


def test_what_only_warns_warns_and_is_reported() -> None:
    made = resources(policy(needs_label(), action="Audit", emitWarning=True))
    assert {name: (each["mode"], each["backgroundAudit"]) for name, each in made.items()} == {
        "sample": ("protect", False),
        "sample-audit": ("monitor", True),
    }


def test_an_action_that_depends_on_the_namespace_is_left_to_the_module() -> None:
    overrides = [{"action": "Audit", "namespaces": ["dev"]}]
    made = migrated(policy(needs_label(), validationFailureActionOverrides=overrides))
    (output,), (row,) = made.outputs, made.report.rows()
    assert output.made.tree["spec"]["mode"] == "protect"
    assert "failureAction" not in output.made.tree["spec"]["settings"]
    assert any("by namespace" in each for each in row.inside)


MUTATE = {
    "name": "add-team",
    "match": {"any": [{"resources": {"kinds": ["ConfigMap"]}}]},
    "mutate": {"patchStrategicMerge": {"metadata": {"labels": {"+(team)": "x"}}}},
}


def test_rules_that_mutate_and_rules_that_validate_are_kept_apart() -> None:
    made = resources(policy(MUTATE, with_match(needs_label("team"), about())))
    chosen = {name: (each["mutating"], each["settings"]["rules"]) for name, each in made.items()}
    assert chosen == {"sample-mutate": (True, "mutate"), "sample-validate": (False, "validate")}
    assert spec(policy(MUTATE))["mutating"] is True
    assert "rules" not in spec(policy(MUTATE))["settings"]


def test_a_rule_that_is_left_out_still_keeps_autogen_off() -> None:
    generate = {
        "name": "copy",
        "match": {"any": [{"resources": {"kinds": ["Namespace"]}}]},
        "generate": {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "namespace": "b", "data": {}},
    }
    made = migrated(policy(needs_label(), generate))
    (output,) = made.outputs
    named = [each["resources"] for each in output.made.tree["spec"]["rules"]]
    assert named == [["pods"], ["pods/ephemeralcontainers"]]
    annotations = output.made.tree["spec"]["settings"]["policy"]["metadata"]["annotations"]
    assert annotations == {"pod-policies.kyverno.io/autogen-controllers": "none"}
    assert [row.result for row in made.report.rows()] == ["maps", "not possible"]


# look-ups

ENTRY = {"name": "allowed", "configMap": {"name": "allowed", "namespace": "default"}}


def looking_up(*entries: Tree, kind: str = "ClusterPolicy") -> Tree:
    tree = policy(with_match({**rule(**DENY), "context": list(entries)}, about()))
    return {
        **tree,
        "kind": kind,
        "metadata": {**tree["metadata"], **({"namespace": "shop"} if kind == "Policy" else {})},
    }


def test_look_ups_are_granted_by_the_policy_and_by_roles() -> None:
    made = migrated(
        looking_up(ENTRY, {"name": "pods", "apiCall": {"urlPath": "/api/v1/namespaces/{{ request.namespace }}/pods"}})
    )
    granted = made.outputs[0].made.tree["spec"]["contextAwareResources"]
    assert granted == [{"apiVersion": "v1", "kind": "ConfigMap"}, {"apiVersion": "v1", "kind": "Pod"}]
    kinds = [(each["kind"], each["metadata"].get("namespace")) for each in made.roles]
    assert kinds == [
        ("ClusterRole", None),
        ("ClusterRoleBinding", None),
        ("Role", "default"),
        ("RoleBinding", "default"),
    ]
    assert made.roles[0]["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    assert made.roles[2]["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["allowed"]}
    ]
    assert made.roles[3]["subjects"] == [{"kind": "ServiceAccount", "name": "policy-server", "namespace": "kubewarden"}]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"apiCall": {"service": {"url": "https://x.test"}, "method": "POST"}}, "calls no HTTP service"),
        ({"apiCall": {"urlPath": "/api/v1/pods", "method": "POST", "data": []}}, "posts nothing"),
        ({"apiCall": {"urlPath": "/version"}}, "neither an object nor a list"),
        ({"apiCall": {"urlPath": "/api/v1/namespaces/a/pods/b/log"}}, "neither an object nor a list"),
        ({"apiCall": {"urlPath": "/apis/apps/v1/{{ request.name }}"}}, "only at run time"),
        ({"apiCall": {"urlPath": "/apis/mesh.example.com/v1/meshes"}}, "not known"),
        ({"globalReference": {"name": "x"}}, "no global context"),
    ],
)
def test_a_look_up_that_no_host_can_make_leaves_the_rule_out(entry: Tree, reason: str) -> None:
    made = migrated(looking_up({"name": "x", **entry}))
    (row,) = made.report.rows()
    assert made.outputs == ()
    assert not made.report.is_complete
    assert reason in " ".join(row.missing)


def test_the_module_is_told_the_kinds_of_custom_resources_that_it_reads() -> None:
    known = Catalog((catalog.told("Mesh.mesh.example.com=meshes"),))
    entry = {"name": "x", "apiCall": {"urlPath": "/apis/mesh.example.com/v1/meshes"}}
    made = spec(looking_up(entry), catalog=known)
    assert made["settings"]["customResources"] == {"meshes.mesh.example.com": "Mesh"}
    assert made["contextAwareResources"] == [{"apiVersion": "mesh.example.com/v1", "kind": "Mesh"}]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("Mesh/scale", {"meshes.mesh.example.com": "Mesh"}),
        ("mesh.example.com/v1/Mesh/*", {"meshes.mesh.example.com": "Mesh"}),
        ("*/scale", {"meshes.mesh.example.com": "Mesh"}),
        ("M*/scale", {"meshes.mesh.example.com": "Mesh"}),
        ("Deployment/scale", None),
        ("Mesh", None),
    ],
)
def test_the_module_is_told_the_kinds_of_custom_resources_whose_subresources_it_judges(kind: str, told: Tree) -> None:
    known = Catalog((catalog.told("Mesh.mesh.example.com=meshes"), catalog.told("Boat=boatses")))
    made = spec(policy(rule(kinds=(kind,), **DENY), background=False), catalog=known)
    assert made["settings"].get("customResources") == told


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"context": [{"name": "x", "imageRegistry": {"reference": "acme/a"}}], **rule(**DENY)}, "asks the registry"),
        (rule(message="{{ is_external_url('http://acme.test') }}", **DENY), "asks the name server"),
    ],
)
def test_what_is_looked_up_beyond_the_cluster_needs_time_and_no_grant(tree: Tree, words: str) -> None:
    made = migrated(policy(with_match(tree, about())))
    (output,), (row,) = made.outputs, made.report.rows()
    assert (output.made.tree["spec"]["timeoutEvalSeconds"], made.roles) == (10, ())
    assert "contextAwareResources" not in output.made.tree["spec"]
    assert any(each.endswith(words) for each in row.maps)


@pytest.mark.parametrize("kind", ["ClusterPolicy", "Policy"])
def test_an_access_review_needs_a_role_and_no_grant(kind: str) -> None:
    review = {"urlPath": "/apis/authorization.k8s.io/v1/subjectaccessreviews", "method": "POST", "data": []}
    made = migrated(looking_up({"name": "may", "apiCall": review}, kind=kind))
    (output,) = made.outputs
    assert "contextAwareResources" not in output.made.tree["spec"]
    assert output.made.kind == kind.replace("Policy", "AdmissionPolicy")
    assert [each["kind"] for each in made.roles] == ["ClusterRole", "ClusterRoleBinding"]
    assert made.roles[0]["rules"] == [
        {"apiGroups": ["authorization.k8s.io"], "resources": ["subjectaccessreviews"], "verbs": ["create"]}
    ]
    (row,) = made.report.rows()
    assert "SubjectAccessReview: RBAC" in row.maps


def test_a_namespaced_policy_stays_one_unless_it_looks_things_up() -> None:
    tree = {**on(), "kind": "Policy", "metadata": {"name": "sample", "namespace": "shop"}}
    (output,) = migrated(tree).outputs
    assert (output.made.kind, output.made.namespace, output.made.name) == ("AdmissionPolicy", "shop", "sample")
    inside = {"name": "x", "configMap": {"name": "a", "namespace": "shop"}}
    (output,) = migrated(looking_up(inside, kind="Policy")).outputs
    assert (output.made.kind, output.made.name) == ("ClusterAdmissionPolicy", "shop-sample")
    expected = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["shop"]}
    assert output.made.tree["spec"]["namespaceSelector"] == {"matchExpressions": [expected]}


@pytest.mark.parametrize(
    ("kind", "wide"),
    [("apps/v1/*", False), ("apps/*/*", True), ("*", True), ("PolicyReport", True), ("Deployment", False)],
)
def test_a_namespaced_policy_about_more_than_kubewarden_allows_becomes_a_cluster_wide_one(
    kind: str, wide: bool
) -> None:
    tree = {**policy(rule(kinds=(kind,), **DENY), background=False), "kind": "Policy"}
    tree["metadata"] = {**tree["metadata"], "namespace": "shop"}
    (output,) = migrated(tree).outputs
    assert output.made.kind == ("ClusterAdmissionPolicy" if wide else "AdmissionPolicy")


# what goes with the policies


def test_exceptions_go_with_the_policies_that_they_name() -> None:
    exception = {
        "apiVersion": "kyverno.io/v2",
        "kind": "PolicyException",
        "metadata": {"name": "let-ci", "namespace": "ci", "labels": {"a": "b"}},
        "spec": {"match": about(), "exceptions": [{"policyName": "sample", "ruleNames": ["need-app"]}]},
    }
    made = resources(exception, on(), policy(needs_label(), name="other"))
    assert "exceptions" not in made["other"]["settings"]
    (carried,) = made["sample"]["settings"]["exceptions"]
    assert carried == {**exception, "metadata": {"name": "let-ci", "namespace": "ci"}}


def test_kyvernos_configuration_becomes_settings_and_selectors() -> None:
    read = configuration.read(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "data": {"resourceFilters": "[*/*,kube-system,*]", "excludeRoles": "a:b", "excludeGroups": "system:nodes"},
        }
    )
    made = spec(on(), configuration=read)
    expected = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}
    assert made["namespaceSelector"] == {"matchExpressions": [expected]}
    assert made["settings"]["resourceFilters"] == "[*/*,kube-system,*]"
    assert made["settings"]["excludeRoles"] == "a:b"
    assert {each["kind"] for each in made["contextAwareResources"]} == {"RoleBinding", "ClusterRoleBinding"}
    notes = migrated(on(), configuration=read).report.notes
    assert not any("filters are not carried over" in note for note in notes)


def filtering(filters: str) -> configuration.Configuration:
    return configuration.read({"apiVersion": "v1", "kind": "ConfigMap", "data": {"resourceFilters": filters}})


def test_no_policy_is_called_for_kinds_that_are_filtered_out() -> None:
    made = spec(policy(needs_label()), configuration=filtering("[ReplicaSet,*,*] [Pod/exec,*,*] [Job,x,*]"))
    names = [name for each in made["rules"] for name in each["resources"]]
    assert ("replicasets" in names, "pods" in names, "jobs" in names) == (False, True, True)
    nothing = migrated(on(), configuration=filtering("[ConfigMap,*,*]"))
    assert [row.result for row in nothing.report.rows()] == ["not possible"]


@pytest.mark.parametrize(
    ("kind", "filters", "kept"),
    [
        ("Deployment", "[Deployment,*,*]", False),
        ("Deployment", "[apps/v1/Deployment,*,*]", False),
        ("Deployment", "[Deploy*,*,*]", False),
        ("Deployment", "[apps/v1beta1/Deployment,*,*]", True),
        ("Deployment", "[extensions/*/Deployment,*,*]", True),
        ("Deployment", "[Deployment,*,x]", True),
        ("Deployment", "[Deployment/scale,*,*]", True),
        ("Deployment/scale", "[Deployment,*,*]", True),
        ("*/Deployment", "[apps/v1/Deployment,*,*]", True),
        ("acme.io/v1/Boat", "[acme.io/v1/Boat,*,*]", False),
        ("acme.io/v1/Boat", "[acme.io/v1/Ship,*,*]", True),
        ("acme.io/v1/Boat", "[acme.io/v2/Boat,*,*]", True),
        ("Deploy*", "[Deployment,*,*]", True),
        ("*", "[Deployment,*,*]", True),
        # the containers that are added to running Pods are no Pods to the filter
        ("Pod", "[Pod,*,*]", True),
    ],
)
def test_a_filter_takes_away_only_what_it_covers(kind: str, filters: str, kept: bool) -> None:
    tree = policy(rule(kinds=(kind,), **DENY))
    (row,) = migrated(tree, configuration=filtering(filters)).report.rows()
    assert (row.missing == (f"resourceFilters keep out every request about {kind}: {NEVER}",)) is not kept


def test_a_policy_that_mutates_replica_sets_is_warned_of() -> None:
    match = {"any": [{"resources": {"kinds": ["Pod"]}}]}
    said = migrated(policy({**MUTATE, "match": match})).report.policies[0].notes
    assert any("mutates ReplicaSets" in note for note in said)
    said = (
        migrated(policy({**MUTATE, "match": match}), configuration=filtering("[ReplicaSet,*,*]"))
        .report.policies[0]
        .notes
    )
    assert not any("mutates ReplicaSets" in note for note in said)


@pytest.mark.parametrize(
    ("kind", "warned"),
    [
        ("Deployment", False),
        ("ReplicaSet", True),
        ("*/*", True),
        ("R*", True),
        ("B*", False),
        ("acme.io/v1/Boat", False),
    ],
)
def test_replica_sets_are_found_in_what_a_policy_is_called_for(kind: str, warned: bool) -> None:
    patch = {"mutate": {"patchStrategicMerge": {"metadata": {"labels": {"of": "'replicasets'"}}}}}
    match = {"any": [{"resources": {"kinds": [kind]}}]}
    said = migrated(policy({**MUTATE, **patch, "match": match})).report.policies[0].notes
    assert any("mutates ReplicaSets" in note for note in said) is warned


def test_without_a_configuration_the_report_says_what_is_missing() -> None:
    assert any("filters are not carried over" in note for note in migrated(on()).report.notes)


def test_a_baked_module_is_named_after_its_policy_and_made_from_what_it_must_hold() -> None:
    baked = module.read("ghcr.io/acme/policies:v1.0.0", baked=True)
    tree = policy(needs_label("a", failureAction="Enforce"), needs_label("b"), action="Audit")
    words = {"policies.kyverno.io/title": "A title"}
    tree["metadata"]["annotations"] = {**words, "other": "x"}
    made = migrated(tree, module=baked)
    assert [output.made.tree["spec"]["module"] for output in made.outputs] == [
        "registry://ghcr.io/acme/policies/sample:v1.0.0",
        "registry://ghcr.io/acme/policies/sample-audit:v1.0.0",
    ]
    assert [output.made.tree["spec"]["settings"] for output in made.outputs] == [{}, {}]
    audited = made.outputs[1].baked
    assert audited is not None
    assert audited["metadata"] == {"name": "sample", "annotations": words}
    assert audited["spec"]["validationFailureAction"] == "Enforce"
    assert [each["name"] for each in audited["spec"]["rules"]] == ["need-b"]


def test_the_policy_server_and_its_account_can_be_others() -> None:
    made = migrated(looking_up(ENTRY), server="strict", account=access.Account("guards", "strict-server"))
    assert made.outputs[0].made.tree["spec"]["policyServer"] == "strict"
    assert made.roles[-1]["subjects"][0]["namespace"] == "guards"


# the report


@pytest.mark.parametrize(
    ("tree", "harmless"),
    [
        ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}, True),
        ({"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "Test"}, True),
        ({"apiVersion": "policies.kyverno.io/v1", "kind": "Nope", "metadata": {"name": "x"}}, False),
        ({"apiVersion": "kyverno.io/v1alpha1", "kind": "ClusterPolicy", "metadata": {"name": "x"}}, False),
        ({**on(), "metadata": {"name": "../x"}}, False),
        ({**on(), "spec": {"rules": "none"}}, False),
        ({"apiVersion": "kyverno.io/v2", "kind": "PolicyException", "spec": {}}, False),
        ({}, True),
    ],
)
def test_a_document_that_becomes_nothing_is_told(tree: Tree, harmless: bool) -> None:
    report = migrated(tree).report
    assert [each.harmless for each in report.rejected] == [harmless]
    assert report.is_complete is harmless


def test_two_policies_cannot_become_one_object() -> None:
    report = migrated(on(), on()).report
    assert ["would be made of sample and of sample" in each.reason for each in report.rejected] == [True]


def test_a_policy_that_becomes_nothing_claims_no_name() -> None:
    both = policy(needs_label("a", failureAction="Enforce"), needs_label("b"), action="Audit")
    audits = {**policy(needs_label()), "metadata": {"name": "sample-audit"}}
    report = migrated(audits, both, {**policy(needs_label()), "metadata": {"name": "sample"}}).report
    assert [each.document for each in report.rejected] == ["ClusterPolicy sample"]
    assert [each.policy for each in report.policies] == ["sample-audit", "sample"]


def test_a_guess_at_a_resource_name_is_told() -> None:
    made = migrated(policy(rule(kinds=("Boat",), **DENY)))
    (row,) = made.report.rows()
    assert (row.result, row.made) == ("partly", ("sample",))
    assert "boats is a guess" in row.missing[0]


def test_every_rule_has_a_row_with_what_became_of_it() -> None:
    match = {
        "any": [{"resources": {"kinds": ["ConfigMap"], "names": ["a"]}, "subjects": [{"kind": "User", "name": "x"}]}]
    }
    out = {"any": [{"clusterRoles": ["cluster-admin"]}]}
    tree = policy(with_match(needs_label(), match, exclude=out, preconditions=[]), rule(name="other"), background=False)
    written = migrated(tree).report.written()
    rows = written["policies"][0]["rules"]
    assert [each["rule"] for each in rows] == ["need-app", "other"]
    assert rows[0]["judgedInside"] == ["match: names, subjects", "exclude: clusterRoles", "preconditions"]
    assert sum(written["summary"].values()) == 2
