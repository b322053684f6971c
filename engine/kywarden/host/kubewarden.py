"""Questions to a Kubewarden host: host.call, whose answer comes on STDIN.

The host puts the answer, or its text of refusal, behind what is left of STDIN: STDIN must be read to its end before the
first call, and a read that gives nothing means only that there is nothing yet. A refusal is a text and nothing more, so
here, and nowhere else, its kind is told from its words.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeAlias

from kywarden.errors import EvaluationError

try:
    from _kwhost import call as _call  # type: ignore[import-not-found] # compiled into the module
except ImportError:  # outside of the module there is no host
    _call = None

BINDING = b"kubewarden"
PIECE = 65536

NOT_THERE = "Cannot find "
FAILED = "Callback evaluation failure: "
NO_CHANNEL = "callback channel not provided"

Ask: TypeAlias = Callable[[str, str, bytes], bytes]
"""Asks a host: namespace, operation and payload, such as `kubernetes`, `get_resource`, JSON; raises `HostError`."""


class HostError(EvaluationError):
    """The host refuses a question, or fails to answer it.

    capability: such as `kubernetes/get_resource`; subject: what it was asked about; words: the host's own.
    What fails behind the host (the cluster, a registry) is a look-up that failed; what the host itself refuses, such as
    a capability that was not granted, is a question without an answer.
    """

    def __init__(self, capability: str, words: str, subject: str = "") -> None:
        self.capability = capability
        self.words = words
        self.subject = subject
        about = f"{capability} {subject}" if subject else capability
        super().__init__(f"{about}: {words}", unanswered=not words.startswith(FAILED))

    def about(self, subject: str) -> HostError:
        """The same with what was asked about."""
        return type(self)(self.capability, self.words, subject)


class NotThere(HostError):
    """The object that was asked for certainly does not exist."""


class NoHost(HostError):
    """There is no host that could answer anything."""


def refused(capability: str, words: str) -> HostError:
    """The error that a host's words mean."""
    if NO_CHANNEL in words:
        return NoHost(capability, words)
    found = words.removeprefix(FAILED).startswith(NOT_THERE) and capability == "kubernetes/get_resource"
    return (NotThere if found else HostError)(capability, words)


def read_input(read: Callable[[int, int], bytes] = os.read) -> bytes:
    """All that STDIN holds now; `read` is `os.read` or stands in for it."""
    pieces = []
    while piece := read(0, PIECE):
        pieces.append(piece)
    return b"".join(pieces)


def ask(namespace: str, operation: str, payload: bytes) -> bytes:
    """The answer of the host that runs this module, maybe empty; an `Ask`."""
    capability = f"{namespace}/{operation}"
    if _call is None:
        raise NoHost(capability, "there is no host")
    code = _call(BINDING, namespace.encode(), operation.encode(), payload)
    answer = read_input()
    if code:
        raise refused(capability, answer.decode(errors="replace"))
    return answer
