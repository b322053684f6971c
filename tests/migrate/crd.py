"""The part of Kubewarden's custom resource definitions that policies are held to, as JSON Schema, and what the API
server asks of webhook rules beyond their schema.

Written from the fields of `policies.kubewarden.io/v1` (https://docs.kubewarden.io/reference/CRDs); unlike in the
definitions, unknown fields are errors, because the API server would drop them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string", "minLength": 1}
OPERATOR = {"enum": ["In", "NotIn", "Exists", "DoesNotExist"]}


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def listed(items: dict[str, Any], least: int = 1, most: int = 1000) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


REQUIREMENT = {
    **closed({"key": TEXT, "operator": OPERATOR, "values": listed({"type": "string"})}, "key", "operator"),
    "if": {"properties": {"operator": {"enum": ["In", "NotIn"]}}},
    "then": {"required": ["values"]},
    "else": {"not": {"required": ["values"]}},
}
EXPRESSIONS = closed({"matchExpressions": listed(REQUIREMENT)}, "matchExpressions")
SELECTOR = closed(
    {
        "matchLabels": {"type": "object", "additionalProperties": {"type": "string"}},
        "matchExpressions": listed(REQUIREMENT),
    }
)
RULE = closed(
    {
        "apiGroups": listed({"type": "string"}),
        "apiVersions": listed(TEXT),
        "operations": listed({"enum": ["CREATE", "UPDATE", "DELETE", "CONNECT", "*"]}),
        "resources": listed(TEXT),
        "scope": {"enum": ["Cluster", "Namespaced", "*"]},
    },
    *("apiGroups", "apiVersions", "operations", "resources"),
)
SECONDS = {"type": "integer", "minimum": 2, "maximum": 30}
COMMON = {
    "policyServer": TEXT,
    "mode": {"enum": ["protect", "monitor"]},
    "module": {"type": "string", "pattern": "^(registry|https?|file)://"},
    "settings": {"type": "object"},
    "rules": listed(RULE),
    "mutating": {"type": "boolean"},
    "backgroundAudit": {"type": "boolean"},
    "failurePolicy": {"enum": ["Fail", "Ignore"]},
    "matchPolicy": {"enum": ["Exact", "Equivalent"]},
    "matchConditions": listed(closed({"name": TEXT, "expression": TEXT}, "name", "expression"), most=64),
    "objectSelector": SELECTOR,
    "sideEffects": {"enum": ["None", "NoneOnDryRun", "Some", "Unknown"]},
    "timeoutSeconds": SECONDS,
    "timeoutEvalSeconds": SECONDS,
    "message": TEXT,
}
CLUSTER_WIDE = {
    # matchLabels of it are lost on the way to the webhook, so that they are an error here
    "namespaceSelector": EXPRESSIONS,
    "contextAwareResources": listed(closed({"apiVersion": TEXT, "kind": TEXT}, "apiVersion", "kind")),
    "allowInsideAdmissionControllerNamespace": {"type": "boolean"},
}
NAME = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "maxLength": 253}
ANNOTATIONS = {"type": "object", "additionalProperties": {"type": "string"}}


def definition(kind: str, properties: dict[str, Any], metadata: dict[str, Any]) -> Draft202012Validator:
    named = {"name": NAME, "annotations": ANNOTATIONS, **metadata}
    schema = closed(
        {
            "apiVersion": {"const": "policies.kubewarden.io/v1"},
            "kind": {"const": kind},
            "metadata": closed(named, "name", *metadata),
            "spec": closed(properties, "module", "rules", "mutating"),
        },
        *("apiVersion", "kind", "metadata", "spec"),
    )
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


DEFINITIONS = {
    "ClusterAdmissionPolicy": definition("ClusterAdmissionPolicy", {**COMMON, **CLUSTER_WIDE}, {}),
    "AdmissionPolicy": definition("AdmissionPolicy", COMMON, {"namespace": NAME}),
}


def problems(resource: dict[str, Any]) -> list[str]:
    """All that the API server or Kubewarden would refuse in a policy."""
    validator = DEFINITIONS.get(resource.get("kind", ""))
    if validator is None:
        return [f"no policy: {resource.get('kind')}"]
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(resource)]
    return found or list(_rule_problems(resource))


def _rule_problems(resource: dict[str, Any]) -> Iterator[str]:
    spec = resource["spec"]
    if "timeoutEvalSeconds" in spec and spec["timeoutEvalSeconds"] > spec.get("timeoutSeconds", 10):
        yield "timeoutEvalSeconds is greater than timeoutSeconds"
    for rule in spec["rules"]:
        yield from rule_problems(rule)
        is_open = "*" in rule["apiVersions"] or "*" in rule["apiGroups"]
        if resource["kind"] == "AdmissionPolicy" and is_open:
            # Kubewarden takes the one for the other: api/policies/v1/policy_validation.go
            if any(name.startswith("*") for name in rule["resources"]):
                yield "an AdmissionPolicy may not be about everything"
            if any(name.partition("/")[0] == "policyreports" for name in rule["resources"]):
                yield "an AdmissionPolicy may not be about reports"
    names = [each["name"] for each in spec.get("matchConditions", ())]
    if len(set(names)) < len(names):
        yield f"matchConditions: {names}: twice the same"


def rule_problems(rule: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one rule about requests, whose fields are of the right types."""
    for key in ("apiGroups", "apiVersions", "operations"):
        if "*" in rule[key] and len(rule[key]) > 1:
            yield f"{key}: * must stand alone"
    yield from _resource_problems(rule["resources"])


def _resource_problems(resources: list[str]) -> Iterator[str]:
    """As in Kubernetes: pkg/apis/admissionregistration/validation, validateResources."""
    if len(set(resources)) != len(resources):
        yield f"{resources}: twice the same"
    pairs = [name.partition("/") for name in resources]
    every_subresource_of = {parent for parent, _, subresource in pairs if subresource == "*"}
    subresources_of_all = {subresource for parent, slash, subresource in pairs if slash and parent == "*"}
    for name, (parent, slash, subresource) in zip(resources, pairs, strict=True):
        if slash and subresource != "*" and parent in every_subresource_of:
            yield f"{name} is covered by {parent}/*"
        if slash and parent != "*" and subresource in subresources_of_all:
            yield f"{name} is covered by */{subresource}"
    if len(resources) > 1 and "*/*" in resources:
        yield "*/* must stand alone"
    if "*" in resources and any(not slash and parent != "*" for parent, slash, _ in pairs):
        yield "* covers every resource"
