"""Rules that work, but not always: autogen that is off, numbers that compare to null, labels that may be missing."""

from __future__ import annotations

from collections.abc import Iterator

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.jmes import Expression
from kywarden.judging import kinds
from kywarden.kinds.classic import autogen
from kywarden.kinds.classic.trees import one_map, texts
from kywarden.linting.classic import types
from kywarden.linting.classic.subject import Rule, filters, rules
from kywarden.linting.classic.uses import Use, uses
from kywarden.linting.finding import Remark
from kywarden.values.trees import Map
from kywarden.values.yaml_tree import Path

_ORDER = frozenset({"lt", "lte", "gt", "gte"})


def remarks(rule: Rule) -> Iterator[Remark]:
    known = (use for use in uses(rule) if not use.is_computed)
    compiled = [(use, expression) for use in known if (expression := _compiled(use))]
    has_integers = _follows_another(rule)
    for use, expression in compiled:
        yield from _order_remarks(use, expression, has_integers)
        yield from _missing_remarks(rule, use, expression)


def policy_remarks(policy: Map) -> Iterator[Remark]:
    """Autogen that one rule turns off for all."""
    own = rules(policy)
    if autogen.controllers(policy) == {"none"} or autogen.supported_controllers([rule.tree for rule in own]):
        return
    about_pods = [rule for rule in own if any(kinds.contains([kind], "Pod") for kind in _listed(rule))]
    for rule in own if about_pods else ():
        for message, path in _hindrances(rule):
            hint = f"say {autogen.ANNOTATION}: none if Pods alone are meant"
            yield Remark(
                "autogen-off", f"{message}, so no rule of the policy is made for pod controllers", path, hint=hint
            )
            return


def _hindrances(rule: Rule) -> Iterator[tuple[str, Path]]:
    for one, path in filters(rule):
        resources = one_map(one.get("resources"))
        for key in ("name", "names", "selector", "annotations"):
            if resources.get(key) not in (None, "", []):
                yield f"the filter has {key}", (*path, "resources", key)
    mutate = one_map(rule.tree.get("mutate"))
    if mutate.get("patchesJson6902"):
        yield "the rule has a JSON patch", (*rule.path, "mutate", "patchesJson6902")


def _listed(rule: Rule) -> list[str]:
    return [kind for one, _ in filters(rule) for kind in texts(one_map(one.get("resources")).get("kinds"))]


def _compiled(use: Use) -> Expression | None:
    try:
        return jmes.compile(use.text) if use.text else None
    except EvaluationError:
        return None


def _follows_another(rule: Rule) -> bool:
    """Whether a rule of the policy that validates stands above it and may look at the same objects."""
    kinds_of = {kinds.parse(kind).kind for kind in _listed(rule)}
    for other in rules(rule.policy)[: rule.index]:
        others = {kinds.parse(kind).kind for kind in _listed(other)}
        if other.tree.get("validate") is not None and (kinds_of & others or "*" in kinds_of | others):
            return True
    return False


def _order_remarks(use: Use, expression: Expression, has_integers: bool) -> Iterator[Remark]:
    """has_integers: the numbers of the object are int64, since another rule was there before."""
    for node in jmes.nodes(expression.syntax):
        if node["type"] != "comparator" or node["value"] not in _ORDER:
            continue
        literals = [side["value"] for side in node["children"] if side["type"] == "literal"]
        if any(isinstance(value, str) for value in literals):
            message = "JMESPath orders numbers only: the result is null"
            yield Remark("null-order", message, use.path, use.pieces, "compare by an operator of the condition")
        paths = [types.plain_path(side) for side in node["children"]]
        of_object = [path for path in paths if path[:2] in (["request", "object"], ["request", "oldObject"])]
        if has_integers and of_object and any(isinstance(value, float) for value in literals):
            message = f"{'.'.join(of_object[0])} is an integer here, which JMESPath does not order: the result is null"
            hint = "compare by an operator of the condition, such as GreaterThan"
            yield Remark("null-order", message, use.path, use.pieces, hint)


def _missing_remarks(rule: Rule, use: Use, expression: Expression) -> Iterator[Remark]:
    """A label or annotation without a default: where it is missing the rule is an error, which blocks."""
    keys = types.plain_path(expression.syntax)
    if (
        len(keys) != 5
        or keys[:3] != ["request", "object", "metadata"]
        or keys[3] not in types.TAGS
        or not use.is_variable
    ):
        return
    if "message" in use.path or "context" in use.path or "default" in use.path:
        return
    if any(_selects(one, keys[4]) for one, _ in filters(rule)):
        return
    message = f"without {keys[3][:-1]} {keys[4]} the rule is an error, which blocks the request"
    yield Remark("missing-default", message, use.path, use.pieces, f"{{{{ {use.text} || '' }}}}")


def _selects(one: Map, key: str) -> bool:
    """Whether a filter asks for the key."""
    resources = one_map(one.get("resources"))
    selector = one_map(resources.get("selector"))
    listed = [*one_map(selector.get("matchLabels")), *one_map(resources.get("annotations"))]
    expressions = selector.get("matchExpressions")
    listed += [str(one_map(each).get("key")) for each in (expressions if isinstance(expressions, list) else ())]
    return key in listed
