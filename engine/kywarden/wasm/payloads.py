"""Payloads, held to the structs of the host: what does not fit is refused in the words of its JSON reader (serde)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json import decoder, scanner
from typing import Any, Literal, TypeAlias

from kywarden.values.trees import Map, Tree

Need: TypeAlias = Literal["required", "nullable", "optional"]
"""Of a field: `nullable` must be there and may be null, `optional` may be absent."""


class PayloadError(Exception):
    """The payload does not fit; the text is the host's."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `type` is a struct, or what a scalar or collection is made of."""

    name: str
    type: Struct | Literal["string", "bool", "strings", "set", "structs", "bytes", "pairs"] = "string"
    need: Need = "required"
    of: Struct | None = None


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct of the host: its name in Rust and its fields."""

    name: str
    fields: tuple[Field, ...] = ()


def read_struct(payload: bytes, struct: Struct) -> Map:
    document = Document(payload)
    return document.struct(document.tree, struct)


def read_string(payload: bytes) -> str:
    document = Document(payload)
    if isinstance(document.tree, str):
        return document.tree
    raise PayloadError(document.placed(f"invalid type: {_kind(document.tree)}, expected a string", None, 0))


@dataclass(slots=True)
class Checker:
    """Holds trees to structs; ends: where each map of the payload ends, by its identity."""

    ends: dict[int, int] = field(default_factory=dict)

    def placed(self, problem: str, tree: Tree, column: int | None = None) -> str:
        return f"{problem} at line 1 column {self.ends.get(id(tree), 0) if column is None else column}"

    def struct(self, tree: Tree, struct: Struct) -> Map:
        if not isinstance(tree, dict):
            raise PayloadError(self.placed(f"invalid type: {_kind(tree)}, expected struct {struct.name}", tree))
        read: Map = {}
        for each in struct.fields:
            if each.name not in tree and each.need != "optional":
                raise PayloadError(self.placed(f"missing field `{each.name}`", tree))
            value = tree.get(each.name)
            if value is None and each.need == "required":
                raise PayloadError(self.placed(f"invalid type: null, expected {_expected(each)}", tree))
            read[each.name] = None if value is None else self.value(value, each, tree)
        return read

    def value(self, value: Tree, wanted: Field, around: Tree) -> Tree:
        if isinstance(wanted.type, Struct):
            return self.struct(value, wanted.type)
        if wanted.type == "structs" and isinstance(value, list) and wanted.of is not None:
            return [self.struct(item, wanted.of) for item in value]
        if not _FITS[wanted.type](value):
            raise PayloadError(self.placed(f"invalid type: {_kind(value)}, expected {_expected(wanted)}", around))
        return value


class Document(Checker):
    """A payload that has been read."""

    def __init__(self, payload: bytes) -> None:
        super().__init__()
        if not payload.strip():
            raise PayloadError("EOF while parsing a value at line 1 column 0")
        try:
            text = payload.decode()
            self.tree: Tree = _Reader(self.ends).decode(text)
        except UnicodeDecodeError as error:
            raise PayloadError(f"invalid unicode code point at line 1 column {error.start}") from None
        except ValueError:
            problem, column = ("expected ident", 2) if payload[:1] in (b"n", b"t", b"f") else ("expected value", 1)
            raise PayloadError(self.placed(problem, None, column)) from None


class _Reader(json.JSONDecoder):
    """Reads JSON and notes where each object ends."""

    def __init__(self, ends: dict[int, int]) -> None:
        super().__init__()
        read_object = decoder.JSONObject  # type: ignore[attr-defined] # not in typeshed

        def noting(*arguments: Any) -> tuple[Map, int]:
            tree, end = read_object(*arguments)
            ends[id(tree)] = end
            return tree, end

        self.parse_object = noting
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined] # not in typeshed


def _kind(tree: Tree) -> str:
    match tree:
        case None:
            return "null"
        case bool():
            return f"boolean `{str(tree).lower()}`"
        case int():
            return f"integer `{tree}`"
        case float():
            return f"floating point `{tree}`"
        case str():
            return f"string {json.dumps(tree, ensure_ascii=False)}"
        case list():
            return "sequence"
        case dict():
            return "map"


def _are_strings(tree: Tree) -> bool:
    return isinstance(tree, list) and all(isinstance(item, str) for item in tree)


_FITS: Mapping[str, Callable[[Tree], bool]] = {
    "string": lambda tree: isinstance(tree, str),
    "bool": lambda tree: isinstance(tree, bool),
    "strings": _are_strings,
    "set": _are_strings,
    "structs": lambda tree: isinstance(tree, list),
    "bytes": lambda tree: isinstance(tree, list) and all(isinstance(item, int) and 0 <= item < 256 for item in tree),
    "pairs": lambda tree: isinstance(tree, dict) and all(isinstance(value, str) for value in tree.values()),
}


def _expected(wanted: Field) -> str:
    match wanted.type:
        case "string":
            return "a string"
        case "bool":
            return "a boolean"
        case "pairs":
            return "a map"
        case Struct(name):
            return f"struct {name}"
    return "a sequence"
