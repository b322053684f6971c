"""Questions to a Kubewarden host: host.call, whose answer comes on STDIN.

The host puts the answer, or its text of refusal, behind what is left of STDIN: STDIN must be read to its end before the
first call, and a read that gives nothing means only that there is nothing yet.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from kywarden.errors import EvaluationError

try:
    from _kwhost import call as _call  # type: ignore[import-not-found]
except ImportError:  # outside of the module there is no host
    _call = None

BINDING = b"kubewarden"
PIECE = 65536


class HostError(EvaluationError):
    """The host refuses a question.

    capability: such as `kubernetes/get_resource`; text: the host's own words.
    """

    def __init__(self, capability: str, text: str) -> None:
        self.capability = capability
        super().__init__(text)

    def __str__(self) -> str:
        return f"{self.capability}: {self.text}"


def read_input(read: Callable[[int, int], bytes] = os.read) -> bytes:
    """All that STDIN holds now; `read` is `os.read` or stands in for it."""
    pieces = []
    while piece := read(0, PIECE):
        pieces.append(piece)
    return b"".join(pieces)


def ask(namespace: str, operation: str, payload: bytes) -> bytes:
    """The host's answer to one question, maybe empty; raises `HostError`.

    namespace, operation: such as `kubernetes`, `get_resource`; payload: JSON.
    """
    capability = f"{namespace}/{operation}"
    if _call is None:
        raise HostError(capability, "there is no host")
    code = _call(BINDING, namespace.encode(), operation.encode(), payload)
    answer = read_input()
    if code:
        raise HostError(capability, answer.decode(errors="replace"))
    return answer
