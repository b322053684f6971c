"""Policies: YAML text or trees into programs, or all problems at once with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from kywarden.errors import PolicyError, PolicyErrors
from kywarden.kinds.outline import LookUp
from kywarden.kinds.program import AS_WRITTEN, Program, Regime
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.model import lists
from kywarden.model.lists import MisfitError
from kywarden.model.resources import group_kind, group_version, text
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree
from kywarden.values.yaml_tree import path_text

T = TypeVar("T")

MOST_DOCUMENTS = 10_000
"""In one YAML text."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where policies come from: YAML text (several documents) or one tree, and a name for messages."""

    content: str | Tree
    name: str = ""


class _Kind(Protocol):
    @property
    def versions(self) -> tuple[str, ...]: ...


def load(sources: Iterable[Source], regime: Regime = AS_WRITTEN) -> tuple[Program, ...]:
    """The programs of all policies in the sources, in order; PolicyExceptions among them apply to all.

    Raises `PolicyErrors` with every problem of every policy.
    """
    loaded = _load(sources, regime)
    if loaded.problems:
        raise PolicyErrors(loaded.problems)
    return tuple(program for program, _, _ in loaded.programs)


def load_completely(
    sources: Iterable[Source], regime: Regime = AS_WRITTEN, answerable: Callable[[LookUp], str] | None = None
) -> tuple[Program, ...]:
    """The same, with all done that is otherwise done at the first request; raises `PolicyErrors`.

    answerable: says why a look-up can never be answered, empty when it can; a problem as well.
    """
    loaded = _load(sources, regime)
    for program, tree, name in loaded.programs:
        try:
            program.complete()
        except PolicyError as problem:
            loaded.problems.append(replace(problem, policy=problem.policy or program.name, source=name))
        if answerable is not None:
            loaded.problems.extend(_unanswerable(program, tree, name, regime, answerable))
    if loaded.problems:
        raise PolicyErrors(loaded.problems)
    return tuple(program for program, _, _ in loaded.programs)


def _unanswerable(
    program: Program, tree: Map, source: str, regime: Regime, answerable: Callable[[LookUp], str]
) -> Iterator[PolicyError]:
    for rule in _entry(KINDS, tree).outline(tree, loads=True).rules:
        if not regime.runs(rule.mutates):
            continue
        for look_up in rule.look_ups:
            if reason := answerable(look_up):
                path = f"spec.rules[{rule.index}]"
                yield PolicyError(
                    f"{look_up.origin}: {reason}", program.name, rule.name, path, source, unsupported=True
                )


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Programs, each with its policy's tree and source, and what kept others from being loaded."""

    programs: list[tuple[Program, Map, str]]
    problems: list[PolicyError]


def _load(sources: Iterable[Source], regime: Regime) -> _Loaded:
    problems: list[PolicyError] = []
    documents = [(tree, source.name) for source in sources for tree in _documents(source, problems)]
    exemptions = _each(
        [one for one in documents if group_kind(one[0]) in EXCEPTIONS],
        lambda tree, _: _entry(EXCEPTIONS, tree).load(tree),
        problems,
    )
    programs = _each(
        [one for one in documents if group_kind(one[0]) not in EXCEPTIONS],
        lambda tree, source: (_entry(KINDS, tree).load(tree, exemptions, regime), tree, source),
        problems,
    )
    if not problems and not programs:
        problems.append(PolicyError("there is no policy"))
    return _Loaded(programs, problems)


def exempt(programs: Iterable[Program], sources: Iterable[Source]) -> tuple[Program, ...]:
    """The programs under the PolicyExceptions in the sources, besides their own; raises `PolicyErrors`."""
    problems: list[PolicyError] = []
    documents = [(tree, source.name) for source in sources for tree in _documents(source, problems)]
    exemptions = _each(documents, lambda tree, _: _entry(EXCEPTIONS, tree).load(tree), problems)
    if problems:
        raise PolicyErrors(problems)
    return tuple(program.exempted(exemptions) for program in programs) if exemptions else tuple(programs)


def _each(
    documents: Iterable[tuple[Map, str]], prepare: Callable[[Map, str], T], problems: list[PolicyError]
) -> list[T]:
    prepared: list[T] = []
    for tree, name in documents:
        try:
            prepared.append(prepare(tree, name))
        except PolicyErrors as errors:
            problems.extend(replace(problem, source=problem.source or name) for problem in errors.problems)
    return prepared


K = TypeVar("K", bound=_Kind)


def _entry(kinds: Mapping[tuple[str, str], K], tree: Map) -> K:
    """The row of the tree's kind, of a version that is served."""
    kind = group_kind(tree)
    version = group_version(tree)[1]
    name = text(tree, "metadata", "name")
    entry = kinds.get(kind)
    if entry is None:
        known = ", ".join(f"{each} ({group})" for group, each in kinds)
        raise PolicyErrors([PolicyError(f"kind {kind[1] or '(none)'} is no policy kind known here: {known}", name)])
    if version not in entry.versions:
        served = ", ".join(entry.versions)
        raise PolicyErrors([PolicyError(f"version {version} of {kind[1]} is not supported, only {served}", name)])
    return entry


def _documents(source: Source, problems: list[PolicyError]) -> Iterable[Map]:
    if isinstance(source.content, str):
        try:
            read = yaml_text.load_all(source.content, strict=True, portable=True, most=MOST_DOCUMENTS)
            trees = [document.tree for document in read]
        except ReadError as error:
            problems.append(PolicyError(str(error), source=source.name))
            return
    else:
        trees = [source.content]
    for tree in trees:
        try:
            yield from (policy for _, policy in lists.spread(tree))
        except MisfitError as error:
            reason = error.reason if error.path else f"a policy {error.reason}"
            problems.append(PolicyError(reason, path=path_text(error.path), source=source.name))
