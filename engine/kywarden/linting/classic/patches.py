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
_NAMELESS = frozenset(("tolerations", "topologySpreadConstraints", "hostAliases", "envFrom", "taints"))
"""Lists of built-in kinds whose elements have no name, which is what an anchor knows them by."""
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
                yield from _of_list(value, inner, key, field.keys if field else None)
                if key in _NAMELESS and shape.fields:
                    yield from _of_nameless(value, inner, key)
                elif field is None and shape is not _UNKNOWN:
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


def _of_list(elements: list[Tree], path: Path, key: str, merge_keys: tuple[str, ...] | None) -> Iterator[Remark]:
    anchored = [index for index, element in enumerate(elements) if _has_anchors(element)]
    if len(anchored) > 1:
        message = "two elements with anchors in one list: all elements of the object's list but one are lost"
        hint = "write a rule, or an entry of foreach, for each of them"
        yield Remark("dangerous-patch", message, (*path, anchored[1]), hint=hint)
    others = any(isinstance(element, dict) and not _lacks_keys(element, merge_keys) for element in elements)
    for index, element in enumerate(elements):
        place = (*path, index)
        if not isinstance(element, dict):
            continue
        if index in anchored:
            yield from _of_anchored(element, place, key, merge_keys)
        elif "$patch" not in element:
            yield from _of_plain(element, place, key, merge_keys, others)


def _lacks_keys(element: Map, merge_keys: tuple[str, ...] | None) -> bool:
    """Whether it has none of the keys by which the list is merged, once its anchors are worked off."""
    given = {*element, "name"} if _has_anchors(element) else element.keys()
    return bool(merge_keys) and given.isdisjoint(merge_keys or ())


def _of_anchored(element: Map, path: Path, key: str, merge_keys: tuple[str, ...] | None) -> Iterator[Remark]:
    if "name" in element and not any(anchors.parse(key) for key in element if _modifier(key) != anchors.ADDITION):
        message = f"an anchor makes the element patch every element of {key}, whatever its name"
        yield Remark("dangerous-patch", message, (*path, "name"), hint=f"select by (name): {element['name']}")
    missing = [name for name in merge_keys or () if name != "name" and name not in element]
    if missing and key not in _NAMELESS:
        keys = " and ".join(missing)
        message = f"with an anchor, an element of {key} without {keys} is dropped, or takes the object's elements along"
        yield Remark("dangerous-patch", message, path, hint=f"add {keys}, without an anchor")


def _of_plain(element: Map, path: Path, key: str, merge_keys: tuple[str, ...] | None, others: bool) -> Iterator[Remark]:
    """others: there are elements with keys beside it."""
    missing = [name for name in merge_keys or () if name not in element]
    if not missing:
        return
    keys = " and ".join(missing)
    if not _lacks_keys(element, merge_keys):
        message = f"an element of {key} without {keys} is dropped where the object's elements have it"
        yield Remark("dangerous-patch", message, path, hint=f"add {keys}")
        return
    lost = "loses from the list what the patch does not name" if others else "empties the whole list"
    hint = f'add {keys}, or a condition such as ({missing[0]}): "*"' if missing == ["name"] else f"add {keys}"
    yield Remark("dangerous-patch", f"an element of {key} without {keys} {lost}", path, hint=hint)


def _of_nameless(elements: list[Tree], path: Path, key: str) -> Iterator[Remark]:
    for index, element in enumerate(elements):
        if isinstance(element, dict) and _has_anchors(element):
            message = f"elements of {key} have no name, so one with an anchor patches none of them"
            yield Remark("dangerous-patch", message, (*path, index), hint="use foreach and patchesJson6902")


def _of_replaced(elements: list[Tree], path: Path) -> Iterator[Remark]:
    """Of a list that a merge replaces as a whole."""
    for index, element in enumerate(elements):
        if isinstance(element, dict) and _has_anchors(element):
            message = (
                f"{path[-1]} is replaced as a whole: with an anchor, what is not in the patch is lost but for names"
            )
            hint = "patch its elements one by one, with foreach and patchesJson6902"
            yield Remark("dangerous-patch", message, (*path, index), hint=hint)


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
