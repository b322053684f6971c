"""What the WebAssembly module runs for each request: `policy.wasm validate` or `policy.wasm validate-settings`.

One document comes on STDIN, one answer goes to STDOUT, and the exit status is 0 whatever the input: a host shows the
user STDERR instead of the answer for any other end. `prepare` comes before a further snapshot of the module, which then
has the policies in it.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Sequence
from functools import _lru_cache_wrapper

from kywarden import protocol
from kywarden.errors import PolicyErrors, RequestError
from kywarden.host.given import GivenHost
from kywarden.host.hosted import KubewardenHost
from kywarden.host.kubewarden import read_input
from kywarden.protocol import Baked
from kywarden.values.reading import ReadError

USAGE = b"usage: policy.wasm validate | validate-settings (input on STDIN)\n"
REFUSED = 65
"""Exit status of `prepare` when the settings are wrong; why is on STDERR."""

FAILURES = {
    "validate": b'{"accepted":false,"message":"internal error: %s","code":500}',
    "validate-settings": b'{"valid":false,"message":"internal error: %s"}',
}

_baked: Baked | None = None


def rehearse() -> None:
    """Judge the requests on STDIN, an envelope a line, and forget the answers.

    What the interpreter learns from running code is in the snapshot then: bytecode that fits its operands, caches of
    attributes. So the first request, which is the only one of an instance, touches less memory. What functions remember
    of the samples is forgotten.
    """
    for line in read_input().splitlines():
        protocol.handle("validate", line, GivenHost())
    re.purge()
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper):
            one.cache_clear()


def prepare() -> None:
    """Load the settings on STDIN for all requests to come; ends with `REFUSED` when they are wrong."""
    global _baked
    try:
        _baked = protocol.bake(read_input())
    except (PolicyErrors, ReadError, RequestError) as error:
        _write(2, str(error).encode())
        os._exit(REFUSED)


def main(argv: Sequence[str]) -> int:
    """Answer one command; the exit status, 2 when it is none."""
    if len(argv) != 2 or argv[1] not in FAILURES:
        _write(2, USAGE)
        return 2
    command = argv[1]
    try:
        answer = protocol.handle(command, read_input(), KubewardenHost(), _baked)
    except BaseException as error:  # the last door: the host needs an answer
        answer = FAILURES[command] % type(error).__name__.encode()
    _write(1, answer)
    return 0


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
