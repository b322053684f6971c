"""Custom sections that hold JSON, or a text: read without trusting whoever wrote the module."""

from __future__ import annotations

import json

from kywarden.values.trees import Map
from kywarden.wasm.sections import find_custom


class Damaged(ValueError):
    """A custom section does not hold what its name promises."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the section {name} of the module {reason}")


def find_map(module: bytes, name: str) -> Map | None:
    """The JSON map in the first custom section of that name, None when there is none; raises `Damaged`."""
    found = find_custom(module, name)
    if found is None:
        return None
    try:
        tree = json.loads(found)
    except (ValueError, RecursionError) as error:
        raise Damaged(name, "holds no JSON") from error
    if not isinstance(tree, dict):
        raise Damaged(name, "holds no map")
    return tree
