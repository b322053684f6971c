"""Loading a ClusterPolicy or Policy: hold the tree to its schema, refuse what is not supported, prepare the rest.

Kyverno's own policy check (module `check`) runs on trees that fit the schema; a policy that it refuses is not loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kywarden.errors import PolicyError, PolicyErrors
from kywarden.kinds.classic import actions, check, schema
from kywarden.kinds.classic.exceptions import Exemption
from kywarden.kinds.classic.policy import Policy
from kywarden.kinds.classic.program import ClassicProgram
from kywarden.kinds.classic.trees import maps, one_map
from kywarden.kinds.program import AS_WRITTEN, Regime
from kywarden.model.resources import text
from kywarden.values.trees import Map

UNSUPPORTED_RULE: Mapping[str, str] = {
    "generate": "generate rules are not an admission matter: a background controller executes them",
    "verifyImages": "verifyImages rules need a registry and signatures, which are not supported",
    "celPreconditions": "celPreconditions need CEL, which is not supported",
}
UNSUPPORTED_MUTATE: Mapping[str, str] = {
    "targets": "targets are not an admission matter: a background controller mutates existing objects",
}
UNSUPPORTED_VALIDATE: Mapping[str, str] = {
    "cel": "CEL expressions are not supported",
    "manifests": "signed manifests need a cluster and signatures, which are not supported",
}

VALIDATING = ("validate",)
MUTATING = ("mutate", "verifyImages")
"""What of a rule runs in Kyverno's validating and in its mutating webhook."""


def load(tree: Map, exemptions: Sequence[Exemption] = (), regime: Regime = AS_WRITTEN) -> ClassicProgram:
    """The program of a policy, under the exceptions given; raises `PolicyErrors` with every problem of it.

    Only rules that run under the regime need be supported.
    """
    name, namespace = text(tree, "metadata", "name"), text(tree, "metadata", "namespace")
    problems = _problems(tree, regime)
    if not name and not problems:
        problems.append(PolicyError("a policy needs a name", path="metadata.name"))
    if problems:
        key = f"{namespace}/{name}" if tree.get("kind") == "Policy" and namespace else name
        raise PolicyErrors(replace(problem, policy=key, rule=_rule_name(tree, problem)) for problem in problems)
    return ClassicProgram(read(actions.overruled(tree, regime.failure_action)), exemptions)


def _problems(tree: Map, regime: Regime) -> list[PolicyError]:
    """What Kyverno refuses, when decoding, in its check, by the CRD's schema; and what is not supported here."""
    misfits = schema.problems(tree, schema.POLICY)
    undecoded = schema.decoding_problems(misfits)
    told = undecoded or check.problems(tree)
    known = {(problem.path, problem.reason) for problem in told}
    unserved = [problem for problem in misfits if (problem.path, problem.reason) not in known]
    return [*told, *unserved, *_unsupported(tree, regime)]


def read(tree: Map) -> Policy:
    """The policy around its rules, from a tree that fits the schema."""
    spec = one_map(tree.get("spec"))
    rules = maps(spec.get("rules"))
    webhook = one_map(spec.get("webhookConfiguration"))
    return Policy(
        tree=tree,
        name=text(tree, "metadata", "name"),
        namespace=text(tree, "metadata", "namespace"),
        namespaced=tree.get("kind") == "Policy",
        enforces=actions.enforces(spec.get("validationFailureAction")),
        overrides=actions.read_overrides(spec.get("validationFailureActionOverrides")),
        # kyverno: webhookConfiguration.failurePolicy wins over the older field
        fails_closed=(webhook.get("failurePolicy") or spec.get("failurePolicy") or "Fail") != "Ignore",
        emits_warnings=spec.get("emitWarning") is True,
        admitted=spec.get("admission") is not False,
        applies_one=spec.get("applyRules") == "One",
        selects_namespaces=any(map(_selects_namespaces, rules)),
        actions=tuple(map(actions.read, rules)),
    )


def _selects_namespaces(rule: Map) -> bool:
    """Whether a namespace selector stands in the rule (Kyverno: pkg/utils/engine/labels.go)."""
    blocks = [one_map(rule.get("match")), one_map(rule.get("exclude"))]
    filters = [*blocks, *(one for block in blocks for key in ("any", "all") for one in maps(block.get(key)))]
    if any(one_map(one.get("resources")).get("namespaceSelector") is not None for one in filters):
        return True
    validate = one_map(rule.get("validate"))
    return any(one.get("namespaceSelector") is not None for one in maps(validate.get("failureActionOverrides")))


def _unsupported(tree: Map, regime: Regime) -> Iterator[PolicyError]:
    spec = one_map(tree.get("spec"))
    if one_map(spec.get("webhookConfiguration")).get("matchConditions"):
        yield PolicyError(
            "matchConditions need CEL, which is not supported",
            path="spec.webhookConfiguration.matchConditions",
            unsupported=True,
        )
    for index, rule in enumerate(maps(spec.get("rules"))):
        path = f"spec.rules[{index}]"
        if not _runs(rule, regime):
            continue
        for key, reason in UNSUPPORTED_RULE.items():
            if rule.get(key) is not None:
                yield PolicyError(reason, path=f"{path}.{key}", unsupported=True)
        for body, reasons in (("mutate", UNSUPPORTED_MUTATE), ("validate", UNSUPPORTED_VALIDATE)):
            for key, reason in reasons.items():
                if one_map(rule.get(body)).get(key) is not None:
                    yield PolicyError(reason, path=f"{path}.{body}.{key}", unsupported=True)


def _runs(rule: Map, regime: Regime) -> bool:
    """Whether some part of the rule runs; a rule that only generates runs when all do, and is refused then."""
    if regime.rules == "all":
        return True
    return any(rule.get(key) is not None for key in (MUTATING if regime.runs(mutating=True) else VALIDATING))


def _rule_name(tree: Map, problem: PolicyError) -> str:
    """The name of the rule in which a problem stands, by its path."""
    if not problem.path.startswith("spec.rules["):
        return problem.rule
    index = problem.path.removeprefix("spec.rules[").partition("]")[0]
    rules = one_map(tree.get("spec")).get("rules")
    rule = rules[int(index)] if isinstance(rules, list) and index.isdigit() and int(index) < len(rules) else None
    return text(rule, "name")
