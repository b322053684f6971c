"""Autogen against Kyverno's answers, and its quirks one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.kinds.classic import autogen, autogen_copies, autogen_text
from tests import data


def policy(*rules: dict[str, Any], annotation: str | None = None) -> dict[str, Any]:
    annotations = {} if annotation is None else {autogen.ANNOTATION: annotation}
    return {"metadata": {"name": "p", "annotations": annotations}, "spec": {"rules": list(rules)}}


def rule(name: str = "r", kinds: tuple[str, ...] = ("Pod",), **fields: Any) -> dict[str, Any]:
    payload = {"validate": {"pattern": {"spec": {"hostNetwork": False}}}}
    return {"name": name, "match": {"any": [{"resources": {"kinds": list(kinds)}}]}, **(fields or payload)}


def names(*rules: dict[str, Any], annotation: str | None = None, kind: str | None = None) -> list[Any]:
    return [one["name"] for one in autogen.rules(policy(*rules, annotation=annotation), kind)]


def copies(*rules: dict[str, Any]) -> list[Any]:
    own_and_generated: Any = autogen.rules(policy(*rules))
    return [one for one in own_and_generated if one["name"].startswith("autogen-")]


def as_printed(tree: Any) -> Any:
    """Without what Go's structs do not print: empty fields of the typed part of a rule (no pattern has these)."""
    match tree:
        case dict():
            printed = {key: as_printed(value) for key, value in tree.items()}
            typed = ("any", "all", "message", "resources", "preconditions", "value", "default")
            return {key: value for key, value in printed.items() if key not in typed or value not in (None, "", [], {})}
        case list():
            return [as_printed(value) for value in tree]
    return tree


@pytest.mark.corpus
def test_rules_are_those_that_kyverno_computes() -> None:
    differences = [
        (row["args"], got)
        for row in data.probes("autogen")
        if as_printed(got := autogen.rules(*row["args"])) != as_printed(row["result"])
    ]
    assert not differences, f"{len(differences)}: {differences[:2]}"


@pytest.mark.corpus
@pytest.mark.parametrize("function", ["controllers that rules allow", "supported controllers"])
def test_supported_controllers_are_those_of_kyverno(function: str) -> None:
    differences = [
        (row["id"], got)
        for row in data.unit("autogen", function)
        if (got := autogen.supported_controllers(row["args"]["policy"]["spec"]["rules"]))
        != set(row["expected"]) - {"none"}
    ]
    assert not differences, differences[:3]


@pytest.mark.corpus
def test_names_are_those_of_kyverno() -> None:
    for row in data.unit("autogen", "name of generated rule"):
        assert autogen_copies.generated_name(row["args"]["prefix"], row["args"]["ruleName"]) == row["expected"], row
    for row in data.unit("autogen", "rule name is generated"):
        assert autogen_copies.is_generated_name(row["args"]["ruleName"]) == row["expected"], row
    for row in data.unit("autogen", "names of all rules"):
        got = [str(one["name"]) for one in autogen.rules(row["args"]["policy"])]
        assert sorted(got) == sorted(row["expected"]), row["id"]


TEMPLATES = {"Pod": "spec.template", "Cronjob": "spec.jobTemplate.spec.template"}


@pytest.mark.corpus
@pytest.mark.parametrize(("function", "cel"), [("rewrite paths", False), ("rewrite CEL paths", True)])
def test_paths_are_rewritten_as_kyverno_does(function: str, cel: bool) -> None:
    for row in data.unit("autogen", function):
        args = row["args"]
        assert autogen_text.moved({"x": args["text"]}, TEMPLATES[args["kind"]], cel=cel) == {"x": row["expected"]}


CRON = ["r", "autogen-r", "autogen-cronjob-r"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule()], CRON),
        ([rule(kinds=("v1/Pod",))], ["r"]),
        ([rule(kinds=("v1/Pod",)), rule("s", kinds=("Deployment",))], ["r", "s", "autogen-r", "autogen-cronjob-r"]),
        ([rule(kinds=("Pod/exec",)), rule("s", kinds=("Job",))], ["r", "s", "autogen-r", "autogen-cronjob-r"]),
        ([rule(kinds=("Pod", "Deployment"))], ["r"]),
        ([rule(), rule("s", kinds=("Service",))], ["r", "s", "autogen-r", "autogen-cronjob-r"]),
        ([rule(), rule("s", generate={"kind": "Secret"})], ["r", "s"]),
        ([rule(), rule("s", mutate={"patchesJson6902": "[]"})], ["r", "s"]),
        ([rule(), rule("s", mutate={"foreach": [{"patchesJson6902": "[]"}]})], ["r", "s"]),
        ([rule(), rule("s") | {"exclude": {"any": [{"resources": {"names": ["x"]}}]}}], ["r", "s"]),
        ([rule(), rule("s") | {"exclude": {"resources": {"annotations": {}}}}], ["r", "s"]),
        ([rule(), rule("s") | {"match": {"all": [{"resources": {"selector": {}}}]}}], ["r", "s"]),
        ([rule() | {"exclude": {"any": [{"resources": {"kinds": ["Job"]}}]}}], ["r"]),
        ([rule() | {"exclude": {"any": [{"resources": {"namespaces": ["x"]}}]}}], CRON),
        ([rule(validate={"manifests": {"attestors": [{}]}})], ["r"]),
        ([rule("autogen-old"), rule()], CRON),
        ([rule("autogen-old", kinds=("Pod",))], ["autogen-old"]),
    ],
)
def test_rules_decide_together_what_is_generated(rules: list[dict[str, Any]], expected: list[str]) -> None:
    assert names(*rules) == expected


@pytest.mark.parametrize(
    ("annotation", "kind", "expected"),
    [
        (None, "Deployment", ["r", "autogen-r"]),
        (None, "CronJob", ["r", "autogen-cronjob-r"]),
        (None, "Pod", ["r"]),
        ("none", None, ["r"]),
        ("", None, ["r"]),
        ("Deployment", "Job", ["r"]),
        ("Deployment", None, ["r", "autogen-r"]),
        ("CronJob", None, ["r", "autogen-cronjob-r"]),
        ("Deployment, CronJob", "CronJob", ["r"]),
        ("Deployment, CronJob", None, CRON),
        ("all", None, CRON),
    ],
)
def test_annotation_is_split_but_not_trimmed(annotation: str | None, kind: str | None, expected: list[str]) -> None:
    assert names(rule(), annotation=annotation, kind=kind) == expected


@pytest.mark.parametrize(
    ("annotation", "kinds"),
    [
        ("Deployment,Job", ["apps/v1/Deployment", "batch/v1/Job"]),
        ("Job, Deployment", ["batch/v1/Job"]),
        ("Rollout", ["Rollout"]),
        ("Rollout,Job", ["batch/v1/Job"]),
    ],
)
def test_unknown_controllers_count_only_alone(annotation: str, kinds: list[str]) -> None:
    generated = autogen.rules(policy(rule(), annotation=annotation))[1]
    assert generated["match"] == {"any": [{"resources": {"kinds": kinds}}]}


def test_only_filters_about_pods_change_except_for_cron_jobs() -> None:
    both = {"any": [{"resources": {"kinds": ["Pod"]}}, {"resources": {"kinds": ["Service"]}}]}
    for_templates, for_cron_jobs = copies(rule() | {"match": both})
    assert for_templates["match"]["any"][1] == {"resources": {"kinds": ["Service"]}}
    assert for_cron_jobs["match"]["any"] == [{"resources": {"kinds": ["batch/v1/CronJob"]}}] * 2


def test_bare_form_keeps_the_rest() -> None:
    bare = {"resources": {"kinds": ["Pod"], "namespaces": ["a"]}, "roles": ["a:b"], "clusterRoles": []}
    assert copies(rule() | {"match": bare})[1]["match"] == {
        "resources": {"kinds": ["batch/v1/CronJob"], "namespaces": ["a"]},
        "roles": ["a:b"],
    }


def test_patterns_are_wrapped() -> None:
    for_templates, for_cron_jobs = copies(rule(validate={"pattern": {"spec": 1}, "failureAction": "Audit"}))
    assert for_templates["validate"] == {"failureAction": "Audit", "pattern": {"spec": {"template": {"spec": 1}}}}
    assert for_cron_jobs["validate"]["pattern"] == {
        "spec": {"jobTemplate": {"spec": {"template": {"spec": 1}}}},
    }


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"validate": {"deny": {}, "pattern": {}}}, {"pattern": {"spec": {"template": {}}}}),
        ({"validate": {"deny": {}, "podSecurity": {"level": "baseline"}}}, {"deny": {}}),
        (
            {"validate": {"podSecurity": {"level": "baseline"}, "anyPattern": [1]}},
            {"podSecurity": {"level": "baseline"}},
        ),
        ({"validate": {"anyPattern": [1.0], "foreach": [{}]}}, {"anyPattern": [{"spec": {"template": 1}}]}),
        ({"validate": {"foreach": [{"list": "x"}], "cel": {"expressions": []}}}, {"foreach": [{"list": "x"}]}),
        ({"validate": {"cel": {"expressions": []}, "message": "m"}}, {"cel": {"expressions": []}, "message": "m"}),
        (
            {"mutate": {"patchStrategicMerge": {}, "targets": [{}]}},
            {"patchStrategicMerge": {"spec": {"template": {}}}},
        ),
        (
            {"mutate": {"foreach": [{"list": "x", "order": "Ascending", "foreach": []}]}},
            {"foreach": [{"list": "x", "patchStrategicMerge": {"spec": {"template": None}}}]},
        ),
    ],
)
def test_one_payload_is_converted(payload: dict[str, Any], expected: dict[str, Any]) -> None:
    (body,) = payload
    assert copies(rule(**payload))[0][body] == expected


def test_images_of_a_rule_are_verified_for_controllers_too() -> None:
    assert copies(rule(verifyImages=[{"imageReferences": ["*"]}], imageExtractors={"Task": []}))[1] == {
        "name": "autogen-cronjob-r",
        "match": {"any": [{"resources": {"kinds": ["batch/v1/CronJob"]}}]},
        "verifyImages": [{"imageReferences": ["*"]}],
    }


def test_paths_move_everywhere_in_the_text() -> None:
    (one, _) = copies(
        rule(
            "request.object.spec",
            validate={"message": "{{request.object.metadata.name}}", "deny": {"conditions": {"all": []}}},
            context=[{"name": "a", "variable": {"value": {"request.oldObject.specs": "\request.object.spec"}}}],
        )
    )
    assert one["name"] == "autogen-request.object.spec.template.spec"
    assert one["validate"]["message"] == "{{request.object.spec.template.metadata.name}}"
    assert one["context"][0]["variable"]["value"] == {
        "request.oldObject.spec.template.specs": "\request.object.spec.template.spec"
    }


PIECES = [
    "request",
    "r",
    "\r",
    "equest",
    ".",
    "object",
    "oldObject",
    ".spec",
    ".metadata",
    "request.object.spec",
    '"',
    "<",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS | st.integers()), max_size=3), st.booleans())
def test_rewriting_strings_is_rewriting_the_json_text(tree: dict[str, Any], cel: bool) -> None:
    text = json.dumps(tree)
    prefix = "" if cel else "request."
    for field in ("spec", "metadata"):
        for root in ("object", "oldObject"):
            text = text.replace(f"{prefix}{root}.{field}", f"{prefix}{root}.spec.template.{field}")
    assert autogen_text.moved(tree, "spec.template", cel=cel) == json.loads(text)


def test_empty_lists_of_conditions_are_lost() -> None:
    nothing: dict[str, Any] = {"any": []}
    entry = {"list": "x", "preconditions": nothing, "deny": {"conditions": nothing}}
    one = copies(rule(validate={"foreach": [entry | {"foreach": [entry]}]}, preconditions=nothing))[0]
    emptied = {"list": "x", "preconditions": {}, "deny": {"conditions": {}}}
    assert one["preconditions"] == {}
    assert one["validate"]["foreach"] == [emptied | {"foreach": [emptied]}]
    assert copies(rule(validate={"deny": {"conditions": nothing}}))[0]["validate"] == {"deny": {"conditions": {}}}


@pytest.mark.parametrize(
    ("message", "pivot", "once", "twice"),
    [
        ("no reference", "pattern", "no reference", "no reference"),
        ("is $(/pattern/a)", "pattern", "is $(/pattern/s/a)", "is $(/pattern/s/s/a)"),
        (r"\$(/pattern/a)", "pattern", r"\$(/pattern/a)", r"\$(/pattern/a)"),
        ("$(/deny/a)", "pattern", "$(/deny/a)", "$(/deny/a)"),
        (
            "$(/anyPattern/0/a) $(/anyPattern/1/a)",
            "anyPattern",
            "$(/anyPattern/0/s/a) $(/anyPattern/1/a)",
            "$(/anyPattern/0/s/s/a) $(/anyPattern/1/a)",
        ),
        ("$(./x)", "anyPattern", "$(./x)", "$(./x)"),
        ("\u00e9$(/pattern/a)", "pattern", "\u00c3\ufffd$(/pattern/s/a)", "\u00c3\u00a9$(/pattern/s/s/a)"),
    ],
)
def test_references_in_messages_are_shifted(message: str, pivot: str, once: str, twice: str) -> None:
    def written(text: str) -> Any:
        return autogen_text.moved({"m": text}, "spec.template", cel=False)["m"]

    first = autogen_text.shifted(message, "s", pivot)
    assert written(first) == once
    assert written(autogen_text.shifted(first, "s", pivot)) == twice


def test_names_are_cut_to_63_bytes() -> None:
    assert autogen_copies.generated_name("autogen", "x" * 60) == "autogen-" + "x" * 55
    assert autogen_copies.generated_name("autogen", "x" * 53 + "\u20ac") == "autogen-" + "x" * 53 + "\ufffd\ufffd"
    assert autogen_copies.generated_name("autogen", "\u20ac") == "autogen-\u20ac"


@pytest.mark.parametrize(
    ("written", "pattern", "alternative"),
    [
        (1.0, 1, 1),
        (1.5, 1.5, 1.5),
        (1e30, 1e30, 1e30),
        (2**53 + 1, 2**53 + 1, 2**53),
        ([{"a": -0.0}], [{"a": 0}], [{"a": 0}]),
    ],
)
def test_numbers_of_patterns_are_written_and_read_again(written: Any, pattern: Any, alternative: Any) -> None:
    (one, _) = copies(rule(validate={"pattern": written}))
    (other, _) = copies(rule(validate={"anyPattern": [written]}))
    got = [one["validate"]["pattern"]["spec"]["template"], other["validate"]["anyPattern"][0]["spec"]["template"]]
    assert repr(got) == repr([pattern, alternative])


def test_controllers_are_the_kinds_with_rules_of_their_own() -> None:
    assert autogen.controllers(policy(rule())) == autogen.CONTROLLERS
    assert autogen.controllers(policy(rule(), annotation="Job,none")) == {"Job", "none"}
    assert autogen.supported_controllers([rule(kinds=("Service",))]) == frozenset()
