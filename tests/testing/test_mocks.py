"""Answers that a test fixes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kywarden.testing import mocks
from kywarden.testing.files import Files, LoadError
from tests.testing.folders import PODS, write

BODY = {"response": {"body": {"a": 1}}}


def test_a_call_without_method_answers_all() -> None:
    assert mocks.calls([{"urlPath": " /api/v1/x ", **BODY}, {"url": "https://h/", "method": "post", **BODY}]) == [
        {"method": "GET", "url": "/api/v1/x", "response": {"a": 1}},
        {"method": "POST", "url": "/api/v1/x", "response": {"a": 1}},
        {"method": "POST", "url": "https://h/", "response": {"a": 1}},
    ]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([BODY], "apiCallResponses[0]: either url or urlPath is required"),
        (
            [{"url": "https://h", "urlPath": "/x", **BODY}],
            "apiCallResponses[0]: url and urlPath are mutually exclusive",
        ),
        ([{"url": "ftp://h", **BODY}], 'apiCallResponses[0]: url "ftp://h" must be an absolute https/http URL'),
        ([{"urlPath": "x", **BODY}], "apiCallResponses[0]: urlPath \"x\" must be an absolute path starting with '/'"),
        ([{"urlPath": "/x", "method": "PUT", **BODY}], "apiCallResponses[0]: method must be GET or POST"),
        ([{"urlPath": "/x", "response": {}}], 'apiCallResponses[0] "/x": response.body is required'),
        (
            [{"urlPath": "/x", "response": {"body": [1]}}],
            'apiCallResponses[0] "/x": response.body must be a JSON object',
        ),
        (
            [{"urlPath": "/x", **BODY}, {"urlPath": "/x", **BODY}],
            'apiCallResponses: duplicate entry for "/x" (key "/x") — each method+url combination must be unique',
        ),
    ],
)
def test_wrong_calls_are_refused(entries: list[Any], reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        mocks.calls(entries)
    assert str(caught.value) == reason


def test_only_codes_of_failures_fail() -> None:
    entries: list[Any] = [
        {"urlPath": f"/{code}", "response": {"statusCode": code, "body": {}}} for code in (0, 200, 299, 404)
    ]
    assert mocks.failing_calls(entries) == {"/404": 404}


def test_global_context_entries_are_resolved(tmp_path: Path) -> None:
    write(tmp_path, {"pods.yaml": PODS})
    entries: list[Any] = [
        {"name": "plain", "data": {"a": {"b": 1}}},
        {
            "name": "deep",
            "data": {"a": {"b": [1, 2]}},
            "fieldPath": "a",
            "projections": [{"name": "n", "path": "b[0]"}],
        },
        {"name": "pods", "resourceFiles": ["pods.yaml"], "projections": [{"name": "n", "path": "[].metadata.name"}]},
    ]
    found = mocks.global_context(entries, str(tmp_path), Files())
    assert found == {
        "plain": {"a": {"b": 1.0}},
        "plain.a": {"b": 1.0},
        "deep": {"n": 1.0},
        "deep.n": 1.0,
        "pods": {"n": ["owned", "stray"]},
        "pods.n": ["owned", "stray"],
    }


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({}, ": name is required"),
        ({"name": "a"}, ' entry "a": one of data, resources, or resourceFiles is required'),
        ({"name": "a", "data": [1]}, ' entry "a": data must be a JSON object'),
        (
            {"name": "a", "data": {}, "resources": []},
            ' entry "a": data, resources, and resourceFiles are mutually exclusive',
        ),
        (
            {"name": "a", "resourceFiles": ["../x"]},
            ' entry "a" resourceFiles[0]: file path must not escape the test directory',
        ),
        ({"name": "a", "data": {}, "projections": [{"name": "p"}]}, ' entry "a" projection "p": path is required'),
    ],
)
def test_wrong_entries_are_refused(entry: Any, reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        mocks.global_context([entry], "", Files())
    assert str(caught.value) == f"globalContextEntries{reason}"


def test_entries_of_a_cluster_list_its_objects() -> None:
    objects: list[Any] = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": space}}
        for name, space in (("a", "x"), ("b", "y"))
    ]
    entry: Any = {
        "metadata": {"name": "deployments"},
        "spec": {
            "kubernetesResource": {"group": "apps", "version": "v1", "resource": "deployments", "namespace": "y"},
            "projections": [{"name": "names", "jmesPath": "[].metadata.name"}],
        },
    }
    found = mocks.cluster_context([entry], objects)
    assert found == {"deployments": [objects[1]], "deployments.names": ["b"]}
