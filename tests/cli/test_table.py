"""Tables as Kyverno prints them."""

from __future__ import annotations

import pytest

from kywarden.cli import table
from kywarden.cli.paint import Paint

PLAIN, PIPED, TERMINAL = Paint(False, False), Paint(True, False), Paint(True, True)


def test_columns_are_as_wide_as_their_widest_line() -> None:
    assert table.render(["ID", "NAME"], [["1", "a\nlonger"], ["2", "日本"]], PLAIN) == (
        "│────│────────│\n"
        "│ ID │ NAME   │\n"
        "│────│────────│\n"
        "│ 1  │ a      │\n"
        "│    │ longer │\n"
        "│ 2  │ 日本   │\n"
        "│────│────────│\n"
    )


def test_no_rows_make_no_table() -> None:
    assert table.render(["ID"], [], PLAIN) == ""


@pytest.mark.parametrize(("count", "heading"), [(10, "│ ID │"), (11, "│ ID (11)  │")])
def test_many_rows_are_counted_in_the_first_heading(count: int, heading: str) -> None:
    assert table.render(["ID"], [[str(number)] for number in range(count)], PLAIN).splitlines()[1] == heading


@pytest.mark.parametrize(
    ("paint", "lines"),
    [
        (PIPED, ["│ \x1b[40;32mA   \x1b[0m │", "│ Pass │"]),
        (TERMINAL, ["│ \x1b[40;32mA   \x1b[0m │", "│ \x1b[32;1mPass\x1b[0;22m │"]),
    ],
)
def test_colours_take_no_width(paint: Paint, lines: list[str]) -> None:
    assert table.render(["A"], [[paint.status("Pass")]], paint).splitlines()[1:4:2] == lines


@pytest.mark.parametrize(
    ("cell", "wrapped"),
    [
        ("x" * 300, "x" * 300),
        ("a " * 151, "\n".join(["a " * 100 + "a", "a " * 49 + "a"])),
        (f"{'x' * 400}\n", "x" * 399),
        (f"{'x' * 300}\ny", f"{'x' * 300}\ny"),
        (" " * 301, " " * 301),
    ],
)
def test_long_cells_are_wrapped_at_three_hundred_bytes(cell: str, wrapped: str) -> None:
    assert table.wrapped(cell) == wrapped
