"""Settings: what an operator decides for all policies, and the policies themselves.

They are read as a whole: whoever gets them wrong is told all that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from kywarden.errors import RequestError
from kywarden.judging import request_filter
from kywarden.judging.request_filter import RequestFilter
from kywarden.kinds.outline import LookUp
from kywarden.kinds.program import AS_WRITTEN, FailureAction, Regime, Rules
from kywarden.loader import Source
from kywarden.model.builtin_kinds import kind_of
from kywarden.values.trees import Map, Tree

INPUT_LIMIT = 3 * 1024 * 1024
"""Bytes of input that are read; hosts send at most 2 MiB."""

DEADLINE = 800
"""Milliseconds of an evaluation, below the shortest limit of a host that kills without a word."""

FAILURE_ACTIONS = ("policy", "Enforce", "Audit")
RULES = ("all", "validate", "mutate")

KEYS = (
    "policy",
    "policies",
    "exceptions",
    "failureAction",
    "rules",
    "excludeGroups",
    "excludeUsers",
    "excludeRoles",
    "excludeClusterRoles",
    "resourceFilters",
    "customResources",
    "deadlineMilliseconds",
    "inputLimitBytes",
)
BESIDE_BAKED = "exceptions"
"""What may still be set when the policies are baked into the module."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets; the defaults are what an absent key means.

    filter: which requests are let through unseen; custom_resources: the kinds of custom resources by the name of their
    definition, `plural.group`; deadline: milliseconds; input_limit: bytes.
    """

    sources: tuple[Source, ...] = ()
    regime: Regime = AS_WRITTEN
    filter: RequestFilter = request_filter.NOTHING
    custom_resources: Mapping[str, str] = field(default_factory=dict)
    deadline: int = DEADLINE
    input_limit: int = INPUT_LIMIT

    def unanswerable(self, look_up: LookUp) -> str:
        """Why no Kubewarden host can answer a look-up, empty when it can."""
        resource = f"{look_up.plural}.{look_up.group}" if look_up.group else look_up.plural
        if look_up.refused or not look_up.concerns_cluster or look_up.kind or kind_of(look_up.group, look_up.plural):
            return look_up.refused
        if resource in self.custom_resources:
            return ""
        return f"the kind of {resource} is not known; the setting customResources tells it ({resource}: Kind)"


def read(tree: Map) -> tuple[Settings, tuple[RequestError, ...]]:
    """The settings of a tree, as far as they can be read, and everything that is wrong with them."""
    reader = _Reader(tree)
    reader.check_keys(KEYS, lambda key: f'unknown key "{key}", known keys: {", ".join(sorted(KEYS))}')
    settings = Settings(
        sources=reader.sources("policy", "policies", "exceptions"),
        regime=Regime(
            cast(FailureAction, reader.choice("failureAction", FAILURE_ACTIONS)),
            cast(Rules, reader.choice("rules", RULES)),
        ),
        filter=RequestFilter(
            groups=request_filter.read_names(reader.text("excludeGroups")),
            users=request_filter.read_names(reader.text("excludeUsers")),
            roles=request_filter.read_names(reader.text("excludeRoles")),
            cluster_roles=request_filter.read_names(reader.text("excludeClusterRoles")),
            resources=reader.resource_filters("resourceFilters"),
        ),
        custom_resources=reader.custom_resources("customResources"),
        deadline=reader.positive("deadlineMilliseconds", DEADLINE),
        input_limit=reader.positive("inputLimitBytes", INPUT_LIMIT),
    )
    return settings, tuple(reader.problems)


def read_beside(tree: Map, baked: Settings) -> tuple[Settings, tuple[RequestError, ...]]:
    """The same beside baked settings, which stand; the sources are those of the tree alone."""
    reader = _Reader(tree)
    reader.check_keys(
        (BESIDE_BAKED,),
        lambda key: (
            f'"{key}" cannot be set: the policies are baked into this module, which takes only {BESIDE_BAKED}'
            if key in KEYS
            else f'unknown key "{key}", known keys: {BESIDE_BAKED}'
        ),
    )
    return replace(baked, sources=reader.sources(BESIDE_BAKED)), tuple(reader.problems)


@dataclass(slots=True)
class _Reader:
    """Reads one value after the other and remembers what is wrong."""

    tree: Map
    problems: list[RequestError] = field(default_factory=list)

    def wrong(self, reason: str, path: str, instead: T) -> T:
        self.problems.append(RequestError(reason, path))
        return instead

    def check_keys(self, known: tuple[str, ...], reason: Callable[[str], str]) -> None:
        for key in self.tree:
            if key not in known:
                self.wrong(reason(key), "settings", None)

    def sources(self, *keys: str) -> tuple[Source, ...]:
        found: list[Source] = []
        for key in keys:
            value = self.tree.get(key)
            path = f"settings.{key}"
            entries: list[tuple[Tree, str]]
            if key == "policy":
                entries = [] if value is None else [(value, path)]
            elif isinstance(value, list):
                entries = [(entry, f"{path}[{index}]") for index, entry in enumerate(value)]
            else:
                entries = [] if value is None else self.wrong("must be a list", path, [])
            found += [
                Source(entry, name)
                for entry, name in entries
                if isinstance(entry, str | dict) or self.wrong("must be YAML text or a map", name, False)
            ]
        return tuple(found)

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.tree.get(key)
        if value is None:
            return choices[0]
        if isinstance(value, str) and value in choices:
            return value
        return self.wrong(f"must be one of {', '.join(choices)}", f"settings.{key}", choices[0])

    def text(self, key: str) -> str:
        value = self.tree.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        return self.wrong("must be a text, as in Kyverno's ConfigMap", f"settings.{key}", "")

    def resource_filters(self, key: str) -> tuple[request_filter.ResourceFilter, ...]:
        written = self.text(key)
        filters = request_filter.read_resources(written)
        if written.strip() and not filters:
            self.wrong("holds no [kind,namespace,name]", f"settings.{key}", None)
        return filters

    def custom_resources(self, key: str) -> Mapping[str, str]:
        value = self.tree.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            return self.wrong("must be a map from plural.group to kind", f"settings.{key}", {})
        kinds: dict[str, str] = {}
        for name, kind in value.items():
            if isinstance(kind, str) and kind:
                kinds[name] = kind
            else:
                self.wrong("must be a kind, such as Certificate", f"settings.{key}.{name}", None)
        return kinds

    def positive(self, key: str, default: int) -> int:
        value: Tree = self.tree.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        return self.wrong("must be a positive integer", f"settings.{key}", default)
