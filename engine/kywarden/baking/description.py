"""The metadata of a baked module: what a host and a registry are told about the policies in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kywarden.baking.subjects import Baking
from kywarden.kinds.outline import LookUp
from kywarden.migrate import access, webhook_rules
from kywarden.migrate.custom_resource import KUBEWARDEN_ANNOTATION, KYVERNO_ANNOTATION
from kywarden.migrate.subject import Subject
from kywarden.values.trees import Map, Tree
from kywarden.wasm import metadata

SEVERITIES = ("info", "low", "medium", "high", "critical")
CAPABILITIES = {
    "get": ("kubernetes/get_resource",),
    "list": ("kubernetes/list_resources_all",),
    "create": ("kubernetes/can_i",),
    "pull": ("oci/v1/manifest_digest", "oci/v1/oci_manifest", "oci/v1/oci_manifest_config"),
    "resolve": ("net/v1/dns_lookup_host",),
}
"""Capabilities by the verb of a look-up; a list of one namespace has its own."""

IN_NAMESPACE = ("kubernetes/list_resources_by_namespace",)

USAGE = (
    "The policies are in the module: it needs no settings. `exceptions` (a list of PolicyExceptions) are added to "
    "those that are in it; nothing else can be set."
)


def of(baking: Baking, annotations: Mapping[str, str]) -> Map:
    """The metadata. annotations: stand above those of the policies."""
    subjects, look_ups = baking.subjects(), baking.look_ups()
    running = [(subject, rule) for subject in subjects for rule in baking.rules(subject)]
    registrations = [each for subject, rule in running for each in subject.registrations(rule)]
    rules: list[Tree] = [*webhook_rules.written(registrations)]
    return {
        **metadata.of_policy(version=""),
        "rules": rules,
        "annotations": {**_annotations(subjects), **annotations},
        "mutating": any(rule.mutates and subject.outline.admitted for subject, rule in running),
        "backgroundAudit": any(not rule.mutates and subject.outline.in_background for subject, rule in running),
        "contextAwareResources": [*access.granted(look_ups, baking.options.catalog)],
        "hostCapabilities": [*sorted({name for each in look_ups for name in _capabilities(each)})],
    }


def notes(baking: Baking, described: Map) -> Iterator[str]:
    """What whoever deploys the module must know."""
    if not described["rules"]:
        yield "no request is about the kinds that the policies match: a host is told no rules"
    sorts = {rule.mutates for subject in baking.subjects() for rule in baking.rules(subject)}
    if len(sorts) == 2:
        yield (
            "there are rules that mutate and rules that validate, and Kubewarden calls a module that mutates among the "
            "mutating webhooks only, where others may still change the object afterwards: bake one with --rules mutate "
            "and one with --rules validate"
        )


def _annotations(subjects: Sequence[Subject]) -> dict[str, str]:
    """Those of the policies, one beside the other where there are several."""
    titles = [_own(subject, "title") or subject.key for subject in subjects]
    descriptions = [_own(subject, "description") for subject in subjects]
    if len(subjects) > 1:
        descriptions = [f"{title}: {each}" for title, each in zip(titles, descriptions, strict=True) if each]
    severities = [each for subject in subjects if (each := _own(subject, "severity").lower()) in SEVERITIES]
    found = {
        "title": ", ".join(titles),
        "description": " ".join(filter(None, descriptions)) or f"Kyverno's rules of {', '.join(titles)}",
        "severity": max(severities, key=SEVERITIES.index, default=""),
        "category": ", ".join(_distinct(_own(subject, "category") for subject in subjects)),
        "usage": USAGE,
    }
    return {KUBEWARDEN_ANNOTATION + name: value for name, value in found.items() if value}


def _own(subject: Subject, name: str) -> str:
    """The words of an annotation, in one line: registries drop others."""
    return " ".join(subject.annotations.get(KYVERNO_ANNOTATION + name, "").split())


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _capabilities(look_up: LookUp) -> Sequence[str]:
    return IN_NAMESPACE if look_up.verb == "list" and look_up.namespaced else CAPABILITIES[look_up.verb]
