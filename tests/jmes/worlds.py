"""A world for expressions: a fixed clock, made-up randomness, a few host names; counts how often it is polled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.model.world import World
from kywarden.values.trees import Tree, floated


@dataclass
class Quiet:
    polls: int = 0

    def poll(self) -> None:
        self.polls += 1

    def now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)

    def random_bytes(self, count: int) -> bytes:
        return bytes(range(7, 7 + count))

    def is_external_host(self, host: str) -> bool:
        if host == "unknown.example":
            raise EvaluationError("nobody knows unknown.example", unanswered=True)
        return not host.endswith(".internal")


def world() -> World:
    return cast(World, Quiet())


def search(text: str, data: Any = None) -> Tree:
    """The result over data decoded as at admission: all numbers float."""
    return jmes.compile(text).search(floated(data), world())


def outcome(text: str, data: Any = None) -> tuple[Tree, str]:
    """The result and no error, or None and the error's text; integers of the data stay integers."""
    try:
        return jmes.compile(text).search(data, world()), ""
    except EvaluationError as error:
        return None, str(error)
