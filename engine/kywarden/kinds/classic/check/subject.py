"""What is checked: the policy with the rules that autogen makes of it, and one rule of these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from kywarden.kinds.classic import autogen, autogen_copies, encoding, schema
from kywarden.kinds.classic.check.refusal import Refusal
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """One rule.

    index: among the rules that Kyverno checks, which its texts name; place: the rule of the spec that it is, or that
    it was made of; written: its JSON, to look for words only; exclude: None when there is none; validate, mutate,
    generate: None when nothing is set in them, which is when Kyverno passes them over.
    """

    tree: Map
    index: int
    place: str
    written: str
    name: str
    match: Map
    exclude: Map | None
    validate: Map | None
    mutate: Map | None
    generate: Map | None

    @property
    def blocks(self) -> Iterator[tuple[str, Map]]:
        """The match and the exclude block, by their keys; only what says something."""
        yield "match", self.match
        if self.exclude:
            yield "exclude", self.exclude

    @property
    def verifies_images(self) -> bool:
        images = structs(self.tree.get("verifyImages"))
        return any(value not in (None, "", False) for entry in images for value in entry.values())

    def kinds(self) -> list[str]:
        """The kinds of all its match filters."""
        return kinds(self.match)

    def refusal(self, where: str, reason: str, place: str = "") -> Refusal:
        """A problem at `spec.rules[i]` followed by `where`, as Kyverno writes it, and by `place`, where it is."""
        return Refusal(reason, path=f"{self.place}{place}", sentence=f"path: spec.rules[{self.index}]{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Subject:
    """The policy: its own rules, and the rules that Kyverno checks, which are the own ones unless autogen matters."""

    tree: Map
    own: tuple[RuleSubject, ...]
    rules: tuple[RuleSubject, ...]
    written: str

    @property
    def spec(self) -> Map:
        return one_map(self.tree.get("spec"))

    @property
    def metadata(self) -> Map:
        return one_map(self.tree.get("metadata"))

    @property
    def is_namespaced(self) -> bool:
        return self.tree.get("kind") == "Policy"

    @property
    def runs_in_background(self) -> bool:
        return self.spec.get("background") is not False


def read(policy: Map, *, with_copies: bool) -> Subject:
    """The subject of a policy whose tree Kyverno can decode.

    with_copies: with the rules that autogen makes, as far as they can add to the answer. Warnings are given for them
    too; a refusal depends on them only in the cases that `_copies_decide` and `_names_others` tell.
    """
    trees = structs(one_map(policy.get("spec")).get("rules"))
    own = tuple(_rule(tree, index, f"spec.rules[{index}]") for index, tree in enumerate(trees))
    rules = own
    if with_copies or _names_others(policy) or any(map(_copies_decide, own)):
        computed = autogen.rules(policy)
        if len(computed) != len(own):
            rules = tuple(_subject(tree, index, own) for index, tree in enumerate(computed))
    return Subject(policy, own, rules, _written(policy) + "".join(rule.written for rule in own))


def _written(policy: Map) -> str:
    """The JSON of all but the rules."""
    spec = one_map(policy.get("spec"))
    return json.dumps([policy.get("metadata"), {key: value for key, value in spec.items() if key != "rules"}])


def _names_others(policy: Map) -> bool:
    """Whether the annotation names anything but controllers; kyverno: such words become kinds of the copies."""
    asked = one_map(one_map(policy.get("metadata")).get("annotations")).get(autogen.ANNOTATION)
    return isinstance(asked, str) and asked != "none" and not autogen.CONTROLLERS.issuperset(asked.split(","))


def _copies_decide(rule: RuleSubject) -> bool:
    """Whether Kyverno may refuse a generated copy although it accepts the rule, or checks the rule no more.

    kyverno: references of a pattern are not moved with it; an empty anyPattern gives a copy without any pattern; a copy
    loses its targets, and with them their variables; rules named like generated ones are passed over when there are
    generated ones.
    """
    if "$(" in rule.written or autogen_copies.is_generated_name(rule.name):
        return True
    if one_map(rule.tree.get("mutate")).get("targets") is not None:
        return True
    return one_map(rule.tree.get("validate")).get("anyPattern") == []


def _rule(tree: Map, index: int, place: str) -> RuleSubject:
    exclude = tree.get("exclude")
    return RuleSubject(
        tree=tree,
        index=index,
        place=place,
        written=json.dumps(tree),
        name=text(tree, "name"),
        match=one_map(tree.get("match")),
        exclude=exclude if isinstance(exclude, dict) else None,
        validate=_if_set(tree.get("validate"), schema.VALIDATE),
        mutate=_if_set(tree.get("mutate"), schema.MUTATE),
        generate=_if_set(tree.get("generate"), schema.GENERATE),
    )


def _if_set(tree: Tree, struct: schema.Fields) -> Map | None:
    return tree if isinstance(tree, dict) and not encoding.is_zero(tree, struct) else None


def _subject(tree: Map, index: int, own: tuple[RuleSubject, ...]) -> RuleSubject:
    for rule in own:
        if rule.tree is tree:
            return replace(rule, index=index)
    return _rule(tree, index, _origin(text(tree, "name"), own))


def _origin(name: str, own: tuple[RuleSubject, ...]) -> str:
    for rule in own:
        if name in autogen_copies.generated_names(rule.name):
            return rule.place
    return "spec.rules"


def kinds(block: Map) -> list[str]:
    """The kinds of a match or exclude block: of the bare form, then of `all`, then of `any` (GetKinds)."""
    return autogen_copies.kinds_of(block)


Place: TypeAlias = "tuple[Place, str | int] | None"
"""The way to a part of a rule, from the inside: its key or index, and the place around it; None for the rule."""


def strings(tree: Tree, word: str) -> list[tuple[Place, str]]:
    """All strings and keys that hold a word, as Kyverno walks a rule; a key has the place of its map."""
    found: list[tuple[Place, str]] = []
    _collect(tree, None, word, found)
    return found


def _collect(tree: Tree, place: Place, word: str, found: list[tuple[Place, str]]) -> None:
    if isinstance(tree, str):
        if word in tree:
            found.append((place, tree))
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if word in key:
                found.append((place, key))
            _collect(value, (place, key), word, found)
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            _collect(item, (place, index), word, found)


def path_of(place: Place) -> str:
    """The path as Kyverno writes it: `/validate/pattern/spec`, slashes of keys escaped."""
    parts: list[str] = []
    while place is not None:
        place, part = place
        parts.append(f"/{str(part).replace('/', chr(92) + '/')}")
    return "".join(reversed(parts))
