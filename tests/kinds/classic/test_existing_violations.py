"""Updates of objects that violate a rule already: forgiven, unless the old object cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import admission, api
from tests.requests_made import POD, policy, rule


def status(label: str, **validate: Any) -> str:
    """The status of a rule on the update of a pod whose label violates it before and after."""
    old = {**POD, "metadata": {**POD["metadata"], "labels": {"owner": "before"}}}
    new = {**POD, "metadata": {**POD["metadata"], "labels": {"owner": "after"}}}
    request = {**admission.creation(new), "operation": "UPDATE", "oldObject": old}
    pattern = {"metadata": {"labels": {"owner": label}}}
    body = {"anyPattern": [pattern]} if validate.pop("any", False) else {"pattern": pattern}
    programs = api.load_policies(policy(rule(**body, **validate), background=False))
    return api.evaluate(programs, api.make_request(request)).rules[0].status


@pytest.mark.parametrize("form", [{}, {"any": True}])
@pytest.mark.parametrize("label", ["somebody", "{{ request.namespace }}"])
def test_a_violation_that_was_there_before_is_forgiven(label: str, form: dict[str, Any]) -> None:
    assert status(label, **form) == "skip"
    assert status(label, allowExistingViolations=False, **form) == "fail"


@pytest.mark.parametrize("form", [{}, {"any": True}])
def test_an_escaped_variable_becomes_one_for_the_old_object_which_is_then_an_error(form: dict[str, Any]) -> None:
    assert status("\\{{ nowhere }}", **form) == "fail"
