"""Merging two lists whose elements are told apart by keys, as kustomize does it.

Most lists are simple: one key, which every element has. Those are merged through a dict. For all others the steps of
kyaml are repeated one by one, because what they do to elements without keys follows from their details only.
Source: sigs.k8s.io/kustomize/kyaml yaml/walk/associative_sequence.go and yaml/fns.go (ElementSetter, ElementMatcher).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from kywarden.patching.nodes import MISSING, Missing, Part, expect, is_absent, is_empty, text_of
from kywarden.values.trees import Poll, Tree

Keys: TypeAlias = tuple[str, ...]
Merge: TypeAlias = Callable[[Part, Part], tuple[Part, bool]]
"""Merges an element of the patch into one of the list: the result, and whether the list's own element became it."""

SCALARS: Keys = ("",)
"""The keys of a list of scalars."""


def merge(base: list[Tree], patch: list[Tree], keys: Keys, merge_element: Merge, poll: Poll) -> list[Tree]:
    """The merged list: what the patch names first, in its order, then the rest.

    patch: the very list `base` when it is merged with itself. Raises EvaluationError where elements have a wrong kind.
    """
    if len(keys) == 1 and keys != SCALARS:
        simple = _merge_simple(base, patch, keys[0], merge_element, poll)
        if simple is not None:
            return simple
    return _Merging(list(base), patch, patch is base, keys, merge_element, poll).run()


def _merge_simple(base: list[Tree], patch: list[Tree], key: str, merge_element: Merge, poll: Poll) -> list[Tree] | None:
    """The merged list, None unless all elements are maps with the key."""
    base_names = _names(base, key)
    patch_names = base_names if patch is base else _names(patch, key)
    if base_names is None or patch_names is None:
        return None
    firsts = _firsts(base_names, base)
    patches = firsts if patch is base else _firsts(patch_names, patch)
    merged: dict[str, Tree] = {}
    changed: dict[str, Tree] = {}
    for name in {**patches, **firsts}:
        poll()
        part, is_own = merge_element(firsts.get(name, MISSING), patches.get(name, MISSING))
        if isinstance(part, Missing) or part is None:
            continue
        merged[name] = part
        if is_own:
            changed[name] = part
    for name, element in zip(base_names, base, strict=True):
        if name in merged:
            # kyverno: of equal elements the last one wins, though it is the first that was merged
            merged[name] = changed.pop(name, element) if element is firsts[name] else element
    return list(merged.values())


def _names(elements: list[Tree], key: str) -> list[str] | None:
    names = []
    for element in elements:
        value = element.get(key) if isinstance(element, dict) else None
        if value is None or not (name := text_of(value)):
            return None
        names.append(name)
    return names


def _firsts(names: list[str], elements: list[Tree]) -> dict[str, Tree]:
    firsts: dict[str, Tree] = {}
    for name, element in zip(names, elements, strict=True):
        firsts.setdefault(name, element)
    return firsts


class _Merging:
    """One merge, step by step as in kyaml; `elements` is the list as changed so far."""

    def __init__(
        self,
        base: list[Tree],
        patch: list[Tree],
        with_itself: bool,
        keys: Keys,
        merge_element: Merge,
        poll: Poll,
    ) -> None:
        self.elements = base
        self.patch = patch
        self.with_itself = with_itself
        self.keys = keys
        self.merge_element = merge_element
        self.poll = poll

    def run(self) -> list[Tree]:
        named = self._named()
        merged: list[Tree] = []
        keys = self.keys
        for values in named:
            self.poll()
            keys, wanted = _usable(named, values, self.keys)
            part = self._merged(*_usable([wanted], wanted, keys))
            if part is MISSING or part is None or part == {}:
                self.elements = without(self.elements, keys, wanted)
            elif not isinstance(part, Missing):
                merged = _with(merged, part, keys, wanted)
        # kyverno: the keys that served the last element serve to add the rest
        return self._appended(merged, keys) if named else self.elements

    def _named(self) -> list[Keys]:
        """The values of the keys of all elements, each once, those of the patch first."""
        own = [] if self.with_itself else self.patch
        elements = [*own, *self.elements]
        if self.keys == SCALARS:
            return list(dict.fromkeys((text_of(element),) for element in elements))
        named = list(dict.fromkeys(tuple(_key_text(element, key) for key in self.keys) for element in elements))
        return self._joined(named) if len(self.keys) > 1 else named

    def _joined(self, named: list[Keys]) -> list[Keys]:
        """kyverno: values that differ only where one is missing are made one, and the element without is lost."""
        for index in range(len(named)):
            self.poll()
            values = named[index]
            for other in range(len(named)):
                joined = _join(values, named[other])
                if joined is not None:
                    named[index] = named[other] = joined
        return named

    def _merged(self, keys: Keys, values: Keys) -> Part:
        index = _find(self.elements, keys, values)
        base = MISSING if index is None else self.elements[index]
        if self.with_itself:
            patch = base
        else:
            found = _find(self.patch, keys, values)
            patch = MISSING if found is None else self.patch[found]
        part, is_own = self.merge_element(base, patch)
        if is_own and index is not None and not isinstance(part, Missing):
            self.elements[index] = part
        return part

    def _appended(self, merged: list[Tree], keys: Keys) -> list[Tree]:
        """The merged elements, then those of the list; the list's own take the place of merged ones."""
        for element in self.elements:
            self.poll()
            values: list[str] = []
            for key in keys:
                if key == "":
                    values.append(text_of(element))
                    continue
                expect("MappingNode", element, in_order=True)
                if not isinstance(element, dict) or key not in element:
                    merged.append(element)
                else:
                    values.append(text_of(element[key]))
            if len(keys) > 1:
                merged = without(merged, keys, tuple(values))
            merged = _with(merged, element, keys, tuple(values))
        return merged


def _key_text(element: Tree, key: str) -> str:
    value = element.get(key) if isinstance(element, dict) else None
    return "" if is_empty(value) else text_of(value)


def _usable(named: Sequence[Keys], values: Keys, keys: Keys) -> tuple[Keys, Keys]:
    """The keys that any element has, with these values; all of them when no element has one."""
    used = {key for each in named for key, value in zip(keys, each, strict=True) if value}
    if not used:
        return keys, values
    pairs = [(key, value) for key, value in zip(keys, values, strict=True) if key in used]
    return tuple(key for key, _ in pairs), tuple(value for _, value in pairs)


def _join(left: Keys, right: Keys) -> Keys | None:
    """The values of two elements that agree in one key at least, and where they differ one has none."""
    pairs = list(zip(left, right, strict=True))
    if any(one != other and one and other for one, other in pairs) or all(one != other for one, other in pairs):
        return None
    return tuple(one or other for one, other in pairs)


def _find(elements: list[Tree], keys: Keys, values: Keys) -> int | None:
    """The first element with all these values."""
    for index, element in enumerate(elements):
        if keys == SCALARS:
            if text_of(element) == values[0]:
                return index
        elif isinstance(element, dict) and all(
            key in element and text_of(element[key]) == value for key, value in zip(keys, values, strict=True)
        ):
            return index
    return None


def without(elements: list[Tree], keys: Keys, values: Keys) -> list[Tree]:
    """The list without the elements that have these values, and without empty maps and nulls."""
    return [element for element in elements if _stays(element, keys, values) and not _has(element, keys, values)]


def _with(elements: list[Tree], element: Tree, keys: Keys, values: Keys) -> list[Tree]:
    """The list with the element in place of those that have these values, else at the end."""
    changed: list[Tree] = []
    found = False
    for each in elements:
        if not _stays(each, keys, values):
            continue
        has_values = _has(each, keys, values)
        found = found or has_values
        changed.append(element if has_values else each)
    if not found and element is not None:
        changed.append(element)
    return changed


def _stays(element: Tree, keys: Keys, values: Keys) -> bool:
    # kyverno: without any value, as of an element without its key, nothing stays
    return not is_absent(element) and element != {} and (bool(values) or _has(element, keys, values))


def _has(element: Tree, keys: Keys, values: Keys) -> bool:
    """Whether the element has all these values; an empty value stands for any."""
    if not isinstance(element, dict) and keys[0] and values and values[0]:
        return False
    has = False
    for index, key in enumerate(keys):
        if index < len(values):
            expect("MappingNode" if key else "ScalarNode", element, in_order=True)
            has = _has_value(element, key, values[index])
        if not has:
            return False
    return has


def _has_value(element: Tree, key: str, value: str) -> bool:
    if key == "":
        return ("" if element is None else text_of(element)) == value
    return isinstance(element, dict) and key in element and (not value or text_of(element[key]) == value)
