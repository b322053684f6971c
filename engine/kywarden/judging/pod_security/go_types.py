"""The Go types of a workload, read from the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kywarden.judging.pod_security.schema import ALIASES, STRUCTS

Form: TypeAlias = Literal["struct", "slice", "map", "string", "bool", "int", "quantity", "time", "int or string", "raw"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct.

    path: what errors print for it, the names of embedded structs first.
    """

    name: str
    path: tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A Go type, without the pointer.

    text: as errors print it; pointer: null makes it nil; element: of a slice or map; bits: of an integer.
    fields, folded: of a struct, by name and by name without case; filled once all types are known.
    """

    text: str
    form: Form
    pointer: bool = False
    element: Type | None = None
    bits: int = 0
    fields: dict[str, Field] = field(default_factory=dict)
    folded: dict[str, Field] = field(default_factory=dict)

    @property
    def nullable(self) -> bool:
        return self.pointer or self.form in ("slice", "map")


BASIC: dict[str, Type] = {
    "string": Type("string", "string"),
    "bool": Type("bool", "bool"),
    "int32": Type("int32", "int", bits=32),
    "int64": Type("int64", "int", bits=64),
    "resource.Quantity": Type("resource.Quantity", "quantity"),
    "v1.Time": Type("v1.Time", "time"),
    "intstr.IntOrString": Type("intstr.IntOrString", "int or string"),
    "v1.FieldsV1": Type("v1.FieldsV1", "raw"),
}


def _read_schema() -> dict[str, Type]:
    types = {name: Type(name, "struct") for name in STRUCTS}

    def resolve(text: str) -> Type:
        if text.startswith("*"):
            base = resolve(text[1:])
            return Type(base.text, base.form, True, base.element, base.bits, base.fields, base.folded)
        if text in types:
            return types[text]
        meaning = ALIASES.get(text, text)
        if meaning.startswith("[]"):
            built = Type(text, "slice", element=resolve(meaning[2:]))
        elif meaning.startswith("map["):
            built = Type(text, "map", element=resolve(meaning.partition("]")[2]))
        else:
            built = BASIC.get(text) or Type(text, "string")
        types[text] = built
        return built

    for name, declaration in STRUCTS.items():
        struct = types[name]
        for item in declaration.split(", "):
            key, _, text = item.partition(" ")
            path = tuple(key.split("."))
            found = Field(path[-1], path, resolve(text))
            struct.fields[found.name] = found
            struct.folded.setdefault(fold(found.name), found)
    return types


def fold(name: str) -> str:
    """A key without case, as `encoding/json` compares: two letters outside ASCII fold into it."""
    if not name.isascii():
        name = name.replace("\u212a", "K").replace("\u017f", "S")
        if not name.isascii():
            return name
    return name.upper()


TYPES = _read_schema()
"""Every struct and every other named type, by the name that Go prints."""
