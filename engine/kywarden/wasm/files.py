"""A tree of files out of a dict: what a module sees of a disk while it is started (`sandbox`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Content = bytes | Callable[[], bytes]


class Files:
    """A read-only tree of files below `/`; contents may be functions, called once, when the file is first looked at."""

    def __init__(self, contents: Mapping[str, Content]) -> None:
        self._contents: dict[str, Content] = {
            path: contents[given] for path, given in sorted((given.strip("/"), given) for given in contents)
        }
        self._folders: dict[str, list[str]] = {"": []}
        for path in self._contents:
            self._enter(path)

    def _enter(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = []
            self._enter(folder)
        self._folders[folder].append(name)

    def is_folder(self, path: str) -> bool:
        return path in self._folders

    def names(self, folder: str) -> list[str]:
        return self._folders[folder]

    def read(self, path: str) -> bytes | None:
        content = self._contents.get(path)
        if callable(content):
            content = self._contents[path] = content()
        return content


class Handle:
    """An open file (contents and position) or folder (contents is None)."""

    def __init__(self, path: str, contents: bytes | None) -> None:
        self.path = path
        self.contents = contents
        self.position = 0
