"""The linear matcher: all ways to match are followed at once, one character at a time (Thompson, Pike).

Threads stand in order of preference, so the first that arrives is what a backtracking matcher would find first. Work
per character is bounded by the size of the program; memory by that times the number of groups.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from kywarden.values.regexes import classes
from kywarden.values.regexes.classes import Ranges
from kywarden.values.regexes.nodes import (
    Assertion,
    Chars,
    Choice,
    Group,
    Node,
    Place,
    Repeat,
    Sequence,
    Tree,
    begins_at_text_start,
)
from kywarden.values.trees import Poll

Slots: TypeAlias = tuple[int, ...]
"""Start and end of the match and of each group, -1 where a group took no part."""


_TAKE, _FORK, _MARK, _CHECK, _ARRIVE = range(5)


@dataclass(slots=True)
class _Instruction:
    """TAKE one character of the ranges; FORK to the targets, rather to the first; MARK the position in a slot;
    CHECK that this is such a place; ARRIVE: the pattern matches. All but FORK go on to the next instruction."""

    kind: int
    ranges: Ranges = ()
    targets: list[int] = field(default_factory=list)
    slot: int = 0
    place: Place = "text start"


class Machine:
    """A compiled pattern."""

    def __init__(self, tree: Tree) -> None:
        self._code: list[_Instruction] = []
        self._emit(tree.root)
        self._code.append(_Instruction(_ARRIVE))
        self._blank: Slots = (-1,) * (2 * len(tree.names) + 2)
        self._anchored = begins_at_text_start(tree.root)
        self._taken: dict[tuple[int, str], bool] = {}

    # Building

    def _emit(self, node: Node) -> None:
        code = self._code
        match node:
            case Chars(ranges):
                code.append(_Instruction(_TAKE, ranges=ranges))
            case Assertion(place):
                code.append(_Instruction(_CHECK, place=place))
            case Sequence(items):
                for item in items:
                    self._emit(item)
            case Group(item, number):
                code.append(_Instruction(_MARK, slot=2 * number))
                self._emit(item)
                code.append(_Instruction(_MARK, slot=2 * number + 1))
            case Choice(items):
                self._emit_choice(items)
            case Repeat(_, _, None):
                self._emit_loop(node)
            case Repeat():
                self._emit_repeat(node, node.most or 0)

    def _emit_choice(self, items: tuple[Node, ...]) -> None:
        fork = self._emit_fork([])
        exits = []
        for item in items:
            fork.targets.append(len(self._code))
            self._emit(item)
            exits.append(self._emit_fork([]))
        for leave in exits:
            leave.targets.append(len(self._code))

    def _emit_repeat(self, repeat: Repeat, most: int) -> None:
        """`x{2,4}` is `xx(x(x)?)?`."""
        for _ in range(repeat.least):
            self._emit(repeat.item)
        forks = []
        for _ in range(repeat.least, most):
            forks.append(self._emit_fork([len(self._code) + 1]))
            self._emit(repeat.item)
        for fork in forks:
            self._aim(fork, fork.targets[0], repeat.greedy)

    def _emit_loop(self, repeat: Repeat) -> None:
        """`x+` ends with a fork back, `x{3,}` is `xxx+`; `x*` is `(x+)?`, so that the order is right for an empty x."""
        optional = self._emit_fork([len(self._code) + 1]) if repeat.least == 0 else None
        for _ in range(repeat.least - 1):
            self._emit(repeat.item)
        start = len(self._code)
        self._emit(repeat.item)
        self._aim(self._emit_fork([]), start, repeat.greedy)
        if optional is not None:
            self._aim(optional, optional.targets[0], repeat.greedy)

    def _emit_fork(self, targets: list[int]) -> _Instruction:
        fork = _Instruction(_FORK, targets=targets)
        self._code.append(fork)
        return fork

    def _aim(self, fork: _Instruction, inside: int, greedy: bool) -> None:
        """Let the fork lead inside, or to what follows the code so far."""
        fork.targets = [inside, len(self._code)] if greedy else [len(self._code), inside]

    # Running

    def matches(self, text: str, poll: Poll) -> bool:
        """Whether there is a match anywhere."""
        return self._run(text, 0, (), poll) is not None

    def find(self, text: str, start: int, poll: Poll) -> Slots | None:
        """The match that begins first from start on, and of these the preferred one."""
        return self._run(text, start, self._blank, poll)

    def _run(self, text: str, start: int, blank: Slots, poll: Poll) -> Slots | None:
        """Without slots the first arrival ends the run."""
        best: Slots | None = None
        threads: list[tuple[int, Slots]] = []
        work = 0
        weight = 1 + len(blank) // _SLOTS_LIKE_AN_INSTRUCTION
        for at in range(start, len(text) + 1):
            if best is None and (at == 0 or not self._anchored):
                threads.append((0, (at, *blank[1:]) if blank else blank))
            arrived, takers, visited = self._follow(threads, text, at)
            if arrived is not None:
                best = arrived
            if (
                at == len(text)
                or (arrived is not None and not blank)
                or (not takers and (best is not None or self._anchored))
            ):
                break
            work += (1 + visited) * weight
            while work > _WORK_BETWEEN_POLLS:
                work -= _WORK_BETWEEN_POLLS
                poll()
            threads = self._take(takers, text[at])
        return best

    def _follow(
        self, threads: list[tuple[int, Slots]], text: str, at: int
    ) -> tuple[Slots | None, list[tuple[int, Slots]], int]:
        """From each thread on to all instructions that take a character, and the slots of the one that arrives;
        threads that stand behind that one are dropped. The number is that of instructions visited."""
        code = self._code
        seen: set[int] = set()
        takers: list[tuple[int, Slots]] = []
        stack = threads[::-1]
        while stack:
            pc, slots = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            instruction = code[pc]
            kind = instruction.kind
            if kind == _TAKE:
                takers.append((pc, slots))
            elif kind == _FORK:
                stack.extend([(target, slots) for target in reversed(instruction.targets)])
            elif kind == _MARK:
                slot = instruction.slot
                stack.append((pc + 1, (*slots[:slot], at, *slots[slot + 1 :]) if slots else slots))
            elif kind == _ARRIVE:
                return ((slots[0], at, *slots[2:]) if slots else slots), takers, len(seen)
            elif is_place(instruction.place, text, at):
                stack.append((pc + 1, slots))
        return None, takers, len(seen)

    def _take(self, takers: list[tuple[int, Slots]], character: str) -> list[tuple[int, Slots]]:
        """The threads that can take the character."""
        taken = self._taken
        if len(taken) > _REMEMBERED:
            taken.clear()
        threads = []
        for pc, slots in takers:
            takes = taken.get((pc, character))
            if takes is None:
                takes = taken[pc, character] = classes.contains(self._code[pc].ranges, ord(character))
            if takes:
                threads.append((pc + 1, slots))
        return threads


_REMEMBERED = 4096
_WORK_BETWEEN_POLLS = 1000
_SLOTS_LIKE_AN_INSTRUCTION = 50
_WORD_CHARACTERS = frozenset(chr(code) for low, high in classes.WORD for code in range(low, high + 1))


def is_place(place: Place, text: str, at: int) -> bool:
    """Whether the position in the text is such a place."""
    match place:
        case "text start":
            return at == 0
        case "text end":
            return at == len(text)
        case "line start":
            return at == 0 or text[at - 1] == "\n"
        case "line end":
            return at == len(text) or text[at] == "\n"
    boundary = (text[at - 1 : at] in _WORD_CHARACTERS) != (text[at : at + 1] in _WORD_CHARACTERS)
    return boundary == (place == "word boundary")
