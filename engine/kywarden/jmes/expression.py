"""A compiled expression: what policies hold and requests are put through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.foreign import ExpressionReference, Node
from kywarden.jmes.interpreter import compile_node
from kywarden.jmes.limits import weigh
from kywarden.jmes.parser import Syntax, nodes, parse
from kywarden.model.world import World
from kywarden.values.trees import Tree

_UNDECODED = re.compile("[\udc80-\udcff]")
_MAX_CACHED_LENGTH = 2048
_CONSTRUCTORS = frozenset({"multi_select_list", "multi_select_dict", "function_expression"})


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression, ready to be evaluated any number of times.

    text: as written; syntax: its tree (`jmespath.ast`), for static checks.
    """

    text: str
    syntax: Syntax = field(repr=False, compare=False)
    _run: Node = field(repr=False, compare=False)
    _constructs: bool = field(repr=False, compare=False)
    _foreign: bool = field(repr=False, compare=False)

    def search(self, root: Tree, world: World) -> Tree:
        """The value of the expression over a root.

        Raises `NotFound` for a key that is missing, `EvaluationError` for everything else that Kyverno answers with
        an error, a panic, or not at all. Beside plain trees the result may hold `foreign.Int` and `foreign.MapList`.
        """
        try:
            result = self._run(root, world)
        except EvaluationError as error:
            error.text = _decoded(error.text)
            raise
        if self._constructs:
            weigh(result, world.poll)
        return _plain(result) if self._foreign else result

    def functions(self) -> frozenset[str]:
        """The names of all functions that are called."""
        return frozenset(node["value"] for node in nodes(self.syntax) if node["type"] == "function_expression")

    def identifiers(self) -> frozenset[str]:
        """The keys that are looked up in the root itself: `request` in `request.object.a[?b == 'c']`."""
        return frozenset(_root_keys(self.syntax))


def compile(text: str) -> Expression:
    """Prepare an expression; raises `EvaluationError` with Kyverno's text when it is no JMESPath.

    The latest expressions are kept, because substitution computes the same ones again and again.
    """
    return _compiled(text) if len(text) <= _MAX_CACHED_LENGTH else _compile(text)


def _compile(text: str) -> Expression:
    syntax = parse(text)
    kinds = {node["type"] for node in nodes(syntax)}
    foreign = "expref" in kinds or any(node.get("value") == "base64_decode" for node in nodes(syntax))
    return Expression(text, syntax, compile_node(syntax), not kinds.isdisjoint(_CONSTRUCTORS), foreign)


_compiled = lru_cache(maxsize=512)(_compile)


def _root_keys(syntax: Syntax) -> set[str]:
    """Fields evaluated on the root: those that no other node feeds."""
    keys: set[str] = set()
    pending = [syntax]
    while pending:
        node = pending.pop()
        children = node["children"]
        match node["type"]:
            case "field":
                keys.add(node["value"])
            case "slice" | "expref":
                pass
            case "subexpression" | "index_expression" | "pipe":
                for child in children:
                    pending.append(child)
                    if child["type"] not in ("current", "identity"):
                        break
            case "projection" | "value_projection" | "filter_projection":
                pending.append(children[0])
            case _:
                pending.extend(children)
    return keys


def _decoded(text: str) -> str:
    """A text without the bytes that are none."""
    return _UNDECODED.sub("\ufffd", text)


def _plain(value: Any) -> Tree:
    """A result without what no tree can hold: references to expressions, and bytes that are no text."""
    match value:
        case ExpressionReference():
            # kyverno: a Go struct without exported fields, in JSON an empty object
            return {}
        case str():
            return _decoded(value)
        case dict():
            return {_decoded(key): _plain(item) for key, item in value.items()}
        case list():
            return type(value)(map(_plain, value))
        case _:
            tree: Tree = value
            return tree
