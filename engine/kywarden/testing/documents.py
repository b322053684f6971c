"""The documents that Kyverno's command line reads: tests, values, users, cluster resources; decoded strictly.

Source: cmd/cli/kubectl-kyverno/apis/v1alpha1; k8s.io/apimachinery/pkg/util/yaml UnmarshalStrict.
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.kinds.classic import schema
from kywarden.kinds.classic.schema import Anything, Fields, ListOf, MapOf, Scalar, Schema, Unserved
from kywarden.kinds.classic.trees import one_map
from kywarden.testing.files import LoadError, yaml_error
from kywarden.values import yaml_text
from kywarden.values.go_text import json_type
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree

TEXT = Scalar("string")
FLAG = Scalar("bool")
NUMBER = Scalar("int32")
ANY = Anything()
TEXTS = ListOf(TEXT)
OBJECT = MapOf(ANY)

_META: dict[str, Schema] = {
    "apiVersion": TEXT,
    "kind": TEXT,
    "metadata": Fields("ObjectMeta", {"name": TEXT}, known=False),
}
_API = Fields("APIResource", {"name": TEXT, "group": TEXT, "version": TEXT, "kind": TEXT}, known=False)

VALUES_SPEC: dict[str, Schema] = {
    "globalValues": OBJECT,
    "policies": ListOf(
        Fields(
            "Policy",
            {
                "name": TEXT,
                "resources": ListOf(Fields("Resource", {"name": TEXT, "values": OBJECT}), "[]v1alpha1.Resource"),
                "rules": ListOf(
                    Fields("Rule", {"name": TEXT, "values": OBJECT, "foreachValues": MapOf(ListOf(ANY))}),
                    "[]v1alpha1.Rule",
                ),
            },
        ),
        "[]v1alpha1.Policy",
    ),
    "namespaceSelector": ListOf(
        Fields("NamespaceSelector", {"name": TEXT, "labels": MapOf(TEXT)}), "[]v1alpha1.NamespaceSelector"
    ),
    "namespaces": ListOf(Fields("Namespace", {}, known=False), "[]v1.Namespace"),
    "subresources": ListOf(
        Fields("Subresource", {"subresource": _API, "parentResource": _API}), "[]v1alpha1.Subresource"
    ),
}

_RESULT = Fields(
    "TestResult",
    {
        "policy": TEXT,
        "rule": TEXT,
        **{
            f"is{kind}Policy": FLAG
            for kind in (
                *("ValidatingAdmission", "MutatingAdmission", "Validating", "Deleting"),
                *("ImageValidating", "Generating", "Mutating"),
            )
        },
        "result": TEXT,
        "kind": TEXT,
        "operation": TEXT,
        "patchedResources": TEXT,
        "generatedResource": TEXT,
        "cloneSourceResource": TEXT,
        "failOnMissingResources": FLAG,
        "resources": TEXTS,
        "resourceSpecs": ListOf(
            Fields(
                "TestResourceSpec",
                dict.fromkeys(("group", "version", "kind", "namespace", "subresource", "name"), TEXT),
            ),
            "[]v1alpha1.TestResourceSpec",
        ),
        "generatedResources": TEXTS,
    },
)

_CALL = Fields(
    "APICallResponseEntry",
    {
        "url": TEXT,
        "urlPath": TEXT,
        "method": TEXT,
        "response": Fields("APICallResponse", {"statusCode": NUMBER, "body": ANY}),
    },
)

_GLOBAL_CONTEXT = Fields(
    "GlobalContextEntryValue",
    {
        "name": TEXT,
        "data": ANY,
        "resources": ListOf(ANY, "[]runtime.RawExtension"),
        "resourceFiles": TEXTS,
        "fieldPath": TEXT,
        "projections": ListOf(
            Fields("GlobalContextProjection", {"name": TEXT, "path": TEXT}), "[]v1alpha1.GlobalContextProjection"
        ),
    },
)

TEST = Fields(
    "Test",
    {
        **_META,
        "name": TEXT,
        "policies": TEXTS,
        "resources": TEXTS,
        "jsonPayload": TEXT,
        "jsonPayloads": TEXTS,
        "httpPayloads": TEXTS,
        "envoyPayloads": TEXTS,
        "targetResources": TEXTS,
        "variables": TEXT,
        "paramResources": TEXTS,
        "userinfo": TEXT,
        "results": ListOf(_RESULT, "[]v1alpha1.TestResult"),
        "values": Fields("ValuesSpec", VALUES_SPEC),
        "exceptions": TEXTS,
        "context": TEXT,
        "clusterResources": TEXTS,
        "apiCallResponses": ListOf(_CALL, "[]v1alpha1.APICallResponseEntry"),
        "globalContextEntries": ListOf(_GLOBAL_CONTEXT, "[]v1alpha1.GlobalContextEntryValue"),
    },
)

VALUES = Fields("Values", {**_META, **VALUES_SPEC})

USER_INFO = Fields(
    "UserInfo",
    {
        **_META,
        "roles": TEXTS,
        "clusterRoles": TEXTS,
        "synchronize": FLAG,
        "userInfo": Fields("UserInfo", {"username": TEXT, "uid": TEXT, "groups": TEXTS, "extra": MapOf(TEXTS)}),
    },
)

CLUSTER_RESOURCE = Fields(
    "ClusterResource",
    {
        **_META,
        "spec": Fields(
            "ClusterResourceSpec", {"crds": TEXTS, "resources": ListOf(OBJECT, "[]*unstructured.Unstructured")}
        ),
    },
)


def read_all(text: str, fields: Fields) -> Iterator[Map]:
    """The documents of a file as they come; raises `LoadError` at the first that does not fit."""
    try:
        for document in yaml_text.load_all(text, strict=True):
            yield _checked(document.tree, fields)
    except ReadError as error:
        raise LoadError(f"error converting YAML to JSON: {yaml_error(error)}") from None


def read(text: str, fields: Fields) -> Map:
    """The first document of a file, an empty map when there is none; raises `LoadError`."""
    try:
        tree = yaml_text.load(text, strict=True)
    except ReadError as error:
        raise LoadError(f"error converting YAML to JSON: {yaml_error(error)}") from None
    return _checked(tree if tree is not None else {}, fields)


def _checked(tree: Tree, fields: Fields) -> Map:
    attempt = "error unmarshaling JSON: while decoding JSON: "
    if not isinstance(tree, dict):
        raise LoadError(
            f"{attempt}json: cannot unmarshal {json_type(tree)} into Go value of type v1alpha1.{fields.struct}"
        )
    folded = _folded(tree, fields)
    for problem in schema.problems(folded, fields):
        reason = f"json: {problem.reason}" if isinstance(problem, Unserved) else problem.reason
        raise LoadError(f"{attempt}{reason}")
    return one_map(folded)


def _folded(tree: Tree, shape: Schema | None) -> Tree:
    """The tree with its keys in the order in which Go's decoder meets them, sorted, and as the fields are written.

    Go finds a field whatever the case of its letters.
    """
    match tree, shape:
        case dict(), Fields():
            names = {name.lower(): name for name in shape.fields}
            folded = {key: key if key in shape.fields else names.get(key.lower(), key) for key in sorted(tree)}
            return {name: _folded(tree[key], shape.fields.get(name)) for key, name in folded.items()}
        case dict(), MapOf():
            return {key: _folded(tree[key], shape.item) for key in sorted(tree)}
        case list(), ListOf():
            return [_folded(item, shape.item) for item in tree]
        case _:
            return tree
