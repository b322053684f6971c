"""Strategic merge: a patch laid over an object, lists merged element by element where Kubernetes has merge keys.

The walk is kustomize's, with what surprises in it: elements that the patch names come first, nulls delete, merged
lists lose elements of equal key even where the patch does not reach, and one element without its key can take the
others away.
Source: sigs.k8s.io/kustomize/kyaml yaml/{merge2,walk}; reference J.2.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.patching import keyed_lists
from kywarden.patching.merge_keys import PLAIN, Field, Shape, shape_of
from kywarden.patching.nodes import MISSING, Missing, Part, copied, expect, is_absent, kind_of, text_of
from kywarden.values.trees import Map, Poll, Tree

PATCH: Final = "$patch"

_Directive: TypeAlias = Literal["merge", "replace", "delete"]
_DIRECTIVES: Final[tuple[_Directive, ...]] = ("merge", "replace", "delete")
_PLAIN_FIELD: Final = Field(None, PLAIN)


def merge(base: Map | None, patch: Map, poll: Poll) -> Tree:
    """The object with the patch laid over it; parts that do not change are shared.

    base: None for null. patch: the caller's own if it holds directives (`$patch`), which are taken out of it.
    Raises EvaluationError with kustomize's text: kinds of nodes that do not fit, an unknown directive.
    """
    part, _ = _Walk(poll).merge(base, patch, None)
    if isinstance(part, Missing):
        raise EvaluationError("filter cannot create or delete objects")
    return part


class _Walk:
    """One merge of a patch into an object.

    Each step answers what becomes of a node, and whether it is the base's own node that became it. A node of the patch
    that the base lacks is merged with itself, which cleans it of nulls and directives.
    """

    def __init__(self, poll: Poll) -> None:
        self.poll = poll

    def merge(self, base: Part, patch: Part, field: Field | None) -> tuple[Part, bool]:
        """field: None when nothing is known about the node."""
        first = patch if is_absent(base) else base
        if not isinstance(first, Missing):
            kind = kind_of(first)
            expect(kind, base, in_order=True)
            expect(kind, patch)
        if isinstance(first, dict):
            return self._merge_maps(base, patch, None if field is None else field.shape)
        if isinstance(first, list) and field is not None and field.keys is not None:
            return self._merge_lists(base, patch, field)
        return (base, True) if patch is MISSING else (patch, False)

    def _merge_maps(self, base: Part, patch: Part, shape: Shape | None) -> tuple[Part, bool]:
        self.poll()
        shape = shape or _known(base) or _known(patch)
        if patch is None:
            return MISSING, False
        is_own, is_same = isinstance(base, dict), base is patch
        if isinstance(patch, dict) and PATCH in patch:
            directive = _directive(text_of(patch[PATCH]), strict=is_own)
            if directive is not None:
                # kyverno: a part of the patch that is met again has lost its directive
                del patch[PATCH]
            if directive == "delete":
                return MISSING, False
            is_own = is_own and directive != "replace"
        if not is_own or is_same:
            base = patch
        if not isinstance(base, dict):
            return base, is_own or is_same
        merged = self._merge_fields(base, patch if isinstance(patch, dict) else {}, shape, base is patch)
        return merged, is_own or is_same

    def _merge_fields(self, base: Map, patch: Map, shape: Shape | None, is_same: bool) -> Map:
        reached = base if shape is None else [key for key in shape.fields if key in base]
        result = base
        for key in sorted({*patch, *reached}):
            field = None if shape is None else shape.fields.get(key, _PLAIN_FIELD)
            old = base.get(key, MISSING)
            new = old if is_same else patch.get(key, MISSING)
            part, _ = self.merge(old, new, field)
            if part is old and (part is not None or new is MISSING):
                continue
            if result is base:
                result = copied(base)
            if isinstance(part, Missing) or part is None:
                result.pop(key, None)
            else:
                # kyverno: a value keeps the quotes of the text that it replaces, so a number becomes a text
                result[key] = text_of(part) if isinstance(old, str) and isinstance(part, int | float) else part
        return result

    def _merge_lists(self, base: Part, patch: Part, field: Field) -> tuple[Part, bool]:
        if patch is None:
            return MISSING, False
        is_own, is_same = isinstance(base, list), base is patch
        if is_own and isinstance(patch, list):
            directive = _list_directive(patch)
            if directive == "delete":
                return MISSING, False
            is_own = directive != "replace"
        if not is_own or is_same:
            base = patch
        if not isinstance(base, list) or not isinstance(patch, list | Missing):
            return base, is_own or is_same
        element = Field(None, field.shape)
        keys = field.keys or keyed_lists.SCALARS
        laid = [] if isinstance(patch, Missing) else patch
        merged = keyed_lists.merge(base, laid, keys, lambda old, new: self.merge(old, new, element), self.poll)
        return base if _are_same(merged, base) else merged, is_own or is_same


def _known(part: Part) -> Shape | None:
    return None if isinstance(part, Missing) else shape_of(part)


def _directive(text: str, strict: bool = True) -> _Directive | None:
    """What `$patch` asks for; strict: what is unknown is an error."""
    for directive in _DIRECTIVES:
        if text == directive:
            return directive
    if strict:
        raise EvaluationError(f"unknown patch strategy '{text}'")
    return None


def _list_directive(patch: list[Tree]) -> _Directive:
    """What an element `{$patch: …}` asks for the whole list; it is taken out."""
    found = next((element for element in patch if isinstance(element, dict) and PATCH in element), None)
    if found is None or len(found) > 1:
        return "merge"
    text = text_of(found[PATCH])
    directive = _directive(text) or "merge"
    patch[:] = keyed_lists.without(patch, (PATCH,), (text,))
    return directive


def _are_same(left: list[Tree], right: list[Tree]) -> bool:
    return len(left) == len(right) and all(one is other for one, other in zip(left, right, strict=True))
