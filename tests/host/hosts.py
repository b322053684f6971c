"""A host for tests: answers capabilities with what it was given and remembers the questions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kywarden.host import kubewarden


@dataclass
class Host:
    """answers: by capability; a text is a refusal, bytes the answer itself, a function gets the question."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, namespace: str, operation: str, payload: bytes) -> bytes:
        capability, question = f"{namespace}/{operation}", json.loads(payload)
        self.asked.append((capability, question))
        answer = self.answers.get(capability, f"unknown operation: {operation}")
        if isinstance(answer, Callable):
            answer = answer(question)
        if isinstance(answer, str):
            raise kubewarden.refused(capability, answer)
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()
