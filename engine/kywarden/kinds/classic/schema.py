"""The fields of `ClusterPolicy`, `Policy` and `PolicyException` as one table, and the walk that holds a tree to it.

Kyverno decodes a policy into Go structs: a wrong type is a decoding error and a null counts as absent; an unknown
field is refused by the CRD's schema (`Unserved`). `Fields.struct` is the Go struct's name, which stands in decoding
errors; the fields stand in the order of the struct, in which module `encoding` writes them.
Source: api/kyverno/v1/{spec,rule,common,match_resources,resource_description}_types.go, api/kyverno/v2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from kywarden.errors import PolicyError
from kywarden.values.go_text import json_type
from kywarden.values.trees import Tree


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, bool or integer.

    go: Go's name of the type; choices: the only accepted texts, empty for any; longest: characters at most, 0 for any.
    """

    go: str
    choices: tuple[str, ...] = ()
    longest: int = 0

    def fits(self, tree: Tree) -> bool:
        """Whether Go can decode the tree into it."""
        match self.go:
            case "bool":
                return isinstance(tree, bool)
            case "int32":
                return isinstance(tree, int) and not isinstance(tree, bool) and -(2**31) <= tree < 2**31
        return isinstance(tree, str)


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Schema
    go: str = "[]string"


@dataclass(frozen=True, slots=True)
class MapOf:
    item: Schema
    go: str = "map[string]string"


@dataclass(frozen=True, slots=True)
class Fields:
    """A Go struct: its name and its fields.

    always: fields that are written even when empty (no `omitempty`, or a struct by value); pointers: scalars and lists
    behind a pointer, which are absent only when null; embedded: the Go structs in which fields stand without a key
    of their own, as decoding errors name them; known: false where we pass unknown fields over (metadata); required:
    fields without which the CRD refuses the struct, but for those that Kyverno's own check names in other words.
    """

    struct: str
    fields: dict[str, Schema] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    pointers: frozenset[str] = frozenset()
    embedded: dict[str, str] = field(default_factory=dict)
    known: bool = True
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value; `floats`: decoded by itself, with every number a float64 (kyverno.Any)."""

    floats: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """A condition block: `{any, all}` or the old list (kyverno: both decode, by a decoder of their own)."""


Schema: TypeAlias = Scalar | ListOf | MapOf | Fields | Anything | Conditions


class Unserved(PolicyError):
    """A tree that Kyverno would decode, but that the CRD's schema keeps out of a cluster."""


class Unread(PolicyError):
    """Conditions that Kyverno's own decoder refuses; unlike a wrong type this ends the decoding."""


class UnknownField(Unserved):
    """A field that the CRD does not have."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT = Scalar("string")
FLAG = Scalar("bool")
NUMBER = Scalar("int32")
ANY = Anything()
FLOATED = Anything(floats=True)
TEXTS = ListOf(TEXT)
MAP_OF_TEXTS = MapOf(TEXT)

ACTION = Scalar("v1.ValidationFailureAction", ("audit", "enforce", "Audit", "Enforce"))
FAILURE_POLICY = Scalar("v1.FailurePolicyType", ("Ignore", "Fail"))
RULE_NAME = Scalar("string", longest=63)
RULE_ACTION = Scalar(ACTION.go, ("Audit", "Enforce"))
OPERATION = Scalar("v1.AdmissionOperation", ("CREATE", "CONNECT", "UPDATE", "DELETE"))

SELECTOR = Fields(
    "LabelSelector",
    {
        "matchLabels": MAP_OF_TEXTS,
        "matchExpressions": ListOf(
            Fields(
                "LabelSelectorRequirement",
                {"key": TEXT, "operator": Scalar("v1.LabelSelectorOperator"), "values": TEXTS},
                always=_names("key operator"),
                required=_names("key operator"),
            ),
            "[]v1.LabelSelectorRequirement",
        ),
    },
)
OVERRIDES = ListOf(
    Fields("ValidationFailureActionOverride", {"action": ACTION, "namespaces": TEXTS, "namespaceSelector": SELECTOR}),
    "[]v1.ValidationFailureActionOverride",
)
SUBJECTS = ListOf(
    Fields(
        "Subject",
        {"kind": TEXT, "apiGroup": TEXT, "name": TEXT, "namespace": TEXT},
        always=_names("kind name"),
        required=_names("kind name"),
    ),
    "[]v1.Subject",
)
RESOURCES = Fields(
    "ResourceDescription",
    {
        "kinds": TEXTS,
        "name": TEXT,
        "names": TEXTS,
        "namespaces": TEXTS,
        "annotations": MAP_OF_TEXTS,
        "selector": SELECTOR,
        "namespaceSelector": SELECTOR,
        "operations": ListOf(OPERATION, "[]v1.AdmissionOperation"),
    },
)
FILTER: dict[str, Schema] = {"roles": TEXTS, "clusterRoles": TEXTS, "subjects": SUBJECTS, "resources": RESOURCES}
USER_INFO = dict.fromkeys(("roles", "clusterRoles", "subjects"), "UserInfo.")
RESOURCE_FILTER = Fields("ResourceFilter", FILTER, always=_names("resources"), embedded=USER_INFO)
FILTERS = ListOf(RESOURCE_FILTER, "v1.ResourceFilters")
MATCH = Fields(
    "MatchResources", {"any": FILTERS, "all": FILTERS, **FILTER}, always=_names("resources"), embedded=USER_INFO
)


def _pairs(struct: str, value: Schema) -> ListOf:
    """A list of keys, each with its value."""
    names = _names("key value")
    return ListOf(Fields(struct, {"key": TEXT, "value": value}, always=names, required=names), f"[]v1.{struct}")


API_CALL: dict[str, Schema] = {
    "urlPath": TEXT,
    "method": Scalar("v1.Method", ("GET", "POST")),
    "data": _pairs("RequestData", ANY),
    "service": Fields(
        "ServiceCall",
        {
            "url": TEXT,
            "headers": _pairs("HTTPHeader", TEXT),
            "caBundle": TEXT,
        },
        always=_names("url caBundle"),
        required=_names("url"),
    ),
}
PROVIDER = Scalar("v1.ImageRegistryCredentialsProvidersType", ("default", "amazon", "azure", "google", "github"))
CREDENTIALS = Fields(
    "ImageRegistryCredentials",
    {
        "allowInsecureRegistry": FLAG,
        "providers": ListOf(PROVIDER, "[]v1.ImageRegistryCredentialsProvidersType"),
        "secrets": TEXTS,
    },
)
CONTEXT = ListOf(
    Fields(
        "ContextEntry",
        {
            "name": TEXT,
            "configMap": Fields("ConfigMapReference", {"name": TEXT, "namespace": TEXT}, always=_names("name")),
            "apiCall": Fields(
                "ContextAPICall",
                {**API_CALL, "default": ANY, "jmesPath": TEXT},
                always=_names("urlPath"),
                embedded=dict.fromkeys(API_CALL, "APICall."),
            ),
            "imageRegistry": Fields(
                "ImageRegistry",
                {"reference": TEXT, "jmesPath": TEXT, "imageRegistryCredentials": CREDENTIALS},
                always=_names("reference"),
            ),
            "variable": Fields("Variable", {"value": FLOATED, "jmesPath": TEXT, "default": FLOATED}),
            "globalReference": Fields(
                "GlobalContextEntryReference", {"name": TEXT, "jmesPath": TEXT}, always=_names("name")
            ),
        },
        always=_names("name"),
    ),
    "[]v1.ContextEntry",
)
CONDITION = Fields(
    "Condition", {"key": ANY, "operator": Scalar("v1.ConditionOperator"), "value": ANY, "message": TEXT}, known=False
)
# kyverno: unknown fields of conditions are kept out by nobody
ANY_ALL = Fields(
    "AnyAllConditions",
    {"any": ListOf(CONDITION, "[]v1.Condition"), "all": ListOf(CONDITION, "[]v1.Condition")},
    known=False,
)
CONDITIONS = Conditions()
DENY = Fields("Deny", {"conditions": CONDITIONS})

CONTROLS = (
    *("HostProcess", "Host Namespaces", "Privileged Containers", "Capabilities", "HostPath Volumes", "Host Ports"),
    *("AppArmor", "SELinux", "/proc Mount Type", "Seccomp", "Sysctls", "Volume Types", "Privilege Escalation"),
    *("Running as Non-root", "Running as Non-root user"),
)

POD_SECURITY_STANDARDS = ListOf(
    Fields(
        "PodSecurityStandard",
        {"controlName": Scalar("string", CONTROLS), "images": TEXTS, "restrictedField": TEXT, "values": TEXTS},
        always=_names("controlName"),
        required=_names("controlName"),
    ),
    "[]v1.PodSecurityStandard",
)

POD_SECURITY = Fields(
    "PodSecurity",
    {
        "level": Scalar("api.Level", ("privileged", "baseline", "restricted")),
        "version": Scalar("string", (*(f"v1.{minor}" for minor in range(19, 33)), "latest")),
        "exclude": POD_SECURITY_STANDARDS,
    },
)

FOREACH_VALIDATION = Fields(
    "ForEachValidation",
    {
        "list": TEXT,
        "elementScope": FLAG,
        "context": CONTEXT,
        "preconditions": ANY_ALL,
        "pattern": ANY,
        "anyPattern": ANY,
        "deny": DENY,
    },
    pointers=_names("elementScope foreach"),
)
FOREACH_VALIDATIONS = ListOf(FOREACH_VALIDATION, "[]v1.ForEachValidation")
FOREACH_VALIDATION.fields["foreach"] = FOREACH_VALIDATIONS

NAMED_EXPRESSION: dict[str, Schema] = {"name": TEXT, "expression": TEXT}
MATCH_CONDITIONS = ListOf(
    Fields("MatchCondition", NAMED_EXPRESSION, always=frozenset(NAMED_EXPRESSION)), "[]v1.MatchCondition"
)
CEL = Fields(
    "CEL",
    {
        "generate": FLAG,
        "expressions": ListOf(
            Fields(
                "Validation",
                {
                    "expression": TEXT,
                    "message": TEXT,
                    "reason": Scalar("v1.StatusReason"),
                    "messageExpression": TEXT,
                },
                always=_names("expression"),
                pointers=_names("reason"),
            ),
            "[]v1.Validation",
        ),
        "paramKind": Fields("ParamKind", {"apiVersion": TEXT, "kind": TEXT}),
        "paramRef": Fields(
            "ParamRef",
            {
                "name": TEXT,
                "namespace": TEXT,
                "selector": SELECTOR,
                "parameterNotFoundAction": Scalar("v1.ParameterNotFoundActionType"),
            },
            pointers=_names("parameterNotFoundAction"),
        ),
        "auditAnnotations": ListOf(
            Fields(
                "AuditAnnotation",
                {"key": TEXT, "valueExpression": TEXT},
                always=_names("key valueExpression"),
            ),
            "[]v1.AuditAnnotation",
        ),
        "variables": ListOf(Fields("Variable", NAMED_EXPRESSION, always=frozenset(NAMED_EXPRESSION)), "[]v1.Variable"),
    },
    pointers=_names("generate"),
)

MANIFESTS = Fields(
    "Manifests",
    {
        "attestors": ListOf(ANY, "[]v1.AttestorSet"),
        "annotationDomain": TEXT,
        "ignoreFields": ListOf(ANY, "v1.IgnoreFieldList"),
        "dryRun": Fields("DryRunOption", {"enable": FLAG, "namespace": TEXT}),
        "repository": TEXT,
    },
    always=_names("dryRun"),
)

VALIDATE = Fields(
    "Validation",
    {
        "failureAction": RULE_ACTION,
        "failureActionOverrides": OVERRIDES,
        "allowExistingViolations": FLAG,
        "message": TEXT,
        "manifests": MANIFESTS,
        "foreach": FOREACH_VALIDATIONS,
        "pattern": ANY,
        "anyPattern": ANY,
        "deny": DENY,
        "podSecurity": POD_SECURITY,
        "cel": CEL,
        "assert": FLOATED,
    },
    pointers=_names("failureAction allowExistingViolations"),
)

FOREACH_MUTATION = Fields(
    "ForEachMutation",
    {
        "list": TEXT,
        "order": Scalar("v1.ForeachOrder", ("Ascending", "Descending")),
        "context": CONTEXT,
        "preconditions": ANY_ALL,
        "patchStrategicMerge": FLOATED,
        "patchesJson6902": TEXT,
    },
    pointers=_names("order foreach"),
)
FOREACH_MUTATIONS = ListOf(FOREACH_MUTATION, "[]v1.ForEachMutation")
FOREACH_MUTATION.fields["foreach"] = FOREACH_MUTATIONS

RESOURCE_SPEC: dict[str, Schema] = {
    "apiVersion": TEXT,
    "kind": TEXT,
    "namespace": TEXT,
    "name": TEXT,
    "uid": TEXT,
}
TARGETS = ListOf(
    Fields(
        "TargetResourceSpec",
        {
            **RESOURCE_SPEC,
            "selector": SELECTOR,
            "context": CONTEXT,
            "preconditions": CONDITIONS,
        },
        embedded={"selector": "TargetSelector.", **dict.fromkeys(RESOURCE_SPEC, "TargetSelector.ResourceSpec.")},
    ),
    "[]v1.TargetResourceSpec",
)

MUTATE = Fields(
    "Mutation",
    {
        "mutateExistingOnPolicyUpdate": FLAG,
        "targets": TARGETS,
        "patchStrategicMerge": ANY,
        "patchesJson6902": TEXT,
        "foreach": FOREACH_MUTATIONS,
    },
    pointers=_names("mutateExistingOnPolicyUpdate"),
)

CLONE = Fields("CloneFrom", {"namespace": TEXT, "name": TEXT})
GENERATE_PATTERN: dict[str, Schema] = {
    **RESOURCE_SPEC,
    "data": ANY,
    "clone": CLONE,
    "cloneList": Fields("CloneList", {"namespace": TEXT, "kinds": TEXTS, "selector": SELECTOR}),
}
GENERATE_EMBEDDED = {
    key: "GeneratePattern.ResourceSpec." if key in RESOURCE_SPEC else "GeneratePattern." for key in GENERATE_PATTERN
}

GENERATE = Fields(
    "Generation",
    {
        "generateExisting": FLAG,
        "synchronize": FLAG,
        "orphanDownstreamOnPolicyDelete": FLAG,
        **GENERATE_PATTERN,
        "foreach": ListOf(
            Fields(
                "ForEachGeneration",
                {"list": TEXT, "context": CONTEXT, "preconditions": ANY_ALL, **GENERATE_PATTERN},
                always=_names("clone cloneList"),
                embedded=GENERATE_EMBEDDED,
            ),
            "[]v1.ForEachGeneration",
        ),
    },
    always=_names("clone cloneList"),
    pointers=_names("generateExisting"),
    embedded=GENERATE_EMBEDDED,
)

EXTRACTORS = MapOf(
    ListOf(
        Fields(
            "ImageExtractorConfig",
            {"path": TEXT, "value": TEXT, "name": TEXT, "key": TEXT, "jmesPath": TEXT},
            always=_names("path"),
        ),
        "[]v1.ImageExtractorConfig",
    ),
    "v1.ImageExtractorConfigs",
)

RULE = Fields(
    "Rule",
    {
        "name": RULE_NAME,
        "context": CONTEXT,
        "reportProperties": MAP_OF_TEXTS,
        "match": MATCH,
        "exclude": MATCH,
        "imageExtractors": EXTRACTORS,
        "preconditions": CONDITIONS,
        "celPreconditions": MATCH_CONDITIONS,
        "mutate": MUTATE,
        "validate": VALIDATE,
        "generate": GENERATE,
        "verifyImages": ANY,
        "skipBackgroundRequests": FLAG,
    },
    always=_names("name match"),
    pointers=_names("skipBackgroundRequests"),
    required=_names("name"),
)

SPEC = Fields(
    "Spec",
    {
        "rules": ListOf(RULE, "[]v1.Rule"),
        "applyRules": Scalar("v1.ApplyRulesType", ("All", "One")),
        "failurePolicy": FAILURE_POLICY,
        "validationFailureAction": ACTION,
        "validationFailureActionOverrides": OVERRIDES,
        "emitWarning": FLAG,
        "admission": FLAG,
        "background": FLAG,
        "schemaValidation": FLAG,
        "webhookTimeoutSeconds": NUMBER,
        "mutateExistingOnPolicyUpdate": FLAG,
        "generateExistingOnPolicyUpdate": FLAG,
        "generateExisting": FLAG,
        "useServerSideApply": FLAG,
        "webhookConfiguration": Fields(
            "WebhookConfiguration",
            {"failurePolicy": FAILURE_POLICY, "timeoutSeconds": NUMBER, "matchConditions": MATCH_CONDITIONS},
            pointers=_names("failurePolicy timeoutSeconds"),
        ),
    },
    pointers=_names(
        "applyRules failurePolicy emitWarning admission background schemaValidation webhookTimeoutSeconds "
        "generateExistingOnPolicyUpdate"
    ),
)

METADATA = Fields(
    "ObjectMeta",
    {"name": TEXT, "namespace": TEXT, "labels": MAP_OF_TEXTS, "annotations": MAP_OF_TEXTS},
    known=False,
)

POLICY = Fields(
    "ClusterPolicy",
    {"kind": TEXT, "apiVersion": TEXT, "metadata": METADATA, "spec": SPEC, "status": ANY},
    always=_names("metadata spec"),
    required=_names("spec"),
)

EXCEPTION = Fields(
    "PolicyException",
    {
        "apiVersion": TEXT,
        "kind": TEXT,
        "metadata": METADATA,
        "spec": Fields(
            "PolicyExceptionSpec",
            {
                "background": FLAG,
                "match": Fields("MatchResources", {"any": FILTERS, "all": FILTERS}),
                "conditions": ANY_ALL,
                "exceptions": ListOf(
                    Fields(
                        "Exception",
                        {"policyName": TEXT, "ruleNames": TEXTS},
                        required=_names("policyName ruleNames"),
                    ),
                    "[]v2.Exception",
                ),
                "podSecurity": POD_SECURITY_STANDARDS,
            },
        ),
    },
)


def decoding_problems(found: list[PolicyError]) -> list[PolicyError]:
    """Those of the problems for which Kyverno cannot decode a tree, beginning with the one that it names."""
    wrong = [problem for problem in found if not isinstance(problem, Unserved)]
    return sorted(wrong, key=lambda problem: not isinstance(problem, Unread))


_Place: TypeAlias = tuple["_Place", str | int, Fields | None] | None
"""A place in a tree, told only when there is something to tell: the place around it, the key or index, and the struct
that has the key, None for keys of a map."""


def problems(tree: Tree, schema: Schema) -> list[PolicyError]:
    """Every place where the tree does not fit the schema, in the order of the tree; nulls count as absent.

    What Kyverno cannot decode is a plain `PolicyError`, what only the CRD refuses an `Unserved`.
    """
    found: list[PolicyError] = []
    _check(tree, schema, None, found)
    return found


def _check(tree: Tree, schema: Schema, place: _Place, found: list[PolicyError]) -> None:
    if tree is None:
        return
    match schema:
        case Scalar():
            _check_scalar(tree, schema, place, found)
        case Fields():
            _check_fields(tree, schema, place, found)
        case ListOf():
            if not isinstance(tree, list):
                found.append(_wrong_type(tree, schema.go, place))
                return
            for index, item in enumerate(tree):
                if item is None:
                    _check_null(schema.item, (place, index, None), found)
                else:
                    _check(item, schema.item, (place, index, None), found)
        case MapOf():
            if not isinstance(tree, dict):
                found.append(_wrong_type(tree, schema.go, place))
                return
            for key, item in tree.items():
                _check(item, schema.item, (place, key, None), found)
        case Conditions():
            block = ANY_ALL if isinstance(tree, dict) else ListOf(CONDITION)
            # kyverno: the decoder of conditions swallows the reason (api/kyverno/v1/wrappers.go)
            if not isinstance(tree, dict | list) or problems(tree, block):
                found.append(Unread("failed to unmarshal Conditions", path=_path(place)))


def _check_fields(tree: Tree, schema: Fields, place: _Place, found: list[PolicyError]) -> None:
    if not isinstance(tree, dict):
        found.append(_wrong_type(tree, f"v1.{schema.struct}", place))
        return
    fields = schema.fields
    for key, value in tree.items():
        child = fields.get(key)
        if child is not None:
            _check(value, child, (place, key, schema), found)
        elif schema.known:
            found.append(UnknownField(f'unknown field "{key}"', path=_path((place, key, schema))))
    for key in sorted(schema.required):
        if tree.get(key) is None and (key not in tree or schema.fields[key] != ANY):
            found.append(Unserved("Required value", path=_path((place, key, schema))))


def _check_null(schema: Schema, place: _Place, found: list[PolicyError]) -> None:
    """A null in a list: Go decodes it as an empty item, which only the CRD refuses."""
    kind = _served_type(schema)
    if kind:
        path = _path(place)
        found.append(Unserved(f'Invalid value: "null": {path} in body must be of type {kind}: "null"', path=path))


def _served_type(schema: Schema) -> str:
    """The type that the CRD has for it; empty where it has none."""
    match schema:
        case Scalar(go="bool"):
            return "boolean"
        case Scalar(go="int32"):
            return "integer"
        case Scalar():
            return "string"
        case ListOf():
            return "array"
        case MapOf() | Fields(known=True):
            return "object"
    return ""


def _check_scalar(tree: Tree, schema: Scalar, place: _Place, found: list[PolicyError]) -> None:
    if not schema.fits(tree):
        found.append(_wrong_type(tree, schema.go, place))
    elif schema.choices and tree not in schema.choices:
        accepted = ", ".join(f'"{choice}"' for choice in schema.choices)
        found.append(Unserved(f'unsupported value "{tree}", supported values: {accepted}', path=_path(place)))
    elif schema.longest and isinstance(tree, str) and len(tree) > schema.longest:
        found.append(Unserved(f"Too long: may not be more than {schema.longest} bytes", path=_path(place)))


def _wrong_type(tree: Tree, go_type: str, place: _Place) -> PolicyError:
    struct, name = _go_field(place)
    return PolicyError(
        f"json: cannot unmarshal {json_type(tree)} into Go struct field {struct}.{name} of type {go_type}",
        path=_path(place),
    )


def _steps(place: _Place) -> list[tuple[str | int, Fields | None]]:
    """The keys and indexes from the root to the place."""
    steps: list[tuple[str | int, Fields | None]] = []
    while place is not None:
        place, step, struct = place
        steps.append((step, struct))
    return steps[::-1]


def _path(place: _Place) -> str:
    """The path with indexes, as in `spec.rules[2].match`."""
    written = (f"[{step}]" if isinstance(step, int) else f".{step}" for step, _ in _steps(place))
    return "".join(written).removeprefix(".")


def _go_field(place: _Place) -> tuple[str, str]:
    """The innermost struct and the path of fields, as Go names them: without indexes and keys of maps."""
    fields = [(step, struct) for step, struct in _steps(place) if struct is not None]
    name = ".".join(f"{struct.embedded.get(str(step), '')}{step}" for step, struct in fields)
    return fields[-1][1].struct if fields else "", name
