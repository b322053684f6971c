"""How the tests of the policy check ask: Kyverno's text for a policy."""

from __future__ import annotations

from typing import Any

from kywarden.kinds.classic import check
from tests.requests_made import policy, rule

PATTERN: dict[str, Any] = {"metadata": {"name": "?*"}}


def refused(*rules: dict[str, Any], **spec: Any) -> str:
    """The text with which a ClusterPolicy is refused, empty when it is accepted."""
    return check.text(check.problems(policy(*rules, **spec)))


def refused_in_namespace(*rules: dict[str, Any], **spec: Any) -> str:
    """The same of a Policy in the namespace `shop`."""
    tree = {**policy(*rules, **spec), "kind": "Policy", "metadata": {"name": "sample", "namespace": "shop"}}
    return check.text(check.problems(tree))


def matching(**match: Any) -> dict[str, Any]:
    """A rule with a pattern of metadata and this match block."""
    return {**rule(pattern=PATTERN), "match": match}
