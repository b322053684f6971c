"""Questions to a Kubewarden host: STDIN is read to its end, answers and refusals come from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kywarden.errors import EvaluationError
from kywarden.host import kubewarden


def reading(pieces: Sequence[bytes]) -> Callable[[int, int], bytes]:
    left = iter([*pieces, b""])
    return lambda descriptor, count: next(left)


@pytest.mark.parametrize("pieces", [[], [b"one"], [b"o", b"n", b"e"]])
def test_input_is_read_until_a_read_gives_nothing(pieces: list[bytes]) -> None:
    assert kubewarden.read_input(reading(pieces)) == b"".join(pieces)


def host(monkeypatch: pytest.MonkeyPatch, code: int, answer: bytes) -> list[tuple[bytes, ...]]:
    asked: list[tuple[bytes, ...]] = []

    def call(*question: bytes) -> int:
        asked.append(question)
        return code

    monkeypatch.setattr(kubewarden, "_call", call)
    monkeypatch.setattr(kubewarden, "read_input", lambda: answer)
    return asked


def test_an_answer_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = host(monkeypatch, 0, b'{"ips":[]}')
    assert kubewarden.ask("net", "v1/dns_lookup_host", b'"a"') == b'{"ips":[]}'
    assert asked == [(b"kubewarden", b"net", b"v1/dns_lookup_host", b'"a"')]


def test_a_refusal_is_an_error_with_the_text_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    host(monkeypatch, 1, "Cannot find “x”".encode())
    with pytest.raises(kubewarden.HostError) as caught:
        kubewarden.ask("kubernetes", "get_resource", b"{}")
    assert isinstance(caught.value, EvaluationError)
    assert caught.value.capability == "kubernetes/get_resource"
    assert caught.value.words == "Cannot find “x”"
    assert str(caught.value) == "kubernetes/get_resource: Cannot find “x”"


def test_outside_of_the_module_there_is_no_host() -> None:
    with pytest.raises(kubewarden.HostError, match="there is no host"):
        kubewarden.ask("net", "v1/dns_lookup_host", b'"a"')
