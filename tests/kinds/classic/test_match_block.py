"""Reading of match and exclude blocks: what is written, and what null means."""

from __future__ import annotations

from typing import Any

import pytest

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
    block = match_block.read(tree)
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
    assert match_block.read(tree) == MatchBlock()


def test_null_in_a_list_is_an_empty_element() -> None:
    tree: Any = {"any": [None], "resources": {"kinds": [None]}, "subjects": [None]}
    block = match_block.read(tree)
    assert block.any == (ResourceFilter(),)
    assert block.bare == ResourceFilter(ResourceDescription(kinds=("",)), UserDescription(subjects=(Subject("", ""),)))
