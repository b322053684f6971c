"""What is to be known of a migrated policy as a whole, and of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kywarden.judging import kinds
from kywarden.kinds.outline import LookUp
from kywarden.migrate import access
from kywarden.migrate.catalog import Target
from kywarden.migrate.custom_resource import LONGEST, SHORTEST, Made
from kywarden.migrate.options import Options
from kywarden.migrate.parts import Part
from kywarden.migrate.subject import Subject
from kywarden.values import wildcard
from kywarden.values.trees import texts

TARGETING = ("apiGroups", "apiVersions", "resources")
"""What rules name resources by."""

NO_CONFIGURATION = (
    "Kyverno's own filters are not carried over: its default installation never judges kube-system, nodes, events, "
    "ReplicaSets and more; give its ConfigMap with --config"
)

MUTATED_REPLICA_SETS = (
    "mutates ReplicaSets, which Kyverno's default filters keep out: one that differs from its Deployment's template "
    "is made anew again and again; give the filters with --config"
)


def of_policy(subject: Subject, made: Sequence[tuple[Part, Made]]) -> Iterator[str]:
    """The notes of one policy."""
    if not made:
        return
    outline = subject.outline
    if len(made) > 1:
        yield f"becomes {len(made)} policies: {', '.join(each.name for _, each in made)}"
    if any(part.mutating for part, _ in made) and outline.in_background:
        yield "what mutates takes no part in background audits, as in Kyverno"
    if any(part.mutating and _reaches_replica_sets(subject, part) for part, _ in made):
        yield MUTATED_REPLICA_SETS
    if not outline.admitted:
        yield "admission: false has no counterpart: requests are judged and failures logged, but nothing is denied"
    if outline.warns and any(part.mode == "monitor" for part, _ in made):
        yield f"emitWarning: {made[0][1].name} warns, {made[-1][1].name} logs and reports the same failures"
    if outline.timeout is not None and not SHORTEST <= outline.timeout <= LONGEST:
        yield f"timeoutSeconds {outline.timeout} is out of Kubewarden's range of {SHORTEST} to {LONGEST}"
    if outline.match_conditions:
        yield (
            "matchConditions are left to the API server: an error in one is failurePolicy's matter and no mismatch; "
            "kwctl and the audit scanner do not apply them"
        )
    for part, each in made:
        named = f"{each.name}: " if len(made) > 1 else ""
        yield from (named + note for note in _of_one(subject, part, each))


def _reaches_replica_sets(subject: Subject, part: Part) -> bool:
    """Whether it is called for ReplicaSets, by name or among all resources without filters inside."""
    targets = [each.target for rule in part.rules for each in subject.registrations(rule)]
    named = any(each.group == "apps" and each.resource == "replicasets" for each in targets)
    among_all = any(each.group in ("apps", "*") and each.resource in ("*", "*/*") for each in targets if _takes(each))
    return named or (among_all and subject.options.configuration is None)


def _takes(target: Target) -> bool:
    return not target.broad or wildcard.matches(kinds.parse(target.broad).kind, "ReplicaSet")


def _of_one(subject: Subject, part: Part, made: Made) -> Iterator[str]:
    outline = subject.outline
    if outline.namespaced and made.kind == "ClusterAdmissionPolicy":
        yield (
            "is cluster-wide with a selector for its namespace: an AdmissionPolicy may neither look "
            "things up nor be called for everything, in all versions or all groups"
        )
    if part.audited:
        yield from _of_scanner(made)


def _of_scanner(made: Made) -> Iterator[str]:
    """What Kubewarden's audit scanner makes of the rules (internal/audit-scanner/policies/client.go)."""
    created = [rule for rule in made.rules if "CREATE" in texts(rule["operations"])]
    scanned = [rule for rule in created if not any("*" in texts(rule[key]) for key in TARGETING)]
    below = sorted({name for rule in scanned for name in texts(rule["resources"]) if "/" in name})
    if not created:
        yield "the audit scanner passes over policies that are not called on CREATE"
    elif below:
        yield (
            "the audit scanner gives up on a policy that is called for the creation of subresources: "
            f"{', '.join(below)}"
        )
    elif len(scanned) < len(created):
        what = "this policy" if not scanned else "what it is called for by wildcard"
        yield f"the audit scanner passes over {what}, because it looks up no wildcards"


def of_all(options: Options, look_ups: Sequence[LookUp], called_less: bool) -> Iterator[str]:
    """The notes that concern all policies."""
    if options.module.is_stand_in:
        yield "the module is a placeholder: name the one that you have pushed with --module REGISTRY/PATH:TAG"
    if options.configuration is None:
        yield NO_CONFIGURATION
    else:
        yield from options.configuration.notes
        if options.module.baked and options.configuration.settings:
            names = ", ".join(options.configuration.settings)
            yield f"{names} are no settings of the policies: 'kywarden bake --config' bakes them into the modules"
    if options.module.baked and called_less:
        yield (
            "each policy names a module of its own: -o DIR writes what is to be baked to DIR/bake, and tells the "
            "commands that bake and push it"
        )
    if called_less:
        yield (
            "a rule that names no operations is called on CREATE and UPDATE, and on DELETE or CONNECT only where it "
            "can have an answer; Kyverno is called on all four"
        )
    if access.reads_secrets(look_ups):
        yield "the policy server may read every Secret of the cluster, because a policy asks for them"
