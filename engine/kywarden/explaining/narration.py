"""The story of one rule, from the record of its run: each thing that it told becomes a statement with its places."""

from __future__ import annotations

from kywarden.binding.scope import Loaded, Loading
from kywarden.binding.variables import Resolved
from kywarden.explaining import bodies, patches, selection
from kywarden.explaining.record import RuleRecord
from kywarden.explaining.stage import Stage
from kywarden.explaining.statement import RuleStory, Statement
from kywarden.explaining.variables import Element, Sources, resolved
from kywarden.explaining.where import is_alike, likeness, name_of, only_paths
from kywarden.explaining.words import shown
from kywarden.judging.conditions import Judged
from kywarden.kinds.classic.bodies import Outcome
from kywarden.kinds.classic.events import (
    ElementBegun,
    ElementEnded,
    Exempted,
    Iterated,
    PastEnded,
    PatternJudged,
    PodSecurityJudged,
)
from kywarden.kinds.classic.mutation import MutateRule
from kywarden.kinds.classic.rule import Rule
from kywarden.model.resources import text
from kywarden.values.space import trim
from kywarden.values.trees import Tree
from kywarden.values.yaml_places import Place, strings
from kywarden.values.yaml_tree import Path, part

_STATUSES = {"pass": "passes", "fail": "fails", "skip": "is skipped", "error": "is an error"}


def story(record: RuleRecord, stage: Stage) -> RuleStory:
    """What became of a rule."""
    place = stage.policy.value((*stage.where.path, "name"))
    told = RuleStory(record.policy, record.name, "not selected", phase=record.phase, place=place)
    if not record.selected:
        told.statements = clauses(record, stage)
        return told
    told.statements = _Narrator(stage).statements(record)
    outcome = record.outcome
    if outcome is not None and not _says_why(told):
        told.statements += _plain(outcome, stage, place)
    told.status, told.message = (outcome.status, outcome.message) if outcome else ("no answer", "")
    return told


def _plain(outcome: Outcome, stage: Stage, place: Place) -> list[Statement]:
    """The reason of an outcome that nothing told of."""
    resource = stage.in_resource(())
    match outcome.status:
        case "skip" if stage.rule.get("mutate") is not None:
            return patches.hindrances(stage)
        case "error" | "skip":
            return [Statement("rule", outcome.message, policy=place, resource=resource)]
        case "fail":
            deny = stage.policy.of((*stage.where.path, "validate", "deny"))
            return [Statement("rule", "the rule denies whatever it selects", policy=deny, resource=resource)]
    return []


def _settle(statements: list[Statement], outcome: Outcome | None) -> None:
    """What did not decide after all: anything where the rule or element passes, and conditions under which it ran."""
    status = "pass" if outcome is None else outcome.status
    for one in (one for statement in statements for one in statement.all()):
        if status == "pass" or (status == "fail" and one.kind == "precondition"):
            one.decides = False


def _says_why(told: RuleStory) -> bool:
    return any(one.decides for statement in told.statements for one in statement.all())


def clauses(record: RuleRecord, stage: Stage) -> list[Statement]:
    """The clauses of match and exclude that keep a rule from a request."""
    prepared = record.rule.rule if isinstance(record.rule, MutateRule) else record.rule
    if not isinstance(prepared, Rule):
        return []
    if record.candidate.resource is None:
        place = stage.policy.of((*stage.where.path, "match"))
        return [Statement("match", "there is no object any more, since a mutation before it failed", policy=place)]
    return selection.statements(
        prepared.selection,
        record.candidate,
        stage.rule,
        lambda path: stage.policy.of((*stage.where.path, *path)),
        stage.in_resource,
    )


def _moved_back(event: Resolved, moved: str) -> tuple[str, str]:
    """A text and its expression before autogen moved them to the pod inside a controller."""
    return event.text.replace(moved, "request.object"), event.expression.replace(moved, "request.object")


class _Narrator:
    """Goes through what a rule told.

    levels: statements of the rule, then of each loop's element around; elements: these elements; lists: the paths of
    the lists that are gone through; entries: context entries loaded so far; pending: variables looked up for what is
    told next; marks: how many of these there were when each entry that is being loaded began; only_paths: of the
    object, once they are asked for.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.levels: list[list[Statement]] = [[]]
        self.elements: list[Element] = []
        self.lists: list[Path | None] = [None]
        self.entries: dict[str, Place | None] = {}
        self.pending: list[Statement] = []
        self.marks: list[int] = []
        self.only_paths: dict[str, Path | None] | None = None

    def statements(self, record: RuleRecord) -> list[Statement]:
        for event in record.events:
            self._tell(event)
        self._flush()
        before = record.candidate.resource
        if isinstance(record.rule, MutateRule) and record.after is not None and before is not None:
            self.levels[0] += patches.changes(before, record.after, self.stage)
        _settle(self.levels[0], record.outcome)
        return self.levels[0]

    @property
    def sources(self) -> Sources:
        return Sources(self.elements, self.entries, self.stage.resource, self.stage.in_resource, self.stage.in_old)

    def _tell(self, event: object) -> None:
        match event:
            case Loading():
                self.marks.append(len(self.pending))
            case Loaded():
                self._loaded(event, self.marks.pop())
            case Resolved():
                self._resolved(event)
            case Judged():
                self._say(*bodies.condition(event, self.stage, self.sources))
            case PatternJudged():
                self._say(bodies.pattern(event, self.stage, self._base(event.target), bool(self.elements)))
            case PodSecurityJudged():
                for statement in bodies.pod_security(event, self.stage):
                    self._say(statement)
            case Exempted():
                self._exempted(event)
            case Iterated():
                self._iterated(event)
            case ElementBegun():
                self._element_begun(event)
            case ElementEnded():
                self._element_ended(event.outcome)
            case PastEnded() if event.failed:
                told = "the old object violates the rule as well, so that the update is let through"
                place = self.stage.policy.of((*self.stage.where.path, "validate"))
                self._say(Statement("rule", told, policy=place, resource=self.stage.in_old(())))

    def _say(self, statement: Statement, said: tuple[str, ...] = ()) -> None:
        """Add a statement, with the variables that were looked up for it; said: expressions whose values it tells."""
        for one in self.pending:
            one.policy = one.policy or statement.policy
            if one.inner or one.expression not in said:
                statement.inner.append(one)
        self.pending = []
        self.levels[-1].append(statement)

    def _flush(self) -> None:
        """What was looked up for nothing that was told: it decides only where it failed."""
        self.levels[-1] += [one for one in self.pending if one.decides]
        self.pending = []

    def _loaded(self, event: Loaded, mark: int) -> None:
        name = name_of(event.loader)
        if not name or not self.stage.where.knows(event.loader):
            return
        place = self.stage.policy.value((*self.stage.where.of(event.loader), "name"))
        self.entries[name] = place
        told = f"the context entry {name} is {shown(event.values.get(name))}"
        if event.error is not None:
            told = f"the context entry {name} cannot be loaded: {event.error}"
        inner = self.pending[mark:]
        self.pending[mark:] = [Statement("entry", told, event.error is not None, place, inner=inner)]

    def _resolved(self, event: Resolved) -> None:
        origin, in_policy, in_resource = self.sources.origin(event.expression, event.value)
        told = resolved(event.expression, event.value, origin)
        if event.error is not None and self.pending and self.pending[-1].kind == "entry":
            return  # told by the entry that could not be loaded
        if event.error is not None:
            told = f"{{{{ {trim(event.expression)} }}}} cannot be resolved: {event.error}"
        in_policy = in_policy or self._variable_place(event)
        failed = event.error is not None
        self.pending.append(
            Statement("variable", told, failed, in_policy, in_resource, expression=trim(event.expression))
        )

    def _variable_place(self, event: Resolved) -> Place | None:
        """Where the text with the variable stands in the rule."""
        moved = ".".join(("request.object", *map(str, self.stage.where.template)))
        for told, expression in ((event.text, event.expression), _moved_back(event, moved)):
            for written, path in strings(self.stage.rule, self.stage.where.path):
                if written == told:
                    return self.stage.policy.piece(path, expression)
        return None

    def _base(self, target: Tree) -> Path | None:
        """The path of a pattern's target in the object: the object itself, or an element that is in it."""
        for element in reversed(self.elements):
            if element.path is not None and part(self.stage.resource, element.path) == target:
                return element.path
        return () if target is self.stage.resource or not self.elements else None

    def _exempted(self, event: Exempted) -> None:
        for key in event.keys:
            origin = self.stage.policies.exception(key)
            place = None if origin is None else origin.value(("metadata", "name"))
            self._say(Statement("exception", f"the exception {key} applies", policy=place))

    def _iterated(self, event: Iterated) -> None:
        path = (*self.stage.where.of(event.entry), "list")
        written = self.stage.written(path)
        expression = written if isinstance(written, str) else ""
        self.lists[-1] = self.sources.resource_path(expression)
        if not event.elements:
            self._say(Statement("element", f"{expression} has no elements", policy=self.stage.policy.value(path)))

    def _element_begun(self, event: ElementBegun) -> None:
        listed = self.lists[-1]
        path = None if listed is None else (*listed, event.index)
        if path is None or not is_alike(part(self.stage.resource, path), event.element):
            path = self._only_path(event.element)  # the list was computed
        name = text(event.element, "name")
        statement = Statement(
            "element",
            f"element {event.index}{f', {shown(name)},' if name else ''}",
            policy=self.stage.policy.value((*self.stage.where.of(event.entry), "list")),
            resource=None if path is None else self.stage.in_resource(path),
        )
        self._say(statement)
        self.levels.append(statement.inner)
        self.elements.append(Element(event.index, path))
        self.lists.append(None)

    def _only_path(self, element: Tree) -> Path | None:
        """The path of the one part of the object that is like a map or list."""
        if not isinstance(element, dict | list):
            return None
        if self.only_paths is None:
            self.only_paths = only_paths(self.stage.resource)
        return self.only_paths.get(likeness(element))

    def _element_ended(self, outcome: Outcome | None) -> None:
        self._flush()
        _settle(self.levels.pop(), outcome)
        self.elements.pop()
        self.lists.pop()
        statement = self.levels[-1][-1]
        ended = "is passed over" if outcome is None else _STATUSES.get(outcome.status, outcome.status)
        statement.text = f"{statement.text} {ended}"
        statement.decides = outcome is not None and outcome.status in ("fail", "error")
