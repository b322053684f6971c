"""Sessions of kwctl: read, written, recorded and played back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kywarden.wasm import session
from kywarden.wasm.callbacks import AnswerFailed
from kywarden.wasm.questions import VARIANTS, Question
from kywarden.wasm.session import Exchange, Recorder, Replay, SessionError
from tests import data

SESSIONS = data.CORPUS / "golden/host/sessions"


def lookup(host: str) -> Question:
    return Question("DNSLookupHost", {"host": host})


def answering(question: Question) -> bytes:
    if question.fields["host"] == "nowhere":
        raise AnswerFailed("no such host")
    return '{"ips":["192.0.2.1"],"note":"ü"}'.encode()


@pytest.mark.corpus
def test_a_session_that_kwctl_recorded_is_written_as_it_was() -> None:
    files = sorted(SESSIONS.glob("recorded-*.yml"))
    assert len(files) == 5
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert session.write(session.read(text)) == text, file.name


def test_what_is_recorded_can_be_played_back() -> None:
    recorder = Recorder(answering)
    assert recorder(lookup("a.example")) == answering(lookup("a.example"))
    with pytest.raises(AnswerFailed, match="no such host"):
        recorder(lookup("nowhere"))
    replay = Replay(session.read(session.write(recorder.exchanges)))
    assert replay(lookup("a.example")) == answering(lookup("a.example"))
    with pytest.raises(AnswerFailed, match="no such host"):
        replay(lookup("nowhere"))
    with pytest.raises(AnswerFailed, match="the list of recorded responses is empty"):
        replay(lookup("a.example"))


def test_another_question_than_the_next_uses_the_exchange_up() -> None:
    replay = Replay([Exchange(lookup("a"), "1"), Exchange(lookup("b"), "2")])
    with pytest.raises(AnswerFailed) as caught:
        replay(lookup("b"))
    assert caught.value.text == (
        'Replay error: unexpected request. Was expecting DNSLookupHost { host: "a" },'
        ' got DNSLookupHost { host: "b" } instead'
    )
    assert replay(lookup("b")) == b"2"
    assert not replay.left


def test_absent_members_are_null() -> None:
    text = (
        "- type: Exchange\n  request: |\n    !KubernetesListResourceAll\n    api_version: v1\n    kind: Pod\n"
        "  response:\n    type: Success\n    payload: ''\n"
    )
    [exchange] = session.read(text)
    assert exchange.question.fields == {
        "api_version": "v1",
        "kind": "Pod",
        "label_selector": None,
        "field_selector": None,
        "field_masks": None,
    }


PLAIN = {
    "on": "on",
    "yes": "yes",
    "12:30:45": "12:30:45",
    "2020-01-02": "2020-01-02",
    "017": 17,
    "0x1F": 31,
    "0o17": 15,
    "1e3": 1000.0,
    "true": True,
    "~": None,
    "'5'": "5",
}


@pytest.mark.parametrize(("written", "value"), PLAIN.items())
def test_scalars_are_those_of_yaml_1_2(written: str, value: Any) -> None:
    text = (
        f"- type: Exchange\n  request: |\n    !DNSLookupHost\n    host: {written}\n"
        "  response: {type: Success, payload: x}\n"
    )
    if isinstance(value, str):
        assert session.read(text) == [Exchange(lookup(value), "x")]
    else:
        with pytest.raises(SessionError, match="exchange 1: invalid type"):
            session.read(text)


BAD = {
    "a map": ("hello: 1", "must be a list"),
    "no YAML": ("[", "is no YAML"),
    "an unknown variant": ("- {type: Exchange, request: '!Nope {}', response: {type: Error, message: m}}", "`Nope`"),
    "a request that is a map": ("- {type: Exchange, request: {}, response: {type: Error, message: m}}", "exchange 1"),
    "no payload": ("- {type: Exchange, request: '!OciManifest {image: a}', response: {type: Success}}", "exchange 1"),
    "no field": ("- {type: Exchange, request: '!OciManifest {}', response: {type: Error, message: m}}", "`image`"),
}


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_session_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(SessionError, match=reason):
        session.read(text)


@pytest.mark.parametrize(("text", "holds"), [("", True), ("[]", True), ("- a", True), ("a: b", False), ("[", False)])
def test_a_session_is_told_from_a_world_by_being_a_list(text: str, holds: bool) -> None:
    assert session.is_session(text) is holds


@given(st.text(), st.text())
def test_any_text_survives_a_session(asked: str, answered: str) -> None:
    printable = "".join(char for char in asked + answered if char.isprintable() or char in "\n\t")
    exchanges = [Exchange(lookup(printable), printable), Exchange(lookup("x"), failure=printable)]
    assert session.read(session.write(exchanges)) == exchanges


def test_rust_prints_every_variant() -> None:
    review = {
        "groups": ["g"],
        "user": "b",
        "resource_attributes": {"verb": "get", "resource": "pods", "namespace": "n"},
    }
    asked = Question("KubernetesCanI", {"request": review, "disable_cache": True})
    assert asked.debug() == (
        'KubernetesCanI { request: SubjectAccessReview { groups: Some(["g"]), resource_attributes: ResourceAttributes'
        ' { group: None, name: None, namespace: Some("n"), resource: "pods", subresource: None, verb: "get",'
        ' version: None }, user: "b" }, disable_cache: true }'
    )
    for variant in VARIANTS:
        assert Question(variant, {}).debug().startswith(f"{variant} {{ ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 500 + "]" * 500, "nested more than"),
        ("- &a [x, x]\n- &b [*a, *a]\n- [*b, *b]\n", "aliases"),
    ],
)
def test_a_session_that_would_exhaust_its_reader_is_refused(text: str, said: str) -> None:
    assert session.is_session(text)
    with pytest.raises(SessionError, match=said):
        session.read(text)
