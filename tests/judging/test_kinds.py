"""Entries of `kinds`: parsing, matching, and the other reading that autogen uses."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from kywarden.errors import EvaluationError
from kywarden.judging import kinds
from kywarden.model.request import Kind
from tests import data

POD = Kind("", "v1", "Pod")
DEPLOYMENT = Kind("apps", "v1", "Deployment")


@pytest.mark.corpus
def test_entries_are_parsed_as_kyverno_does() -> None:
    rows = [(row["args"][0], row["result"]) for row in data.probes("kind")]
    rows += [(row["args"]["text"], row["expected"]) for row in data.unit("kind", "parse kind selector")]
    differences = [(entry, got) for entry, wanted in rows if list(got := astuple(kinds.parse(entry))) != wanted]
    assert not differences, differences[:3]


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ("Pod", ("*", "*", "Pod", "")),
        ("*/exec", ("*", "*", "*", "exec")),
        ("*/Exec", ("*", "*", "Exec", "")),
        ("v10/Pod", ("*", "v10", "Pod", "")),
        ("v1x/Pod", ("*", "*", "v1x", "Pod")),
        ("v1/Pod.exec", ("*", "v1", "Pod", "exec")),
        ("*/*/Deployment", ("*", "*", "*", "Deployment")),
        ("networking.k8s.io/NetworkPolicy", ("*", "*", "networking.k8s.io", "NetworkPolicy")),
        ("a/b/c/d/e", ("", "", "", "")),
        ("", ("*", "*", "", "")),
    ],
)
def test_number_of_pieces_decides_what_they_mean(entry: str, parts: tuple[str, ...]) -> None:
    assert astuple(kinds.parse(entry)) == parts


@pytest.mark.parametrize(
    ("entries", "kind", "subresource", "expected"),
    [
        (["Pod"], POD, "", True),
        (["pod"], POD, "", False),
        (["Pod"], POD, "status", False),
        (["Service", "P*"], POD, "", True),
        (["*"], DEPLOYMENT, "", True),
        (["*"], DEPLOYMENT, "scale", False),
        (["*/*"], DEPLOYMENT, "scale", True),
        (["Pod/*"], POD, "exec", True),
        (["Pod/*"], POD, "", True),
        (["v1/Deployment"], DEPLOYMENT, "", True),
        (["apps/v2/Deployment"], DEPLOYMENT, "", False),
        (["a*/*/Deployment"], DEPLOYMENT, "", True),
        (["networking.k8s.io/NetworkPolicy"], Kind("networking.k8s.io", "v1", "NetworkPolicy"), "", False),
        (["Pod"], POD, "ephemeralcontainers", True),
        (["v1/Pod"], POD, "ephemeralcontainers", True),
        (["Pod/exec"], POD, "ephemeralcontainers", True),
        (["*"], POD, "ephemeralcontainers", True),
        (["Pod"], Kind("x", "v1", "Pod"), "ephemeralcontainers", False),
        (["Service"], POD, "ephemeralcontainers", False),
        ([], POD, "", False),
    ],
)
def test_entries_match_kinds(entries: list[str], kind: Kind, subresource: str, expected: bool) -> None:
    assert kinds.prepare(entries)(kind, subresource) is expected


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("Pod", True),
        ("Pod.exec", True),
        ("Pod/exec", True),
        ("v1/Pod", True),
        ("*/Pod", True),
        ("v1/Pod.exec", True),
        ("v1/Pod/exec", True),
        ("x/v1/Pod", True),
        ("x/v1/Pod/exec", True),
        ("x/Pod", False),
        ("Pod.a.b", True),
        ("Pod.a/b", False),
        ("*", False),
        ("*/*", False),
        ("P*", False),
        ("a/b/c/Pod/e", False),
    ],
)
def test_entry_names_a_kind(entry: str, named: bool) -> None:
    assert kinds.contains(["Service", entry], "Pod") is named


ENGINES = Kind("example.com", "v1", "", "engines")
"""The parent of a subresource, of which nobody told the kind."""


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Engine/scale", True),
        ("example.com/v1/Engine/scale", True),
        ("*/scale", True),
        ("*/*", True),
        ("Engine", False),
        ("*", False),
        ("Engine/status", False),
        ("other.com/v1/Engine/scale", False),
        ("v2/Engine/scale", False),
        ("Deployment/scale", False),
    ],
)
def test_the_usual_plural_tells_an_unknown_parent(entry: str, expected: bool) -> None:
    assert kinds.prepare([entry])(ENGINES, "scale") is expected


@pytest.mark.parametrize("entry", ["Motor/scale", "Eng*/scale", "example.com/v1/Motor/scale"])
def test_an_unknown_parent_is_no_answer_where_its_kind_would_decide(entry: str) -> None:
    with pytest.raises(EvaluationError, match=r"the kind of engines\.example\.com is not known; the setting"):
        kinds.prepare([entry])(ENGINES, "scale")
