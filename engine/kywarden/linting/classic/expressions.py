"""Expressions: do they parse, are there such functions and names, are literal arguments good."""

from __future__ import annotations

from collections.abc import Iterator

from kywarden import jmes
from kywarden.binding import references, syntax
from kywarden.errors import EvaluationError
from kywarden.jmes import Expression
from kywarden.jmes.functions import FUNCTIONS
from kywarden.jmes.signature import has_type
from kywarden.linting.classic import types
from kywarden.linting.classic.subject import Rule
from kywarden.linting.classic.uses import FOREACH, INNER, Use, uses
from kywarden.linting.finding import Remark
from kywarden.linting.suggestions import did_you_mean
from kywarden.values.trees import Map
from kywarden.values.yaml_places import strings

_REQUEST = frozenset(
    (
        *("uid", "kind", "resource", "subResource", "requestKind", "requestResource", "requestSubResource", "name"),
        *("namespace", "operation", "userInfo", "roles", "clusterRoles", "object", "oldObject", "dryRun", "options"),
    )
)
"""Fields of an AdmissionRequest, and what Kyverno puts beside them."""


def remarks(rule: Rule) -> Iterator[Remark]:
    for use in uses(rule):
        if not use.text:
            yield Remark("expression-syntax", "a variable without an expression", use.path, use.pieces)
            continue
        try:
            expression = jmes.compile(use.text)
        except EvaluationError as error:
            if not use.is_computed:
                message = f"no JMESPath: {_sentence(error)}"
                yield Remark("expression-syntax", message, use.path, use.pieces, _bare_hint(use))
            continue
        yield from _call_remarks(use, expression)
        yield from _name_remarks(use, expression)
        yield from _request_remarks(use, expression)
    yield from _reference_remarks(rule)


def _bare_hint(use: Use) -> str:
    return "a query is written without braces" if not use.is_variable and syntax.is_variable(use.text) else ""


def _sentence(error: EvaluationError) -> str:
    return str(error).removeprefix("SyntaxError: ")


def _call_remarks(use: Use, expression: Expression) -> Iterator[Remark]:
    for node in jmes.nodes(expression.syntax):
        if node["type"] != "function_expression" or not isinstance(node["value"], str):
            continue
        name = node["value"]
        where = (*use.pieces, f"{name}(")
        function = FUNCTIONS.get(name)
        if function is None:
            hint = did_you_mean(name, FUNCTIONS)
            yield Remark("unknown-function", f"there is no function {name}", use.path, where, hint)
            continue
        given, wanted = len(node["children"]), len(function.parameters)
        if wanted and (given < wanted if function.variadic else given != wanted):
            message = f"{name} takes {wanted}{' or more' if function.variadic else ''} arguments, not {given}"
            yield Remark("wrong-arguments", message, use.path, where, function.signature)
        elif function.prepare is not None and (problem := _literal_problem(node)):
            yield Remark("regex-syntax", problem, use.path, where)


def _literal_problem(node: jmes.Syntax) -> str:
    """What a function says of its first argument, if that is a literal."""
    function = FUNCTIONS[node["value"]]
    first = node["children"][0]
    if function.prepare is None or first["type"] != "literal" or not has_type(first["value"], function.parameters[0]):
        return ""
    if INNER in first["value"]:
        return ""
    try:
        function.prepare(first["value"])
    except EvaluationError as error:
        return str(error)
    return ""


def _name_remarks(use: Use, expression: Expression) -> Iterator[Remark]:
    if use.names is None:
        return
    for name in sorted(expression.identifiers() - use.names.visible):
        where = (*use.pieces, name)
        if name == "null" != use.text or INNER in name:
            continue  # a key that is never there is null indeed
        if name in ("true", "false"):
            message = f"{name} without backticks is the name of a key, which does not exist, so it yields null"
            yield Remark("quoted-text", message, use.path, where, f"write `{name}`")
            continue
        if f'"{name}"' in use.text:
            message = f'"{name}" in double quotes is the name of a key, which does not exist, so it yields null'
            yield Remark("quoted-text", message, use.path, (*use.pieces, f'"{name}"'), f"write '{name}' for a text")
        elif name in use.names.later:
            message = f"the context entry {name} stands further below, or is this entry itself"
            yield Remark("undefined-variable", message, use.path, where, "an entry can use only those above it")
        elif name.rstrip("0123456789") in FOREACH and name.rstrip("0123456789") not in use.names.visible:
            yield Remark("undefined-variable", f"{name} is known inside foreach only", use.path, where)
        else:
            hint = did_you_mean(name, use.names.visible | use.names.later)
            yield Remark("undefined-variable", f"there is no variable {name}", use.path, where, hint)


def _request_remarks(use: Use, expression: Expression) -> Iterator[Remark]:
    """Fields that no AdmissionRequest has."""
    if use.names is None or use.is_computed:
        return
    for node in jmes.nodes(expression.syntax):
        keys = types.plain_path(node)[:2]
        # behind a dot `request` is a key of something else
        if (
            len(keys) == 2
            and keys[0] == "request"
            and keys[1] not in _REQUEST
            and f".request.{keys[1]}" not in use.text
        ):
            where = (*use.pieces, ".".join(keys))
            hint = did_you_mean(keys[1], _REQUEST)
            yield Remark("undefined-variable", f"a request has no field {keys[1]}", use.path, where, hint)


def _reference_remarks(rule: Rule) -> Iterator[Remark]:
    """References `$( )` that name nothing."""
    document: Map = {key: value for key, value in rule.tree.items() if key != "verifyImages"}
    for string, path in strings(document, rule.path):
        for reference in syntax.references(string) if "$(" in string else ():
            place = "".join(references.child_path("", str(step)) for step in path[len(rule.path) :])
            if not references.is_resolvable(reference.whole, place, document):
                message = f"the reference {reference.whole} names no text of the rule"
                hint = f"write \\{reference.whole} for the text itself"
                yield Remark("unresolved-reference", message, path, (reference.whole,), hint)
