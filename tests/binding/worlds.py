"""A world for tests: answers what it was given and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from kywarden.errors import EvaluationError
from kywarden.model.request import User
from kywarden.model.world import Roles
from kywarden.values.trees import Map, Tree


@dataclass
class Recorded:
    """answers: by question, such as `GET /api/v1/nodes` or `ConfigMap shop/settings`; an error is raised."""

    answers: dict[str, Tree | EvaluationError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def _answer(self, question: str) -> Tree:
        self.asked.append(question)
        if question not in self.answers:
            raise EvaluationError(f"nobody knows {question}", unanswered=True)
        answer = self.answers[question]
        if isinstance(answer, EvaluationError):
            raise answer
        return answer

    def _map(self, question: str) -> Map:
        answer = self._answer(question)
        assert isinstance(answer, dict)
        return answer

    def poll(self) -> None:
        pass

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def random_bytes(self, count: int) -> bytes:
        return bytes(count)

    def namespace_labels(self, name: str) -> dict[str, str]:
        return {}

    def roles(self, user: User, namespace: str) -> Roles:
        self.asked.append(f"roles {user.username}")
        return Roles(("shop:editor",), ("view",)) if user.username == "ann" else Roles()

    def resource(self, api_version: str, kind: str, namespace: str, name: str) -> Map | None:
        question = f"{kind} {namespace}/{name}"
        return None if question not in self.answers and "nothing else" in self.answers else self._map(question)

    def call(self, method: str, url: str, data: Tree) -> Tree:
        return self._answer(f"{method} {url}" + (f" {data}" if data is not None else ""))

    def global_context(self, name: str) -> Tree:
        return self._answer(f"global {name}")

    def image(self, reference: str) -> Map:
        return self._map(f"image {reference}")

    def values(self) -> Map:
        return {}

    def looks_up(self, kind: str) -> bool:
        return True

    def is_external_host(self, host: str) -> bool:
        return False
