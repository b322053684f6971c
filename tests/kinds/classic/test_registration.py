"""For which kinds and operations the mutating webhook is called."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import registration
from kywarden.model.request import Kind

POD = Kind("", "v1", "Pod")


def described(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"resources": {"kinds": list(kinds), **more}}


@pytest.mark.parametrize(
    ("rule", "operations"),
    [
        ({"match": {"any": [described("Pod")]}}, "CREATE UPDATE"),
        ({"match": {"all": [described("Pod", operations=["DELETE"])]}}, "DELETE"),
        ({"match": described("Pod", operations=["CREATE"])}, "CREATE"),
        ({"match": {"any": [described("Pod"), described("Secret", operations=["DELETE"])]}}, "CREATE UPDATE"),
        ({"match": {"any": [described("Secret")]}}, ""),
        ({"match": {"any": [described("Pod")]}, "exclude": {"any": [described(operations=["CREATE"])]}}, "UPDATE"),
        ({"match": {"any": [described("Pod")]}, "exclude": {"any": [described("Pod")]}}, ""),
        # kyverno: a filter that says more excludes nothing here
        (
            {"match": {"any": [described("Pod")]}, "exclude": {"any": [described("Pod", namespaces=["a"])]}},
            "CREATE UPDATE",
        ),
    ],
)
def test_a_rule_asks_for_the_operations_of_its_filters(rule: dict[str, Any], operations: str) -> None:
    asks = registration.prepare([rule]).asks
    assert " ".join(operation for operation, test in asks.items() if test(POD, "")) == operations


def test_a_rule_names_kinds_also_where_it_asks_for_nothing() -> None:
    registered = registration.prepare([{"match": {"any": [described("Pod", operations=["CONNECT"])]}}])
    assert registered.names(POD, "")
