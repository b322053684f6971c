"""What commands read: files and STDIN, as text of a known name."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from kywarden.cli.failures import Failure
from kywarden.errors import RequestError
from kywarden.values import documents


def read(name: str) -> bytes:
    """The bytes of a file, of STDIN for `-`; raises `Failure` when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Failure.of_file(name, error) from error


def text(name: str) -> str:
    """The same as text; raises `Failure` when it is no UTF-8."""
    try:
        return documents.decoded(read(name))
    except RequestError as error:
        raise Failure(f"{shown(name)}: {error.reason}") from error


def shown(name: str) -> str:
    """The name of an input for messages."""
    return "STDIN" if name == "-" else name


def without_policy(names: Iterable[str]) -> Failure:
    """What is wrong with files in which no policy stands."""
    return Failure(f"there is no policy in {', '.join(map(shown, names))}")
