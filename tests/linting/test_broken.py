"""Policies with anything anywhere are linted: every part may be of another type."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kywarden.linting.linter import lint
from kywarden.values import yaml_text
from tests.conformance import samples

POLICIES = [
    document.tree
    for path in sorted(samples.ROOT.glob("*/*/policy.yaml"))
    for document in yaml_text.load_all(path.read_text(encoding="utf-8"))
]
JUNK: list[Any] = [
    None,
    5,
    1.5,
    True,
    "x",
    "{{ a",
    "{{ }}",
    "{{ x.y || }}",
    "(",
    "$(",
    [],
    {},
    [[]],
    [None],
    {"(a": None},
]


def paths(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(inner for step, part in pairs for inner in paths(part, (*path, step)))]


@given(st.data())
def test_anything_anywhere_is_linted(data: st.DataObject) -> None:
    tree: Any = deepcopy(data.draw(st.sampled_from(POLICIES)))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in paths(tree) if path and path[0] != "apiVersion"]))
        node = tree
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = deepcopy(data.draw(st.sampled_from(JUNK)))
    assert lint([("policy.json", json.dumps(tree))]).policies == 1
