"""The `context` of a rule or of a foreach entry, prepared."""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.binding import entries
from kywarden.binding.scope import Loader, Scope
from kywarden.kinds.classic.trees import structs
from kywarden.model.resources import text
from kywarden.values.trees import Map

LOOK_UPS = ("configMap", "apiCall", "imageRegistry", "globalReference")
"""Kinds of entries that Kyverno's command line passes over where there is nothing to look them up in."""


@dataclass(frozen=True, slots=True)
class Context:
    """The loaders of the entries, each with the kind of look-up it makes (empty for none).

    fault: why the entries cannot be loaded at all, empty when they can.
    """

    entries: tuple[tuple[str, Loader], ...] = ()
    fault: str = ""

    def below(self, scope: Scope, imitates: bool) -> Scope:
        """The scope with the entries; `imitates`: Kyverno's command line is imitated, not the webhook."""
        if not self.entries:
            return scope
        looks_up = scope.world.looks_up
        return scope.with_entries(
            [loader for kind, loader in self.entries if not (imitates and kind) or looks_up(kind)]
        )


def prepare(tree: Map, namespace: str) -> Context:
    """The context of a rule or foreach entry; `namespace`: of a namespaced policy, which looks nowhere else."""
    listed = structs(tree.get("context"))
    return Context(
        tuple(
            (next((kind for kind in LOOK_UPS if entry.get(kind) is not None), ""), loader)
            for entry in listed
            for loader in entries.prepare([entry], namespace)
        ),
        next((_fault(entry) for entry in listed if all(entry.get(kind) is None for kind in entries.KINDS)), ""),
    )


def _fault(entry: Map) -> str:
    # kyverno: the policy check looks at no entries inside foreach, so that one of no kind comes as far as this
    return f"failed to create deferred loader for context entry {text(entry, 'name')}"
