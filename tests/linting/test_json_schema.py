"""The published JSON Schema accepts what the loader's own table accepts, and refuses what that refuses."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft7Validator

from kywarden.kinds.classic import schema
from kywarden.linting import json_schema
from kywarden.values import yaml_text
from tests import data
from tests.conformance import samples

VALIDATOR = Draft7Validator(json_schema.schema())
STRUCTS = {"ClusterPolicy": schema.POLICY, "Policy": schema.POLICY, "PolicyException": schema.EXCEPTION}


def documents(folder: Any) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.rglob("*.yaml")):
        for document in yaml_text.load_all(path.read_text(encoding="utf-8")):
            tree = document.tree
            if isinstance(tree, dict) and tree.get("kind") in STRUCTS and "kyverno.io" in str(tree.get("apiVersion")):
                yield str(path.relative_to(folder)), tree


def refuses(tree: Any) -> bool:
    return next(VALIDATOR.iter_errors(tree), None) is not None


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(json_schema.schema())


def test_it_accepts_all_samples() -> None:
    assert [name for name, tree in documents(samples.ROOT) if refuses(tree)] == []


POLICY = {
    "apiVersion": "kyverno.io/v1",
    "kind": "ClusterPolicy",
    "metadata": {"name": "p", "ownerReferences": []},
    "spec": {
        "rules": [
            {
                "name": "r",
                "match": {"any": [{"resources": {"kinds": ["Pod"], "operations": ["CREATE"]}}]},
                "preconditions": [{"key": "a", "operator": "Equals", "value": 1}],
                "validate": {"foreach": [{"list": "x", "foreach": [{"list": "y", "deny": {}}]}]},
            }
        ]
    },
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["kind"], "Pod"),
        (["apiVersion"], "kyverno.io/v9"),
        (["spec", "rule"], []),
        (["spec", "rules", 0, "name"], "n" * 64),
        (["spec", "rules", 0, "mach"], {}),
        (["spec", "rules", 0, "match", "any", 0, "resources", "kinds"], "Pod"),
        (["spec", "rules", 0, "match", "any", 0, "resources", "operations"], ["PATCH"]),
        (["spec", "rules", 0, "preconditions", 0, "operator"], "equals"),
        (["spec", "rules", 0, "preconditions", 0, "vaule"], 1),
        (["spec", "rules", 0, "validate", "foreach", 0, "foreach", 0, "lists"], "y"),
        (["spec", "webhookTimeoutSeconds"], "10"),
    ],
)
def test_it_refuses_what_is_wrong(path: list[Any], value: Any) -> None:
    assert not refuses(POLICY)
    tree = deepcopy(POLICY)
    node: Any = tree
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert refuses(tree)


@pytest.mark.corpus
def test_it_agrees_with_the_loader_on_the_corpus() -> None:
    differences = []
    for folder in ("policies", "cli"):
        for name, tree in documents(data.CORPUS / "corpus" / folder):
            expected = bool(schema.problems(tree, STRUCTS[tree["kind"]]))
            if refuses(tree) != expected:
                differences.append((name, expected, [error.message for error in VALIDATOR.iter_errors(tree)][:2]))
    assert differences == []
