"""Unknown fields, with what was probably meant, from the table of fields that the loader holds policies to."""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.kinds.classic import schema
from kywarden.kinds.classic.schema import ANY_ALL, CONDITION, Fields, ListOf, MapOf, Schema
from kywarden.linting.finding import Remark
from kywarden.linting.suggestions import did_you_mean
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_tree import Path

_OBJECT_META = (
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
    "managedFields",
)  # fmt: skip


def unknown_fields(tree: Tree, struct: Schema, path: Path = ()) -> Iterator[Remark]:
    """A remark for each key that the struct does not have."""
    match struct:
        case Fields() if isinstance(tree, dict):
            yield from _of_struct(tree, struct, path)
        case ListOf() if isinstance(tree, list):
            for index, item in enumerate(tree):
                yield from unknown_fields(item, struct.item, (*path, index))
        case MapOf() if isinstance(tree, dict):
            for key, item in tree.items():
                yield from unknown_fields(item, struct.item, (*path, key))


def _of_struct(tree: Map, struct: Fields, path: Path) -> Iterator[Remark]:
    known = _OBJECT_META if struct is schema.METADATA else tuple(struct.fields)
    for key, value in tree.items():
        child = struct.fields.get(key)
        if child is not None:
            yield from unknown_fields(value, child, (*path, key))
        elif key not in known and struct not in (ANY_ALL, CONDITION):
            hint = _home(key, struct) or did_you_mean(key, known) or _elsewhere(key, struct)
            yield Remark("unknown-field", f'"{key}" is no field of {_holder(path)}', (*path, key), hint=hint)


def _home(key: str, struct: Fields) -> str:
    """A struct inside this one that has the field: it stands one level too high."""
    for name, child in struct.fields.items():
        inner = child.item if isinstance(child, ListOf) else child
        if isinstance(inner, Fields) and key in inner.fields:
            return f"it belongs under {name}"
    return ""


def _elsewhere(key: str, struct: Fields) -> str:
    """The struct that has the field, where it is one above this one."""
    for name, fields in (("the rule", schema.RULE), ("spec", schema.SPEC), ("validate", schema.VALIDATE)):
        if fields is not struct and key in fields.fields:
            return f"it is a field of {name}"
    return f"known are {', '.join(struct.fields)}" if len(struct.fields) <= 12 else ""


def _holder(path: Path) -> str:
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "a policy"
    return {"rules": "a rule", "any": f"a filter of {names[-2]}" if len(names) > 1 else "any"}.get(names[-1], names[-1])
