"""The line of a place with carets below it."""

from __future__ import annotations

import pytest

from kywarden.cli.snippet import snippet
from kywarden.values.yaml_places import Place

LONG = f"long: {'a' * 50} needle {'b' * 50}"


@pytest.mark.parametrize(
    ("line", "piece", "width", "expected"),
    [
        ("owner: red", "red", 40, ("owner: red", "       ^^^")),
        (LONG, "needle", 40, (f"…{'a' * 8} needle {'b' * 22}…", f"{' ' * 10}^^^^^^")),
        (LONG, "b" * 50, 70, (f"…{'a' * 11} needle {'b' * 50}", f"{' ' * 20}{'^' * 50}")),
        (LONG, "long", 20, ("long: aaaaaaaaaaaaa…", "^^^^")),
        (LONG, "a" * 50, 30, (f"long: {'a' * 23}…", f"      {'^' * 24}")),
        # wide characters take two cells, combining ones none, control characters a sign
        ("担当: 日本 x", "日本", 40, ("担当: 日本 x", "      ^^^^")),
        ("e\u0301a: red", "red", 40, ("e\u0301a: red", "    ^^^")),
        ("a\x1b: red", "red", 40, ("a␛: red", "    ^^^")),
        ("a:\tred", "red", 40, ("a: red", "   ^^^")),
        ("日" * 40 + " needle", "needle", 20, (f"…{'日' * 6} needle", f"{' ' * 14}^^^^^^")),
    ],
)
def test_carets_stand_below_the_piece(line: str, piece: str, width: int, expected: tuple[str, str]) -> None:
    place = Place("f.yaml", 1, line.index(piece) + 1, len(piece))
    assert snippet([line], place, width) == expected


@pytest.mark.parametrize(("line", "column"), [(1, 5), (2, 1), (1, 1)])
def test_a_place_behind_the_end_has_a_caret(line: int, column: int) -> None:
    assert snippet([""], Place("f.yaml", line, column)) == ("", "^")
