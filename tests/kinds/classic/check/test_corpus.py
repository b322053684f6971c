"""The policy check against Kyverno's: generated policies, the public corpora, and the vectors of its unit tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kywarden.kinds.classic import check, schema
from kywarden.kinds.classic.check import matching, patches, patterns, variables
from kywarden.values import yaml_text
from tests import data
from tests.requests_made import policy, rule

pytestmark = pytest.mark.corpus


def loading_text(tree: Any) -> str | None:
    """Kyverno's text where it refuses a policy, with `load: ` in front where it cannot decode it."""
    undecoded = schema.decoding_problems(list(schema.problems(tree, schema.POLICY)))
    if undecoded:
        return f"load: {undecoded[0].reason}"
    return check.text(check.problems(tree)) or None


def loading_warnings(tree: Any) -> list[str]:
    undecoded = schema.decoding_problems(list(schema.problems(tree, schema.POLICY)))
    return [] if undecoded else check.warnings(tree)


def test_generated_policies_are_refused_and_warned_of_with_kyvernos_texts() -> None:
    rows = [row for row in data.cases() if row["op"] == "validatePolicy"]
    different = []
    for row in rows:
        found = loading_text(row["policy"]), loading_warnings(row["policy"])
        if found != (row.get("error"), row.get("warnings", [])):
            different.append((row.get("error"), row.get("warnings"), *found))
    assert len(rows) == 450
    assert not different, different[:3]


def corpus_policies() -> Iterator[tuple[Any, Any]]:
    for row in data.golden():
        if row["op"] == "validatePolicy":
            text = (data.CORPUS / "corpus" / row["policy"]).read_text(encoding="utf-8")
            tree: Any = yaml_text.load_all(text)[row["index"]].tree
            if tree["kind"] in ("ClusterPolicy", "Policy") and tree["apiVersion"].startswith("kyverno.io/"):
                yield row, tree


def test_published_policies_are_accepted_with_kyvernos_warnings() -> None:
    different = []
    count = 0
    for row, tree in corpus_policies():
        count += 1
        misfits = list(map(str, schema.problems(tree, schema.POLICY)))
        found = loading_text(tree), loading_warnings(tree)
        if misfits or found != (row.get("error"), row.get("warnings", [])):
            different.append((row["policy"], misfits, found))
    assert count == 355
    assert not different, different[:3]


def test_no_policy_that_kyverno_ran_is_refused() -> None:
    refused = []
    count = 0
    for row in data.cases():
        for tree in row.get("policies", ()):
            count += 1
            if problems := [*schema.problems(tree, schema.POLICY), *check.problems(tree)]:
                refused.append((tree["metadata"]["name"], list(map(str, problems))))
    assert count == 7075
    assert not refused, refused[:3]


def checked(tree: Any) -> bool:
    return loading_text(tree) is None


def rule_is_valid(args: Any) -> bool:
    """The vectors look at two parts of the structure of one rule; other parts of it are wrong in many of them."""
    controls = "podSecurity.exclude" in check.text(check.problems(policy(args["rule"], background=False)))
    return not controls and not list(matching.conflict(args["rule"], "spec.rules[0]"))


def match_is_valid(args: Any) -> bool:
    # the vector is an incomplete rule, which more than its match block speaks against
    text = check.text(check.problems(policy({**rule(pattern={}), "match": args["match"]}, background=False)))
    return "Can't specify" not in text


def resources_are_valid(args: Any) -> bool:
    one = {**rule(pattern={}), "match": {"any": [{"resources": {"kinds": ["Pod"], **args["resources"]}}]}}
    return checked(policy(one))


def conditions_are_valid(args: Any) -> bool:
    one = {
        **rule(deny={"conditions": args["conditions"]}),
        "context": [{"name": "lbServiceCount", "variable": {"value": 1}}],
    }
    return checked(policy(one))


def overrides_error(args: Any) -> Any:
    error = loading_text(policy(rule(pattern={}), **args))
    return {"error": error} if error else None


def is_free_of_users(args: Any) -> bool:
    return "invalid variable used at path" not in check.text(check.problems(args["policy"]))


def targets_are_valid(args: Any) -> bool:
    tree = {**policy(args["rule"]), "kind": "Policy", "metadata": {"name": "sample", "namespace": "amritapuri"}}
    return checked(tree)


def patch_is_valid(args: Any) -> bool:
    try:
        patches.read(args["patch"])
    except patches.PatchError:
        return False
    return True


IMAGES = "pkg/validation/policy/validate_test.go:Test_SignatureAlgorithm#1"
CASE = "api/kyverno/v1/rule_test.go:Test_doesMatchExcludeConflict#7"
KNOWN = {
    IMAGES: "verifyImages is not supported, so its entries are not checked",
    CASE: "`clusterroles`: Go compares keys without case, the CRD does not",
}
"""Vectors with another answer here, with the reason; the table is exact."""

VALIDITY: dict[str, Callable[[Any], bool]] = {
    "policy is valid": lambda args: checked(args["policy"]),
    "rule is valid": rule_is_valid,
    "rule of a Policy is valid": targets_are_valid,
    "match block is valid": match_is_valid,
    "resource description is valid": resources_are_valid,
    "conditions are valid": conditions_are_valid,
    "background policy is free of user variables": is_free_of_users,
    "JSON patch is valid": patch_is_valid,
}


def test_unit_vectors_of_validity() -> None:
    different = [
        row["id"]
        for function, is_valid in VALIDITY.items()
        for row in data.unit("validation", function)
        if is_valid(row["args"]) != row["expected"]["valid"]
    ]
    assert sorted(different) == sorted(KNOWN)


RESULTS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("validation", "failure action overrides are valid"): overrides_error,
    ("validation", "is map of strings"): lambda args: patterns.is_map_of_strings(args["m"]),
    ("validation", "rule only deals with metadata"): lambda args: patterns.deals_only_with_metadata(args["rule"]),
    ("validation", "variables of generate rule are valid"): lambda args: {
        "valid": checked(policy(args["rule"], background=False)),
        "warning": bool(check.warnings(policy(args["rule"], background=False))),
    },
    ("variables", "variable is allowed"): lambda args: variables.Names(variables._ALWAYS, ()).allow(args["input"]),
}


@pytest.mark.parametrize("topic, function", RESULTS)
def test_unit_vectors_of_results(topic: str, function: str) -> None:
    rows = data.unit(topic, function)
    different = [(row["id"], got) for row in rows if (got := RESULTS[topic, function](row["args"])) != row["expected"]]
    assert rows
    assert not different
