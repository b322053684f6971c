"""JSON patches: lists of complete operations at paths that begin with a slash."""

from __future__ import annotations

import pytest

from tests.kinds.classic.check.refusals import refused
from tests.requests_made import rule

SLASH = "path must begin with a forward slash: spec.rules[0]: "


@pytest.mark.parametrize(
    "patch, expected",
    [
        ("", ""),
        ("- {op: add, path: /a, value: 1}\n- {op: move, from: /a, path: /b}", ""),
        ('[{"op": "replace", "path": "/{{ request.namespace }}", "value": null}]', None),
        ('- {op: add, path: /a, value: "{{ request.namespace }}"}', ""),
        ("- {op: add, path: a, value: 1}", f"{SLASH}a"),
        ("- {op: add, path: '', value: 1}", SLASH),
        ("{op: add}", f"{SLASH}invalid state detected"),
        (' {"op": "add"}', f"{SLASH}json: cannot unmarshal object into Go value of type jsonpatch.Patch"),
        ("- a", f"{SLASH}json: cannot unmarshal string into Go value of type jsonpatch.Operation"),
        ("- null", f"{SLASH}invalid operation null: unsupported operation"),
        ("- {op: Add, path: /a}", f'{SLASH}invalid operation {{"op":"Add","path":"/a"}}: unsupported operation'),
        ("- {op: 1}", f'{SLASH}invalid operation {{"op":1}}: unsupported operation'),
        (
            "- {op: add, path: /<a>}",
            f'{SLASH}invalid operation {{"op":"add","path":"/\\u003ca\\u003e"}}: '
            "failed to decode 'value': operation, missing value field: missing value",
        ),
        (
            "- {op: copy, path: /a}",
            f'{SLASH}invalid operation {{"op":"copy","path":"/a"}}: '
            "failed to decode 'from': operation, missing from field: missing value",
        ),
        (
            "- {op: remove, path: 1}",
            f'{SLASH}invalid operation {{"op":"remove","path":1}}: '
            "failed to decode 'path': json: cannot unmarshal number into Go value of type string",
        ),
        (
            "- {op: test, path: /a}",
            "invalid value: spec.rules[0]: operation, missing value field: missing value",
        ),
        (
            "- {value: 1, path: /a, op: Add}",
            f'{SLASH}invalid operation {{"op":"Add","path":"/a","value":1}}: unsupported operation',
        ),
        (
            f"- {{op: remove, path: {'/a' * 129}}}",
            f'{SLASH}invalid operation {{"op":"remove","path":"{"/a" * 129}"}}: '
            "'path' leads more than 128 levels deep",
        ),
        ('- {op: add}\n- "', f"{SLASH}yaml: line 2: found unexpected end of stream"),
    ],
)
def test_patches_are_lists_of_complete_operations(patch: str, expected: str | None) -> None:
    one = {"name": "m", "match": rule()["match"], "mutate": {"patchesJson6902": patch, "patchStrategicMerge": None}}
    text = refused({**one, "mutate": {**one["mutate"], "mutateExistingOnPolicyUpdate": False}})
    if expected is None:
        expected = (
            'policy contains invalid variables: rule "m" should not have variables in patchesJSON6902 path section'
        )
    assert text == expected


def test_patches_inside_foreach_are_not_looked_at() -> None:
    one = {"name": "m", "match": rule()["match"], "mutate": {"foreach": [{"list": "a", "patchesJson6902": "- a"}]}}
    assert refused(one) == ""
