"""The rows of a report: for one rule, what maps, what the module judges instead, and what is not possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kywarden.kinds.outline import RuleOutline
from kywarden.migrate import access
from kywarden.migrate.custom_resource import Made
from kywarden.migrate.parts import Part
from kywarden.migrate.report import Row
from kywarden.migrate.subject import Subject
from kywarden.migrate.webhook_rules import Registration, in_order
from kywarden.model.match import ResourceFilter

ATTRIBUTES = {
    "name": lambda each: bool(each.resources.name),
    "names": lambda each: bool(each.resources.names),
    "namespaces": lambda each: bool(each.resources.namespaces),
    "annotations": lambda each: bool(each.resources.annotations),
    "selector": lambda each: each.resources.selector is not None,
    "namespaceSelector": lambda each: each.resources.namespace_selector is not None,
    "subjects": lambda each: bool(each.user.subjects),
    "roles": lambda each: bool(each.user.roles),
    "clusterRoles": lambda each: bool(each.user.cluster_roles),
}
"""What filters may ask for besides kinds and operations."""

BEYOND = {
    "pull": "images: the policy server asks the registry",
    "resolve": "addresses of hosts: the policy server asks the name server",
}
"""What is looked up outside of the cluster, by the verb of the look-up."""

SELECTED = {
    "namespaces": "namespaces as namespaceSelector",
    "excluded namespaces": "excluded namespaces as namespaceSelector",
    "namespaceSelector": "namespaceSelector as matchExpressions",
    "selector": "selector as objectSelector",
}
"""What selectors stand for."""


def impossible(subject: Subject, rule: RuleOutline) -> Iterator[str]:
    """Why a rule is left out; nothing when it is not."""
    if rule.problems:
        refused = ("" if problem.unsupported else "Kyverno refuses the policy: " for problem in rule.problems)
        yield from dict.fromkeys(
            prefix + problem.reason.strip() for prefix, problem in zip(refused, rule.problems, strict=True)
        )
        return
    yield from (found for each in rule.look_ups if (found := access.problem(each, subject.options.catalog)))
    if not subject.registrations(rule):
        yield _unreachable(subject, rule)
    if rule.mutates and not subject.outline.admitted:
        yield "with admission: false nothing is mutated at admission"
    if not subject.outline.admitted and not subject.outline.in_background:
        yield "with admission: false and background: false Kyverno never evaluates it"


def _unreachable(subject: Subject, rule: RuleOutline) -> str:
    """Why a rule is called for nothing."""
    kinds = ", ".join(dict.fromkeys(kind for choice in rule.choices for kind in choice.match.kinds))
    if subject.is_filtered_out(rule):
        return f"resourceFilters keep out every request about {kinds}: Kyverno never evaluates it either"
    where = " in a namespace" if subject.outline.namespaced else ""
    return f"no request is about {kinds or 'no kind'}{where}: Kyverno never evaluates it either"


def left_out(rule: RuleOutline, reasons: Sequence[str]) -> Row:
    """The row of a rule that cannot be carried over."""
    return Row(rule.name, rule.topic, missing=tuple(reasons))


def carried(subject: Subject, rule: RuleOutline, made: Sequence[tuple[Part, Made]]) -> Row:
    """The row of a rule that the parts carry."""
    registrations = subject.registrations(rule)
    return Row(
        rule.name,
        rule.topic,
        tuple(_maps(rule, registrations, made)),
        tuple(_inside(rule, registrations, made)),
        tuple(_guesses(registrations)),
        tuple(each.name for _, each in made),
    )


def _maps(rule: RuleOutline, registrations: Sequence[Registration], made: Sequence[tuple[Part, Made]]) -> Iterator[str]:
    own = dict.fromkeys(each.target.resource for each in registrations)
    yield f"resources {', '.join(sorted(own))}"
    operations = in_order(operation for each in registrations for operation in each.operations)
    yield f"operations {', '.join(operations)}"
    for part, each in made:
        yield from (SELECTED[name] for name in each.selected)
        if part.mode == "monitor":
            yield "Audit: mode monitor"
        if part.mutating:
            yield "mutating"
    if read := dict.fromkeys(each.kind or each.plural for each in rule.look_ups if each.reads):
        yield f"look-ups of {', '.join(read)}: contextAwareResources and RBAC"
    if asked := dict.fromkeys(each.kind for each in rule.look_ups if each.verb == "create"):
        yield f"{', '.join(asked)}: RBAC"
    verbs = {each.verb for each in rule.look_ups}
    yield from (words for verb, words in BEYOND.items() if verb in verbs)


def _inside(
    rule: RuleOutline, registrations: Sequence[Registration], made: Sequence[tuple[Part, Made]]
) -> Iterator[str]:
    selected = frozenset.intersection(*(frozenset(each.selected) for _, each in made))
    own = rule.choices[0]
    matched = [name for name in _attributes(list(own.match.filters)) if name not in selected]
    if matched:
        yield f"match: {', '.join(matched)}"
    excluded = [
        *(("kinds",) if own.exclude.kinds else ()),
        *(name for name in _attributes(list(own.exclude.filters)) if f"excluded {name}" not in selected),
    ]
    if excluded:
        yield f"exclude: {', '.join(excluded)}"
    yield from rule.judged
    if rule.copies:
        yield f"autogen: {', '.join(rule.copies)}"
    for entry in dict.fromkeys(each.target.broad for each in registrations if each.target.broad):
        yield f"kind {entry}: called for all resources ({_advice(entry)})"
    if rule.enforces is None:
        yield "Enforce or Audit by namespace: where it is Audit, failures go to audit annotations, not to reports"


def _attributes(filters: Sequence[ResourceFilter]) -> list[str]:
    return [name for name, is_asked in ATTRIBUTES.items() if any(map(is_asked, filters))]


def _advice(entry: str) -> str:
    if "*" in entry or "?" in entry:
        return "a wildcard names no resource"
    return "give its definition with --crd to narrow that"


def _guesses(registrations: Sequence[Registration]) -> Iterator[str]:
    for each in dict.fromkeys((each.target.guessed, each.target.resource) for each in registrations):
        if each[0]:
            yield (
                f"{each[1]} is a guess at the resource name of {each[0]}, in any group: if it is wrong, the rule is "
                f"never called; give its definition (--crd) or tell it (--plural {each[0]}.GROUP=PLURAL)"
            )
