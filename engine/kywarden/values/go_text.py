"""How Go prints decoded JSON: package fmt's `%v`, encoding/json, json-iterator; numbers are printed by `strconv`."""

from __future__ import annotations

import re
from collections.abc import Callable

from kywarden.values.strconv import general, json_number, jsoniter_number
from kywarden.values.trees import Tree

_JSON_SPECIAL = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029]')
_JSON_PLAIN_SPECIAL = re.compile('["\\\\\x00-\x1f\u2028\u2029]')
_JSON_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_GO_JSON_ESCAPES = {**_JSON_ESCAPES, "\b": "\\b", "\f": "\\f"}


def sprint(tree: Tree) -> str:
    """`fmt.Sprint` and `%v` of a decoded JSON value: `map[a:1 b:[x y]]`, `<nil>`, `1e+06`; strings as they are."""
    match tree:
        case str():
            return tree
        case None:
            return "<nil>"
        case bool():
            return "true" if tree else "false"
        case int():
            return str(tree)
        case float():
            return general(tree)
        case list():
            return f"[{' '.join(map(sprint, tree))}]"
        case dict():
            return f"map[{' '.join(f'{key}:{sprint(tree[key])}' for key in sorted(tree))}]"


def go_type(tree: Tree) -> str:
    """The Go type of decoded JSON, as fmt's `%T` prints it."""
    match tree:
        case None:
            return "<nil>"
        case bool():
            return "bool"
        case int():
            return "int64"
        case float():
            return "float64"
        case str():
            return "string"
        case list():
            return "[]interface {}"
        case dict():
            return "map[string]interface {}"


def json_type(tree: Tree) -> str:
    """What encoding/json calls the type of a value that does not fit; null fits everything."""
    match tree:
        case bool():
            return "bool"
        case str():
            return "string"
        case dict():
            return "object"
        case list():
            return "array"
        case _:
            return "number"


def json_text(
    tree: Tree, *, escape_html: bool = True, sort_keys: bool = True, number: Callable[[float], str] = json_number
) -> str:
    """As encoding/json writes it: no spaces, `<`, `>`, `&` escaped on demand; keys sorted, unless it is a struct.

    number: how a float64 is written.
    ValueError for NaN and infinities.
    """
    special = _JSON_SPECIAL if escape_html else _JSON_PLAIN_SPECIAL
    return _json(tree, lambda text: _json_string(text, special, _GO_JSON_ESCAPES), number, sort_keys)


def jsoniter_text(tree: Tree) -> str:
    """As json-iterator's ConfigCompatibleWithStandardLibrary writes it.

    kyverno: unlike encoding/json it writes `1e-07` (not `1e-7`), and `\\u0008`, `\\u000c` for backspace and form feed.
    """
    return _json(tree, lambda text: _json_string(text, _JSON_SPECIAL, _JSON_ESCAPES), jsoniter_number)


def _json(tree: Tree, string: Callable[[str], str], number: Callable[[float], str], sort_keys: bool = True) -> str:
    parts: list[str] = []

    def write(node: Tree) -> None:
        match node:
            case str():
                parts.append(string(node))
            case None:
                parts.append("null")
            case bool():
                parts.append("true" if node else "false")
            case int():
                parts.append(str(node))
            case float():
                parts.append(number(node))
            case list():
                opening = "["
                for item in node:
                    parts.append(opening)
                    write(item)
                    opening = ","
                parts.append("]" if node else "[]")
            case dict():
                opening = "{"
                for key in sorted(node) if sort_keys else node:
                    parts.append(f"{opening}{string(key)}:")
                    write(node[key])
                    opening = ","
                parts.append("}" if node else "{}")

    write(tree)
    return "".join(parts)


def _json_string(text: str, special: re.Pattern[str], escapes: dict[str, str]) -> str:
    if special.search(text) is None:
        return f'"{text}"'

    def escaped(found: re.Match[str]) -> str:
        return escapes.get(found[0]) or f"\\u{ord(found[0]):04x}"

    return f'"{special.sub(escaped, text)}"'
