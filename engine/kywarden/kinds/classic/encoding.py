"""A policy, or a part of it, as Go holds it after decoding and as Go writes it again.

Kyverno quotes the JSON of whole rules, looks for variables in the JSON of the whole policy, and compares structs: all
three see fields in the order of the struct, zero values left out, unknown fields gone. The table is module `schema`.
"""

from __future__ import annotations

from kywarden.kinds.classic.schema import (
    ANY_ALL,
    CONDITION,
    Anything,
    Conditions,
    Fields,
    ListOf,
    MapOf,
    Scalar,
    Schema,
)
from kywarden.values import go_text, strconv
from kywarden.values.trees import Map, Tree

_ZEROS: dict[str, Tree] = {"bool": False, "int32": 0}


def text(tree: Tree, schema: Schema) -> str:
    """The JSON of a struct as encoding/json writes it, HTML-escaped; free trees stay as they were written."""
    return go_text.json_text(encoded(tree, schema), sort_keys=False, number=_as_written)


def _as_written(number: float) -> str:
    """A whole float64 was written with a fraction, or it would be an integer."""
    return f"{number:.1f}" if _is_whole(number) else strconv.json_number(number)


def _is_whole(number: float) -> bool:
    return number.is_integer() and -(2**63) <= number < 2**63


def encoded(tree: Tree, schema: Schema) -> Tree:
    """A tree that fits the schema as it comes back from Go: fields in order, empty ones left out (`omitempty`)."""
    match schema:
        case Anything():
            return _rewritten(tree) if schema.floats else tree
        case Scalar():
            return _ZEROS.get(schema.go, "") if tree is None else tree
        case ListOf():
            return [encoded(item, schema.item) for item in tree] if isinstance(tree, list) else None
        case MapOf():
            pairs = sorted(tree.items()) if isinstance(tree, dict) else ()
            return {key: encoded(value, schema.item) for key, value in pairs}
        case Conditions():
            return encoded(tree, ANY_ALL if isinstance(tree, dict) else ListOf(CONDITION))
        case Fields():
            return _encoded_fields(tree if isinstance(tree, dict) else {}, schema)


def _encoded_fields(tree: Map, schema: Fields) -> Map:
    written: Map = {}
    for key, child in schema.fields.items():
        value = tree.get(key)
        if key in schema.always or (value is not None and (key in schema.pointers or not _is_omitted(value, child))):
            written[key] = encoded(value, child)
    return written


def _is_omitted(tree: Tree, schema: Schema) -> bool:
    """Whether `omitempty` leaves the value out: pointers to structs and to JSON are written whatever they hold."""
    return not tree and isinstance(schema, Scalar | ListOf | MapOf)


def _rewritten(tree: Tree) -> Tree:
    """A tree that was decoded and is written anew: keys sorted, whole numbers without fraction."""
    match tree:
        case dict():
            return {key: _rewritten(tree[key]) for key in sorted(tree)}
        case list():
            return [_rewritten(item) for item in tree]
        case int() if not isinstance(tree, bool):
            return _rewritten(float(tree))
        case float() if _is_whole(tree):
            return int(tree)
    return tree


def decoded(tree: Tree, schema: Fields) -> Map:
    """The fields of a struct that are not zero, without unknown ones.

    kyverno: an empty list or map is not zero, unlike an absent one; two structs are equal when these maps are.
    """
    fields = tree if isinstance(tree, dict) else {}
    held = {key: _held(key, fields[key], schema) for key in schema.fields if key in fields}
    return {key: value for key, value in held.items() if value is not None}


def _held(key: str, value: Tree, schema: Fields) -> Tree:
    """What a field of a struct holds, None when that is nothing."""
    child = schema.fields.get(key)
    match child:
        case None:
            return None
        case Scalar():
            return value if value or key in schema.pointers else None
        case Fields() if value is not None:
            return decoded(value, child) or (None if key in schema.always else {})
        case ListOf() if isinstance(value, list):
            struct = child.item
            if isinstance(struct, Fields):
                return [decoded(item, struct) for item in value]
            return ["" if item is None else item for item in value]
    return value


def is_zero(tree: Tree, schema: Fields) -> bool:
    """Whether nothing is set in a struct."""
    return not isinstance(tree, dict) or all(_held(key, value, schema) is None for key, value in tree.items())
