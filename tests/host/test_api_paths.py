"""API paths answered from a list of objects."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden.errors import EvaluationError
from kywarden.host import api_paths


def thing(api_version: str, kind: str, name: str, namespace: str = "", **labels: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": labels}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": metadata | ({"namespace": namespace} if namespace else {}),
    }


OBJECTS = [
    thing("v1", "Namespace", "shop", team="red"),
    thing("v1", "ConfigMap", "a", "shop", app="web", tier="front"),
    thing("v1", "ConfigMap", "b", "shop", app="db"),
    thing("v1", "ConfigMap", "a", "lab"),
    thing("batch/v1", "Job", "small", "shop", size="5"),
    thing("batch/v1", "Job", "large", "shop", size="10"),
    thing("batch/v1", "Job", "other", "shop", size="x"),
    thing("batch/v1", "Job", "none", "shop"),
    thing("apps/v1", "Deployment", "a", "shop"),
    thing("networking.k8s.io/v1", "NetworkPolicy", "deny", "shop"),
]


def asked(url: str) -> list[str]:
    path = api_paths.parse(url)
    assert path is not None
    found: Any = api_paths.answer(path, OBJECTS)
    items = [found] if path.name else found["items"]
    return [f"{item['metadata'].get('namespace', '')}/{item['metadata']['name']}" for item in items]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("/api/v1/namespaces/shop", ["/shop"]),
        ("/api/v1/namespaces", ["/shop"]),
        ("/api/v1/namespaces/shop/configmaps/a", ["shop/a"]),
        ("/api/v1/namespaces/shop/configmaps", ["shop/a", "shop/b"]),
        ("/api/v1/configmaps", ["shop/a", "shop/b", "lab/a"]),
        ("/apis/apps/v1/deployments", ["shop/a"]),
        ("/apis/apps/v2/deployments", []),
        ("/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/", ["shop/deny"]),
        ("/api/v1/configmaps?labelSelector=app%3Dweb", ["shop/a"]),
        ("/api/v1/configmaps?labelSelector=app==web,tier=front", ["shop/a"]),
        ("/api/v1/configmaps?labelSelector=app!=web", ["shop/b", "lab/a"]),
        ("/api/v1/configmaps?labelSelector=app in (web, db),!tier", ["shop/b"]),
        ("/api/v1/configmaps?labelSelector=app notin (web)", ["shop/b", "lab/a"]),
        ("/api/v1/configmaps?labelSelector=tier&limit=1", ["shop/a"]),
        ("/api/v1/configmaps?labelSelector=app in (),tier", []),
        ("/api/v1/configmaps?labelSelector=tier=", []),
        ("/apis/batch/v1/jobs?labelSelector=size>5", ["shop/large"]),
        ("/apis/batch/v1/jobs?labelSelector=size > 4", ["shop/small", "shop/large"]),
        ("/apis/batch/v1/jobs?labelSelector=size%3C10", ["shop/small"]),
        ("/apis/batch/v1/jobs?labelSelector=size<5", []),
        ("/apis/batch/v1/jobs?labelSelector=size>4,size<10", ["shop/small"]),
    ],
)
def test_a_path_names_an_object_or_a_list(url: str, found: list[str]) -> None:
    assert asked(url) == found


@pytest.mark.parametrize(("url", "text"), [
    ("/api/v1/namespaces/shop/configmaps/none", 'configmaps "none" not found'),
    ("/apis/apps/v1/namespaces/lab/deployments/a", 'deployments.apps "a" not found'),
    ("/apis/acme.test/v1/boats", "the server could not find the requested resource"),
])  # fmt: skip
def test_an_object_that_is_not_there_is_an_error_in_the_words_of_the_api_server(url: str, text: str) -> None:
    with pytest.raises(EvaluationError, match=text):
        asked(url)


@pytest.mark.parametrize(
    "url",
    [
        "/version",
        "/api/v1/namespaces/shop/pods/a/log",
        "/api/v1/namespaces/shop/status",
        "/api/v1/pods?watch=true",
        "/api/v1/pods?labelSelector=a&labelSelector=b",
        *(
            f"/api/v1/pods?labelSelector={written}"
            for written in (
                "a==b==c",
                "a>b",
                "a>",
                "a>-5",
                "a>5>4",
                f"a>{10**19}",
                ">5",
                "!a>5",
                "a>=5",
                "a<>5",
                "a in (b>c)",
                "a in b",
                "a in (b",
                "a=b,",
                ",a",
                "a,,b",
                "a b",
                "a=b*",
                "a=*",
                "a=-b",
                "-a",
                "a@b",
                "!",
                "!!a",
                "=b",
                "a~b",
                "a in ((b))",
                '"a"=b',
            )
        ),
        "https://example.com/x",
        "//[/api/v1/pods",
    ],
)
def test_what_asks_for_something_else_is_no_path(url: str) -> None:
    assert api_paths.parse(url) is None


def test_a_path_says_the_selectors_as_written() -> None:
    path = api_paths.parse("/apis/apps/v1/namespaces/shop/deployments?labelSelector=a%20in%20(b,c)&fieldSelector=x%3Dy")
    assert path is not None
    assert (path.label_selector, path.field_selector) == ("a in (b,c)", "x=y")
    assert (path.api_version, path.resource) == ("apps/v1", "deployments.apps")
