"""One part of a policy as a ClusterAdmissionPolicy or AdmissionPolicy of `policies.kubewarden.io/v1`.

Source: https://docs.kubewarden.io/reference/CRDs.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.migrate import access, selectors, webhook_rules
from kywarden.migrate.options import SERVER
from kywarden.migrate.parts import Part
from kywarden.migrate.subject import Subject, choices
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree, maps

API_VERSION = "policies.kubewarden.io/v1"
ANNOTATIONS = ("title", "description", "category", "severity")
KYVERNO_ANNOTATION, KUBEWARDEN_ANNOTATION = "policies.kyverno.io/", "io.kubewarden.policy."

REPORTS = "policyreports"

SHORTEST, LONGEST, DEFAULT_TIMEOUT = 2, 30, 10
"""Seconds of `timeoutSeconds`."""

RESERVE = 1200
"""Milliseconds of the time limit that the module leaves unused: a host's clock ticks once a second, and who waits for
the answer must get it in time."""


@dataclass(frozen=True, slots=True)
class Made:
    """A custom resource, and how its part is named in it."""

    tree: Map
    selected: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """Kind, namespace and name, of which there is one in a cluster."""
        return self.kind, self.namespace, self.name

    @property
    def kind(self) -> str:
        return str(self.tree["kind"])

    @property
    def name(self) -> str:
        metadata = self.tree["metadata"]
        assert isinstance(metadata, dict)
        return str(metadata["name"])

    @property
    def rules(self) -> list[Map]:
        """What it is called for."""
        spec = self.tree["spec"]
        assert isinstance(spec, dict)
        return maps(spec["rules"])

    @property
    def module(self) -> str:
        spec = self.tree["spec"]
        assert isinstance(spec, dict)
        return str(spec["module"])

    @property
    def namespace(self) -> str:
        metadata = self.tree["metadata"]
        assert isinstance(metadata, dict)
        return str(metadata.get("namespace", ""))


def make(subject: Subject, part: Part) -> Made:
    """The custom resource; `selected` says which parts of match blocks are registered as selectors."""
    outline, options = subject.outline, subject.options
    look_ups = subject.look_ups(part.rules)
    registrations = [each for rule in part.rules for each in subject.registrations(rule)]
    granted = access.granted(look_ups, options.catalog)
    cluster_wide = not outline.namespaced or bool(granted) or any(map(_is_too_much, registrations))
    name = f"{subject.name}{part.suffix}"
    if cluster_wide and outline.namespaced:
        name = f"{subject.namespace}-{name}"
    metadata: Map = {"name": name}
    if not cluster_wide:
        metadata["namespace"] = subject.namespace
    if annotations := _annotations(subject, KUBEWARDEN_ANNOTATION):
        metadata["annotations"] = annotations
    spec: Map = {}
    if options.server != SERVER:
        spec["policyServer"] = options.server
    spec["module"] = options.module.of(name if cluster_wide else f"{subject.namespace}/{name}")
    spec["mode"] = part.mode
    spec["mutating"] = part.mutating
    spec["backgroundAudit"] = part.audited
    spec["failurePolicy"] = "Fail" if outline.fails_closed else "Ignore"
    spec |= timeouts(subject, part)
    spec["rules"] = list(webhook_rules.written(registrations))
    chosen, selected = _selectors(subject, part)
    spec |= {key: value for key, value in chosen.items() if cluster_wide or key != "namespaceSelector"}
    if conditions := _match_conditions(subject):
        spec["matchConditions"] = conditions
    if granted:
        spec["contextAwareResources"] = list(granted)
    spec["settings"] = settings(subject, part)
    kind = "ClusterAdmissionPolicy" if cluster_wide else "AdmissionPolicy"
    return Made({"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}, selected)


def settings(subject: Subject, part: Part) -> Map:
    """What the module is told; one that is baked takes exceptions alone."""
    options = subject.options
    exceptions: Map = {"exceptions": [each.tree for each in subject.exempting]} if subject.exempting else {}
    if options.module.baked:
        return exceptions
    made: Map = {"policy": part.tree, **exceptions}
    if part.enforcing:
        made["failureAction"] = "Enforce"
    if part.only:
        made["rules"] = part.only
    targets = [each.target for rule in part.rules for each in subject.registrations(rule)]
    if kinds := access.told(subject.look_ups(part.rules), targets, options.catalog):
        made["customResources"] = kinds
    if options.configuration is not None:
        made |= options.configuration.settings
    if (milliseconds := deadline(subject, part)) is not None:
        made["deadlineMilliseconds"] = milliseconds
    return made


def deadline(subject: Subject, part: Part) -> int | None:
    """Milliseconds that the module has, None for its own default."""
    seconds = timeouts(subject, part).get("timeoutEvalSeconds")
    return seconds * 1000 - RESERVE if isinstance(seconds, int) and seconds > SHORTEST else None


def timeouts(subject: Subject, part: Part) -> Map:
    """Kyverno's time limit; without one of its own, a policy gets the default for its look-ups."""
    seconds = subject.outline.timeout
    if seconds is None:
        return {"timeoutEvalSeconds": DEFAULT_TIMEOUT} if subject.look_ups(part.rules) else {}
    seconds = min(max(seconds, SHORTEST), LONGEST)
    return {"timeoutSeconds": seconds, "timeoutEvalSeconds": seconds}


def _is_too_much(registration: webhook_rules.Registration) -> bool:
    """What a policy of one namespace may not ask for: everything, or the reports of policies.

    Kubewarden 1.36 looks for the `*` among the versions, although it speaks of groups (policy_validation.go).
    """
    target = registration.target
    is_open = "*" in (target.group, *target.versions)
    return is_open and (target.resource.startswith("*") or target.resource.partition("/")[0] == REPORTS)


def worded(tree: Map, subject: Subject) -> Map:
    """A policy with its words for people, for which there is room in a module of its own."""
    metadata = tree["metadata"]
    assert isinstance(metadata, dict)
    own = metadata.get("annotations")
    annotations = {**(own if isinstance(own, dict) else {}), **_annotations(subject, KYVERNO_ANNOTATION)}
    return {**tree, "metadata": {**metadata, "annotations": annotations}} if annotations else tree


def _annotations(subject: Subject, prefix: str) -> Map:
    found = ((name, subject.annotations.get(KYVERNO_ANNOTATION + name, "").strip()) for name in ANNOTATIONS)
    return {prefix + name: value for name, value in found if value}


def _match_conditions(subject: Subject) -> list[Tree]:
    configuration = subject.options.configuration
    written = [*subject.outline.match_conditions, *(configuration.match_conditions if configuration else ())]
    conditions: dict[str, Tree] = {}
    for each in written:
        name = text(each, "name")
        while conditions.get(name, each) != each:  # both have one of this name
            name += "-2"
        conditions[name] = {**each, "name": name}
    return list(conditions.values())


def _selectors(subject: Subject, part: Part) -> tuple[Map, tuple[str, ...]]:
    """The selectors, and the attributes of match and exclude blocks that they stand for."""
    chosen, selected = choices(part), []
    namespaces: list[Tree] = []
    if subject.outline.namespaced:
        namespaces.append(selectors.named("In", [subject.namespace or "default"]))
    elif (names := selectors.namespaces(chosen)) is not None:
        namespaces.append(selectors.named("In", names))
        selected.append("namespaces")
    configuration = subject.options.configuration
    excluded = selectors.excluded_namespaces(chosen)
    if excluded:
        selected.append("excluded namespaces")
    if configuration is not None:
        excluded |= configuration.excluded
    if excluded:
        namespaces.append(selectors.named("NotIn", excluded))
    if (labels := selectors.namespace_labels(chosen)) is not None:
        namespaces += selectors.expressions(labels)
        selected.append("namespaceSelector")
    objects: list[Tree] = []
    if (labels := selectors.object_labels(chosen)) is not None:
        objects += selectors.expressions(labels)
        selected.append("selector")
    if configuration is not None:
        namespaces += [each for each in configuration.namespace_expressions if each not in namespaces]
        objects += configuration.object_expressions
    made: Map = {}
    if namespaces:
        made["namespaceSelector"] = {"matchExpressions": namespaces}
    if objects:
        made["objectSelector"] = {"matchExpressions": objects}
    return made, tuple(selected)
