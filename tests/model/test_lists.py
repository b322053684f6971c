"""What is a List, and that nothing in one is passed over."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kywarden import api
from kywarden.errors import RequestError
from kywarden.explaining import origins
from kywarden.linting.linter import lint
from kywarden.model import lists
from kywarden.model.lists import MisfitError
from kywarden.values.yaml_tree import path_text
from tests.requests_made import POD, needs_label, policy

A: dict[str, Any] = {"apiVersion": "v1", "kind": "A"}
B: dict[str, Any] = {"apiVersion": "v1", "kind": "B"}


def listed(*items: Any, kind: str = "List") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "items": list(items)}


@pytest.mark.parametrize(
    ("document", "objects"),
    [
        (A, {"": A}),
        ({"items": [B]}, {"": {"items": [B]}}),
        (A | {"items": [B]}, {"": A | {"items": [B]}}),
        ({"kind": "AllowList"}, {"": {"kind": "AllowList"}}),
        (listed(), {}),
        (listed(A, B), {"items[0]": A, "items[1]": B}),
        ({"kind": "List", "items": [A]}, {"items[0]": A}),
        (listed(A, kind="ClusterPolicyList"), {"items[0]": A}),
        (listed(A, listed(listed(), listed(B))), {"items[0]": A, "items[1].items[1].items[0]": B}),
    ],
)
def test_a_list_holds_objects_at_any_depth(document: Any, objects: dict[str, Any]) -> None:
    assert {path_text(path): tree for path, tree in lists.spread(document)} == objects


MISFITS: list[tuple[Any, str]] = [
    (None, "must be a map, not null"),
    ([A], "must be a map, not a list"),
    ({"kind": "List"}, "items: must be a list, not null"),
    ({"kind": "PodList", "items": A}, "items: must be a list, not a map"),
    (listed(A, None), "items[1]: must be a map, not null"),
    (listed(A, listed(B, "x")), 'items[1].items[1]: must be a map, not the string "x"'),
]


@pytest.mark.parametrize(("document", "reason"), MISFITS)
def test_what_does_not_fit_is_named_with_its_place(document: Any, reason: str) -> None:
    with pytest.raises(MisfitError) as caught:
        list(lists.spread(document))
    assert str(caught.value) == reason


POLICY = policy(needs_label("owner"))


@pytest.mark.parametrize("kind", ["List", "ClusterPolicyList"])
def test_policies_are_loaded_from_lists_in_lists(kind: str) -> None:
    programs = api.load_policies(listed(listed(POLICY, kind=kind)))
    assert not api.evaluate(programs, api.make_request(listed(POD)), {}).accepted


@pytest.mark.parametrize(("document", "reason"), MISFITS[2:])
def test_policies_beside_what_is_no_object_are_refused(document: Any, reason: str) -> None:
    with pytest.raises(api.PolicyErrors) as caught:
        api.load_policies(POLICY, document)
    assert str(caught.value.problems[0]) == reason


@pytest.mark.parametrize(("document", "reason"), MISFITS[2:])
def test_a_request_in_a_list_with_what_is_no_object_is_refused(document: Any, reason: str) -> None:
    with pytest.raises(RequestError) as caught:
        api.make_request(document)
    assert str(caught.value) == reason


def test_one_request_is_not_chosen_among_several() -> None:
    with pytest.raises(RequestError, match="there are 2 things to judge"):
        api.make_request(listed(POD, POD))


BROKEN = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: A}
- kind: List
  items: [{apiVersion: v1, kind: B}, 5]
"""


def test_places_are_told_where_files_are_read_for_people() -> None:
    reason = r"items\[1\].items\[1\]: must be a map, not the number 5"
    (unread,) = lint([("broken.yaml", BROKEN)]).unread
    assert re.fullmatch(rf"broken.yaml, line 6, column 38: {reason}", unread)
    with pytest.raises(api.PolicyErrors, match=rf"^broken.yaml, {reason}$"):
        origins.policies({"broken.yaml": BROKEN})
    with pytest.raises(RequestError, match=rf"^{reason}$"):
        list(origins.inputs("broken.yaml", BROKEN.encode()))
