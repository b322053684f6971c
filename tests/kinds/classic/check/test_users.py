"""Background policies do not ask who asks."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.kinds.classic import check
from tests.kinds.classic.check.refusals import PATTERN, matching, refused
from tests.requests_made import policy, rule

BACKGROUND = (
    "only select variables are allowed in background mode. "
    "Set spec.background=false to disable background mode for this policy rule: "
)
PODS: dict[str, Any] = {"resources": {"kinds": ["Pod"]}}


@pytest.mark.parametrize(
    "one, path",
    [
        (matching(**PODS, roles=["a:b"]), "spec/rules[0]/match/roles"),
        (matching(any=[PODS, {**PODS, "clusterRoles": ["a"]}]), "spec/rules[0]/match/any[1]/clusterRoles"),
        (
            {**rule(pattern=PATTERN), "exclude": {"all": [{"subjects": [{"kind": "User", "name": "a"}]}]}},
            "spec/rules[0]/exclude/all[0]/subjects",
        ),
    ],
)
def test_no_user_is_matched(one: Any, path: str) -> None:
    assert refused(one) == f"{BACKGROUND}invalid variable used at path: {path} "
    assert refused(one, background=False) == ""


@pytest.mark.parametrize(
    "variable",
    [
        "{{ request.userInfo.username }}",
        "{{serviceAccountName}}",
        '{{ request.roles[?@ == \\"a\\"] }}',
        "{{ request.clusterRoles }}",
    ],
)
def test_no_variable_is_about_users(variable: str) -> None:
    one = rule(pattern=PATTERN, message=f"by {variable}".replace('\\"', '"'))
    # kyverno: the variable is shown as it stands in JSON
    assert refused(one) == f"{BACKGROUND}variable {variable} is not allowed "
    assert refused(one, background=False) == ""


def test_fields_of_the_same_name_are_others() -> None:
    assert refused(rule(pattern=PATTERN, message="{{ request.object.serviceAccountName }}")) == ""


def refused_annotated(annotation: str) -> str:
    tree: dict[str, Any] = policy(rule(pattern=PATTERN))
    tree["metadata"]["annotations"] = {annotation: "{{ request.userInfo }}"}
    return check.text(check.problems(tree))


def test_variables_of_the_last_applied_configuration_do_not_count() -> None:
    assert refused_annotated("kubectl.kubernetes.io/last-applied-configuration") == ""
    expected = f"{BACKGROUND}variable {{{{ request.userInfo }}}} is not allowed "
    assert refused_annotated("description") == expected
