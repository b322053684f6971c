"""Where the prepared parts of a rule stand in its policy: by the identity of what was prepared.

Prepared rules mirror the policy's tree, so the paths need not be kept while they are prepared. Copies that autogen made
stand where the rule stands that they were made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from kywarden.judging.conditions import Condition, Conditions
from kywarden.kinds.classic import mutate_body
from kywarden.kinds.classic.autogen_copies import generated_name
from kywarden.kinds.classic.bodies import Body
from kywarden.kinds.classic.context import Context
from kywarden.kinds.classic.deny_body import DenyBody
from kywarden.kinds.classic.foreach_body import Entry, ForeachBody
from kywarden.kinds.classic.mutation import MutateRule
from kywarden.kinds.classic.pattern_body import AnyPatternBody, PatternBody
from kywarden.kinds.classic.pod_security_body import PodSecurityBody
from kywarden.kinds.classic.rule import Rule
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree, floated, same
from kywarden.values.yaml_tree import Path

TEMPLATES: dict[str, Path] = {
    "": (),
    "autogen": ("spec", "template"),
    "autogen-cronjob": ("spec", "jobTemplate", "spec", "template"),
}
"""Where the pod stands in the objects that a copy is about, by the prefix of its name."""


@dataclass(slots=True)
class Whereabouts:
    """One rule: its index in the policy's spec, the way to the pod, and the paths of its parts by identity."""

    index: int
    template: Path
    paths: dict[int, Path] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return ("spec", "rules", self.index)

    def of(self, part: object) -> Path:
        """The path of a prepared part; that of the rule when it is not known."""
        return self.paths.get(id(part), self.path)

    def knows(self, part: object) -> bool:
        return id(part) in self.paths


def running_names(name: str) -> dict[str, Path]:
    """The names that a rule runs by, its own and those of its copies by autogen, each with where the pod stands."""
    return {generated_name(prefix, name) if prefix else name: template for prefix, template in TEMPLATES.items()}


def of_rule(policy: Map, name: str, prepared: object) -> Whereabouts:
    """The whereabouts of a rule of a policy, by the name it has when it runs."""
    trees = maps(one_map(policy.get("spec")).get("rules"))
    for index, tree in enumerate(trees):
        for running, template in running_names(text(tree, "name")).items():
            if name == running:
                found = Whereabouts(index, template)
                for part, path in _of_prepared(prepared, tree, found.path):
                    found.paths[id(part)] = path
                return found
    return Whereabouts(0, ())


def _of_prepared(prepared: object, tree: Map, path: Path) -> Iterator[tuple[object, Path]]:
    match prepared:
        case Rule():
            yield from _of_common(prepared, tree, path)
            if prepared.steps.body is not None:
                yield from _of_body(prepared.steps.body, one_map(tree.get("validate")), (*path, "validate"))
        case MutateRule():
            yield from _of_common(prepared.rule, tree, path)
            inner = (*path, "mutate")
            yield prepared.body, inner
            if isinstance(prepared.body, mutate_body.ForeachBody):
                yield from _of_mutations(prepared.body.entries, one_map(tree.get("mutate")), inner)


def _of_common(rule: Rule, tree: Map, path: Path) -> Iterator[tuple[object, Path]]:
    yield from _of_context(rule.steps.context, tree, path)
    yield from _of_conditions(rule.steps.preconditions, (*path, "preconditions"))


def _of_conditions(block: Conditions | None, path: Path) -> Iterator[tuple[Condition, Path]]:
    if block is None:
        return
    for index, condition in enumerate(block.any or ()):
        yield condition, (*path, "any", index)
    for index, condition in enumerate(block.all):
        yield condition, (*path, index) if block.is_list else (*path, "all", index)


def _of_context(context: Context, tree: Map, path: Path) -> Iterator[tuple[object, Path]]:
    names = [text(entry, "name") for entry in maps(tree.get("context"))]
    for _, loader in context.entries:
        name = name_of(loader)
        if name in names:
            yield loader, (*path, "context", names.index(name))


def name_of(loader: object) -> str:
    """The name of a context entry, empty for what is none (the images, the roles)."""
    name = getattr(getattr(loader, "entry", None), "name", "")
    return name if isinstance(name, str) else ""


def _of_body(body: Body, tree: Map, path: Path) -> Iterator[tuple[object, Path]]:
    match body:
        case PatternBody():
            yield body, (*path, "pattern")
        case AnyPatternBody():
            yield body, (*path, "anyPattern")
        case DenyBody():
            yield from _of_conditions(body.conditions, (*path, "deny", "conditions"))
        case PodSecurityBody():
            yield body.settings, (*path, "podSecurity")
        case ForeachBody():
            trees = maps(tree.get("foreach"))
            for index, (entry, inner) in enumerate(zip(body.entries, trees, strict=False)):
                yield from _of_entry(entry, inner, (*path, "foreach", index))


def _of_entry(entry: Entry, tree: Map, path: Path) -> Iterator[tuple[object, Path]]:
    yield entry, path
    yield from _of_context(entry.context, tree, path)
    yield from _of_conditions(entry.preconditions, (*path, "preconditions"))
    if entry.body is not None:
        yield from _of_body(entry.body, tree, path)


def _of_mutations(entries: tuple[mutate_body.Entry, ...], tree: Map, path: Path) -> Iterator[tuple[object, Path]]:
    trees = maps(tree.get("foreach"))
    for index, (entry, inner) in enumerate(zip(entries, trees, strict=False)):
        place = (*path, "foreach", index)
        yield entry, place
        yield from _of_context(entry.context, inner, place)
        yield from _of_conditions(entry.preconditions, (*place, "preconditions"))
        yield from _of_mutations(entry.nested, inner, place)


def is_alike(left: Tree, right: Tree) -> bool:
    """Whether two trees are equal, whatever Go's types of their numbers."""
    return same(floated(left), floated(right))


def likeness(tree: Tree) -> str:
    """A text that is the same for trees that are alike."""
    return json.dumps(floated(tree), sort_keys=True)


def only_paths(tree: Tree) -> dict[str, Path | None]:
    """The path of each map and list in a tree, by its likeness; None where several are alike."""
    found: dict[str, Path | None] = {}
    pending: list[tuple[Tree, Path]] = [(tree, ())]
    while pending:
        node, path = pending.pop()
        if isinstance(node, dict):
            pending += [(value, (*path, key)) for key, value in node.items()]
        elif isinstance(node, list):
            pending += [(item, (*path, index)) for index, item in enumerate(node)]
        else:
            continue
        alike = likeness(node)
        found[alike] = None if alike in found else path
    return found
