"""YAML text of whole objects, to the letter as Go's yaml v3 writes decoded JSON by default: an indent of four, lists
indented, nothing folded.

Source: go.yaml.in/yaml/v3 encode.go, emitterc.go (yaml_emitter_increase_indent).
"""

from __future__ import annotations

from collections.abc import Iterator

from kywarden.values.strconv import general
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_emit import MAX_SIMPLE_KEY, NATURAL, scalar

INDENT = 4


def dump(tree: Tree) -> str:
    """The document, with a line feed at its end."""
    return "".join(_value(tree, 0, "", in_list=True, at_top=True))


def _value(tree: Tree, indent: int, gap: str, in_list: bool, at_top: bool = False) -> Iterator[str]:
    """What stands behind a key or a dash, from the gap before it to the end of its last line.

    indent: of the collection around; gap: the blank before a value on the same line.
    """
    inner = 0 if at_top else _deeper(indent, in_list)
    match tree:
        case dict() if tree:
            yield from _lines(_entries(tree, inner), inner, "" if in_list else "\n")
        case list() if tree:
            yield from _lines(_items(tree, inner), inner, "" if in_list else "\n")
        case _:
            text = f"{gap}{_plain(tree, inner)}"
            yield text if text.endswith("\n") else f"{text}\n"


def _lines(parts: Iterator[str], indent: int, start: str) -> Iterator[str]:
    """The entries of a collection; in a list the first stands on the line of the dash."""
    pad = " " * indent
    yield start
    for number, part in enumerate(parts):
        yield part if number == 0 and not start else f"{pad}{part}"


def _entries(tree: Map, indent: int) -> Iterator[str]:
    for key in sorted(tree, key=NATURAL):
        simple = "\n" not in key and len(key.encode()) <= MAX_SIMPLE_KEY
        name = scalar(key, indent + INDENT, INDENT)
        head = f"{name}:" if simple else f"? {name}\n{' ' * indent}:"
        yield head + "".join(_value(tree[key], indent, " ", in_list=False))


def _items(tree: list[Tree], indent: int) -> Iterator[str]:
    for item in tree:
        yield "- " + "".join(_value(item, indent, "", in_list=True))


def _deeper(indent: int, in_list: bool) -> int:
    """Inside a list item two more, else the next multiple of the indent."""
    return indent + 2 if in_list else INDENT * ((indent + INDENT) // INDENT)


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
