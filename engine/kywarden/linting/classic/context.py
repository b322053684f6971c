"""Context entries: is each of them used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kywarden.binding.mention import mention_of
from kywarden.linting.classic.subject import Rule, bodies, items
from kywarden.linting.finding import Remark
from kywarden.model.resources import text
from kywarden.values.trees import Map
from kywarden.values.yaml_places import strings
from kywarden.values.yaml_tree import Path

_QUERIES = ("list", "jmesPath")
_SIMPLE = re.compile(r"[\w-]+", re.ASCII)


def remarks(rule: Rule) -> Iterator[Remark]:
    for holder, path in [(rule.tree, rule.path), *bodies(rule)]:
        yield from _unused(holder, path)


def _unused(holder: Map, path: Path) -> Iterator[Remark]:
    texts = [(string, where) for string, where in strings(holder, path) if "{{" in string or where[-1] in _QUERIES]
    for entry, place in items(holder.get("context"), (*path, "context")):
        name = text(entry, "name")
        if not _SIMPLE.fullmatch(name):
            continue
        is_mentioned = mention_of(name)
        if not any(is_mentioned(string) for string, where in texts if where[: len(place)] != place):
            message = f"the context entry {name} is used nowhere in {'the rule' if path[-2] == 'rules' else 'the loop'}"
            yield Remark("unused-context", message, (*place, "name"), at_value=True)
