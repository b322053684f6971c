"""The host's side of host.call: names, grants and payloads are checked as the real hosts check them, then answered.

As recorded: binding, grant of the capability, namespace, operation, payload, grant of the Kubernetes kind, and only
then the question itself. `tracing/log` needs no grant and never fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from kywarden.wasm.payloads import PayloadError
from kywarden.wasm.questions import OPERATIONS, Question

BINDING = "kubewarden"
EVERYTHING = ("*",)
READING = ("KubernetesGetResource", "KubernetesListResourceNamespace", "KubernetesListResourceAll")
REPORTED = "The violation has been reported."


class CallFailed(Exception):
    """The host refuses a host.call; the text is what the module finds on STDIN."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


class AnswerFailed(Exception):
    """What is behind the host (a cluster, a registry) fails; the text is its own."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


Answer: TypeAlias = Callable[[Question], bytes]
"""What is behind the host: answers questions, raises `AnswerFailed`."""


@dataclass(slots=True)
class Callbacks:
    """A host.call, to be called with binding, namespace, operation and payload; raises `CallFailed`.

    capabilities: what is granted, such as `*`, `oci/*`, `net/v1/dns_lookup_host`; kinds: of Kubernetes that may be
    read, as (apiVersion, kind), None for all; logged: the payloads of tracing/log.
    """

    answer: Answer
    capabilities: tuple[str, ...] = EVERYTHING
    kinds: frozenset[tuple[str, str]] | None = None
    logged: list[bytes] = field(default_factory=list)

    def __call__(self, binding: str, namespace: str, operation: str, payload: bytes) -> bytes:
        if binding != BINDING:
            raise CallFailed(f"unknown binding: {binding}")
        if namespace == "tracing":
            return self._log(operation, payload)
        path = f"{namespace}/{operation}"
        if not any(_grants(pattern, path) for pattern in self.capabilities):
            raise CallFailed(f"Policy has not been granted access to the '{path}' host capability. {REPORTED}")
        if namespace not in OPERATIONS:
            raise CallFailed(f"unknown namespace: {namespace}")
        if operation not in OPERATIONS[namespace]:
            raise CallFailed(f"unknown operation: {operation}")
        try:
            question = OPERATIONS[namespace][operation](payload)
        except PayloadError as error:
            raise CallFailed(error.text) from None
        self._check_kind(question)
        try:
            return self.answer(question)
        except AnswerFailed as error:
            raise CallFailed(f"Callback evaluation failure: {error.text}") from None

    def _log(self, operation: str, payload: bytes) -> bytes:
        if operation != "log":
            raise CallFailed(f"unknown operation: {operation}")
        self.logged.append(payload)
        return b""

    def _check_kind(self, question: Question) -> None:
        if self.kinds is None or question.variant not in READING:
            return
        asked = str(question.fields["api_version"]), str(question.fields["kind"])
        if asked not in self.kinds:
            raise CallFailed(
                f"Policy has not been granted access to Kubernetes {'/'.join(asked)} resources. {REPORTED}"
            )


def _grants(pattern: str, path: str) -> bool:
    return pattern in ("*", path) or (pattern.endswith("/*") and path.startswith(pattern[:-1]))
