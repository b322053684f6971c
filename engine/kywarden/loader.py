"""Policies: YAML text or trees into programs, or all problems at once with their places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kywarden.errors import PolicyError, PolicyErrors
from kywarden.kinds.table import EXCEPTIONS, KINDS
from kywarden.kinds.program import Program
from kywarden.model.resources import group_version, text
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class Source:
    """Where policies come from: YAML text (several documents) or one tree, and a name for messages."""

    content: str | Tree
    name: str = ""


def load(sources: Iterable[Source]) -> tuple[Program, ...]:
    """The programs of all policies in the sources, in order; PolicyExceptions in them apply to all.

    Raises `PolicyErrors` with every problem of every policy.
    """
    problems: list[PolicyError] = []
    policies: list[tuple[Map, str]] = []
    exceptions: list[Map] = []
    for source in sources:
        for tree in _documents(source, problems):
            if _kind(tree) in EXCEPTIONS:
                exceptions.append(tree)
            else:
                policies.append((tree, source.name))
    programs: list[Program] = []
    for tree, name in policies:
        try:
            programs.append(_program(tree, exceptions))
        except PolicyErrors as errors:
            problems.extend(replace(problem, source=problem.source or name) for problem in errors.problems)
    if not problems and not programs:
        problems.append(PolicyError("there is no policy"))
    if problems:
        raise PolicyErrors(problems)
    return tuple(programs)


def _program(tree: Map, exceptions: Sequence[Map]) -> Program:
    group, kind = _kind(tree)
    version = group_version(tree)[1]
    found = KINDS.get((group, kind))
    name = text(tree, "metadata", "name")
    if found is None:
        known = ", ".join(f"{each} ({of})" for of, each in KINDS)
        raise PolicyErrors([PolicyError(f"kind {kind or '(none)'} is no policy kind known here: {known}", name)])
    if version not in found.versions:
        raise PolicyErrors(
            [PolicyError(f"version {version} of {kind} is not supported, only {', '.join(found.versions)}", name)]
        )
    return found.load(tree, exceptions)


def _documents(source: Source, problems: list[PolicyError]) -> Iterable[Map]:
    if isinstance(source.content, str):
        try:
            trees = [document.tree for document in yaml_text.load_all(source.content)]
        except ReadError as error:
            problems.append(PolicyError(str(error), source=source.name))
            return
    else:
        trees = [source.content]
    for tree in trees:
        if not isinstance(tree, dict):
            problems.append(PolicyError("a policy must be a map", source=source.name))
        elif tree.get("kind") == "List" and isinstance(items := tree.get("items"), list):
            yield from (item for item in items if isinstance(item, dict))
        else:
            yield tree


def _kind(tree: Map) -> tuple[str, str]:
    return group_version(tree)[0], text(tree, "kind")
