"""Variables `{{ }}`: a document of a policy as a template that is filled for each request.

Everything the policy alone decides is done by `prepare`: references are resolved, parts without variables stay as they
are, expressions are compiled. What a variable yields may itself hold variables and is searched again, as in Kyverno;
the number of steps is bounded.
Source: Kyverno pkg/engine/variables/vars.go and pkg/engine/jsonutils/traverse.go; reference C.1, C.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from kywarden.binding import locations, references, syntax
from kywarden.binding.query import Query
from kywarden.binding.references import child_path
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.jmes.foreign import MapList
from kywarden.values import go_text
from kywarden.values.trees import MAX_DEPTH, Map, Tree


@dataclass(frozen=True, slots=True)
class Resolved:
    """Told to a trace: a variable of a text was looked up.

    text: the whole text; path: in its document, as Kyverno writes it; expression: what was asked, without braces.
    """

    text: str
    path: str
    expression: str
    value: Tree
    error: EvaluationError | None = None


MAX_STEPS = 1000
"""Variables replaced in one text; a value that holds its own variable would never end."""

MAX_LENGTH = 2 * 1024 * 1024
"""Characters of one text while its variables are replaced."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prepared document.

    document: the document with its references resolved; node: how to fill it, None when it holds no variables;
    flaw: the error of a reference that names nothing, if there is one; raised whenever the template is filled.
    """

    document: Tree
    node: _Node | None = None
    flaw: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether the result is the document itself, whatever the request."""
        return self.node is None and not self.flaw

    def fill(self, scope: Scope) -> Tree:
        """The document with all variables replaced; parts without variables are shared with it.

        Raises EvaluationError with Kyverno's text, such as `failed to resolve a.b at path /spec: …`.
        """
        if self.flaw:
            raise EvaluationError(self.flaw)
        return self.document if self.node is None else self.node.fill(scope)


def prepare(document: Tree) -> Template:
    """The template of a document: of a pattern, a message, one side of a condition, a whole rule."""
    if _is_plain(document):
        return Template(document)
    try:
        resolved = references.resolve(document)
    except EvaluationError as error:
        return Template(document, flaw=str(error))
    node = _node(resolved, "")
    return Template(node.tree) if isinstance(node, _Constant) else Template(resolved, node)


def substitute(document: Tree, scope: Scope) -> Tree:
    """The filled document, for one that exists only while a request is judged (a message joined from several)."""
    return prepare(document).fill(scope)


def _is_plain(tree: Tree) -> bool:
    """Whether there is nothing to do: neither variables nor references anywhere."""
    if isinstance(tree, str):
        return "{{" not in tree and "$(" not in tree
    if isinstance(tree, dict):
        return all(map(_is_plain, tree)) and all(map(_is_plain, tree.values()))
    return not isinstance(tree, MapList) and (not isinstance(tree, list) or all(map(_is_plain, tree)))


class _Node(Protocol):
    def fill(self, scope: Scope) -> Tree:
        """The part of the document, filled."""


@dataclass(frozen=True, slots=True)
class _Constant:
    tree: Tree

    def fill(self, scope: Scope) -> Tree:
        return self.tree


@dataclass(frozen=True, slots=True)
class _List:
    items: tuple[_Node, ...]

    def fill(self, scope: Scope) -> Tree:
        return [item.fill(scope) for item in self.items]


@dataclass(frozen=True, slots=True)
class _Map:
    """entries: key as written, the key's node when it holds variables, the value's node."""

    entries: tuple[tuple[str, _Text | None, _Node], ...]

    def fill(self, scope: Scope) -> Tree:
        filled: Map = {}
        for key, name, value in self.entries:
            filled[key if name is None else _filled_key(key, name, scope)] = value.fill(scope)
        return filled


def _filled_key(key: str, name: _Text, scope: Scope) -> str:
    filled = name.fill(scope)
    if filled is None:
        # kyverno: a key that resolves to null stays as it is written
        return key
    if not isinstance(filled, str):
        raise EvaluationError(f'expected string after substituting variables in key "{key}"')
    return filled


def _node(tree: Tree, path: str) -> _Node:
    match tree:
        case str():
            return _text_node(tree, path)
        case dict():
            return _map_node(tree, path)
        case list():
            items = tuple(_node(item, f"{path}/{index}") for index, item in enumerate(tree))
            if all(isinstance(item, _Constant) for item in items):
                return _constant_list(tree, items)
            return _List(items)
        case _:
            return _Constant(tree)


def _constant_list(tree: list[Tree], items: tuple[_Node, ...]) -> _Constant:
    trees = [item.tree for item in items if isinstance(item, _Constant)]
    is_same = not isinstance(tree, MapList) and all(map(_is, trees, tree))
    return _Constant(tree if is_same else trees)


def _is(left: Tree, right: Tree) -> bool:
    return left is right


def _map_node(tree: Map, path: str) -> _Node:
    entries: list[tuple[str, _Text | None, _Node]] = []
    is_constant = is_same = True
    for key, value in tree.items():
        name = _text_node(key, path) if "{{" in key else None
        node = _node(value, child_path(path, key))
        if isinstance(name, _Constant):
            key, name = str(name.tree), None
        is_constant = is_constant and name is None and isinstance(node, _Constant)
        is_same = is_same and key in tree and isinstance(node, _Constant) and node.tree is tree[key]
        entries.append((key, name, node))
    if not is_constant:
        return _Map(tuple(entries))
    return _Constant(tree if is_same else {key: node.tree for key, _, node in entries if isinstance(node, _Constant)})


def _text_node(text: str, path: str) -> _Constant | _Text:
    if "{{" not in text:
        return _Constant(text)
    found = syntax.variables(text)
    if not found:
        return _Constant(syntax.unescaped(text))
    return _Text(text, path, [(variable, _lookup(variable.expression)) for variable in found])


_Found: TypeAlias = Sequence[tuple[syntax.Variable, "_Lookup"]]


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What a variable asks for. On DELETE the new object is spelt as the old one, anywhere in the expression."""

    query: Query
    on_delete: Query

    def for_scope(self, scope: Scope) -> Query:
        return self.on_delete if scope.is_delete else self.query


def _lookup(expression: str) -> _Lookup:
    query = Query.of(expression)
    # kyverno: a plain replacement of text, in literals too
    deleted = expression.replace("request.object", "request.oldObject")
    return _Lookup(query, query if deleted == expression else Query.of(deleted))


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with variables; `found` are those that it holds as written."""

    text: str
    path: str
    found: _Found

    def fill(self, scope: Scope) -> Tree:
        text, found = self.text, self.found
        steps = 0
        while found:
            original = text
            is_shallow = False
            for variable, lookup in found:
                is_shallow = variable.shallow
                steps += 1
                if steps > MAX_STEPS or len(text) > MAX_LENGTH:
                    raise EvaluationError(f"too many variables at path {self.path}: does a value contain itself?")
                query = self._query(variable, lookup, scope)
                value = self._value(query, scope)
                if original == variable.whole:
                    return _searched(value, self.path, scope)
                text = self._with_value(text, variable, value, query)
            # kyverno: `{{- }}` ends the search only when it is the last variable of the text
            variables = () if is_shallow else syntax.variables(text)
            found = [(variable, _lookup(variable.expression)) for variable in variables]
        return syntax.unescaped(text)

    def _value(self, query: Query, scope: Scope) -> Tree:
        try:
            value = scope.query(query)
        except EvaluationError as error:
            if scope.trace is not None:
                scope.trace(Resolved(self.text, self.path, query.text, None, error))
            raise self._unresolved(query, error) from None
        if scope.trace is not None:
            scope.trace(Resolved(self.text, self.path, query.text, value))
        return value

    def _query(self, variable: syntax.Variable, lookup: _Lookup, scope: Scope) -> Query:
        if variable.expression == "@":
            prefix = "target" if scope.has("target") else "request.object"
            lookup = _lookup(locations.expression(self.path, prefix))
        return lookup.for_scope(scope)

    def _unresolved(self, query: Query, error: EvaluationError) -> EvaluationError:
        return error.within(f"failed to resolve {query.text} at path {self.path}")

    def _with_value(self, text: str, variable: syntax.Variable, value: Tree, query: Query) -> str:
        """The text with the value in place of the variable: text as it is, everything else as JSON."""
        try:
            if variable.shallow and value is not None:
                inserted = _shielded(value)
            else:
                inserted = value if isinstance(value, str) else _json(value)
        except EvaluationError as error:
            raise self._unresolved(query, error) from None
        return text.replace(variable.found, variable.prefix + inserted, 1)


def _shielded(value: Tree) -> str:
    """The value of `{{- }}`: its own variables are escaped. Kyverno crashes on anything but text."""
    if not isinstance(value, str):
        raise EvaluationError("a variable written {{- }} inside a text must be a string")
    return value.replace("{{", "\\{{")


def _json(value: Tree) -> str:
    try:
        return go_text.jsoniter_text(value)
    except ValueError:
        raise EvaluationError(f"failed to marshal float64: {go_text.sprint(value)}") from None


def _searched(value: Tree, path: str, scope: Scope) -> Tree:
    """What a variable yielded as a whole: a text stays as it is, maps and lists are searched for variables in turn."""
    # kyverno: so `\\{{` in a label loses its backslash where all labels are inserted at once
    if not isinstance(value, dict | list) or not _has_work(value):
        return value
    scope.count_search()
    if path.count("/") > MAX_DEPTH:
        raise EvaluationError(f"variables nest too deeply at path {path}: does a value contain itself?")
    return _node(value, path).fill(scope)


def _has_work(tree: Tree) -> bool:
    match tree:
        case str():
            return "{{" in tree
        case dict():
            return any("{{" in key or _has_work(value) for key, value in tree.items())
        case MapList():
            return True
        case list():
            return any(map(_has_work, tree))
        case _:
            return False
