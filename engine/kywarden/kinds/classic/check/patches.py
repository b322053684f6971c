"""The policy check of a JSON patch: a list of known operations, each complete, with paths that begin with a slash.

Source: pkg/validation/policy/validate.go validateJSONPatchPathForForwardSlash, github.com/evanphx/json-patch/v5.
"""

from __future__ import annotations

from kywarden.binding import syntax
from kywarden.errors import EvaluationError
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map
from kywarden.model.resources import text
from kywarden.patching import json_patch
from kywarden.patching.json_patch import Patch
from kywarden.values import json_text, yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.space import trim
from kywarden.values.trees import Tree

_STAND_IN = "kyvernojsonpatchvariable"


class PatchError(ValueError):
    """A text that is no JSON patch."""


def check(rule: RuleSubject) -> None:
    """Raises `Refusal` for the rule's own patch; patches inside foreach are not looked at."""
    patch = text(one_map(rule.tree.get("mutate")), "patchesJson6902")
    if not patch:
        return
    place = f"{rule.place}.mutate.patchesJson6902"
    try:
        operations = read(_without_variables(patch))
        problem = next((one.path for one in operations if not one.path.startswith("/")), None)
    except PatchError as error:
        operations, problem = (), str(error)
    if problem is not None:
        raise free(f"path must begin with a forward slash: spec.rules[{rule.index}]: {problem}", place)
    if any(one.kind == "test" and not one.has_value for one in operations):
        sentence = f"invalid value: spec.rules[{rule.index}]: operation, missing value field: missing value"
        raise free(sentence, place)


def _without_variables(patch: str) -> str:
    return syntax.replace_variables(patch, lambda _: _STAND_IN)


def read(patch: str) -> Patch:
    """The operations of a patch, written in YAML or JSON; raises PatchError with the library's text."""
    tree = _tree(patch)
    try:
        return json_patch.decoded(json_patch.in_order(tree))
    except EvaluationError as error:
        raise PatchError(str(error)) from None


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
