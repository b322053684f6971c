"""Changes of one object made on another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kywarden.patching.changes import carried_over
from kywarden.values.trees import Map

keys = st.text("abc", min_size=1, max_size=1)
trees = st.recursive(
    st.none() | st.integers(0, 3), lambda inner: st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
maps = st.dictionaries(keys, trees, max_size=3)


def test_what_changed_is_carried_over_and_the_rest_is_left() -> None:
    before: Map = {"a": 1, "b": {"x": 1, "y": 1}, "gone": 1, "list": [1]}
    after: Map = {"a": 2, "b": {"x": 2, "y": 1}, "new": 1, "list": [1, 2]}
    onto: Map = {"a": 0, "b": {"x": 0, "y": 0}, "gone": 0, "kept": 0, "list": [9]}
    assert carried_over(before, after, onto) == {"a": 2, "b": {"x": 2, "y": 0}, "new": 1, "kept": 0, "list": [1, 2]}


@given(maps, maps)
def test_on_the_same_object_the_result_is_what_came_after(before: Map, after: Map) -> None:
    assert carried_over(before, after, dict(before)) == after


@given(maps, maps)
def test_no_change_changes_nothing(before: Map, onto: Map) -> None:
    assert carried_over(before, dict(before), onto) == onto
