"""YAML text of whole trees, to the letter as Go's yaml v3 writes decoded JSON: lists indented, nothing folded.

Kyverno's command line writes objects with the default indent of four, its webhook the message of a denial,
`{policy: {rule: message}}`, with two.
Source: go.yaml.in/yaml/v3 encode.go, emitterc.go (yaml_emitter_increase_indent).
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.values.strconv import general
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_emit import NATURAL, ended, is_simple_key, scalar


def dump(tree: Tree, indent: int = 4) -> str:
    """The document, with a line feed at its end; indent: of one level."""
    return "".join(_value(tree, 0, indent, "", ""))


def _value(tree: Tree, inner: int, best: int, gap: str, start: str) -> Iterator[str]:
    """What stands behind a key or a dash, to the end of its last line.

    inner: the indent of the value; best: that of one level; gap: before a scalar on the same line; start: before the
    first line of a collection.
    """
    match tree:
        case dict() if tree:
            yield from _lines(_entries(tree, inner, best), inner, start)
        case list() if tree:
            yield from _lines(_items(tree, inner, best), inner, start)
        case _:
            yield ended(f"{gap}{_plain(tree, inner, best)}")


def _lines(parts: Iterator[str], indent: int, start: str) -> Iterator[str]:
    """The entries of a collection; the first may stand on the line that has begun."""
    pad = " " * indent
    yield start
    for number, part in enumerate(parts):
        yield part if number == 0 and not start.endswith("\n") else f"{pad}{part}"


def _entries(tree: Map, indent: int, best: int) -> Iterator[str]:
    # the next multiple; a list item's own indent is two more than that of its list
    inner = best * ((indent + best) // best)
    for key in sorted(tree, key=NATURAL):
        name = scalar(key, inner, best)
        if is_simple_key(key):
            yield f"{name}:" + "".join(_value(tree[key], inner, best, " ", "\n"))
        else:
            head = ended(f"? {name}") + " " * indent + ":"
            yield head + "".join(_value(tree[key], inner, best, " ", " " * (inner - indent - 1)))


def _items(tree: list[Tree], indent: int, best: int) -> Iterator[str]:
    for item in tree:
        yield "- " + "".join(_value(item, indent + 2, best, "", ""))


def _plain(tree: Tree, indent: int, best: int) -> str:
    match tree:
        case str():
            return scalar(tree, indent, best)
        case None:
            return "null"
        case bool():
            return "true" if tree else "false"
        case float():
            return general(tree)
        case int():
            return str(tree)
        case dict():
            return "{}"
        case _:
            return "[]"
