"""`--test-case-selector`."""

from __future__ import annotations

import pytest

from kywarden.testing import selector
from kywarden.testing.manifest import Expectation


def expectation(policy: str = "p", rule: str = "r", resources: tuple[str, ...] | None = ("one", "two")) -> Expectation:
    return Expectation(policy, rule, "pass", "", "", (), False, False, resources, ())


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        (selector.EVERYTHING, True),
        ("policy=p", True),
        ("policy=p*,rule=?", True),
        ("policy=q", False),
        ("resource=t*", True),
        ("resource=x", False),
        (" policy = p , rule=x", False),
    ],
)
def test_a_result_must_fit_every_part(text: str, selected: bool) -> None:
    assert selector.parse(text).selects(expectation()) is selected


def test_what_a_result_leaves_open_fits() -> None:
    assert selector.parse("policy=x,rule=x,resource=x").selects(expectation("", "", None))


@pytest.mark.parametrize(
    ("text", "resources"),
    [
        ("resource=o*", ("o*",)),
        ("resource=*", ()),
        ("resource=a,resource=*,resource=b", ("a",)),
        ("x=1,resource=a", ()),
    ],
)
def test_named_resources_replace_those_of_the_results(text: str, resources: tuple[str, ...]) -> None:
    assert selector.parse(text).resources == resources


def test_what_cannot_be_read_is_named() -> None:
    assert selector.parse("colour=red,owner").problems == (
        "Invalid test-case-selector (colour=red). Parameter can only be policy, rule or resource.",
        "Invalid test-case-selector argument (owner). Parameter must be in the form `<key>=<value>`.",
    )
