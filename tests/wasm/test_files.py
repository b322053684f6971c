"""Files from a dict: in a fixed order, read when they are looked at."""

from __future__ import annotations

from kywarden.wasm.files import Files


def test_folders_follow_from_paths_in_a_fixed_order() -> None:
    files = Files({"/b/z.py": b"", "a.txt": b"1", "/b/a/x": b"2"})
    assert files.names("") == ["a.txt", "b"]
    assert files.names("b") == ["a", "z.py"]
    assert files.is_folder("b/a")
    assert not files.is_folder("a.txt")


def test_contents_may_be_made_when_they_are_wanted() -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"later"

    files = Files({"x": make})
    assert made == []
    assert files.read("x") == files.read("x") == b"later"
    assert made == [1]
    assert files.read("y") is None
