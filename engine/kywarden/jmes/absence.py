"""What is missing and what counts as false: where a node turns an error of another into null (kyverno: D.1)."""

from __future__ import annotations

from typing import Any

from kywarden.errors import EvaluationError, NotFound
from kywarden.jmes.foreign import Node
from kywarden.jmes.limits import Abort
from kywarden.model.world import World


def or_null(node: Node, value: Any, world: World) -> Any:
    """The value of a node, null where a key is missing."""
    try:
        return node(value, world)
    except NotFound:
        return None


def or_null_on_error(node: Node, value: Any, world: World) -> Any:
    """The value of a node, null where it cannot be computed at all.

    kyverno: the left sides of `.*`, `[?…]` and `[]` lose every error, not only that of a missing key.
    """
    try:
        return node(value, world)
    except EvaluationError as error:
        if ends_everything(error):
            raise
        return None


def ends_everything(error: EvaluationError) -> bool:
    """Whether an error must not be lost even where Kyverno loses errors."""
    return isinstance(error, Abort) or error.unanswered


def is_false(value: Any) -> bool:
    """Null, false and empty strings, lists and maps are false; no number is."""
    return not value and (value is False or not isinstance(value, (int, float)))
