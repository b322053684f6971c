"""The policy check of a JSON patch: a list of known operations, each complete, with paths that begin with a slash.

Source: pkg/validation/policy/validate.go validateJSONPatchPathForForwardSlash, github.com/evanphx/json-patch/v5.
"""

from __future__ import annotations

from kywarden.binding import syntax
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map
from kywarden.model.resources import text
from kywarden.values import go_text, json_text, yaml_text
from kywarden.values.go_text import json_type
from kywarden.values.reading import ReadError
from kywarden.values.space import trim
from kywarden.values.trees import Map, Tree

_STAND_IN = "kyvernojsonpatchvariable"
_NEEDING_VALUE = ("add", "replace")
_NEEDING_FROM = ("move", "copy")
_OTHERS = ("remove", "test")


class PatchError(ValueError):
    """A text that is no JSON patch."""


def check(rule: RuleSubject) -> None:
    """Raises `Refusal` for the rule's own patch; patches inside foreach are not looked at."""
    patch = text(one_map(rule.tree.get("mutate")), "patchesJson6902")
    place = f"{rule.place}.mutate.patchesJson6902"
    try:
        operations = read(_without_variables(patch))
        problem = next((path for path in map(path_of, operations) if not path.startswith("/")), None)
    except PatchError as error:
        operations, problem = [], str(error)
    if problem is not None:
        raise free(f"path must begin with a forward slash: spec.rules[{rule.index}]: {problem}", place)
    if any(one.get("op") == "test" and "value" not in one for one in operations):
        sentence = f"invalid value: spec.rules[{rule.index}]: operation, missing value field: missing value"
        raise free(sentence, place)


def _without_variables(patch: str) -> str:
    return syntax.replace_variables(patch, lambda _: _STAND_IN)


def path_of(operation: Map) -> str:
    return text(operation, "path")


def read(patch: str) -> list[Map]:
    """The operations of a patch, written in YAML or JSON; raises PatchError with the library's text."""
    tree = _tree(patch)
    if tree is None:
        return []
    if not isinstance(tree, list):
        raise PatchError(f"json: cannot unmarshal {json_type(tree)} into Go value of type jsonpatch.Patch")
    return [_operation(item) for item in tree]


def _tree(patch: str) -> Tree:
    # kyverno: what begins with a brace is taken for JSON
    if trim(patch).startswith("{"):
        try:
            return json_text.load(patch)
        except ReadError:
            raise PatchError("invalid state detected") from None
    try:
        return yaml_text.load(patch, portable=True) if patch else None
    except ReadError as error:
        where = f"line {error.line}: " if error.line > 1 else ""
        raise PatchError(f"yaml: {where}{error.reason}") from None


def _operation(tree: Tree) -> Map:
    if tree is not None and not isinstance(tree, dict):
        raise PatchError(f"json: cannot unmarshal {json_type(tree)} into Go value of type jsonpatch.Operation")
    operation = one_map(tree)
    if problem := _operation_problem(operation):
        raise PatchError(f"invalid operation {go_text.json_text(tree)}: {problem}")
    return operation


def _operation_problem(operation: Map) -> str:
    kind = operation.get("op")
    if kind in _NEEDING_VALUE:
        if "value" not in operation:
            return "failed to decode 'value': operation, missing value field: missing value"
    elif kind in _NEEDING_FROM:
        if problem := _text_problem(operation, "from", "operation, missing from field"):
            return problem
    elif kind not in _OTHERS:
        return "unsupported operation"
    return _text_problem(operation, "path", "operation missing path field")


def _text_problem(operation: Map, key: str, missing: str) -> str:
    value = operation.get(key)
    if value is None:
        return f"failed to decode '{key}': {missing}: missing value"
    if not isinstance(value, str):
        return f"failed to decode '{key}': json: cannot unmarshal {json_type(value)} into Go value of type string"
    return ""
