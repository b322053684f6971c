"""The texts of refusals and the places they name."""

from __future__ import annotations

from kywarden.errors import PolicyError
from kywarden.kinds.classic import check
from kywarden.kinds.classic.check import refusal
from tests.kinds.classic.check.refusals import PATTERN
from tests.requests_made import policy, rule


def test_one_problem_stands_alone_and_several_in_brackets_without_repetition() -> None:
    one, other = refusal.forbidden("spec.a", "no"), refusal.required("spec.b", "why")
    assert refusal.text([]) == ""
    assert refusal.text([one]) == "spec.a: Forbidden: no"
    assert refusal.text([one, other, one]) == "[spec.a: Forbidden: no, spec.b: Required value: why]"
    assert refusal.text([PolicyError("ours")]) == ""


def test_wrong_text_is_quoted_as_go_quotes_it() -> None:
    assert refusal.invalid_text("p", 'a"\n', "why").sentence == 'p: Invalid value: "a\\"\\n": why'


def test_the_path_is_the_real_place_where_kyvernos_text_names_another() -> None:
    settings = {"level": "baseline", "exclude": [{"controlName": "Volume Types"}]}
    (problem,) = check.problems(policy(rule(podSecurity=settings)))
    assert problem.path == "spec.rules[0].validate.podSecurity.exclude[0].controlName"
    assert problem.sentence.startswith("spec.rules[0].podSecurity.exclude[0].controlName: Invalid value")
    assert problem.reason.startswith("Invalid value")


def test_a_problem_of_a_generated_rule_is_placed_at_the_rule_it_was_made_of() -> None:
    pattern = {"spec": {"a": "x", "b": "$(/validate/pattern/spec/a)"}}
    (problem,) = check.problems(
        policy(rule("own", pattern=PATTERN, kinds=("Service",)), rule("other", pattern=pattern))
    )
    assert problem.path == "spec.rules[1]"
    assert "variable substitution failed for rule autogen-other: got nil resolved variable" in problem.sentence
