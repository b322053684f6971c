"""Which resources an entry of `kinds` is about: a policy names kinds, webhook rules name resources.

Built-in kinds are known; those of custom resources come from their definitions or are told one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kywarden.judging import kinds
from kywarden.judging.kinds import KindSelector
from kywarden.model import builtin_kinds
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.trees import Map

ANY = ("*",)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a cluster; group and versions are `*` when they are not known."""

    group: str
    versions: tuple[str, ...]
    kind: str
    plural: str
    namespaced: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """What webhook rules are to name.

    resource: with its subresource (`pods/exec`); namespaced: None when there may be both; guessed: the kind whose
    resource name is a guess, broad: the entry that can only be told by the kind of the object; empty when not so.
    """

    group: str
    versions: tuple[str, ...]
    resource: str
    namespaced: bool | None = None
    guessed: str = ""
    broad: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The resources that are known besides the built-in ones."""

    custom: tuple[Resource, ...] = ()

    def targets(self, entry: str) -> list[Target]:
        """The targets of a `kinds` entry; none when it never matches anything."""
        selector = kinds.parse(entry)
        if not selector.kind or selector.subresource != selector.subresource.lower():
            # kyverno: `networking.k8s.io/NetworkPolicy` names a subresource that there is not
            return []
        group, version = _exact(selector.group), _exact(selector.version)
        below = f"/{selector.subresource}" if selector.subresource else ""
        if wildcard.contains_wildcard(below.replace("/*", "")):
            below = "/*"
        if wildcard.contains_wildcard(selector.kind):
            return [Target(group, (version,), f"*{below}", broad="" if selector.kind == "*" else entry)]
        if known := self._known(selector):
            if _asks_for_every_version(entry):
                # also for one that is no longer served or not yet
                known = [replace(each, versions=ANY) for each in known]
            return [
                Target(each.group, _versions(each, selector), each.plural + below, each.namespaced) for each in known
            ]
        if group == "*" or builtin_kinds.groups(selector.kind):
            guessed = "" if builtin_kinds.groups(selector.kind) else selector.kind
            return [Target(group, (version,), builtin_kinds.plural(selector.kind) + below, guessed=guessed)]
        return [Target(group, (version,), f"*{below}", broad=entry)]

    def kind(self, group: str, plural: str) -> str:
        """The kind of a resource, empty when it is not known."""
        custom = (each.kind for each in self.custom if each.plural == plural and each.group in (group, "*"))
        return next(custom, "") or builtin_kinds.kind_of(group, plural)

    def parents(self, target: Target) -> list[Resource]:
        """The custom resources of a certain group whose subresource a target may be; none where it is none."""
        plural, slash, _ = target.resource.partition("/")
        return [
            each
            for each in self.custom
            if slash and each.group != "*" and target.group in (each.group, "*") and plural in (each.plural, "*")
        ]

    def _known(self, selector: KindSelector) -> list[Resource]:
        built_in = (
            Resource(
                group,
                builtin_kinds.versions(selector.kind),
                selector.kind,
                builtin_kinds.plural(selector.kind),
                builtin_kinds.is_namespaced(group, selector.kind),
            )
            for group in builtin_kinds.groups(selector.kind)
        )
        custom = (each for each in self.custom if each.kind == selector.kind)
        return [
            each
            for each in (*built_in, *custom)
            if each.group == "*" or wildcard.matches(selector.group, each.group)
            if each.versions == ANY or any(wildcard.matches(selector.version, version) for version in each.versions)
        ]


def _asks_for_every_version(entry: str) -> bool:
    """Whether a `*` is written where the version stands: `*/Pod`, `batch/*/CronJob`."""
    match entry.split("/"):
        case ["*", _] | [_, "*", _, *_]:
            return True
    return False


def _exact(pattern: str) -> str:
    """What webhook rules can say of a pattern: it itself, or anything."""
    return "*" if wildcard.contains_wildcard(pattern) else pattern


def _versions(resource: Resource, selector: KindSelector) -> tuple[str, ...]:
    if not wildcard.contains_wildcard(selector.version):
        return (selector.version,)
    return tuple(each for each in resource.versions if each == "*" or wildcard.matches(selector.version, each))


def definitions(documents: Iterable[Map]) -> list[Resource]:
    """The resources of the CustomResourceDefinitions among documents."""
    return [_definition(tree) for tree in documents if text(tree, "kind") == "CustomResourceDefinition"]


def _definition(tree: Map) -> Resource:
    spec = tree.get("spec")
    listed = spec.get("versions") if isinstance(spec, dict) else None
    served = [
        text(each, "name")
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and each.get("served") is not False
    ]
    return Resource(
        text(spec, "group"),
        tuple(served) or ANY,
        text(spec, "names", "kind"),
        text(spec, "names", "plural"),
        text(spec, "scope") != "Cluster",
    )


def told(argument: str) -> Resource:
    """A resource told as `Kind.group=plural` or `Kind=plural`; raises ValueError."""
    kind, equals, plural = argument.partition("=")
    name, dot, group = kind.partition(".")
    if not equals or not name or not plural or (dot and not group):
        raise ValueError(f"{argument} is not of the form Kind.group=plural")
    return Resource(group if dot else "*", ANY, name, plural)
