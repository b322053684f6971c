"""A policy that is being migrated, with all that its Kubewarden policies are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kywarden.judging.kinds import KindSelector
from kywarden.kinds.outline import Choice, LookUp, Outline, RuleOutline
from kywarden.migrate import webhook_rules
from kywarden.migrate.options import Options
from kywarden.migrate.parts import Part
from kywarden.migrate.webhook_rules import Registration
from kywarden.values.trees import Map


@dataclass(frozen=True, slots=True)
class Exempting:
    """An exception that names the policy, and what it looks up."""

    tree: Map
    look_ups: tuple[LookUp, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """name, namespace, annotations: of the policy; source: the file; exempting: the exceptions that name it."""

    name: str
    namespace: str
    annotations: dict[str, str]
    source: str
    kind: str
    outline: Outline
    exempting: tuple[Exempting, ...]
    options: Options

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}" if self.outline.namespaced and self.namespace else self.name

    def registrations(self, rule: RuleOutline) -> list[Registration]:
        """What a rule is called for; a namespaced policy is not called for what lives in no namespace, and no policy
        for kinds that Kyverno's configuration filters out."""
        return [
            each
            for each in webhook_rules.of_rule(rule, self.options.catalog, self._filtered)
            if not (self.outline.namespaced and each.target.namespaced is False)
        ]

    def is_filtered_out(self, rule: RuleOutline) -> bool:
        """Whether it would be called for something, were it not for Kyverno's configuration."""
        every = webhook_rules.of_rule(rule, self.options.catalog)
        return bool(every) and not webhook_rules.of_rule(rule, self.options.catalog, self._filtered)

    @property
    def _filtered(self) -> tuple[KindSelector, ...]:
        return self.options.configuration.filtered if self.options.configuration is not None else ()

    def look_ups(self, rules: Iterable[RuleOutline]) -> list[LookUp]:
        """All look-ups of rules, of the exceptions and of the configuration, each once."""
        from_rules = [each for rule in rules for each in rule.look_ups]
        from_exceptions = [each for exempting in self.exempting for each in exempting.look_ups]
        configuration = self.options.configuration
        from_configuration = configuration.look_ups if configuration is not None else ()
        return list(dict.fromkeys((*from_rules, *from_exceptions, *from_configuration)))


def choices(part: Part) -> list[Choice]:
    """The choices of all rules of a part."""
    return [choice for rule in part.rules for choice in rule.choices]
