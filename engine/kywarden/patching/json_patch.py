"""JSON patches (RFC 6902) as Kyverno applies them.

Beyond the RFC: an index may count from the end, a missing path may be removed, and `add` makes the parents that are
missing. Numbers keep their type.
Source: Kyverno pkg/engine/mutate/patch/{patchJSON6902,patchesUtils}.go; reference J.3.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.patching import opened, operations
from kywarden.patching.opened import MISSING, OpenMap
from kywarden.patching.operations import Operation, State
from kywarden.values import go_text, json_text, yaml_text
from kywarden.values.go_text import json_type
from kywarden.values.reading import ReadError
from kywarden.values.trees import MAX_DEPTH, Map, Poll, Tree, same

Patch: TypeAlias = tuple[Operation, ...]

_VALUED: Final = ("add", "replace")
_COPYING: Final = ("move", "copy")


def read(text: str) -> Patch:
    """The operations of a patch written as JSON (it then starts with `[`) or YAML. Raises EvaluationError."""
    tree = _document(text)
    try:
        return decoded(tree)
    except EvaluationError as error:
        raise error.within("failed to decode patches") from None


def decoded(tree: Tree) -> Patch:
    """The operations of a patch that was read before; raises EvaluationError with the library's text."""
    if tree is None:
        return ()
    if not isinstance(tree, list):
        raise EvaluationError(f"json: cannot unmarshal {json_type(tree)} into Go value of type jsonpatch.Patch")
    return tuple(map(_operation, map(_fields, tree)))


def apply(patch: Patch, document: Map | None, poll: Poll) -> Tree:
    """The document (None stands for null) after all operations; it shares what the patch does not reach.

    Raises EvaluationError with Kyverno's text, such as `testing value /spec/replicas failed: test failed`.
    """
    state = State(None if document is None else OpenMap(document), document)
    for operation in patch:
        poll()
        operations.APPLY[operation.kind](state, operation)
    if state.root is None:
        raise EvaluationError(f"json: error calling MarshalJSON for type *jsonpatch.partialDoc: {operations.NO_OBJECT}")
    return opened.closed(state.root)


def changes_nothing(patch: Patch, document: Map, changed: Tree, poll: Poll) -> bool:
    """Whether Kyverno takes the changed document for the same as before: it compares their texts."""
    if not same(document, changed):
        return False
    # kyverno: a key that was removed and added again stands last in the text
    return is_sorted(apply(patch, sorted_keys(document), poll))


def sorted_keys(tree: Map) -> Map:
    """The map as Go's JSON writes it, keys sorted on all levels."""
    return {key: in_order(tree[key]) for key in sorted(tree)}


def is_sorted(tree: Tree) -> bool:
    """Whether all maps of a tree have their keys in order."""
    match tree:
        case dict():
            keys = list(tree)
            return keys == sorted(keys) and all(map(is_sorted, tree.values()))
        case list():
            return all(map(is_sorted, tree))
        case _:
            return True


def in_order(tree: Tree) -> Tree:
    """The tree with the keys of all maps sorted."""
    match tree:
        case dict():
            return sorted_keys(tree)
        case list():
            return list(map(in_order, tree))
        case _:
            return tree


def _document(text: str) -> Tree:
    if text.startswith("["):
        try:
            return json_text.load(text)
        except ReadError:
            raise EvaluationError(f"failed to decode patches: {operations.INVALID}") from None
    try:
        # kyverno: from YAML to JSON, where keys are sorted
        return in_order(yaml_text.load(text, portable=True))
    except ReadError as error:
        raise EvaluationError(f"failed to convert patchesJSON6902 to JSON: {error}") from None


def _fields(tree: Tree) -> Map | None:
    if tree is None or isinstance(tree, dict):
        return tree
    raise EvaluationError(f"json: cannot unmarshal {json_type(tree)} into Go value of type jsonpatch.Operation")


def _operation(tree: Map | None) -> Operation:
    fields = tree or {}
    kind = fields.get("op")
    try:
        if not isinstance(kind, str) or kind not in operations.APPLY:
            raise EvaluationError("unsupported operation")
        if kind in _VALUED and "value" not in fields:
            raise EvaluationError(f"failed to decode 'value': operation, missing value field: {MISSING}")
        source = _pointer(fields, "from", "operation, missing from field") if kind in _COPYING else ""
        path = _pointer(fields, "path", "operation missing path field")
        return Operation(kind, path, source, fields.get("value"), "value" in fields)
    except EvaluationError as error:
        shown: Tree = {key: fields[key] for key in sorted(fields)} if tree is not None else None
        raise error.within(f"invalid operation {go_text.json_text(shown, sort_keys=False)}") from None


def _pointer(fields: Map, name: str, missing: str) -> str:
    pointer = fields.get(name)
    if isinstance(pointer, str):
        if pointer.count("/") > MAX_DEPTH:
            raise EvaluationError(f"'{name}' leads more than {MAX_DEPTH} levels deep")
        return pointer
    what = f"{missing}: {MISSING}"
    if pointer is not None:
        what = f"json: cannot unmarshal {json_type(pointer)} into Go value of type string"
    raise EvaluationError(f"failed to decode '{name}': {what}")
