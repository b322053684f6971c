"""Schemas of the reports that we write, from their specifications, as strict as these are.

Policy reports: the CustomResourceDefinitions `policyreports.wgpolicyk8s.io` (v1alpha2) and `reports.openreports.io`
(v1alpha1), which agree but for fields that stand only in one of them; an API server drops the fields that they do not
name, so none may be written. SARIF: sections 3.13 to 3.49 of the OASIS standard 2.1.0, the objects that we use with
all their properties; one that we do not use is any value of its type.
"""

from __future__ import annotations

from typing import Any

import jsonschema

Schema = dict[str, Any]

ANY: Schema = {}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
INDEX: Schema = {"type": "integer", "minimum": -1}
POSITIVE: Schema = {"type": "integer", "minimum": 1}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}
REFERENCE: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*$"}
"""A URI reference: its characters."""


def record(required: Schema, optional: Schema | None = None) -> Schema:
    """The schema of an object with exactly these fields."""
    fields = {**required, **(optional or {})}
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


def many(items: Schema, least: int = 0, unique: bool = False) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": unique}


def like(names: str, schema: Schema) -> Schema:
    """Fields with one schema."""
    return dict.fromkeys(names.split(), schema)


# Policy reports

STATUS: Schema = {"enum": ["pass", "fail", "warn", "error", "skip"]}
OBJECT_REFERENCE = record({}, like("apiVersion fieldPath kind name namespace resourceVersion uid", TEXT))
SELECTOR = record(
    {},
    {
        "matchLabels": TEXTS,
        "matchExpressions": many(record({"key": TEXT, "operator": TEXT}, {"values": many(TEXT)})),
    },
)
RESULT = record(
    {"policy": TEXT},
    {
        **like("source rule category message", TEXT),
        "severity": {"enum": ["critical", "high", "low", "medium", "info"]},
        "timestamp": record(
            {
                "seconds": {"type": "integer", "minimum": -(1 << 63), "maximum": (1 << 63) - 1},
                "nanos": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
            }
        ),
        "result": STATUS,
        "scored": FLAG,
        "resources": many(OBJECT_REFERENCE),
        "resourceSelector": SELECTOR,
        "properties": TEXTS,
    },
)
METADATA: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"},
        "namespace": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"},
        "labels": TEXTS,
        "annotations": TEXTS,
    },
    "required": ["name"],
    "additionalProperties": False,
}
REPORT = {
    "summary": record({}, like("pass fail warn error skip", {"type": "integer"})),
    "results": many(RESULT),
    "scope": OBJECT_REFERENCE,
    "scopeSelector": SELECTOR,
}


def report(version: str, cluster: str, namespaced: str, more: Schema | None = None) -> Schema:
    """The schema of both kinds of report of an API: the namespaced one has a namespace, the other has not."""
    kinds = {"enum": [cluster, namespaced]}
    whole = record({"apiVersion": {"const": version}, "kind": kinds, "metadata": METADATA}, {**REPORT, **(more or {})})
    is_namespaced = {"properties": {"kind": {"const": namespaced}}}
    has_namespace = {"properties": {"metadata": {"required": ["namespace"]}}}
    return {**whole, "if": is_namespaced, "then": has_namespace, "else": {"not": has_namespace}}


POLICY_REPORT = report("wgpolicyk8s.io/v1alpha2", "ClusterPolicyReport", "PolicyReport")

OPEN_REPORT = report(
    "openreports.io/v1alpha1",
    "ClusterReport",
    "PolicyReport",  # kyverno: the kind of the older API, where the definition says Report
    {
        "source": TEXT,
        "configuration": record(
            {"limits": record({}, {"maxResults": {"type": "integer"}, "statusFilter": many(STATUS)})}
        ),
    },
)


# SARIF

PROPERTIES: Schema = {"type": "object", "properties": {"tags": many(TEXT, unique=True)}}
"""A bag: any properties, and tags (3.8)."""

MESSAGE: Schema = {
    **record({}, {**like("text markdown id", TEXT), "arguments": many(TEXT), "properties": PROPERTIES}),
    "anyOf": [{"required": ["text"]}, {"required": ["id"]}],
}
MULTIFORMAT = record({"text": TEXT}, {"markdown": TEXT, "properties": PROPERTIES})
LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}
ARTIFACT_LOCATION = record(
    {}, {"uri": REFERENCE, "uriBaseId": TEXT, "index": INDEX, "description": MESSAGE, "properties": PROPERTIES}
)
REGION = record(
    {},
    {
        **like("startLine startColumn endLine endColumn", POSITIVE),
        **like("charOffset byteOffset", INDEX),
        **like("charLength byteLength", COUNT),
        "snippet": ANY,
        "message": MESSAGE,
        "sourceLanguage": TEXT,
        "properties": PROPERTIES,
    },
)
PHYSICAL: Schema = {
    **record(
        {},
        {
            "address": ANY,
            "artifactLocation": ARTIFACT_LOCATION,
            "region": REGION,
            "contextRegion": REGION,
            "properties": PROPERTIES,
        },
    ),
    "anyOf": [{"required": ["address"]}, {"required": ["artifactLocation"]}],
}
LOGICAL = record(
    {},
    {
        **like("name fullyQualifiedName decoratedName kind", TEXT),
        **like("index parentIndex", INDEX),
        "properties": PROPERTIES,
    },
)
LOCATION = record(
    {},
    {
        "id": INDEX,
        "physicalLocation": PHYSICAL,
        "logicalLocations": many(LOGICAL, unique=True),
        "message": MESSAGE,
        "annotations": many(REGION, unique=True),
        "relationships": many(ANY, unique=True),
        "properties": PROPERTIES,
    },
)
CONFIGURATION = record(
    {},
    {
        "enabled": FLAG,
        "level": LEVEL,
        "rank": {"type": "number", "minimum": -1, "maximum": 100},
        "parameters": PROPERTIES,
        "properties": PROPERTIES,
    },
)
RULE = record(
    {"id": TEXT},
    {
        **like("name guid", TEXT),
        **like("deprecatedIds deprecatedNames deprecatedGuids", many(TEXT, unique=True)),
        **like("shortDescription fullDescription help", MULTIFORMAT),
        "messageStrings": {"type": "object", "additionalProperties": MULTIFORMAT},
        "defaultConfiguration": CONFIGURATION,
        "helpUri": REFERENCE,
        "relationships": many(ANY, unique=True),
        "properties": PROPERTIES,
    },
)
COMPONENT = record(
    {"name": TEXT},
    {
        **like("guid organization product productSuite fullName version semanticVersion language", TEXT),
        **like("dottedQuadFileVersion releaseDateUtc minimumRequiredLocalizedDataSemanticVersion", TEXT),
        "localizedDataSemanticVersion": TEXT,
        **like("downloadUri informationUri", REFERENCE),
        **like("shortDescription fullDescription", MULTIFORMAT),
        "globalMessageStrings": {"type": "object", "additionalProperties": MULTIFORMAT},
        **like("notifications rules taxa", many(RULE, unique=True)),
        "locations": many(ARTIFACT_LOCATION),
        "isComprehensive": FLAG,
        "contents": many({"enum": ["localizedData", "nonLocalizedData"]}, unique=True),
        "associatedComponent": ANY,
        "translationMetadata": ANY,
        "supportedTaxonomies": many(ANY, unique=True),
        "properties": PROPERTIES,
    },
)
FINDING: Schema = {
    **record(
        {"message": MESSAGE},
        {
            **like("ruleId guid correlationGuid", TEXT),
            "ruleIndex": INDEX,
            "rule": ANY,
            "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
            "level": LEVEL,
            "analysisTarget": ARTIFACT_LOCATION,
            "locations": many(LOCATION),
            **like("partialFingerprints fingerprints", TEXTS),
            **like("codeFlows stacks", many(ANY)),
            **like(
                "graphs graphTraversals relatedLocations suppressions attachments taxa fixes", many(ANY, unique=True)
            ),
            "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
            "rank": {"type": "number", "minimum": -1, "maximum": 100},
            "workItemUris": many(REFERENCE, unique=True),
            "hostedViewerUri": REFERENCE,
            **like("provenance webRequest webResponse", ANY),
            "occurrenceCount": POSITIVE,
            "properties": PROPERTIES,
        },
    ),
    # 3.27.10: what is no failure has the level none
    "if": {"properties": {"kind": {"const": "fail"}}},
    "else": {"properties": {"level": {"const": "none"}}},
}
RUN = record(
    {"tool": record({"driver": COMPONENT}, {"extensions": many(COMPONENT, unique=True), "properties": PROPERTIES})},
    {
        "results": many(FINDING),
        **like("invocations artifacts logicalLocations graphs", many(ANY)),
        **like("taxonomies addresses translations policies webRequests webResponses", many(ANY)),
        **like("threadFlowLocations runAggregates versionControlProvenance", many(ANY)),
        **like("conversion automationDetails specialLocations externalPropertyFileReferences", ANY),
        "originalUriBaseIds": {"type": "object", "additionalProperties": ARTIFACT_LOCATION},
        **like("language baselineGuid defaultEncoding defaultSourceLanguage", TEXT),
        "newlineSequences": many(TEXT, 1, unique=True),
        "redactionTokens": many(TEXT, unique=True),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "properties": PROPERTIES,
    },
)
SARIF = record(
    {"version": {"const": "2.1.0"}, "runs": many(RUN)},
    {"$schema": REFERENCE, "inlineExternalProperties": many(ANY, unique=True), "properties": PROPERTIES},
)


def check(document: object, schema: Schema) -> None:
    """Raise when a document does not fit."""
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
