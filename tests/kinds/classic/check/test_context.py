"""Context entries: named, of one kind, complete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, refused
from tests.requests_made import rule

ONE_KIND = "exactly one of configMap or apiCall or imageRegistry or variable is required for context entries"


@pytest.mark.parametrize(
    "entry, expected",
    [
        ({"name": "a", "variable": {"value": False}}, ""),
        ({"name": "a", "variable": {"jmesPath": "x", "default": 1}}, ""),
        ({"name": "a", "variable": {"jmesPath": "{{ request.object.x }}["}}, ""),
        ({"name": "a", "configMap": {"name": "x", "namespace": "y"}}, ""),
        ({"name": "a", "apiCall": {"urlPath": "/api"}}, ""),
        ({"name": "a", "globalReference": {"name": "x"}}, ""),
        ({"name": "a", "imageRegistry": {"reference": "{{ request.object.x }}"}}, ""),
        ({"name": "a", "imageRegistry": {"reference": "ghcr.io/a/b:1"}}, ""),
        ({"variable": {"value": 1}}, "a name is required for context entries"),
        (
            {"name": "images", "variable": {"value": 1}},
            "entry name images is invalid as it conflicts with a pre-defined variable images",
        ),
        (
            {"name": "element.x", "variable": {"value": 1}},
            "entry name element.x is invalid as it conflicts with a pre-defined variable element",
        ),
        ({"name": "a"}, ONE_KIND),
        ({"name": "a", "variable": {"value": 1}, "apiCall": {}}, ONE_KIND),
        ({"name": "a", "variable": {}}, "a variable must define a value or a jmesPath expression"),
        (
            {"name": "a", "variable": {"value": 1, "default": 1}},
            "a variable must define a default value only when a jmesPath expression is defined",
        ),
        (
            {"name": "a", "variable": {"jmesPath": "x("}},
            "failed to parse JMESPath x(: SyntaxError: Incomplete expression",
        ),
        ({"name": "a", "configMap": {"namespace": "y"}}, "a name is required for configMap context entry"),
        ({"name": "a", "configMap": {"name": "x"}}, "a namespace is required for configMap context entry"),
        (
            {"name": "a", "apiCall": {"urlPath": "/api", "service": {"url": "https://x"}}},
            "a URLPath cannot be used for service API calls",
        ),
        (
            {"name": "a", "apiCall": {"jmesPath": "x["}},
            "failed to parse JMESPath x[: SyntaxError: Expected tStar, received: tEOF",
        ),
        ({"name": "a", "globalReference": {}}, "a name is required for globalReference context entry"),
        ({"name": "a", "imageRegistry": {}}, "a ref is required for imageRegistry context entry"),
        ({"name": "a", "imageRegistry": {"reference": "Nginx"}}, "bad image: Nginx: repository name must be lowercase"),
    ],
)
def test_entries_are_complete(entry: Any, expected: str) -> None:
    text = refused({**rule(pattern=PATTERN), "context": [entry]})
    assert text == (f"path: spec.rules[0]: {expected}" if expected else "")


def test_entries_inside_foreach_are_not_looked_at() -> None:
    assert refused(rule(foreach=[{"list": "a", "deny": {}, "context": [{"name": "images"}]}])) == ""


def test_cel_has_no_context() -> None:
    entries = [{"name": "a", "variable": {"value": 1}}]
    expected = "path: spec.rules[0]: context variables are not supported for CEL expressions in validate rules"
    assert refused({**rule(cel={"expressions": [{"expression": "true"}]}), "context": entries}) == expected
