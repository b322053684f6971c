"""Why a resource does not match a pattern: one small class for each of Kyverno's sentences.

A walk makes many failures that nobody reads (list elements that do not satisfy an existence anchor, elements that a
condition skips), so a failure only keeps what it saw and where; its sentence is made when it is asked for.

Kyverno recognises joined errors by substrings of their text (kyverno: anchor/error.go isError). Here every failure
carries its kind; a text of the user's that merely contains such a substring changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from kywarden.values import go_text
from kywarden.values.trees import Tree

Path: TypeAlias = tuple["Path", str | int] | None
"""The keys and indices from the root to a node, linked backwards; None is the root."""


def path_text(path: Path) -> str:
    """`/spec/containers/0/`: each step followed by a slash; `/` for the root."""
    steps = [""]
    while path is not None:
        path, step = path
        steps.append(str(step))
    return "/" + "/".join(reversed(steps))


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """One reason, at one place.

    skips: the resource does not meet a condition: what is enclosed does not apply.
    direct: the unmet condition is this failure itself, not a sum of conditions further below.
    forbids: a key is there that a negation anchor forbids.
    """

    path: Path
    skips: ClassVar[bool] = False
    direct: ClassVar[bool] = False
    forbids: ClassVar[bool] = False

    def place(self) -> str:
        """The text of the path that Kyverno reports; empty where it reports none."""
        return path_text(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class NotMap(Failure):
    """The pattern is a map and the value is not."""

    value: Tree

    def __str__(self) -> str:
        return (
            f"pattern and resource have different structures. Path: {path_text(self.path)}. "
            f"Expected map[string]interface {{}}, found {go_text.go_type(self.value)}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class NotList(Failure):
    """The pattern is a list and the value is not."""

    def __str__(self) -> str:
        place = path_text(self.path)
        return f"validation rule failed at path {place}, resource does not satisfy the expected overlay pattern"


@dataclass(frozen=True, slots=True, eq=False)
class Unequal(Failure):
    """A value, or one of the values of a list, does not hold for a leaf pattern."""

    value: Tree
    pattern: Tree

    def __str__(self) -> str:
        value, pattern = go_text.sprint(self.value), go_text.sprint(self.pattern)
        return f"resource value '{value}' does not match '{pattern}' at path {path_text(self.path)}"


@dataclass(frozen=True, slots=True, eq=False)
class NotFound(Failure):
    """Nothing stands at a key whose pattern is `*`; the path is that of the map (kyverno: defaultHandler)."""

    key: str

    def __str__(self) -> str:
        return f"{path_text(self.path)}/{self.key} not found"


@dataclass(frozen=True, slots=True, eq=False)
class EmptyPattern(Failure):
    """An empty list as pattern matches no list."""

    def __str__(self) -> str:
        return "pattern Array empty"


@dataclass(frozen=True, slots=True, eq=False)
class TooShort(Failure):
    """A list has fewer elements than a pattern that is compared position by position."""

    found: int
    expected: int

    def place(self) -> str:
        return ""  # kyverno: reported without a path, which makes the rule an error (validate.go validateArray)

    def __str__(self) -> str:
        return (
            "validate Array failed, array length mismatch, "
            f"resource Array len is {self.found} and pattern Array len is {self.expected}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Forbidden(Failure):
    """The key of a negation anchor is present."""

    forbids = True

    def __str__(self) -> str:
        return f"negation anchor matched in resource: {path_text(self.path)} is not allowed"


@dataclass(frozen=True, slots=True, eq=False)
class KeyMissing(Failure):
    """The key of a condition anchor is absent."""

    skips = True
    direct = True

    def __str__(self) -> str:
        return "conditional anchor mismatch: conditional anchor key doesn't exist in the resource"


@dataclass(frozen=True, slots=True, eq=False)
class ConditionUnmet(Failure):
    """The value at a condition anchor does not match; what it encloses becomes a condition too."""

    cause: Failure
    skips = True
    direct = True

    def __str__(self) -> str:
        return f"conditional anchor mismatch: {self.cause}"


@dataclass(frozen=True, slots=True, eq=False)
class GlobalUnmet(Failure):
    """The value at a global anchor does not match."""

    cause: Failure
    skips = True
    direct = True

    def __str__(self) -> str:
        return f"global anchor mismatch: {self.cause}"


@dataclass(frozen=True, slots=True, eq=False)
class Skipped(Failure):
    """Nothing of a map or list applied, or a condition of the map itself is unmet."""

    causes: Sequence[Failure]
    skips = True

    def __str__(self) -> str:
        return "; ".join(map(str, self.causes))


@dataclass(frozen=True, slots=True, eq=False)
class NoneSatisfies(Failure):
    """No element of a list satisfies one of the maps at an existence anchor."""

    def __str__(self) -> str:
        return f"existence anchor validation failed at path {path_text(self.path)}"


@dataclass(frozen=True, slots=True, eq=False)
class NotSearchable(Failure):
    """The value at an existence anchor is no list."""

    value: Tree

    def __str__(self) -> str:
        kind = go_text.go_type(self.value)
        return f"invalid resource type {kind}: Existence ^ () anchor can be used only on list/array type resource"


@dataclass(frozen=True, slots=True, eq=False)
class PatternNotList(Failure):
    """The pattern of an existence anchor is no list."""

    pattern: Tree

    def __str__(self) -> str:
        kind = go_text.go_type(self.pattern)
        return f"invalid pattern type {kind}: Pattern has to be of list to compare against resource"


@dataclass(frozen=True, slots=True, eq=False)
class PatternNotMap(Failure):
    """An element of the list at an existence anchor is no map."""

    def __str__(self) -> str:
        return "invalid pattern type []interface {}: Pattern has to be of type map to compare against items in resource"
