"""The tree of a regular expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kywarden.values.regexes.classes import Ranges

Place: TypeAlias = Literal["text start", "text end", "line start", "line end", "word boundary", "no word boundary"]


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set; the empty set matches nothing."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place between characters."""

    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; without items the empty text."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first that leads to a match."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item several times, most None without limit; greedy: rather more than fewer."""

    item: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group, numbered from 1."""

    item: Node
    number: int


Node: TypeAlias = Chars | Assertion | Sequence | Choice | Repeat | Group


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed pattern; names: of the groups from 1 on, empty for those without."""

    root: Node
    names: tuple[str, ...]


def can_be_empty(node: Node) -> bool:
    """Whether the node can match the empty text."""
    match node:
        case Chars():
            return False
        case Assertion():
            return True
        case Sequence(items):
            return all(map(can_be_empty, items))
        case Choice(items):
            return any(map(can_be_empty, items))
        case Repeat(item, least):
            return least == 0 or can_be_empty(item)
        case Group(item):
            return can_be_empty(item)


def begins_at_text_start(node: Node) -> bool:
    """Whether each match begins with the text."""
    match node:
        case Assertion(place):
            return place == "text start"
        case Sequence(items):
            return bool(items) and begins_at_text_start(items[0])
        case Choice(items):
            return all(map(begins_at_text_start, items))
        case Group(item):
            return begins_at_text_start(item)
        case Repeat(item, least):
            return least > 0 and begins_at_text_start(item)
    return False
