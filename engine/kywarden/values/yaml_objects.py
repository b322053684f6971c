"""YAML text of whole objects, to the letter as Go's yaml v3 writes decoded JSON by default: an indent of four, lists
indented, nothing folded.

Source: go.yaml.in/yaml/v3 encode.go, emitterc.go (yaml_emitter_increase_indent).
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.values.strconv import general
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_emit import NATURAL, is_simple_key, scalar

INDENT = 4


def dump(tree: Tree) -> str:
    """The document, with a line feed at its end."""
    return "".join(_value(tree, 0, "", ""))


def _value(tree: Tree, inner: int, gap: str, start: str) -> Iterator[str]:
    """What stands behind a key or a dash, to the end of its last line.

    inner: the indent of the value; gap: before a scalar on the same line; start: before the first line of a collection.
    """
    match tree:
        case dict() if tree:
            yield from _lines(_entries(tree, inner), inner, start)
        case list() if tree:
            yield from _lines(_items(tree, inner), inner, start)
        case _:
            yield _ended(f"{gap}{_plain(tree, inner)}")


def _lines(parts: Iterator[str], indent: int, start: str) -> Iterator[str]:
    """The entries of a collection; the first may stand on the line that has begun."""
    pad = " " * indent
    yield start
    for number, part in enumerate(parts):
        yield part if number == 0 and not start.endswith("\n") else f"{pad}{part}"


def _entries(tree: Map, indent: int) -> Iterator[str]:
    inner = _deeper(indent)
    for key in sorted(tree, key=NATURAL):
        name = scalar(key, inner, INDENT)
        if is_simple_key(key):
            yield f"{name}:" + "".join(_value(tree[key], inner, " ", "\n"))
        else:
            head = _ended(f"? {name}") + " " * indent + ":"
            yield head + "".join(_value(tree[key], inner, " ", " " * (inner - indent - 1)))


def _ended(text: str) -> str:
    """The text with its line ended; a literal block has ended it already."""
    return text if text.endswith("\n") else f"{text}\n"


def _items(tree: list[Tree], indent: int) -> Iterator[str]:
    for item in tree:
        yield "- " + "".join(_value(item, indent + 2, "", ""))


def _deeper(indent: int) -> int:
    """The next multiple of the indent; a list item's own is two more than that of its list."""
    return INDENT * ((indent + INDENT) // INDENT)


def _plain(tree: Tree, indent: int) -> str:
    match tree:
        case str():
            return scalar(tree, indent, INDENT)
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
