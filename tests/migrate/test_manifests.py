"""Manifests read back."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kywarden.migrate import manifests
from kywarden.values import yaml_text

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


@given(st.dictionaries(st.text(max_size=8), TREES, min_size=1, max_size=4))
def test_a_manifest_is_read_back_as_it_was_by_readers_of_both_versions(tree: dict[str, Any]) -> None:
    written = manifests.text(tree)
    assert yaml_text.load(written) == tree
    assert yaml.safe_load(written) == tree


@pytest.mark.parametrize(
    "text", ["y", "No", "on", "1e3", "0o17", "012", "1_000", "~", "", "1:30", "2024-01-01", "?*", "<"]
)
def test_a_text_that_looks_like_something_else_stays_a_text(text: str) -> None:
    assert yaml_text.load(manifests.text({"value": text})) == {"value": text}


def test_several_documents_are_kept_apart() -> None:
    assert manifests.stream([{"a": "x\ny\n"}, {"b": [1]}]) == "a: |\n  x\n  y\n---\nb:\n  - 1\n"
