"""What commands read: files and STDIN, as text of a known name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kywarden.cli.failures import Failure, reason
from kywarden.errors import RequestError
from kywarden.values import documents


def read(name: str) -> bytes:
    """The bytes of a file, of STDIN for `-`; raises `Failure` when it cannot be read."""
    check_name(name)
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


def expanded(name: str, endings: Iterable[str]) -> Iterator[str]:
    """The file itself, or all files below a folder whose names end so.

    Raises `Failure` after them when folders among them cannot be read.
    """
    check_name(name)
    try:
        is_folder = name != "-" and Path(name).is_dir()
    except OSError as error:  # a name that is too long, say
        raise Failure.of_file(name, error) from error
    if not is_folder:
        yield name
        return
    unread: list[OSError] = []
    found = [Path(folder) / file for folder, _, names in os.walk(name, onerror=unread.append) for file in names]
    yield from (str(path) for path in sorted(found) if path.suffix in endings and path.is_file())
    if unread:
        raise Failure(*(f"{error.filename}: {reason(error)}" for error in unread))


def check_name(name: str | None) -> None:
    """Raises `Failure` for an empty name, as a shell makes it of a variable that is not set.

    It is not the folder that we are in, nor is it no name at all.
    """
    if name == "":
        raise Failure("the name of a file is empty")


def shown(name: str) -> str:
    """The name of an input for messages."""
    return "STDIN" if name == "-" else name


def without_policy(names: Iterable[str]) -> Failure:
    """What is wrong with files in which no policy stands."""
    return Failure(f"there is no policy in {', '.join(map(shown, names))}")
