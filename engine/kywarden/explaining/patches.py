"""Statements about patches: what a mutation changed, or the conditions that kept it from changing anything."""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.explaining.stage import Stage
from kywarden.explaining.statement import Statement
from kywarden.explaining.words import kind_of, named, shown
from kywarden.judging import anchors, pattern
from kywarden.values.trees import Map, Tree, never, same
from kywarden.values.yaml_tree import Path, part

MOST = 20
"""Changes, or conditions, that are told one by one."""


def changes(before: Map, after: Map, stage: Stage) -> list[Statement]:
    """What a mutation changed."""
    body = stage.policy.of((*stage.where.path, "mutate"))
    found = list(_differences(before, after, ()))
    told = [Statement("patch", text, False, body, stage.in_resource(path)) for path, text in found[:MOST]]
    if len(found) > MOST:
        told.append(Statement("patch", f"and {len(found) - MOST} more changes", False, body))
    return told


def _differences(before: Tree, after: Tree, path: Path) -> Iterator[tuple[Path, str]]:
    """Paths that differ, with what became of them."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            here = (*path, key)
            if key not in after:
                yield here, f"{named(here)} is removed"
            elif key not in before:
                yield here, f"{named(here)} is added: {shown(after[key])}"
            else:
                yield from _differences(before[key], after[key], here)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differences(old, new, (*path, index))
    elif not same(before, after):
        yield path, f"{named(path)} was {shown(before)} and becomes {shown(after)}"


def hindrances(stage: Stage) -> list[Statement]:
    """Why a patch changed nothing: its conditions that the object does not meet, or else that it has all of it."""
    path = (*stage.where.path, "mutate", "patchStrategicMerge")
    template = stage.where.template
    found = list(_unmet(stage.written(path), part(stage.resource, template), path, template, stage))
    if found:
        return found[:MOST]
    body = stage.policy.of((*stage.where.path, "mutate"))
    return [Statement("patch", "the patch changes nothing: the object has all of it", True, body)]


def _unmet(patch: Tree, resource: Tree, where: Path, path: Path, stage: Stage) -> Iterator[Statement]:
    if isinstance(patch, dict):
        for written, value in patch.items():
            anchor = anchors.parse(written)
            key = anchor.key if anchor else written
            found = resource.get(key) if isinstance(resource, dict) else None
            here = (*path, key)
            if anchor is None or anchor.modifier not in anchors.CONDITIONS:
                yield from _unmet(value, found, (*where, written), here, stage)
            elif found is None or pattern.match(pattern.prepare(value), found, never) is not None:
                told = f"a condition of the patch is not met: {named(here)} is {kind_of(found)}, not {shown(value)}"
                place = stage.policy.of((*where, written))
                yield Statement("patch", told, True, place, stage.in_resource(here))
    elif isinstance(patch, list) and isinstance(resource, list):
        for number, item in enumerate(patch):
            for index, element in enumerate(resource):
                yield from _unmet(item, element, (*where, number), (*path, index), stage)
