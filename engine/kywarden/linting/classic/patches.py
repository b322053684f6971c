"""Patches that destroy or do nothing: what a strategic merge makes of lists and anchors, paths of JSON patches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kywarden.judging import anchors, kinds
from kywarden.kinds.classic.trees import one_map, texts
from kywarden.linting.classic.subject import Rule, bodies, filters
from kywarden.linting.finding import Remark
from kywarden.model import builtin_kinds
from kywarden.model.resources import text
from kywarden.patching.merge_keys import PLAIN, Shape, shape_of
from kywarden.values import wildcard, yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_tree import Path

_API_VERSIONS = ("v1", "apps/v1", "batch/v1")
_UNKNOWN: Final = Shape({})
"""Nothing is known of what is merged in it."""
_PATCHING = frozenset({anchors.CONDITION, anchors.GLOBAL, anchors.ADDITION})
_UNKNOWN_DIRECTIVES = ("$setElementOrder", "$retainKeys")
_DEFAULTED = ("emptyDir",)
"""Empty maps that the API server puts back."""
_TAG_PATH = re.compile(r"((?:/spec(?:/jobTemplate/spec)?/template)?/metadata/(?:annotations|labels))/([^/]+/.+)")


def remarks(rule: Rule) -> Iterator[Remark]:
    shape = _shape(rule)
    for body, path in bodies(rule):
        if body.get("patchStrategicMerge") is not None:
            yield from _of_tree(body["patchStrategicMerge"], (*path, "patchStrategicMerge"), shape, in_list=False)
        if written := text(body, "patchesJson6902"):
            yield from _of_json_patch(written, (*path, "patchesJson6902"))


def _shape(rule: Rule) -> Shape:
    """How the lists of the kinds that the rule matches are merged, if all of them are merged the same way."""
    listed = [
        kinds.parse(entry).kind
        for one, _ in filters(rule)
        for entry in texts(one_map(one.get("resources")).get("kinds"))
    ]
    targets = one_map(rule.tree.get("mutate")).get("targets")
    if isinstance(targets, list):
        listed = [text(target, "kind") for target in targets]
    shapes = {_shape_of_kind(kind) for kind in listed}
    return shapes.pop() if len(shapes) == 1 else _UNKNOWN


def _shape_of_kind(kind: str) -> Shape:
    found = (shape_of({"apiVersion": version, "kind": kind}) for version in _API_VERSIONS)
    is_custom = kind and not wildcard.contains_wildcard(kind) and not builtin_kinds.groups(kind)
    return next((shape for shape in found if shape is not None), PLAIN if is_custom else _UNKNOWN)


def _of_tree(tree: Tree, path: Path, shape: Shape, in_list: bool) -> Iterator[Remark]:
    if isinstance(tree, dict):
        for written, value in tree.items():
            inner = (*path, written)
            anchor = anchors.parse(written)
            key = anchor.key if anchor else written
            yield from _of_key(written, value, inner, in_list and any(_modifier(key) is None for key in tree))
            field = shape.fields.get(key)
            if isinstance(value, list) and _modifier(written) != anchors.ADDITION:
                yield from _of_list(value, inner, field.keys if field else None)
                if field is None and shape is not _UNKNOWN:
                    yield from _of_replaced(value, inner)
            below = field.shape if field else shape if shape is _UNKNOWN else PLAIN
            for item, place in _children(value, inner):
                yield from _of_tree(item, place, below, in_list or isinstance(value, list))


def _children(value: Tree, path: Path) -> Iterator[tuple[Tree, Path]]:
    if isinstance(value, list):
        yield from ((item, (*path, index)) for index, item in enumerate(value))
    else:
        yield value, path


def _of_key(written: str, value: Tree, path: Path, beside_others: bool) -> Iterator[Remark]:
    """beside_others: inside a list, in a map with keys that are no anchors."""
    anchor = anchors.parse(written)
    if written.startswith(_UNKNOWN_DIRECTIVES):
        message = f"the directive {written} is not known to Kyverno's merge and stays in the object"
        yield Remark("literal-in-patch", message, path)
    elif anchor is not None and anchor.modifier not in _PATCHING:
        message = f"{anchor.modifier}(…) is no anchor of a patch, so the key {written} is put into the object"
        yield Remark("literal-in-patch", message, path, hint="patches know (k), <(k) and +(k)")
    elif anchor is not None and anchor.modifier == anchors.GLOBAL and beside_others:
        message = f"{written} inside a list drops the other keys of its element, whether it is met or not"
        yield Remark("dangerous-patch", message, path, hint="put the condition outside of the list, or write (k)")
    elif value == {} and anchor is None and written not in _DEFAULTED:
        message = f"{written}: {{}} is left out of the merge, also of elements that are added"
        yield Remark("empty-map-in-patch", message, path)


def _of_list(elements: list[Tree], path: Path, merge_keys: tuple[str, ...] | None) -> Iterator[Remark]:
    anchored = [index for index, element in enumerate(elements) if _has_anchors(element)]
    if len(anchored) > 1:
        message = "two elements with anchors in one list: all elements of the object's list but one are lost"
        hint = "write a rule, or an entry of foreach, for each of them"
        yield Remark("dangerous-patch", message, (*path, anchored[1]), hint=hint)
    for index, element in enumerate(elements):
        if isinstance(element, dict):
            yield from _of_element(element, (*path, index), merge_keys)


def _of_replaced(elements: list[Tree], path: Path) -> Iterator[Remark]:
    """Of a list that a merge replaces as a whole."""
    for index, element in enumerate(elements):
        if isinstance(element, dict) and _has_anchors(element):
            message = (
                f"{path[-1]} is replaced as a whole: with an anchor, what is not in the patch is lost but for names"
            )
            hint = "patch its elements one by one, with foreach and patchesJson6902"
            yield Remark("dangerous-patch", message, (*path, index), hint=hint)


def _of_element(element: Map, path: Path, merge_keys: tuple[str, ...] | None) -> Iterator[Remark]:
    name = str(path[-2])
    if _has_anchors(element):
        if "name" in element and not any(anchors.parse(key) for key in element if _modifier(key) != anchors.ADDITION):
            message = f"an anchor makes the element patch every element of {name}, whatever its name"
            hint = f"select by (name): {element['name']}"
            yield Remark("dangerous-patch", message, (*path, "name"), hint=hint)
        return
    if not merge_keys or "$patch" in element:
        return
    missing = [key for key in merge_keys if key not in element]
    if missing == list(merge_keys):
        keys = " and ".join(merge_keys)
        message = f"an element of {name} without {keys} empties the whole list"
        yield Remark(
            "dangerous-patch", message, path, hint=f'add {keys}, or a condition such as ({merge_keys[0]}): "*"'
        )
    elif missing:
        keys = " and ".join(missing)
        message = f"an element of {name} without {keys} is dropped where the object's elements have it"
        yield Remark("dangerous-patch", message, path, hint=f"add {keys}")


def _modifier(key: str) -> str | None:
    anchor = anchors.parse(key)
    return anchor.modifier if anchor else None


def _has_anchors(tree: Tree) -> bool:
    match tree:
        case dict():
            return any(_modifier(key) in _PATCHING or _has_anchors(value) for key, value in tree.items())
        case list():
            return any(map(_has_anchors, tree))
        case _:
            return False


def _of_json_patch(written: str, path: Path) -> Iterator[Remark]:
    try:
        operations = yaml_text.load(written)
    except ReadError:
        return  # Kyverno's own check tells
    for operation in operations if isinstance(operations, list) else ():
        pointer = text(operation, "path")
        found = _TAG_PATH.fullmatch(pointer)
        if found and "{{" not in found[2].partition("/")[0]:
            first, _, rest = found[2].partition("/")
            hint = f'a slash of a key is written ~1: "{found[1]}/{first}~1{rest}"' if "." in first else ""
            yield Remark("unescaped-slash", f"{pointer} is inside {first}, which is a text", path, (pointer,), hint)
