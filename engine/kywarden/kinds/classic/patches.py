"""One patch of a mutate rule, of either kind, and what applying it to an object yields.

Kyverno hands the object to the patching library as JSON and reads the answer back: a patch that does not change the
text is a skip, and what comes back must still be an object with a kind.
Source: pkg/engine/mutate/mutation.go; reference J.1.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from kywarden.errors import EvaluationError
from kywarden.kinds.classic.bodies import Outcome
from kywarden.model.resources import text
from kywarden.patching import json_patch, overlay
from kywarden.patching.overlay import Overlay
from kywarden.values import go_text
from kywarden.values.trees import MAX_DEPTH, Map, Poll, Tree, depth_exceeds, encoded, same

EMPTY = "empty mutate rule"


@dataclass(frozen=True, slots=True)
class Mutated:
    """What became of a rule or of an element, and the object after it; None when there is none any more."""

    outcome: Outcome
    resource: Map | None


def failed(message: str) -> Mutated:
    # kyverno: a mutation in error leaves no object behind
    return Mutated(Outcome("error", message), None)


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch before its variables are filled.

    overlay: the prepared strategic merge, steps: the JSON patch as read, if they hold no variables.
    """

    overlay: Overlay | None = None
    steps: json_patch.Patch | None = None

    def apply(self, merge: Tree, steps: Tree, resource: Map | None, poll: Poll) -> Mutated:
        """Apply one of the filled patches: the strategic merge if there is one, else the JSON patch."""
        try:
            if merge is not None:
                return _merged(self.overlay or _prepared(merge), resource, poll)
            if isinstance(steps, str) and steps:
                read = json_patch.read(steps) if self.steps is None else self.steps
                return _patched(read, resource, poll)
        except EvaluationError as error:
            return failed(f"failed to patch resource: {error}")
        return failed(EMPTY)


def prepare(tree: Map) -> Patch:
    """The patch of a rule or a foreach entry, references resolved."""
    merge, steps = tree.get("patchStrategicMerge"), tree.get("patchesJson6902")
    if merge is not None:
        # braces stand side by side only inside a text
        return Patch() if "{{" in json.dumps(merge) else Patch(overlay=overlay.prepare(merge))
    if not isinstance(steps, str) or not steps or "{{" in steps:
        return Patch()
    try:
        return Patch(steps=json_patch.read(steps))
    except EvaluationError:
        return Patch()  # told whenever the rule runs


def _prepared(merge: Tree) -> Overlay:
    if depth_exceeds(merge):
        raise EvaluationError(f"the patch is more than {MAX_DEPTH} levels deep")
    return overlay.prepare(merge)


def _merged(merge: Overlay, resource: Map | None, poll: Poll) -> Mutated:
    before = _encoded(resource)
    after = encoded(overlay.apply(merge, before, poll))
    is_same = before is not None and same(before, after)
    return _read(resource, after, is_same, lambda: go_text.json_text(after))


def _patched(steps: json_patch.Patch, resource: Map | None, poll: Poll) -> Mutated:
    before = _encoded(resource)
    after = json_patch.apply(steps, before, poll)
    is_same = before is not None and json_patch.changes_nothing(steps, before, after, poll)
    return _read(resource, after, is_same, lambda: _written(steps, before, poll))


def _written(steps: json_patch.Patch, before: Map | None, poll: Poll) -> str:
    in_order = before if before is None else json_patch.sorted_keys(before)
    return go_text.json_text(json_patch.apply(steps, in_order, poll), sort_keys=False)


def _encoded(resource: Map | None) -> Map | None:
    tree = encoded(resource)
    return tree if isinstance(tree, dict) else None


def _read(before: Map | None, after: Tree, is_same: bool, written: Callable[[], str]) -> Mutated:
    """The result as an object again."""
    if is_same:
        return Mutated(Outcome("skip", "no patches applied"), before)
    if not isinstance(after, dict):
        what = "json: cannot unmarshal array into Go value of type map[string]interface {}"
        return failed(f"failed to unmarshal patched resource: {what}")
    # kyverno: an object whose apiVersion cannot be read has no kind either
    if not text(after, "kind") or text(after, "apiVersion").count("/") > 1:
        return failed(f"failed to unmarshal patched resource: Object 'Kind' is missing in '{written()}'")
    return Mutated(Outcome("pass", "resource patched"), after)
