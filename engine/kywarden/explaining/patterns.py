"""Why a resource does not look like a pattern: the walk's own failure, told with both its places.

A failure knows where it is in the resource. Where the same is in the pattern is found along the keys, anchors aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kywarden.explaining.statement import Statement
from kywarden.explaining.words import kind_of, named, shown
from kywarden.judging import anchors, failures
from kywarden.judging import pattern as judging
from kywarden.judging.failures import Failure
from kywarden.judging.pattern import Mismatch
from kywarden.values import wildcard
from kywarden.values.trees import Tree, never
from kywarden.values.yaml_places import Place
from kywarden.values.yaml_tree import Path, part

MOST_ELEMENTS = 5
"""Elements of a list that are told one by one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that was held against a target.

    pattern: as written; template: the way to the pod in the target, which a pattern made by autogen has in front;
    target: what it was held against; base: its path in the object; in_policy, in_resource: places of paths of both.
    """

    pattern: Tree
    template: Path
    target: Tree
    in_policy: Callable[[Path], Place | None]
    in_resource: Callable[[Path], Place | None]
    base: Path = ()

    def statement(self, mismatch: Mismatch) -> Statement:
        """Why the target does not match."""
        return self._of(mismatch.failure)

    def _of(self, failure: Failure) -> Statement:
        match failure:
            case failures.Skipped():
                inner = [self._of(cause) for cause in failure.causes]
                if len(inner) == 1:
                    return inner[0]
                text = "nothing of the pattern applies: its conditions are not met"
                return self._at(failure, steps(failure), text, inner)
            case failures.ConditionUnmet() | failures.GlobalUnmet():
                inner_statement = self._of(failure.cause)
                kind = "condition" if isinstance(failure, failures.ConditionUnmet) else "global condition"
                inner_statement.text = f"a {kind} of the pattern is not met: {inner_statement.text}"
                return inner_statement
            case failures.KeyMissing():
                return self._of_missing(failure)
            case failures.NotFound():
                path = (*steps(failure), failure.key)
                text = f'{self._named(path)} is missing; the pattern asks for anything, "*"'
                return self._at(failure, path, text)
            case failures.NoneSatisfies():
                return self._of_existence(failure)
        return self._at(failure, steps(failure), self._sentence(failure))

    def _sentence(self, failure: Failure) -> str:
        path = steps(failure)
        value = part(self.target, path)
        match failure:
            case failures.Unequal():
                return f"{self._named(path)} is {kind_of(failure.value)}; the pattern asks for {shown(failure.pattern)}"
            case failures.NotMap():
                return f"{self._named(path)} is {kind_of(value)}; the pattern asks for a map"
            case failures.NotList():
                return f"{self._named(path)} is {kind_of(value)}; the pattern asks for a list"
            case failures.Forbidden():
                return f"{self._named(path)} is there, which X({path[-1]}) forbids"
            case failures.NotSearchable():
                return f"{self._named(path)} is {kind_of(value)}; an existence anchor asks for a list"
            case failures.TooShort():
                return f"{self._named(path)} has {failure.found} elements; the pattern asks for {failure.expected}"
        return f"{self._named(path)}: {failure}"

    def _of_missing(self, failure: Failure) -> Statement:
        """A condition whose key is not there: the failure does not say which, the pattern does."""
        path = steps(failure)
        where = self.locate(path)
        asked, found = part(self.pattern, where), part(self.target, path)
        for written in sorted(asked) if isinstance(asked, dict) else ():
            anchor = anchors.parse(written)
            is_there = anchor is None or (isinstance(found, dict) and anchor.key in found)
            if anchor is not None and anchor.modifier == anchors.CONDITION and not is_there:
                text = f"a condition of the pattern is not met: {self._named((*path, anchor.key))} is missing"
                return Statement(
                    "pattern", text, policy=self.in_policy((*where, written)), resource=self.in_resource(path)
                )
        return self._at(failure, path, f"{self._named(path)}: {failure}")

    def _of_existence(self, failure: Failure) -> Statement:
        path = steps(failure)
        where = self.locate(path)
        asked, elements = part(self.pattern, where), part(self.target, path)
        text = f"no element of {self._named(path)} is as ^({path[-1]}) asks"
        told = Statement("pattern", text, policy=self.in_policy(where), resource=self.in_resource(path))
        if not isinstance(elements, list) or not isinstance(asked, list):
            return told
        for place, one in enumerate(asked):
            mismatches = [judging.match(judging.prepare(one), element, never) for element in elements]
            if all(mismatches):
                for index, mismatch in list(enumerate(mismatches))[:MOST_ELEMENTS]:
                    told.inner += self._of_element(mismatch, one, elements[index], (*where, place), (*path, index))
                break
        return told

    def _of_element(
        self, mismatch: Mismatch | None, pattern: Tree, element: Tree, where: Path, path: Path
    ) -> Iterator[Statement]:
        if mismatch is not None:
            inner = Match(
                pattern,
                (),
                element,
                lambda below: self.in_policy((*where, *below)),
                lambda below: self.in_resource((*path, *below)),
                (*self.base, *path),
            )
            yield inner.statement(mismatch)

    def _named(self, path: Path) -> str:
        return named((*self.base, *path))

    def _at(self, failure: Failure, path: Path, text: str, inner: list[Statement] | None = None) -> Statement:
        """A statement at a path of the target, and where the pattern speaks of it."""
        wanted = getattr(failure, "pattern", None)
        policy = self.in_policy(self.locate(path, wanted))
        return Statement("pattern", text, policy=policy, resource=self.in_resource(path), inner=inner or [])

    def locate(self, path: Path, wanted: Tree = None) -> Path:
        """Where in the pattern a path of the target is, as far as the pattern goes; wanted: the leaf that is there."""
        template = self.template
        if path[: len(template)] != template:
            return ()
        found = list(_candidates(self.pattern, path[len(template) :]))
        exact = [one for one in found if wanted is not None and part(self.pattern, one) == wanted]
        return max(exact or found, key=len)


def steps(failure: Failure) -> Path:
    """The path of a failure in its target."""
    found: list[str | int] = []
    path = failure.path
    while path is not None:
        path, step = path
        found.append(step)
    return tuple(reversed(found))


def _candidates(pattern: Tree, path: Path) -> Iterator[Path]:
    """The ways along a pattern, as far as they go."""
    yield ()
    if not path:
        return
    step, rest = path[0], path[1:]
    if isinstance(pattern, dict):
        for written, value in pattern.items():
            anchor = anchors.parse(written)
            key = anchor.key if anchor else written
            if key == step or (wildcard.contains_wildcard(key) and wildcard.matches(key, str(step))):
                yield from ((written, *below) for below in _candidates(value, rest))
    elif isinstance(pattern, list) and pattern and isinstance(step, int):
        index = min(step, len(pattern) - 1) if isinstance(pattern[0], list) else 0
        yield from ((index, *below) for below in _candidates(pattern[index], rest))
