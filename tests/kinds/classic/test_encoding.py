"""Structs as Go writes and compares them."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import encoding, schema


@pytest.mark.parametrize(
    "tree, struct, expected",
    [
        ({}, schema.RULE, '{"name":"","match":{"resources":{}}}'),
        (
            {"match": {"resources": {"names": [], "kinds": ["Pod", None]}, "roles": ["a"]}, "name": "<r>"},
            schema.RULE,
            '{"name":"\\u003cr\\u003e","match":{"roles":["a"],"resources":{"kinds":["Pod",""]}}}',
        ),
        (
            {"validate": {"message": "", "failureAction": "", "allowExistingViolations": False, "deny": {}}},
            schema.RULE,
            '{"name":"","match":{"resources":{}},'
            '"validate":{"failureAction":"","allowExistingViolations":false,"deny":{}}}',
        ),
        (
            {"unknown": 1, "conditions": {"some": [], "all": [{"value": None}]}},
            schema.DENY,
            '{"conditions":{"all":[{}]}}',
        ),
        ({"conditions": []}, schema.DENY, '{"conditions":[]}'),
        (
            {"foreach": [], "elementScope": False, "list": "", "pattern": {"b": 1.0, "a": 1e30}},
            schema.FOREACH_VALIDATION,
            '{"elementScope":false,"pattern":{"b":1.0,"a":1e+30},"foreach":[]}',
        ),
        (
            [{"name": "v", "variable": {"value": {"b": 5.0, "a": 1.5}, "jmesPath": ""}}],
            schema.CONTEXT,
            '[{"name":"v","variable":{"value":{"a":1.5,"b":5}}}]',
        ),
        (
            [{"apiCall": {"service": {}, "data": [{"key": "k"}]}}],
            schema.CONTEXT,
            '[{"name":"","apiCall":{"urlPath":"","data":[{"key":"k","value":null}],"service":{"url":"","caBundle":""}}}]',
        ),
        ({"spec": {"background": False, "webhookTimeoutSeconds": 0}}, schema.POLICY, None),
    ],
)
def test_structs_are_written_in_gos_order_without_empty_fields(tree: Any, struct: Any, expected: str | None) -> None:
    if expected is None:
        expected = '{"metadata":{},"spec":{"background":false,"webhookTimeoutSeconds":0}}'
    assert encoding.text(tree, struct) == expected


@pytest.mark.parametrize(
    "tree, is_zero",
    [
        ({}, True),
        ({"message": ""}, True),
        ({"message": None, "deny": None}, True),
        ({"unknown": 1}, True),
        ({"deny": {}}, False),
        ({"foreach": []}, False),
        ({"failureAction": ""}, False),
        ({"allowExistingViolations": False}, False),
    ],
)
def test_a_struct_is_zero_when_nothing_is_set(tree: Any, is_zero: bool) -> None:
    assert encoding.is_zero(tree, schema.VALIDATE) is is_zero


def test_equal_structs_have_equal_fields() -> None:
    left = encoding.decoded({"resources": {"kinds": ["Pod"], "name": ""}, "roles": None}, schema.RESOURCE_FILTER)
    assert left == encoding.decoded({"resources": {"kinds": ["Pod"]}}, schema.RESOURCE_FILTER)
    assert left != encoding.decoded({"resources": {"kinds": ["Pod"], "names": []}}, schema.RESOURCE_FILTER)
    assert encoding.decoded({"resources": {}}, schema.RESOURCE_FILTER) == {}
