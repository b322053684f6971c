"""From a tree to a typed object, as Go's `encoding/json` decodes the text of the tree into a struct.

The result is a tree again, with the fields of the schema only: a pointer, slice or map that is nil is absent, and so
is every other field that the document does not set. The first value of a wrong type is reported after the whole
document has been walked; a type that decodes itself (quantity, time, integer or string) ends the walk at once, and
its error wins. Keys are walked in sorted order: the text of the tree was written by Go.
"""

from __future__ import annotations

from kywarden.errors import EvaluationError
from kywarden.judging.pod_security import quantities
from kywarden.judging.pod_security.go_types import BASIC, TYPES, Type, fold
from kywarden.values import strconv, timestamps
from kywarden.values.go_text import json_type
from kywarden.values.trees import Map, Poll, Tree


def decode(type_name: str, tree: Map, poll: Poll) -> Map:
    """The typed object of a tree.

    type_name: `v1.Pod`, `v1.Deployment` or `v1.CronJob`. Raises EvaluationError with Go's text.
    """
    decoder = _Decoder(poll)
    decoded: Map = {}
    decoder.struct(TYPES[type_name], tree, decoded)
    if decoder.error:
        raise EvaluationError(decoder.error)
    return decoded


class _Decoder:
    """One run: where it is, and the first error that it kept."""

    __slots__ = ("error", "owner", "path", "poll")

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        self.error = ""
        self.owner = ""
        self.path: list[str] = []

    def struct(self, wanted: Type, tree: Map, into: Map) -> None:
        """Decode the fields of a struct; keys that differ in case only meet in one field, the last one winning."""
        self.poll()
        owner, depth, fields = self.owner, len(self.path), wanted.fields
        name = wanted.text.partition(".")[2]
        for key in sorted(tree):
            found = fields.get(key) or wanted.folded.get(fold(key))
            if found is None:
                continue
            self.owner = name
            self.path.extend(found.path)
            value = tree[key]
            if value is not None:
                into[found.name] = self.value(found.type, value, into.get(found.name))
            elif found.type.nullable:
                into.pop(found.name, None)
            del self.path[depth:]
        self.owner = owner

    def value(self, wanted: Type, tree: Tree, former: Tree) -> Tree:
        """Decode what is not null; `former` is what the field holds so far, None when it is zero."""
        match wanted.form, tree:
            case "struct", dict():
                into: Map = former if isinstance(former, dict) else {}
                self.struct(wanted, tree, into)
                return into
            case "slice", list():
                return self.slice(wanted, tree, former)
            case "map", dict():
                return self.map(wanted, tree, former)
            case ("string", str()) | ("bool", bool()):
                return tree
            case "int", int() | float() if not isinstance(tree, bool):
                return self.integer(wanted, tree)
            case "quantity", _:
                return self.quantity(tree)
            case "time", _:
                return self.time(tree)
            case "int or string", _:
                return self.int_or_string(tree)
            case "raw", _:
                return tree
        self.keep(self.mismatch(json_type(tree), wanted.text))
        return former

    def slice(self, wanted: Type, tree: list[Tree], former: Tree) -> list[Tree]:
        assert wanted.element is not None
        before = former if isinstance(former, list) else []
        return [
            self.element(wanted.element, item, before[at] if at < len(before) else None) for at, item in enumerate(tree)
        ]

    def map(self, wanted: Type, tree: Map, former: Tree) -> Map:
        assert wanted.element is not None
        into: Map = former if isinstance(former, dict) else {}
        for key in sorted(tree):
            into[key] = self.element(wanted.element, tree[key], None)
        return into

    def element(self, wanted: Type, tree: Tree, former: Tree) -> Tree:
        """Decode an element of a list or map, where null leaves what was there: at first the zero value."""
        if former is None and not wanted.nullable:
            former = _zero(wanted)
        return former if tree is None else self.value(wanted, tree, former)

    def integer(self, wanted: Type, tree: int | float) -> int:
        text = str(tree) if isinstance(tree, int) else strconv.json_number(tree)
        number = int(text) if text.lstrip("-").isdecimal() else None
        if number is not None and -(1 << wanted.bits - 1) <= number < 1 << wanted.bits - 1:
            return number
        self.keep(self.mismatch(f"number {text}", wanted.text))
        return 0

    def quantity(self, tree: Tree) -> Tree:
        match tree:
            case str():
                reason = quantities.error(tree)
            case float():
                reason = quantities.error(strconv.json_number(tree))
            case int() if not isinstance(tree, bool):
                reason = ""
            case _:
                reason = quantities.FORMAT
        if reason:
            raise EvaluationError(reason)
        return tree

    def time(self, tree: Tree) -> Tree:
        if not isinstance(tree, str):
            raise EvaluationError(self.mismatch(json_type(tree), "string"))
        try:
            timestamps.parse_rfc3339(tree)
        except ValueError as error:
            raise EvaluationError(str(error)) from error
        return tree

    def int_or_string(self, tree: Tree) -> Tree:
        """Decode a string or an int32 (`IntOrString`), which refuses at once."""
        if isinstance(tree, str):
            return tree
        inner = _Decoder(self.poll)
        inner.owner, inner.path = self.owner, self.path
        value = inner.value(BASIC["int32"], tree, 0)
        if inner.error:
            raise EvaluationError(inner.error)
        return value

    def mismatch(self, found: str, type_name: str) -> str:
        place = f"{self.owner}.{'.'.join(self.path)}"
        return f"json: cannot unmarshal {found} into Go struct field {place} of type {type_name}"

    def keep(self, error: str) -> None:
        self.error = self.error or error


def _zero(wanted: Type) -> Tree:
    match wanted.form:
        case "struct":
            return {}
        case "int":
            return 0
        case "bool":
            return False
        case _:
            return ""
