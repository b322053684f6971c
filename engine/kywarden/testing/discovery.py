"""Where the tests are: files of one name below directories, in the order of names.

Source: cmd/cli/kubectl-kyverno/test/load.go.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator

from kywarden.testing.files import LoadError, go_error


def find(directory: str, name: str) -> Iterator[str]:
    """The test files below a directory; raises `LoadError` when it is none."""
    directory = posixpath.normpath(directory)
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        raise LoadError(go_error("open", directory, error)) from None
    for entry in entries:
        path = entry.name if directory == "." else posixpath.join(directory, entry.name)
        # kyverno: links to directories are not followed
        if entry.is_dir(follow_symlinks=False):
            yield from find(path, name)
        elif entry.name == name:
            yield path
