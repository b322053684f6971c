"""Variables and references: what they may name, and where they may stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.classic.check.refusals import PATTERN, refused
from tests.requests_made import rule

ADMISSION = (
    r"request|serviceAccountName|serviceAccountNamespace|element|elementIndex|@|images|image|([a-z_0-9]+\()[^{}]"
)
BACKGROUND = r"request\.|element|elementIndex|@|images|images\.|image\.|([a-z_0-9]+\()[^{}]"
INVALID = "policy contains invalid variables: "
FAILED = f"{INVALID}variable substitution failed for rule check: "


def saying(message: str, **more: Any) -> dict[str, Any]:
    return {**rule(pattern=PATTERN, message=message), **more}


@pytest.mark.parametrize(
    "message",
    [
        "{{ request.object.metadata.name }} and {{request.operation}}",
        "{{ images.containers.*.name }}",
        "{{ to_upper('x') }}",
        "{{@}}",
        "{{ request.object.{{ request.operation }} }}",
        "{{- request.object.a }}",
        "\\{{ nothing }}",
        "{{ not closed",
        "{{ {a: {b: c}} }}",
    ],
)
@pytest.mark.parametrize("background", [True, False])
def test_built_in_variables_may_be_used(message: str, background: bool) -> None:
    assert refused(saying(message), background=background) == ""


@pytest.mark.parametrize(
    "message, background, expected",
    [
        ("{{ foo }}", True, f'variable foo must match regex "{BACKGROUND}" or patterns []'),
        ('a {{ foo."b-c" }}', False, f'variable foo.b-c must match regex "{ADMISSION}" or patterns []'),
        ("{{ request }}", True, f'variable request must match regex "{BACKGROUND}" or patterns []'),
        ("{{ }}", False, "failed to resolve  at path /validate/message: invalid query (nil)"),
        (
            "{{ request. }}",
            False,
            "failed to resolve request. at path /validate/message: "
            "invalid JMESPath query request.: SyntaxError: Expected identifier, lbracket, or lbrace",
        ),
        ("{{ a.{{ foo }} }}", False, f'variable foo must match regex "{ADMISSION}" or patterns []'),
        ("{{ a.{{ request.b }} }}", False, f'variable a.null must match regex "{ADMISSION}" or patterns []'),
    ],
)
def test_other_variables_may_not(message: str, background: bool, expected: str) -> None:
    assert refused(saying(message), background=background) == FAILED + expected


def test_context_entries_are_names_and_prefixes_of_names() -> None:
    entries = [
        {"name": "v", "variable": {"value": 1}},
        {"name": "m", "configMap": {"name": "a", "namespace": "b"}},
    ]
    assert refused(saying("{{ v }} {{ vx.y }} {{ m.data.key }} {{ m.data }}", context=entries)) == ""
    patterns = "[v* m.data m.metadata m.data.* m.metadata.*]"
    expected = f'variable m.x must match regex "{BACKGROUND}" or patterns {patterns}'
    assert refused(saying("{{ m.x }}", context=entries)) == FAILED + expected


def test_context_entries_of_foreach_are_known_everywhere_but_not_those_of_a_nested_one() -> None:
    entries = [{"name": "v", "variable": {"value": 1}}]
    inner = {"list": "element.b", "context": entries, "deny": {}}
    assert refused(rule(foreach=[{**inner, "list": "a"}], message="{{ v }}")) == ""
    text = refused(rule(foreach=[{"list": "a", "foreach": [inner]}], message="{{ v }}"))
    assert text == f'{FAILED}variable v must match regex "{BACKGROUND}" or patterns []'


def test_keys_hold_variables_too() -> None:
    text = refused(rule(pattern={"metadata": {"{{ foo }}": "x"}}))
    assert text == f'{FAILED}variable foo must match regex "{BACKGROUND}" or patterns []'


@pytest.mark.parametrize(
    "pattern, expected",
    [
        ({"a": "x", "b": "$(./../a)"}, ""),
        ({"a": "\\$(x)"}, ""),
        ({"a": "$(HOME)"}, "got nil resolved variable $(HOME) at path /validate/pattern/a: <nil>"),
        (
            {"a": 1, "b": "$(./../a)"},
            "NotResolvedReferenceErr,reference $(./../a) not resolved at path /validate/pattern/b",
        ),
    ],
)
def test_references_lead_to_text_of_the_rule(pattern: Any, expected: str) -> None:
    assert refused(rule(pattern=pattern, kinds=("Service",))) == (FAILED + expected if expected else "")


@pytest.mark.parametrize("name", ["{{ request.namespace }}", "{{x", "\\{{ x }}"])
@pytest.mark.parametrize("section", ["match", "exclude"])
def test_match_and_exclude_hold_no_variables(name: str, section: str) -> None:
    block = {"any": [{"resources": {"kinds": ["Pod"], "names": [name]}}]}
    text = refused({**rule(pattern=PATTERN), section: block})
    # kyverno: an open `{{` ends at the braces that close the JSON
    assert text == f'{INVALID}rule "check" should not have variables in {section} section'


def test_names_in_targets_are_told_apart() -> None:
    target = {"kind": "Pod", "name": "{{ foo }}"}
    one = {"name": "check", "match": rule()["match"], "mutate": {"targets": [target], "patchStrategicMerge": PATTERN}}
    expected = (
        f'invalid variables defined at mutate.targets[0]: variable foo must match regex "{BACKGROUND}" or patterns []'
    )
    assert refused(one) == INVALID + expected
    aimed = {**one, "mutate": {"targets": [{"kind": "Pod"}], "patchStrategicMerge": {"a": "{{ target.spec.a }}"}}}
    assert refused({**aimed, "match": rule(kinds=("ConfigMap",))["match"]}) == ""
    # kyverno: the rule that autogen makes for controllers has lost its targets
    failed = f"{INVALID}variable substitution failed for rule autogen-check: "
    assert refused(aimed) == f'{failed}variable target.spec.a must match regex "{BACKGROUND}" or patterns []'


def test_elements_exist_inside_foreach_only() -> None:
    inside = [
        {
            "list": "a",
            "deny": {
                "conditions": {"any": [{"key": "{{element.a}}", "operator": "In", "value": "{{ elementIndex }}"}]}
            },
        }
    ]
    assert refused(rule(foreach=inside)) == ""
    text = refused(rule(foreach=inside, message="{{ element.name }} is wrong"))
    assert text == "variable 'element.name' present outside of foreach at path /validate/message"
    text = refused(rule(pattern={"a/b": {"c": "x{{elements}}"}}))
    assert text == "variable 'elements' present outside of foreach at path /validate/pattern/a\\/b/c"


def test_what_is_no_field_is_not_looked_at() -> None:
    assert refused({**rule(pattern=PATTERN), "comment": "{{ foo }} {{ element }} $(x)"}) == ""


def test_a_policy_for_existing_resources_is_checked_as_in_the_background() -> None:
    mutate = {"targets": [{"kind": "Pod", "name": "x"}], "patchStrategicMerge": {"a": "{{ request }}"}}
    one = {"name": "check", "match": rule()["match"], "mutate": {**mutate, "mutateExistingOnPolicyUpdate": True}}
    text = refused(
        {**one, "mutate": {**one["mutate"], "patchStrategicMerge": {"a": "{{ serviceAccountName }}"}}}, background=False
    )
    assert text.startswith(
        "update event, policy contains invalid variables: variable substitution failed for rule check"
    )
