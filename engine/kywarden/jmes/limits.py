"""Bounds of what an expression may build.

An expression of a few characters can double a value at each step (`[@, @] | [@, @] | …`), and nothing can interrupt a
single string operation: so sizes are checked before the work is done.
"""

from __future__ import annotations

from kywarden.errors import EvaluationError
from kywarden.values.trees import Poll, Tree

MAX_TEXT = 4 * 1024 * 1024
"""Characters of one string that a function makes. Kyverno itself refuses a context of more than 2 MiB."""

MAX_NODES = 500_000
"""Values in one list or tree that an expression makes."""

MAX_TEXTS = 16 * 1024 * 1024
"""Characters of all strings in one tree that an expression makes, shared ones counted each time."""

MAX_TOKENS = 100_000
"""Tokens of one expression, which may be made of texts in the object."""

MAX_NESTING = 100
"""Levels of one expression (brackets, projections, prefix operators, comparisons)."""


class Abort(EvaluationError):
    """Ends the whole expression: a bound that is exceeded, or a step at which Kyverno panics.

    Some nodes turn every other error of theirs into null (kyverno: D.1); this one passes through all of them.
    """


def check_text(function: str, size: int) -> None:
    """Raise `Abort` when a string of that size is too long to be made."""
    if size > MAX_TEXT:
        raise Abort(f"JMESPath function '{function}': the result is longer than {MAX_TEXT} characters")


def check_items(count: int) -> None:
    """Raise `Abort` when a list of that many items is too long to be made."""
    if count > MAX_NODES:
        raise Abort(f"the expression makes a list of more than {MAX_NODES} items")


def weigh(tree: Tree, poll: Poll) -> None:
    """Raise `Abort` when the tree, with shared parts counted each time, is too large to be walked."""
    if not isinstance(tree, (dict, list)):
        return
    count = size = 0
    level: list[Tree] = [tree]
    while level:
        count += len(level)
        if count > MAX_NODES:
            raise Abort(f"the expression makes a value of more than {MAX_NODES} parts")
        poll()
        following: list[Tree] = []
        for node in level:
            inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
            following.extend(value for value in inner if isinstance(value, (dict, list)))
            count += len(inner)
            size += sum(len(value) for value in inner if isinstance(value, str))
            if count > MAX_NODES:
                raise Abort(f"the expression makes a value of more than {MAX_NODES} parts")
        if size > MAX_TEXTS:
            raise Abort(f"the expression makes a value of more than {MAX_TEXTS} characters")
        level = following
