"""The policy check of variables and references: what they may name, and where they may stand.

Kyverno fills every rule with a mock context that knows names only: built-in variables by a regular expression, context
entries by a wildcard. Every value is null.
Source: pkg/validation/policy/validate.go ValidateVariables, pkg/engine/context/mock_context.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kywarden import jmes
from kywarden.binding import locations, references, syntax
from kywarden.errors import EvaluationError
from kywarden.kinds.classic import encoding, schema
from kywarden.kinds.classic.check import patches, users
from kywarden.kinds.classic.check.patches import PatchError
from kywarden.kinds.classic.check.refusal import free
from kywarden.kinds.classic.check.subject import Place, RuleSubject, Subject, path_of, strings
from kywarden.kinds.classic.trees import one_map, structs
from kywarden.model.resources import text
from kywarden.values import wildcard
from kywarden.values.space import trim
from kywarden.values.trees import Map, Tree

_CALL = r"([a-z_0-9]+\()[^{}]"
_ALWAYS: Final = r"request|serviceAccountName|serviceAccountNamespace|element|elementIndex|@|images|image|" + _CALL
_ALWAYS_IN_TARGET: Final = (
    r"request\.|serviceAccountName|serviceAccountNamespace|element|elementIndex|@|images|images\.|image\.|target\.|"
    + _CALL
)
_BACKGROUND: Final = r"request\.|element|elementIndex|@|images|images\.|image\.|" + _CALL
_BACKGROUND_IN_TARGET: Final = r"request\.|element|elementIndex|@|images|images\.|image\.|target\.|" + _CALL

_BUILT_IN: dict[tuple[bool, bool], str] = {
    (False, False): _ALWAYS,
    (False, True): _ALWAYS_IN_TARGET,
    (True, False): _BACKGROUND,
    (True, True): _BACKGROUND_IN_TARGET,
}
"""Built-in names by (background, in mutate targets), as Kyverno prints them."""

# one letter before the parenthesis is as good as many, and cannot backtrack
_SEARCHES = {shown: re.compile(shown.replace("]+", "]")).search for shown in _BUILT_IN.values()}
_FORBIDDEN = re.compile(r"\{\{[^{}]*\}\}")
_WILDCARD_ENTRIES = ("apiCall", "globalReference", "imageRegistry", "variable")
_CONFIG_MAP_PATTERNS = (".data", ".metadata", ".data.*", ".metadata.*")


class UnknownName(EvaluationError):
    """A variable that is neither built in nor a context entry; nothing is put around its text."""


@dataclass(frozen=True, slots=True)
class Names:
    """What variables may name: the built-in names, as a regular expression, and wildcards of context entries."""

    built_in: str
    patterns: tuple[str, ...]

    def allow(self, variable: str) -> bool:
        """Whether the variable may be used; it need not parse."""
        if _SEARCHES[self.built_in](variable) is not None:
            return True
        return any(wildcard.matches(pattern, variable) for pattern in self.patterns)

    def look_up(self, query: str) -> None:
        """Raises UnknownName, or EvaluationError for what is no JMESPath."""
        query = trim(query)
        if not query:
            raise EvaluationError("invalid query (nil)")
        try:
            jmes.compile(query)
        except EvaluationError as error:
            raise EvaluationError(f"invalid JMESPath query {query}: {error}") from None
        variable = query.replace('"', "")
        if not self.allow(variable):
            patterns = " ".join(self.patterns)
            raise UnknownName(f'variable {variable} must match regex "{self.built_in}" or patterns [{patterns}]')


def check(subject: Subject) -> None:
    """Raises `Refusal` for the first problem with variables of any rule (ValidateVariables)."""
    if subject.runs_in_background:
        users.check(subject, "background mode. Set spec.background=false to disable background mode")
    _check_rules(subject, "policy contains invalid variables", background=subject.runs_in_background)


def check_on_update(subject: Subject) -> None:
    """Raises `Refusal` in a policy that mutates existing resources when it changes (ValidateOnPolicyUpdate)."""
    if not users.variables(subject):
        return
    _check_rules(subject, "update event, policy contains invalid variables", background=True)
    mode = "on policy update. Set spec.mutateExistingOnPolicyUpdate=false to disable update policy mode"
    users.check(subject, mode)


def _check_rules(subject: Subject, attempt: str, *, background: bool) -> None:
    for rule in subject.rules:
        if "{{" not in rule.written and "$(" not in rule.written:
            continue
        problem = _forbidden_place(rule) or _problem(rule, background)
        if problem:
            raise free(f"{attempt}: {problem}", rule.place)


def _forbidden_place(rule: RuleSubject) -> str:
    """Variables where there may be none: in paths of a JSON patch, in match and exclude."""
    where = ""
    if _patch_path_varies(text(one_map(rule.tree.get("mutate")), "patchesJson6902")):
        where = "patchesJSON6902 path"
    elif _varies(rule.exclude):
        where = "exclude"
    elif _varies(rule.match):
        where = "match"
    return f'rule "{rule.name}" should not have variables in {where} section' if where else ""


def _patch_path_varies(patch: str) -> bool:
    if "{{" not in patch:
        return False
    try:
        operations = patches.read(patch)
    except PatchError:
        return False
    return any(syntax.is_variable(operation.path) for operation in operations)


def _varies(block: Map | None) -> bool:
    # kyverno: the JSON of the block is searched, so that an open `{{` closes at the braces of the structure
    if not strings(block, "{{"):
        return False
    return _FORBIDDEN.search(encoding.text(block, schema.MATCH)) is not None


def _problem(rule: RuleSubject, background: bool) -> str:
    mutate = one_map(rule.tree.get("mutate"))
    targets = structs(mutate.get("targets"))
    has_references = "$(" in rule.written
    for index in range(len(targets)):
        reduced = _only_targets(rule.tree, targets, index)
        if found := _substitution_problem(reduced, _names(reduced, background, False), has_references):
            return f"invalid variables defined at mutate.targets[{index}]: {found}"
    names = _names(rule.tree, background, mutate.get("targets") is not None)
    found = _substitution_problem(_searched(rule.tree), names, has_references)
    return f"variable substitution failed for rule {rule.name}: {found}" if found else ""


def _only_targets(rule: Map, targets: list[Map], last: int) -> Map:
    """The rule with nothing but its context, its preconditions and the names of the targets so far."""
    named: list[Tree] = [
        {key: value for key, value in target.items() if key in schema.RESOURCE_SPEC} for target in targets[: last + 1]
    ]
    kept: Map = {key: rule[key] for key in ("context", "preconditions") if key in rule}
    return {**kept, "mutate": {"targets": named}}


def _searched(rule: Map) -> Map:
    """The part of a rule in which variables are looked for; signatures of images are another matter."""
    return {key: value for key, value in rule.items() if key != "verifyImages"}


def _names(rule: Map, background: bool, in_target: bool) -> Names:
    return Names(_BUILT_IN[background, in_target], tuple(_entry_patterns(rule)))


def _substitution_problem(rule: Map, names: Names, has_references: bool) -> str:
    """The first problem, empty for none; looked at twice, as the tree may hold more than Kyverno decodes."""
    if not _tree_problem(rule, names, has_references):
        return ""
    return _tree_problem(encoding.encoded(rule, schema.RULE), names, has_references)


def _tree_problem(rule: Tree, names: Names, has_references: bool) -> str:
    try:
        resolved = references.resolve(rule) if has_references else rule
        for place, string in strings(resolved, "{{"):
            _substitute(string, place, names)
    except EvaluationError as error:
        return str(error)
    return ""


def _entry_patterns(rule: Map) -> Iterator[str]:
    """The names of all context entries; kyverno: those of a nested foreach are missing."""
    validate, mutate, generate = (one_map(rule.get(key)) for key in ("validate", "mutate", "generate"))
    holders: Iterable[Map] = (
        rule,
        *structs(validate.get("foreach")),
        *structs(mutate.get("foreach")),
        *structs(mutate.get("targets")),
        *structs(generate.get("foreach")),
    )
    for holder in holders:
        for entry in structs(holder.get("context")):
            name = text(entry, "name")
            if any(entry.get(kind) is not None for kind in _WILDCARD_ENTRIES):
                yield f"{name}*"
            if entry.get("configMap") is not None:
                yield from (f"{name}{pattern}" for pattern in _CONFIG_MAP_PATTERNS)


def _substitute(string: str, place: Place, names: Names) -> None:
    """Go through the variables of a text, inner ones first; each stands for null."""
    found = syntax.variables(string)
    while found:
        original = string
        for variable in found:
            expression = variable.expression
            if expression == "@":
                prefix = "target" if names.allow("target") else "request.object"
                expression = locations.expression(path_of(place), prefix)
            try:
                names.look_up(expression)
            except UnknownName:
                raise
            except EvaluationError as error:
                raise error.within(f"failed to resolve {expression} at path {path_of(place)}") from None
            if original == variable.whole:
                return
            string = string.replace(variable.found, f"{variable.prefix}null", 1)
        found = [] if found[-1].shallow else syntax.variables(string)


def check_elements(rule: RuleSubject) -> None:
    """Raises `Refusal` for `element` outside foreach; kyverno: the rule's message is outside."""
    if "element" not in rule.written or "{{" not in rule.written or not _misplaced_element(rule.tree):
        return
    if sentence := _misplaced_element(encoding.encoded(rule.tree, schema.RULE)):
        raise free(sentence, rule.place)


def _misplaced_element(rule: Tree) -> str:
    for place, string in strings(rule, "element"):
        for variable in syntax.variables(string):
            if variable.expression.startswith("element") and "/foreach/" not in (path := path_of(place)):
                return f"variable '{variable.expression}' present outside of foreach at path {path}"
    return ""
