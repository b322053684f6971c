"""The policy check of context entries: named, of one kind, and complete.

Source: pkg/validation/policy/validate.go validateRuleContext.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kywarden import jmes
from kywarden.binding import syntax
from kywarden.errors import EvaluationError
from kywarden.kinds.classic.check.subject import RuleSubject
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values import image
from kywarden.values.image import ImageError
from kywarden.values.trees import Map

RESERVED = ("images", "request", "serviceAccountName", "serviceAccountNamespace", "element", "elementIndex")

_STAND_IN = "kyvernojmespathvariable"
_IMAGE_STAND_IN = "kyvernoimageref"


def check(rule: RuleSubject) -> None:
    """Raises `Refusal` at the first wrong entry of the rule's context; entries inside foreach are not looked at."""
    entries = structs(rule.tree.get("context"))
    if not entries:
        return
    if any(value is not None for value in one_map(one_map(rule.tree.get("validate")).get("cel")).values()):
        raise rule.refusal("", "context variables are not supported for CEL expressions in validate rules", ".context")
    for index, entry in enumerate(entries):
        if reason := _problem(entry):
            raise rule.refusal("", reason, f".context[{index}]")


def _problem(entry: Map) -> str:
    name = text(entry, "name")
    if not name:
        return "a name is required for context entries"
    for word in RESERVED:
        if name == word or name.startswith(f"{word}."):
            return f"entry name {name} is invalid as it conflicts with a pre-defined variable {word}"
    kinds = [kind for kind in _KINDS if entry.get(kind) is not None]
    if len(kinds) != 1:
        return "exactly one of configMap or apiCall or imageRegistry or variable is required for context entries"
    return _KINDS[kinds[0]](one_map(entry.get(kinds[0])))


def _config_map(entry: Map) -> str:
    for key in ("name", "namespace"):
        if not text(entry, key):
            return f"a {key} is required for configMap context entry"
    return ""


def _api_call(entry: Map) -> str:
    if text(entry, "urlPath") and entry.get("service") is not None:
        return "a URLPath cannot be used for service API calls"
    return _path_problem(entry)


def _image_registry(entry: Map) -> str:
    reference = text(entry, "reference")
    if not reference:
        return "a ref is required for imageRegistry context entry"
    reference = syntax.replace_variables(reference, lambda _: _IMAGE_STAND_IN)
    if _IMAGE_STAND_IN not in reference:
        try:
            image.check(reference)
        except ImageError as error:
            return f"bad image: {reference}: {error}"
    return _path_problem(entry)


def _variable(entry: Map) -> str:
    if problem := _path_problem(entry):
        return problem
    if not text(entry, "jmesPath"):
        if entry.get("value") is None:
            return "a variable must define a value or a jmesPath expression"
        if entry.get("default") is not None:
            return "a variable must define a default value only when a jmesPath expression is defined"
    return ""


def _global_reference(entry: Map) -> str:
    return _path_problem(entry) if text(entry, "name") else "a name is required for globalReference context entry"


def _path_problem(entry: Map) -> str:
    """A JMESPath that does not parse; one with variables is not known yet."""
    path = text(entry, "jmesPath")
    if not path or _STAND_IN in syntax.replace_variables(path, lambda _: _STAND_IN):
        return ""
    try:
        jmes.compile(path)
    except EvaluationError as error:
        return f"failed to parse JMESPath {path}: {error}"
    return ""


_KINDS: Mapping[str, Callable[[Map], str]] = {
    "configMap": _config_map,
    "apiCall": _api_call,
    "globalReference": _global_reference,
    "imageRegistry": _image_registry,
    "variable": _variable,
}
"""The kinds of entries, and what is wrong with one: empty for nothing."""
