"""The fields of policies as a JSON Schema, for editors: made from the table that policies are held to when loaded."""

from __future__ import annotations

from collections.abc import Mapping

from kywarden.judging import operators
from kywarden.kinds.classic import schema as classic
from kywarden.kinds.classic.schema import Anything, Conditions, Fields, ListOf, MapOf, Scalar, Schema
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.values.trees import Map

DRAFT = "http://json-schema.org/draft-07/schema#"
"""What editors know best."""

CONDITION = "Condition"

DOCUMENTS: Mapping[str, Fields] = {
    "ClusterPolicy": classic.POLICY,
    "Policy": classic.POLICY,
    "PolicyException": classic.EXCEPTION,
}

DESCRIPTIONS: Mapping[str, str] = {
    "allowExistingViolations": "An update may go on violating what the object violated before (default true).",
    "any": "One of the list is enough.",
    "all": "All of the list must hold.",
    "anyPattern": "Alternatives: one of the patterns must match.",
    "context": "Values that the expressions of the rule may name, loaded when they are first named.",
    "deny": "Conditions that forbid the request.",
    "elementScope": "Patterns look at the element itself rather than at the whole object.",
    "emitWarning": "Violations of Audit rules are returned as warnings.",
    "exclude": "What the rule is not about, of what match selects.",
    "failureAction": "What a violation does: Enforce refuses the request, Audit reports.",
    "foreach": "The same question for each element of a list.",
    "list": "JMESPath of the list, without braces.",
    "match": "What the rule is about.",
    "message": "What is told when the rule is violated; may hold variables.",
    "mutate": "Changes of the object.",
    "operator": "How key and value are compared.",
    "pattern": "What the object must look like.",
    "patchStrategicMerge": "A partial object that is merged into the object; may hold anchors.",
    "patchesJson6902": "Operations of a JSON patch, as text.",
    "podSecurity": "The Pod Security Standards.",
    "preconditions": "Conditions under which the rule applies.",
    "validate": "What must hold for the object.",
}
"""What editors show beside a field, by its name."""


def schema() -> Map:
    """One schema for all kinds: `kind` decides."""
    definitions = _Definitions()
    branches = [_branch(kind, definitions.of(fields)) for kind, fields in DOCUMENTS.items()]
    return {
        "$schema": DRAFT,
        "title": "Kyverno policies (kyverno.io) as kywarden reads them",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {"kind": {"enum": [*DOCUMENTS]}},
        "allOf": [*branches],
        "definitions": {**definitions.written, CONDITION: _condition()},
    }


def _branch(kind: str, struct: Map) -> Map:
    entry = KINDS.get(("kyverno.io", kind)) or EXCEPTIONS[("kyverno.io", kind)]
    versions: Map = {"enum": [f"kyverno.io/{version}" for version in entry.versions]}
    return {
        "if": {"properties": {"kind": {"const": kind}}},
        "then": {"allOf": [struct, {"properties": {"apiVersion": versions}}]},
    }


class _Definitions:
    """The definitions so far: one for each struct, which may nest in itself."""

    def __init__(self) -> None:
        self.written: Map = {}
        self._names: dict[int, str] = {}

    def of(self, part: Schema) -> Map:
        """The schema of one part; a null counts as absent everywhere."""
        match part:
            case Anything():
                return {}
            case Scalar():
                return _scalar(part)
            case ListOf():
                return {"type": ["array", "null"], "items": self.of(part.item)}
            case MapOf():
                return {"type": ["object", "null"], "additionalProperties": self.of(part.item)}
            case Conditions():
                listed: Map = {"type": "array", "items": {"$ref": f"#/definitions/{CONDITION}"}}
                block: Map = {key: {**listed, "type": ["array", "null"]} for key in classic.ANY_ALL.fields}
                return {"anyOf": [listed, {"type": "null"}, _closed(block)]}
            case Fields():
                return {"$ref": f"#/definitions/{self._name_of(part)}"}

    def _name_of(self, struct: Fields) -> str:
        if id(struct) not in self._names:
            taken = [name for name in self.written if name.rstrip("0123456789") == struct.struct]
            name = self._names[id(struct)] = f"{struct.struct}{len(taken) + 1 if taken else ''}"
            self.written[name] = {}
            properties: Map = {key: _described(key, self.of(child)) for key, child in struct.fields.items()}
            if struct is classic.METADATA:
                self.written[name] = {"type": ["object", "null"], "properties": properties}
            else:
                self.written[name] = _closed(properties)
        return self._names[id(struct)]


def _closed(properties: Map) -> Map:
    """A struct that has no other fields."""
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _scalar(scalar: Scalar) -> Map:
    if scalar.choices:
        return {"enum": [*scalar.choices, None]}
    match scalar.go:
        case "bool":
            return {"type": ["boolean", "null"]}
        case "int32":
            return {"type": ["integer", "null"], "minimum": -(2**31), "maximum": 2**31 - 1}
    return {"type": ["string", "null"], **({"maxLength": scalar.longest} if scalar.longest else {})}


def _described(key: str, schema: Map) -> Map:
    description = DESCRIPTIONS.get(key)
    if description is None:
        return schema
    return {"description": description, **({"allOf": [schema]} if "$ref" in schema else schema)}


def _condition() -> Map:
    names: Map = {"enum": [*operators.OPERATORS]}
    return {
        "type": "object",
        "properties": {
            "key": {"description": "What is compared, mostly one variable."},
            "operator": _described("operator", names),
            "value": {"description": "What it is compared with."},
            "message": {"type": ["string", "null"]},
        },
        "required": ["key", "operator", "value"],
        "additionalProperties": False,
    }
