"""Schemas of the JSON that we write, minimal: what readers of SARIF and of policy reports rely on.

Sources: docs.oasis-open.org/sarif/sarif/v2.1.0, github.com/openreports/reports-api, wgpolicyk8s.io/v1alpha2.
"""

from __future__ import annotations

from typing import Any

import jsonschema

TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """The schema of an object with exactly these fields."""
    fields = {**required, **(optional or {})}
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


SARIF = record(
    {
        "$schema": TEXT,
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": record(
                {
                    "tool": record(
                        {
                            "driver": record(
                                {
                                    "name": TEXT,
                                    "version": TEXT,
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": record(
                                            {"id": TEXT, "name": TEXT, "shortDescription": record({"text": TEXT})},
                                            {
                                                "properties": record(
                                                    {},
                                                    {
                                                        "tags": {"type": "array", "items": TEXT},
                                                        "security-severity": TEXT,
                                                    },
                                                )
                                            },
                                        ),
                                    },
                                }
                            )
                        }
                    ),
                    "results": {
                        "type": "array",
                        "items": record(
                            {
                                "ruleId": TEXT,
                                "ruleIndex": COUNT,
                                "kind": {"enum": ["pass", "fail", "notApplicable"]},
                                "level": {"enum": ["none", "warning", "error"]},
                                "message": record({"text": TEXT}),
                                "locations": {
                                    "type": "array",
                                    "items": record(
                                        {
                                            "logicalLocations": {
                                                "type": "array",
                                                "items": record({"fullyQualifiedName": TEXT, "kind": TEXT}),
                                            }
                                        },
                                        {
                                            "physicalLocation": record(
                                                {
                                                    "artifactLocation": record({"uri": TEXT}),
                                                    "region": record(
                                                        {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        }
                                                    ),
                                                }
                                            )
                                        },
                                    ),
                                },
                            }
                        ),
                    },
                }
            ),
        },
    }
)

STATUS = {"enum": ["pass", "fail", "warn", "error", "skip"]}
SUMMARY = record(dict.fromkeys(("pass", "fail", "warn", "error", "skip"), COUNT))
RESULT = record(
    {
        "source": TEXT,
        "policy": TEXT,
        "timestamp": record({"seconds": COUNT, "nanos": COUNT}),
        "result": STATUS,
        "resources": {
            "type": "array",
            "items": record(
                {}, dict.fromkeys(("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion"), TEXT)
            ),
        },
        "properties": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    {
        "rule": TEXT,
        "category": TEXT,
        "severity": {"enum": ["critical", "high", "medium", "low", "info"]},
        "scored": {"type": "boolean"},
        "message": TEXT,
    },
)
METADATA = record({"name": TEXT}, {"namespace": TEXT})

OPEN_REPORT = record(
    {
        "apiVersion": {"const": "openreports.io/v1alpha1"},
        "kind": {"enum": ["ClusterReport", "PolicyReport"]},
        "metadata": METADATA,
        "source": {"type": "string"},
        "summary": SUMMARY,
        "results": {"type": "array", "items": RESULT},
    }
)

POLICY_REPORT = record(
    {
        "apiVersion": {"const": "wgpolicyk8s.io/v1alpha2"},
        "kind": {"enum": ["ClusterPolicyReport", "PolicyReport"]},
        "metadata": METADATA,
        "summary": SUMMARY,
        "results": {"type": "array", "items": RESULT},
    }
)


def check(document: object, schema: dict[str, Any]) -> None:
    """Raise when a document does not fit."""
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
