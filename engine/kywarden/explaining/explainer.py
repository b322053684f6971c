"""Explaining: judge a request while a recorder watches, and tell what became of every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kywarden import evaluator, loader
from kywarden.explaining import narration
from kywarden.explaining.origins import Input, Origin, Policies
from kywarden.explaining.record import Recorder, RuleRecord
from kywarden.explaining.stage import Stage
from kywarden.explaining.statement import Explanation, RuleStory, Statement
from kywarden.explaining.where import of_rule
from kywarden.judging.candidate import Candidate
from kywarden.judging.request_filter import NOTHING, RequestFilter
from kywarden.judging.selection import is_in_namespace
from kywarden.kinds.classic.program import ClassicProgram
from kywarden.kinds.program import AS_WRITTEN, Program, Regime
from kywarden.loader import Source
from kywarden.model.request import Request
from kywarden.model.trace import TracedWorld
from kywarden.model.verdict import RuleResult, Verdict
from kywarden.model.world import World

LET_THROUGH = "the settings let the request through unseen: resourceFilters, or excluded users, groups or roles"


@dataclass(frozen=True, slots=True)
class Judges:
    """Policies that were loaded, each with where it stands."""

    policies: Policies
    programs: tuple[Program, ...]
    regime: Regime


def load(policies: Policies, regime: Regime = AS_WRITTEN) -> Judges:
    """The policies, ready to judge. Raises PolicyErrors."""
    origins = [*policies.exceptions, *policies.policies]
    sources = [Source(origin.tree, origin.places.file) for origin in origins]
    return Judges(policies, loader.load(sources, regime), regime)


def explain(
    given: Input, judges: Judges, request: Request, world: World, unseen: RequestFilter = NOTHING
) -> Explanation:
    """The story of each rule for one request; unseen: what is let through before any of them. Raises Timeout."""
    policies = judges.policies
    if unseen.lets_through(request, world):
        return _explanation(request, Verdict(True), [], given, policies, LET_THROUGH)
    recorder = Recorder()
    verdict = evaluator.evaluate(judges.programs, request, TracedWorld(world, recorder), judges.regime)
    stories: list[RuleStory] = []
    candidate = Candidate.of(request, world)
    for program, origin in zip(judges.programs, policies.policies, strict=True):
        records = [record for record in recorder.records if record.policy == program.name]
        told = _stories(program, origin, policies, given, candidate, request, records)
        stories += told or [_plain(result, origin) for result in verdict.rules if result.policy == program.name]
    return _explanation(request, verdict, stories, given, policies)


def _stories(
    program: Program,
    origin: Origin,
    policies: Policies,
    given: Input,
    candidate: Candidate,
    request: Request,
    records: Sequence[RuleRecord],
) -> list[RuleStory]:
    """The stories of a policy's rules, in their order: of those that were tested, then of the others."""
    # the same rule may run in two passes, to warn and to report
    once = {record.name: record for record in reversed(records)}
    idle = {}
    if isinstance(program, ClassicProgram):
        for rule in program.rules(tuple(range(len(program.policy.actions))), request.kind.kind):
            if rule.name not in once:
                idle[rule.name] = RuleRecord(program.name, rule.name, rule, "", candidate)
    told: list[tuple[int, RuleStory]] = []
    for record in (*once.values(), *idle.values()):
        where = of_rule(origin.tree, record.name, record.rule)
        stage = Stage(origin, policies, given.new, given.old, where, record.candidate.resource or {})
        story = narration.story(record, stage)
        if record.name in idle and not story.statements:
            story.status = "not run"
            story.statements = [_hindrance(program, stage, request)]
        elif story.status == "not selected" and not story.statements:
            place = stage.policy.of((*stage.where.path, "match"))
            story.statements = [Statement("match", "the rule is not about what mutations before it made", policy=place)]
        told.append((where.index, story))
    return list(_without_copies(told))


def _plain(result: RuleResult, origin: Origin) -> RuleStory:
    """The story of a rule that told nothing: its result."""
    place = origin.value(("metadata", "name"))
    statement = Statement("rule", result.message, policy=place)
    return RuleStory(result.policy, result.rule, result.status, result.message, result.phase, place, [statement])


def _without_copies(told: Iterable[tuple[int, RuleStory]]) -> Iterator[RuleStory]:
    """The stories in the order of the rules; of a rule and its copies by autogen those that were selected, else the one
    that came nearest."""
    for _, alike in groupby(sorted(told, key=lambda one: one[0]), key=lambda one: one[0]):
        stories = [story for _, story in alike]
        selected = [story for story in stories if story.status != "not selected"]
        yield from selected or [min(stories, key=lambda story: len(story.statements))]


def _hindrance(program: Program, stage: Stage, request: Request) -> Statement:
    """What keeps a rule that selects the request from running."""
    if isinstance(program, ClassicProgram):
        policy = program.policy
        if request.semantics == "admission" and not policy.admitted:
            switch = stage.policy.value(("spec", "admission"))
            return Statement("rule", "the policy does not take part in admission", policy=switch)
        if policy.namespaced and not is_in_namespace(policy.namespace, request.object, request.old_object):
            told = f"the policy is about objects of its own namespace, {policy.namespace or 'default'}"
            path = ("metadata", "namespace")
            return Statement("rule", told, policy=stage.policy.value(path), resource=stage.in_resource(path))
        if policy.applies_one:
            told = "a rule before it applied, and the policy applies one only"
            return Statement("rule", told, policy=stage.policy.value(("spec", "applyRules")))
    place = stage.policy.value((*stage.where.path, "name"))
    if stage.rule.get("mutate") is not None and request.operation == "DELETE":
        return Statement("rule", "nothing is mutated on DELETE", policy=place)
    return Statement("rule", "an earlier refusal ended the evaluation, or the rule does nothing here", policy=place)


def _explanation(
    request: Request, verdict: Verdict, stories: list[RuleStory], given: Input, policies: Policies, note: str = ""
) -> Explanation:
    origins = [*policies.policies, *policies.exceptions, *(one for one in (given.new, given.old) if one is not None)]
    return Explanation(
        request.operation,
        request.kind.kind,
        request.namespace,
        request.name,
        verdict.accepted,
        verdict.message,
        stories,
        {origin.places.file: origin.places.lines for origin in origins},
        note,
    )
