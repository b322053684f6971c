"""The difference of two texts, character by character, as Google's diff-match-patch finds it.

Kyverno prints it where a mutated object is not as expected. Myers' algorithm from both ends, with shortcuts; edits are
merged and shifted afterwards.
Source: github.com/sergi/go-diff diffmatchpatch/diff.go; https://neil.fraser.name/writing/diff/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Op: TypeAlias = Literal["equal", "delete", "insert"]
Edit: TypeAlias = tuple[Op, str]

COLOURS: dict[Op, str] = {"delete": "31", "insert": "32"}

BUDGET = 3_000_000
"""Steps after which two texts count as altogether different; the original stops after a second."""


@dataclass(slots=True)
class _Budget:
    left: int = BUDGET


def diff(old: str, new: str) -> list[Edit]:
    """The edits that turn the old text into the new one."""
    return _diff(old, new, _Budget())


def shown(edits: Sequence[Edit], colour: Callable[[str, str], str]) -> str:
    """The edits as one text; `colour(code, text)` marks what is only in one of both, line by line."""
    return "".join(
        text if op == "equal" else "\n".join(colour(COLOURS[op], line) for line in text.split("\n"))
        for op, text in edits
    )


def _diff(old: str, new: str, budget: _Budget) -> list[Edit]:
    if old == new:
        return [("equal", old)] if old else []
    prefix = _common_prefix(old, new)
    old, new = old[len(prefix) :], new[len(prefix) :]
    suffix = _common_suffix(old, new)
    if suffix:
        old, new = old[: -len(suffix)], new[: -len(suffix)]
    edits = _between(old, new, budget)
    if prefix:
        edits.insert(0, ("equal", prefix))
    if suffix:
        edits.append(("equal", suffix))
    return _cleaned(edits)


def _between(old: str, new: str, budget: _Budget) -> list[Edit]:
    """The edits of texts that begin and end differently."""
    if not old:
        return [("insert", new)]
    if not new:
        return [("delete", old)]
    op: Op = "delete" if len(old) > len(new) else "insert"
    long, short = (old, new) if len(old) > len(new) else (new, old)
    at = long.find(short)
    if at >= 0:
        return [(op, long[:at]), ("equal", short), (op, long[at + len(short) :])]
    if len(short) == 1:
        return [("delete", old), ("insert", new)]
    half = _half_match(old, new)
    if half is not None:
        old_start, old_end, new_start, new_end, middle = half
        return [
            *_diff(old_start, new_start, budget),
            ("equal", middle),
            *_diff(old_end, new_end, budget),
        ]
    return _bisected(old, new, budget)


Half: TypeAlias = tuple[str, str, str, str, str]


def _half_match(old: str, new: str) -> Half | None:
    """A common part of at least half the longer text: the old text before and after it, the new one, the part."""
    long, short = (old, new) if len(old) > len(new) else (new, old)
    if len(long) < 4 or len(short) * 2 < len(long):
        return None
    found = [half for at in ((len(long) + 3) // 4, (len(long) + 1) // 2) if (half := _seeded(long, short, at))]
    if not found:
        return None
    best = found[0] if len(found) == 1 or len(found[0][4]) > len(found[1][4]) else found[1]
    return best if len(old) > len(new) else (best[2], best[3], best[0], best[1], best[4])


def _seeded(long: str, short: str, at: int) -> Half | None:
    """The longest common part around a quarter of the long text."""
    seed = long[at : at + len(long) // 4]
    best: Half = ("", "", "", "", "")
    place = short.find(seed)
    while place != -1:
        ahead = len(_common_prefix(long[at:], short[place:]))
        behind = len(_common_suffix(long[:at], short[:place]))
        if len(best[4]) < ahead + behind:
            best = (
                long[: at - behind],
                long[at + ahead :],
                short[: place - behind],
                short[place + ahead :],
                short[place - behind : place + ahead],
            )
        place = short.find(seed, place + 1)
    return best if len(best[4]) * 2 >= len(long) else None


def _bisected(old: str, new: str, budget: _Budget) -> list[Edit]:
    """Myers' middle snake: the texts are split where the ways from both ends meet."""
    meeting = _meeting(old, new, budget)
    if meeting is None:
        return [("delete", old), ("insert", new)]
    x, y = meeting
    return [*_diff(old[:x], new[:y], budget), *_diff(old[x:], new[y:], budget)]


@dataclass(slots=True)
class _Front:
    """The furthest places reached from one end, by diagonal; the bounds keep out diagonals beyond the texts."""

    old: str
    new: str
    reached: list[int]
    start: int = 0
    end: int = 0

    def step(self, diagonal: int, distance: int, offset: int) -> tuple[int, int]:
        """Advance on a diagonal as far as both texts agree."""
        reached, at = self.reached, offset + diagonal
        if diagonal == -distance or (diagonal != distance and reached[at - 1] < reached[at + 1]):
            x = reached[at + 1]
        else:
            x = reached[at - 1] + 1
        y = x - diagonal
        while x < len(self.old) and y < len(self.new) and self.old[x] == self.new[y]:
            x += 1
            y += 1
        reached[at] = x
        return x, y

    def leaves(self, x: int, y: int) -> bool:
        """Whether the place is beyond the texts; the bounds move in then."""
        if x > len(self.old):
            self.end += 2
        elif y > len(self.new):
            self.start += 2
        else:
            return False
        return True


def _meeting(old: str, new: str, budget: _Budget) -> tuple[int, int] | None:
    furthest = (len(old) + len(new) + 1) // 2
    size, delta = 2 * furthest, len(old) - len(new)
    forward = _Front(old, new, [-1] * (size + 1))
    backward = _Front(old[::-1], new[::-1], [-1] * (size + 1))
    forward.reached[furthest + 1] = backward.reached[furthest + 1] = 0
    for distance in range(furthest):
        if budget.left < 0:
            return None
        budget.left -= 2 * distance + 2
        for here, there, checks in ((forward, backward, delta % 2 != 0), (backward, forward, delta % 2 == 0)):
            for diagonal in range(-distance + here.start, distance - here.end + 1, 2):
                x, y = here.step(diagonal, distance, furthest)
                if here.leaves(x, y) or not checks:
                    continue
                at = furthest + delta - diagonal
                if not (0 <= at < size) or there.reached[at] == -1 or x < len(old) - there.reached[at]:
                    continue
                if here is forward:
                    return x, y
                return there.reached[at], furthest + there.reached[at] - at
    return None


def _cleaned(edits: list[Edit]) -> list[Edit]:
    """Neighbouring edits merged, and single ones shifted over the equal text beside them."""
    while True:
        merged = _merged(edits)
        edits = _shifted(merged)
        if edits is merged:
            return edits


def _merged(edits: Sequence[Edit]) -> list[Edit]:
    merged: list[Edit] = []
    run: list[Edit] = []
    for op, text in [*edits, ("equal", "")]:
        if op != "equal":
            run.append((op, text))
            continue
        if len(run) > 1:
            text = _merge_run(run, merged, text)
        elif run:
            merged.extend(run)
        elif merged and merged[-1][0] == "equal":
            merged[-1] = ("equal", merged[-1][1] + text)
            continue
        merged.append(("equal", text))
        run = []
    return merged if merged[-1][1] else merged[:-1]


def _merge_run(run: Sequence[Edit], merged: list[Edit], following: str) -> str:
    """Add a run of edits as one deletion and one insertion; what both share goes to the equal texts around.

    The equal text that follows is returned, with what it gained.
    """
    deleted = "".join(text for op, text in run if op == "delete")
    inserted = "".join(text for op, text in run if op == "insert")
    ops = {op for op, _ in run}
    if len(ops) == 2:
        if prefix := _common_prefix(inserted, deleted):
            if merged and merged[-1][0] == "equal":
                merged[-1] = ("equal", merged[-1][1] + prefix)
            else:
                merged.insert(0, ("equal", prefix))
            inserted, deleted = inserted[len(prefix) :], deleted[len(prefix) :]
        if suffix := _common_suffix(inserted, deleted):
            inserted, deleted = inserted[: -len(suffix)], deleted[: -len(suffix)]
            following = suffix + following
    if "delete" in ops:
        merged.append(("delete", deleted))
    if "insert" in ops:
        merged.append(("insert", inserted))
    return following


def _shifted(edits: list[Edit]) -> list[Edit]:
    """A<ins>BA</ins>C becomes <ins>AB</ins>AC; the same list when nothing can be shifted."""
    shifted = list(edits)
    changes = False
    at = 1
    while at < len(shifted) - 1:
        (before, left), (op, text), (after, right) = shifted[at - 1 : at + 2]
        if before == after == "equal":
            if text.endswith(left):
                shifted[at - 1 : at + 2] = [(op, left + text[: len(text) - len(left)]), ("equal", left + right)]
                changes = True
            elif text.startswith(right):
                shifted[at - 1 : at + 2] = [("equal", left + right), (op, text[len(right) :] + right)]
                changes = True
        at += 1
    return shifted if changes else edits


def _common_prefix(left: str, right: str) -> str:
    shorter, longer = sorted((left, right), key=len)
    if longer.startswith(shorter):
        return shorter
    return shorter[: next(at for at, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other)]


def _common_suffix(left: str, right: str) -> str:
    return _common_prefix(left[::-1], right[::-1])[::-1]
