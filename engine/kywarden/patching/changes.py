"""What changed between two objects, made on a third.

Kyverno collects the patches of its policies and applies them to the object that was sent. Where it drops those of one
policy, the policies behind it have worked on an object that differs from the one that their patches reach.
Source: pkg/webhooks/resource/mutation/mutation.go applyMutations.
"""

from __future__ import annotations

from kywarden.patching.nodes import MISSING, Missing, Part
from kywarden.values.trees import Map, same


def carried_over(before: Map, after: Map, onto: Map) -> Map:
    """`onto` with what changed from `before` to `after`; a list that changed is taken as it is after."""
    if onto is before:
        return after
    result = dict(onto)
    for key in {**before, **after}:
        part = _carried(before.get(key, MISSING), after.get(key, MISSING), onto.get(key, MISSING))
        if isinstance(part, Missing):
            result.pop(key, None)
        else:
            result[key] = part
    return result


def _carried(before: Part, after: Part, onto: Part) -> Part:
    if isinstance(before, dict) and isinstance(after, dict) and isinstance(onto, dict):
        return carried_over(before, after, onto)
    if isinstance(before, Missing) or isinstance(after, Missing):
        return onto if before is after else after
    return onto if same(before, after) else after
