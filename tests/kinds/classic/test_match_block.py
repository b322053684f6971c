"""Reading of match and exclude blocks: what is understood, and every problem with its path."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.errors import PolicyErrors
from kywarden.kinds.classic import match_block
from kywarden.model.match import (
    LabelRequirement,
    LabelSelector,
    MatchBlock,
    ResourceDescription,
    ResourceFilter,
    Subject,
    UserDescription,
)


def test_everything_is_read() -> None:
    tree: Any = {
        "any": [
            {
                "resources": {
                    "kinds": ["Pod"],
                    "name": "n",
                    "names": ["a", "b"],
                    "namespaces": ["c"],
                    "annotations": {"d": "e"},
                    "selector": {"matchLabels": {"f": "g"}},
                    "namespaceSelector": {"matchExpressions": [{"key": "h", "operator": "In", "values": ["i"]}]},
                    "operations": ["CREATE"],
                },
                "roles": ["j:k"],
                "clusterRoles": [],
                "subjects": [{"kind": "User", "name": "l", "apiGroup": "x"}],
            }
        ],
        "all": None,
        "resources": {"kinds": ["Service"]},
    }
    block = match_block.read(tree, "m")
    assert block == MatchBlock(
        any=(
            ResourceFilter(
                ResourceDescription(
                    kinds=("Pod",),
                    name="n",
                    names=("a", "b"),
                    namespaces=("c",),
                    annotations=(("d", "e"),),
                    selector=LabelSelector((("f", "g"),)),
                    namespace_selector=LabelSelector((), (LabelRequirement("h", "In", ("i",)),)),
                    operations=("CREATE",),
                ),
                UserDescription(("j:k",), (), (Subject("User", "l"),)),
            ),
        ),
        bare=ResourceFilter(ResourceDescription(kinds=("Service",))),
    )
    assert block.kinds == ("Service", "Pod")


@pytest.mark.parametrize("tree", [None, {}, {"any": None, "resources": None}, {"resources": {"selector": None}}])
def test_null_is_absent(tree: Any) -> None:
    assert match_block.read(tree, "m") == MatchBlock()


@pytest.mark.parametrize(
    ("tree", "problems"),
    [
        ([], ["m: must be a map, not a list"]),
        ({"any": {}}, ["m.any: must be a list, not a map"]),
        ({"any": [5]}, ["m.any[0]: must be a map, not a number"]),
        ({"kinds": []}, ["m: unknown field 'kinds'"]),
        ({"any": [{"any": []}]}, ["m.any[0]: unknown field 'any'"]),
        ({"resources": {"kinds": 5}}, ["m.resources.kinds: must be a list, not a number"]),
        ({"resources": {"kinds": "Pod"}}, ["m.resources.kinds: must be a list, not a string"]),
        ({"resources": {"kinds": [True]}}, ["m.resources.kinds[0]: must be a string, not a boolean"]),
        ({"resources": {"name": ["a"]}}, ["m.resources.name: must be a string, not a list"]),
        ({"resources": {"annotations": {"a": 1.5}}}, ["m.resources.annotations.a: must be a string, not a number"]),
        ({"resources": {"selector": "a=b"}}, ["m.resources.selector: must be a map, not a string"]),
        ({"resources": {"selector": {"app": "x"}}}, ["m.resources.selector: unknown field 'app'"]),
        (
            {"all": [{"subjects": [{"kind": "User", "names": "x"}]}], "roles": [{}]},
            ["m.all[0].subjects[0]: unknown field 'names'", "m.roles[0]: must be a string, not a map"],
        ),
    ],
)
def test_every_problem_is_named(tree: Any, problems: list[str]) -> None:
    with pytest.raises(PolicyErrors) as raised:
        match_block.read(tree, "m")
    assert list(map(str, raised.value.problems)) == problems
