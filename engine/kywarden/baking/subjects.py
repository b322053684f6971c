"""The policies among the documents of settings, outlined: what hosts and people are told about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kywarden.judging.request_filter import NOBODY
from kywarden.kinds.outline import LookUp, RuleOutline
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.migrate.configuration import BINDINGS
from kywarden.migrate.module import Module
from kywarden.migrate.options import Options
from kywarden.migrate.subject import Exempting, Subject
from kywarden.model.resources import group_kind, text, texts
from kywarden.settings import Settings
from kywarden.values.trees import Map

HERE = Module("")
"""No custom resource is made, so none names a module."""


@dataclass(frozen=True, slots=True)
class Baking:
    """What goes into one module: the documents, which load, and the settings around them."""

    policies: tuple[Map, ...]
    exceptions: tuple[Map, ...]
    settings: Settings
    options: Options = field(default_factory=lambda: Options(HERE))

    def subjects(self) -> list[Subject]:
        """The policies, each with all exceptions."""
        exempting = tuple(Exempting(each, EXCEPTIONS[group_kind(each)].look_ups(each)) for each in self.exceptions)
        return [self._subject(tree, exempting) for tree in self.policies]

    def _subject(self, tree: Map, exempting: tuple[Exempting, ...]) -> Subject:
        outline = KINDS[group_kind(tree)].outline(tree)
        namespace = (text(tree, "metadata", "namespace") or "default") if outline.namespaced else ""
        annotations = texts(tree, "metadata", "annotations")
        name, kind = text(tree, "metadata", "name"), text(tree, "kind")
        return Subject(name, namespace, annotations, "", kind, outline, exempting, self.options)

    def rules(self, subject: Subject) -> list[RuleOutline]:
        """The rules of a policy that run."""
        return [rule for rule in subject.outline.rules if self.settings.regime.runs(rule.mutates)]

    def look_ups(self) -> list[LookUp]:
        """All that is looked up at run time, each once."""
        found = [each for subject in self.subjects() for each in subject.look_ups(self.rules(subject))]
        if (self.settings.filter.roles, self.settings.filter.cluster_roles) != (NOBODY, NOBODY):
            found += BINDINGS
        return list(dict.fromkeys(found))


def sorted_out(documents: Iterable[Map]) -> tuple[tuple[Map, ...], tuple[Map, ...]]:
    """Policies and exceptions apart."""
    found = tuple(documents)
    exceptions = tuple(tree for tree in found if group_kind(tree) in EXCEPTIONS)
    return tuple(tree for tree in found if group_kind(tree) not in EXCEPTIONS), exceptions


def described(baking: Baking) -> Iterator[Map]:
    """Each policy with its rules, as a report shows them."""
    chosen = baking.settings.regime.failure_action
    for subject in baking.subjects():
        rules: list[Map] = []
        for rule in baking.rules(subject):
            named: Map = {"name": rule.name, "type": rule.topic}
            if not rule.mutates:
                own = {True: "Enforce", False: "Audit", None: "by namespace"}[rule.enforces]
                named["action"] = own if chosen == "policy" else chosen
            if rule.copies:
                named["autogen"] = list(rule.copies)
            rules.append(named)
        yield {"name": subject.key, "kind": subject.kind, "rules": list(rules)}
