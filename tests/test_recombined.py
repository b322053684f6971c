"""Policies and requests of the samples, recombined and damaged anywhere: an honest answer, never an internal error."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kywarden import protocol
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from tests.conformance.samples import samples

ROOTS = [("settings", "policies"), ("settings", "exceptions"), ("settings",), ("request",), ("world",)]
"""Where something is changed: each of these parts as often, however large."""
ODD: list[Any] = [
    *(None, True, 0, -1, 2**63, 2**64, 1.5, -0.0, "", [], {}, [None], [[]], [{}], {"": None}, {"a": {"b": 1}}),
    *("*", "?", "-", "!", "{{", "}}", "{{ }}", "{{ @ }}", "{{ element }}", "{{ request.object }}", "{{ '1' }}"),
    *("{{ request.object.metadata.nope }}", "{{ base64_decode('/w==') }}", "{{ keys(request.object) }}", "\\{{ a }}"),
    *("$(./x)", "$(../../..)", "$(", "<5", "5-10", ">=1Gi", "1h", "!*", "a|b", "10Mi & >1", "\0", "é", "a" * 300),
    *("Enforce", "Audit", "Pod", "*/*", "apps/v1/Deployment", "Pod/exec", "CREATE", "Equals", "AnyIn", "List"),
    *({"(a)": 1}, {"^(a)": [{}]}, {"X(a)": None}, {"=(a)": "*"}, {"<(a)": "x"}, {"+(a)": 1}, {"{{ a }}": 1}),
]
INSERTED = ["{{", "}}", "(", ")", "\\", "'", "`", "|", ".", "[", "]", "*", "$(", "&", "@", " ", "{{ element }}"]
KEYS = ["({})", "X({})", "=({})", "+({})", "^({})", "<({})", "{} ", "{{{{{}}}}}", "{}*"]


@cache
def envelopes() -> list[str]:
    return [
        json.dumps({**case.envelope, "options": {"format": "full"}})
        for sample in samples()
        for case in list(sample.cases())[:2]
    ]


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, inner in items:
        yield from paths(inner, (*path, step))


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def damaged(draw: Any, value: Any) -> Any:
    """Something else in the place of a value."""
    match draw(st.integers(0, 5)), value:
        case 0, _:
            return [value]
        case 1, str():
            place = draw(st.integers(0, len(value)))
            return value[:place] + draw(st.sampled_from(INSERTED)) + value[place:]
        case 1, dict() if value:
            key = draw(st.sampled_from(sorted(value)))
            renamed = draw(st.sampled_from(KEYS)).format(key)
            return {renamed if name == key else name: inner for name, inner in value.items()}
        case 1, list():
            return value + value
        case 2 | 3, _:
            other = json.loads(draw(st.sampled_from(envelopes())))
            return at(other, draw(st.sampled_from(list(paths(other)))))
    return copy.deepcopy(draw(st.sampled_from(ODD)))


@st.composite
def recombined(draw: Any) -> Any:
    envelope = json.loads(draw(st.sampled_from(envelopes())))
    for _ in range(draw(st.integers(1, 3))):
        there = set(paths(envelope))
        root = draw(st.sampled_from([one for one in ROOTS if one in there] or [()]))
        path = (*root, *draw(st.sampled_from(list(paths(at(envelope, root))))))
        if not path:
            return damaged(draw, envelope)
        around = at(envelope, path[:-1])
        if draw(st.integers(0, 6)) == 0 and isinstance(around, dict):
            del around[path[-1]]
        else:
            around[path[-1]] = damaged(draw, around[path[-1]])
    return envelope


def fails_open(policies: Any) -> bool:
    return '"Ignore"' in json.dumps(policies)


@settings(max_examples=250)
@given(recombined())
def test_whatever_is_recombined_gets_an_honest_answer(envelope: Any) -> None:
    answer = json.loads(protocol.handle("validate", json.dumps(envelope).encode(), GivenHost()))
    assert answer.get("code") in (None, protocol.BAD_REQUEST, protocol.BAD_POLICY), answer
    if answer["accepted"]:
        assert answer.get("code") is None
        enforced = [rule for rule in answer.get("rules", ()) if rule["phase"] == "enforce"]
        assert fails_open(envelope["settings"]) or not [one for one in enforced if one["status"] in ("fail", "error")]
    chosen = json.dumps(envelope.get("settings")).encode()
    valid = json.loads(protocol.handle("validate-settings", chosen, KubewardenHost()))
    assert not valid.get("message", "").startswith("internal error")
    assert not (valid["valid"] and answer.get("code") == protocol.BAD_POLICY)
