"""Every expression of a rule, and the names that it may start from.

A variable `{{ }}` and a query (`foreach.list`, a context variable's `jmesPath`) start from the scope; the path of an
API call, ConfigMap or image starts from what was looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kywarden.binding import syntax
from kywarden.kinds.classic.trees import one_map
from kywarden.linting.classic.subject import Rule, items
from kywarden.model.resources import text
from kywarden.values.space import trim
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_places import strings
from kywarden.values.yaml_tree import Path

BUILT_IN = frozenset({"request", "serviceAccountName", "serviceAccountNamespace", "images"})
FOREACH = ("element", "elementIndex")
LOOK_UPS = ("apiCall", "configMap", "globalReference", "imageRegistry")
PASSED_OVER = ("name", "match", "exclude", "context", "imageExtractors", "celPreconditions", "verifyImages")
"""Parts of a rule that are looked at elsewhere, have their own language, or may hold no variables at all."""
OPAQUE = ("cel", "assert", "manifests")
"""Bodies that have their own language."""


INNER = "inner_variable"
NESTING = 3
"""Levels of variables inside variables that are looked into."""


@dataclass(frozen=True, slots=True)
class Names:
    """visible: the names there are; later: context entries that stand further below."""

    visible: frozenset[str] = BUILT_IN
    later: frozenset[str] = frozenset()

    def with_names(self, names: Iterator[str] | frozenset[str]) -> Names:
        return replace(self, visible=self.visible | frozenset(names))


@dataclass(frozen=True, slots=True)
class Use:
    """One expression.

    text: without braces; pieces: where it stands in the text at the path; names: None when it does not start from the
    scope; is_variable: written in braces; is_computed: there are variables inside it, for whose values INNER stands.
    """

    text: str
    path: Path
    pieces: tuple[str, ...]
    names: Names | None
    is_variable: bool
    is_computed: bool = False


def uses(rule: Rule) -> Iterator[Use]:
    """All expressions of a rule; `validate.cel` and the like are another language."""
    mutates_existing = bool(one_map(rule.tree.get("mutate")).get("targets"))
    names = Names(BUILT_IN | {"target"}) if mutates_existing else Names()
    yield from _of_context(rule.tree, rule.path, names)
    names = _below(rule.tree, names)
    yield from _of_image_extractors(rule)
    for key, tree in rule.tree.items():
        path = (*rule.path, key)
        if key in ("validate", "mutate", "generate") and isinstance(tree, dict):
            yield from _of_body(tree, path, names, 0)
        elif key not in PASSED_OVER:
            yield from variables(tree, path, names)


def variables(tree: Tree, path: Path, names: Names | None) -> Iterator[Use]:
    """The variables of all texts and keys of a tree."""
    for string, place in strings(tree, path):
        for variable in syntax.variables(string):
            yield Use(variable.expression, place, (variable.whole,), names, True)
        yield from _outer_variables(string, place, names)


def _outer_variables(string: str, path: Path, names: Names | None) -> Iterator[Use]:
    """The variables of a text that hold other variables."""
    for _ in range(NESTING):
        if "{{" not in string:
            return
        string = syntax.replace_variables(string, lambda _: INNER)
        for variable in syntax.variables(string):
            yield Use(variable.expression, path, (), names, True, is_computed=True)


def _of_body(body: Map, path: Path, names: Names, depth: int) -> Iterator[Use]:
    for key, tree in body.items():
        if key == "foreach":
            for entry, place in items(tree, (*path, key)):
                yield from _of_entry(entry, place, names, depth)
        elif key == "targets":
            for target, place in items(tree, (*path, key)):
                yield from _of_context(target, place, names)
                rest = {name: part for name, part in target.items() if name != "context"}
                yield from variables(rest, place, _below(target, names))
        elif key not in OPAQUE:
            yield from variables(tree, (*path, key), names)


def _of_entry(entry: Map, path: Path, names: Names, depth: int) -> Iterator[Use]:
    listed = text(entry, "list")
    if trim(listed):
        yield Use(trim(listed), (*path, "list"), (trim(listed),), names, False)
    inner = names.with_names(frozenset(FOREACH) | {f"{name}{depth}" for name in FOREACH})
    yield from _of_context(entry, path, inner)
    inner = _below(entry, inner)
    rest = {key: tree for key, tree in entry.items() if key not in ("list", "context", "elementScope", "order")}
    yield from _of_body(rest, path, inner, depth + 1)


def _of_context(holder: Map, path: Path, names: Names) -> Iterator[Use]:
    """The expressions of context entries; each may use the entries above it."""
    entries = list(items(holder.get("context"), (*path, "context")))
    above: list[str] = []
    for index, (entry, place) in enumerate(entries):
        later = frozenset(text(other, "name") for other, _ in entries[index:]) - set(above)
        here = Names(names.visible | frozenset(above), later)
        yield from variables(entry, place, here)
        yield from _paths(entry, place, here)
        above.append(text(entry, "name"))


def _paths(entry: Map, path: Path, names: Names) -> Iterator[Use]:
    """The `jmesPath` of an entry, unless it is itself computed."""
    for kind in ("variable", *LOOK_UPS):
        settings = one_map(entry.get(kind))
        written = trim(text(settings, "jmesPath"))
        if written and "{{" not in written:
            starts_from_scope = kind == "variable" and settings.get("value") is None
            yield Use(written, (*path, kind, "jmesPath"), (written,), names if starts_from_scope else None, False)


def _of_image_extractors(rule: Rule) -> Iterator[Use]:
    for kind, extractors in one_map(rule.tree.get("imageExtractors")).items():
        for extractor, path in items(extractors, (*rule.path, "imageExtractors", kind)):
            if written := trim(text(extractor, "jmesPath")):
                yield Use(written, (*path, "jmesPath"), (written,), None, False)


def _below(holder: Map, names: Names) -> Names:
    return names.with_names(frozenset(text(entry, "name") for entry, _ in items(holder.get("context"), ())))
