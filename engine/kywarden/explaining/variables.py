"""Where the value of a variable comes from: the object, the request, a context entry, an element of a loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.explaining.words import named, shown
from kywarden.values.space import trim
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_places import Place
from kywarden.values.yaml_tree import Path, part

_REQUEST = {"object": "the object", "oldObject": "the old object"}


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a loop around; path: of the element in the object, None when the list was computed."""

    index: int
    path: Path | None


@dataclass(frozen=True, slots=True)
class Sources:
    """What variables can come from.

    elements: of the loops around, from outside in; entries: context entries by name with their places; resource: the
    object that is judged; in_resource, in_old: places of paths of the objects.
    """

    elements: Sequence[Element]
    entries: Mapping[str, Place | None]
    resource: Map
    in_resource: Callable[[Path], Place | None]
    in_old: Callable[[Path], Place | None]

    def origin(self, expression: str, value: Tree) -> tuple[str, Place | None, Place | None]:
        """Where an expression's value comes from, in words, with places in the policy and in the object."""
        syntax = _syntax(expression)
        if syntax is None:
            return "", None, None
        resource = self.mentioned(expression)
        entry = next(
            (name for name in sorted(jmes.compile(trim(expression)).identifiers()) if name in self.entries), ""
        )
        if entry:
            return f"from the context entry {entry}", self.entries[entry], resource
        return self._words(keys(syntax), value), None, resource

    def _words(self, path: Path, value: Tree) -> str:
        found = self._in_object(path)
        if found is not None and part(self.resource, found) is None and value is not None:
            return f"by default, since {named(found)} is missing"
        if path[:1] == ("request",):
            return f"from {_REQUEST.get(str(path[1]) if len(path) > 1 else '', 'the request')}"
        element = self._element(str(path[0])) if path else None
        return "" if element is None else f"from element {element.index} of the loop"

    def resource_path(self, expression: str) -> Path | None:
        """The path in the object that an expression names plainly, None for any other expression."""
        syntax = _syntax(expression)
        return None if syntax is None else self._in_object(keys(syntax))

    def mentioned(self, expression: str) -> Place | None:
        """The place in an object that an expression speaks of first."""
        syntax = _syntax(expression)
        for node in jmes.nodes(syntax) if syntax is not None else ():
            path = keys(node)
            if path[:2] == ("request", "oldObject"):
                return self.in_old(path[2:])
            if (found := self._in_object(path)) is not None:
                return self.in_resource(found)
        return None

    def _in_object(self, path: Path) -> Path | None:
        if path[:2] == ("request", "object"):
            return path[2:]
        element = self._element(str(path[0])) if path else None
        return None if element is None or element.path is None else (*element.path, *path[1:])

    def _element(self, name: str) -> Element | None:
        """The element that `element` or `element0` names."""
        if not self.elements or not name.startswith("element") or name.startswith("elementIndex"):
            return None
        number = name.removeprefix("element")
        if not number:
            return self.elements[-1]
        return self.elements[int(number)] if number.isdigit() and int(number) < len(self.elements) else None


def _syntax(expression: str) -> jmes.Syntax | None:
    try:
        return jmes.compile(trim(expression)).syntax
    except EvaluationError:
        return None


def keys(node: jmes.Syntax) -> Path:
    """The keys and indexes of a plain path such as `a.b[0].c`, with or without a default behind it."""
    match node["type"]:
        case "field":
            return (node["value"],)
        case "index":
            return (node["value"],)
        case "subexpression" | "index_expression":
            parts = [keys(child) for child in node["children"]]
            return tuple(step for one in parts for step in one) if all(parts) else ()
        case "or_expression" | "flatten":
            return keys(node["children"][0])
        case "projection" if node["children"][1]["type"] == "identity":
            return keys(node["children"][0])
    return ()


def resolved(expression: str, value: Tree, origin: str) -> str:
    """`{{ request.object.metadata.name }} is "web", from the object`."""
    told = f"{{{{ {trim(expression)} }}}} is {shown(value)}"
    return f"{told}, {origin}" if origin else told
