"""`kywarden jp` beyond what Kyverno's recorded runs show."""

from __future__ import annotations

import pytest

from kywarden.jmes.functions import FUNCTIONS
from tests.cli.commands import Folder


def test_every_function_is_listed_with_an_example(folder: Folder) -> None:
    code, out, _ = folder.run("jp", "function")
    assert code == 0
    assert out.count("Name: ") == len(FUNCTIONS)
    for row in FUNCTIONS.values():
        assert (
            f"Name: {row.name}\n  Signature: {row.signature}\n  Note:      {row.doc}\n  Example:   {row.example}\n\n"
            in out
        )


NO_CERTIFICATE = "x509_decode"
"""Its example leaves the certificate out."""


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {NO_CERTIFICATE}))
def test_every_example_can_be_tried(folder: Folder, name: str) -> None:
    example = FUNCTIONS[name].example
    code, out, err = folder.run("jp", "query", "-c", "--", example, stdin="{}")
    assert (code, err) == (0, "")
    assert out.partition(f"# {example}\n")[2].strip()


def test_an_empty_slice_part_has_no_address(folder: Folder) -> None:
    out = folder.run("jp", "parse", "a[:5]")[1]
    assert "value: []*int{(*int)(nil), (*int)(0x1), (*int)(nil)}" in out


@pytest.mark.parametrize(
    ("expression", "offset"),
    [("a.[", 3), ("a 'b'", 3), ("'é' + b", 5), ("a[1:x]", 4), ("`{", 2), ("a ==", 4)],
)
def test_the_place_of_a_syntax_error_is_marked(folder: Folder, expression: str, offset: int) -> None:
    code, _, err = folder.run("jp", "parse", expression)
    assert code == 1
    assert err.splitlines()[1:] == [expression, " " * offset + "^"]


def test_help_names_the_subcommands(folder: Folder) -> None:
    code, out, _ = folder.run("jp")
    assert code == 0
    assert [name in out for name in ("jp query", "jp function", "jp parse")] == [True] * 3
    assert folder.run("jp", "query", "--help")[1].startswith("Evaluates JMESPath expressions")
