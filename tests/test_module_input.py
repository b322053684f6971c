"""The module under bad input: to the byte what the native engine answers, one JSON document, exit 0."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kywarden import protocol
from kywarden.host.given import GivenHost
from kywarden.wasm.runner import Command, Module
from tests.requests_made import envelope, needs_label, policy, rule
from tests.test_protocol import BAD_INPUT, BAD_POLICIES, JSON, PATHS, changed

HOST = GivenHost()
EXAMPLES = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def answers_alike(module: Module, value: Any, command: Command = "validate") -> dict[str, Any]:
    """The answer of the module, which is that of the native engine."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    outcome = module.run(command, data, deadline=10)
    assert (outcome.end, outcome.code, outcome.stderr) == ("exit", 0, b"")
    assert outcome.stdout == protocol.handle(command, data, HOST)
    answer = json.loads(outcome.stdout)
    assert isinstance(answer, dict)
    assert answer.get("code") != protocol.INTERNAL
    return answer


@pytest.mark.parametrize(("data", "reason"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_refused_with_its_place(data: Any, reason: str, module: Module) -> None:
    answer = answers_alike(module, data)
    assert answer["accepted"] is False
    assert reason in answer["message"]


@pytest.mark.parametrize(("chosen", "reason"), BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_a_bad_policy_is_refused_by_name_path_and_reason(chosen: Any, reason: str, module: Module) -> None:
    assert reason in answers_alike(module, {**envelope(), "settings": chosen})["message"]
    assert reason in answers_alike(module, chosen, "validate-settings")["message"]


@EXAMPLES
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(module: Module, data: bytes) -> None:
    assert answers_alike(module, data)["accepted"] is False
    assert answers_alike(module, data, "validate-settings")["valid"] is False


@EXAMPLES
@given(st.sampled_from(PATHS), JSON)
def test_any_value_anywhere_in_a_request_gets_an_honest_answer(module: Module, key: str, value: Any) -> None:
    answers_alike(module, envelope(changed(**{key: value})))


@EXAMPLES
@given(st.sampled_from(("pattern", "anyPattern", "deny", "foreach", "podSecurity", "message")), JSON)
def test_any_rule_is_loaded_or_refused_with_a_reason(module: Module, key: str, value: Any) -> None:
    answers_alike(module, envelope(None, policy(rule(**{key: value}))))


@EXAMPLES
@given(st.text(max_size=60))
def test_any_text_of_a_policy_is_loaded_or_refused_with_a_reason(module: Module, text: str) -> None:
    answers_alike(module, {"policy": text}, "validate-settings")
    answers_alike(module, envelope(None, policy(needs_label(), rule("two", message=text, deny={}))))
