"""Where a rule plays: its policy, the objects, and the places of their parts."""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.explaining.origins import Origin, Policies
from kywarden.explaining.where import Whereabouts
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_places import Place
from kywarden.values.yaml_tree import Path, part


@dataclass(frozen=True, slots=True)
class Stage:
    """One rule and one request.

    new, old: where the objects stand, None for what is not there; resource: the object that is judged, on DELETE the
    old one, in whose paths places are asked for.
    """

    policy: Origin
    policies: Policies
    new: Origin | None
    old: Origin | None
    where: Whereabouts
    resource: Map

    @property
    def rule(self) -> Map:
        """The rule's tree."""
        tree = part(self.policy.tree, self.where.path)
        return tree if isinstance(tree, dict) else {}

    def written(self, path: Path) -> Tree:
        """What stands at a path of the policy."""
        return part(self.policy.tree, path)

    def in_resource(self, path: Path) -> Place | None:
        origin = self.new or self.old
        return None if origin is None else origin.value(path)

    def in_old(self, path: Path) -> Place | None:
        return None if self.old is None else self.old.value(path)
