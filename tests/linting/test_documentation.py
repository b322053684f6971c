"""What is made from tables and kept as files is up to date; `python -m tests.linting.update` writes it anew."""

from __future__ import annotations

from tests.linting.update import FILES


def test_the_files_are_those_that_the_tables_make() -> None:
    assert [str(path) for path, content in FILES.items() if path.read_text(encoding="utf-8") != content()] == []
