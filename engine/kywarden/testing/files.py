"""Files of a run: each is read once, however many policies and resources share it.

Errors are worded as Go words them, because Kyverno's command line prints them.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from kywarden.errors import KywardenError
from kywarden.values import yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Tree

YAML = (".yaml", ".yml")
"""The endings of files that hold YAML."""


class LoadError(KywardenError):
    """Something that a run needs cannot be loaded; the text is Kyverno's."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class Files:
    """Reads files and keeps what it read."""

    _texts: dict[str, str] = field(default_factory=dict)
    _chunks: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _documents: dict[str, list[Tree]] = field(default_factory=dict)

    def text(self, path: str) -> str:
        """The text of a file; raises `LoadError` with the words of Go's `os.ReadFile`.

        Bytes that are no UTF-8 are kept, for the readers of the text to refuse.
        """
        if path not in self._texts:
            try:
                self._texts[path] = Path(path).read_bytes().decode("utf-8", "surrogateescape")
            except OSError as error:
                raise LoadError(go_error("read" if Path(path).is_dir() else "open", path, error)) from None
        return self._texts[path]

    def chunks(self, path: str) -> list[tuple[int, str]]:
        """First line and text of the documents of a YAML file; raises `LoadError` when it cannot be read."""
        if path not in self._chunks:
            try:
                self._chunks[path] = list(yaml_text.split(self.text(path)))
            except ReadError:
                raise LoadError("unable to read yaml") from None
        return self._chunks[path]

    def documents(self, path: str) -> list[Tree]:
        """The documents of a YAML file; raises `LoadError` when it cannot be read or is no YAML."""
        if path not in self._documents:
            try:
                self._documents[path] = [yaml_text.load(chunk) for _, chunk in self.chunks(path)]
            except ReadError as error:
                raise LoadError(yaml_error(error)) from None
        return self._documents[path]


def go_error(verb: str, path: str, error: OSError) -> str:
    """`open PATH: no such file or directory`, as Go says it."""
    said = error.strerror or str(error)
    return f"{verb} {path}: {said[:1].lower()}{said[1:]}"


def yaml_error(error: ReadError) -> str:
    """`yaml: line N: …`, as go-yaml says it."""
    # kyverno: its parser counts lines from 0 and names none for the first
    place = f"line {error.line - 1}: " if error.line > 1 else ""
    return f"yaml: {place}{error.reason}"


def joined(folder: str, path: str) -> str:
    """A path written in a file of a folder, cleaned as Go's `filepath.Join` cleans it."""
    return posixpath.normpath(path if posixpath.isabs(path) else posixpath.join(folder, path))
