"""Places of keys, values and pieces of values, in every style of YAML."""

from __future__ import annotations

import pytest

from kywarden.values import yaml_text
from kywarden.values.yaml_places import Place, Places, lines_of
from kywarden.values.yaml_tree import Path, path_text

TEXT = """\
# comment
plain: some text  # comment
quoted: "x: \\"y\\""
'single key': 'it''s'
list:
- first
- name: second
  folded: >-
    one {{ two }}
    three {{ four ||
    five }}
flow: {a: b, c: [d, e]}
tagged: !!str &anchor 5
empty:
long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa needle bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
"""


def places() -> Places:
    [document] = yaml_text.load_all(TEXT, marks=True)
    return Places(lines_of(TEXT), document, "f.yaml")


def text_at(place: Place) -> str:
    return TEXT.split("\n")[place.line - 1][place.column - 1 :][: place.length]


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("plain",), "plain", "some text"),
        (("quoted",), "quoted", '"x: \\"y\\""'),
        (("single key",), "'single key'", "'it''s'"),
        (("list",), "list", "list"),
        (("list", 0), "first", "first"),
        (("list", 1, "folded"), "folded", "one {{ two }}"),
        (("flow", "a"), "a", "b"),
        (("flow", "c", 0), "d", "d"),
        (("flow", "c", 1), "e", "e"),
        (("tagged",), "tagged", "5"),
        (("empty",), "empty", "empty"),
        (("list", 7, "nowhere"), "list", "list"),
    ],
)
def test_keys_and_values(path: Path, key: str, value: str) -> None:
    assert (text_at(places().of(path)), text_at(places().value(path))) == (key, value)


@pytest.mark.parametrize(
    ("path", "pieces", "found"),
    [
        (("list", 1, "folded"), ("{{ two }}",), "{{ two }}"),
        (("list", 1, "folded"), ("{{ two }}", "two"), "two"),
        (("list", 1, "folded"), ("{{ four || five }}",), "{{ four ||"),
        (("quoted",), ('"y"',), '\\"y\\"'),
        (("single key",), ("it's",), "it''s"),
        (("plain",), ("not there",), "some text"),
        (("plain",), ("text", "not there"), "text"),
    ],
)
def test_pieces(path: Path, pieces: tuple[str, ...], found: str) -> None:
    assert text_at(places().piece(path, *pieces)) == found


def test_the_path_of_a_text_as_far_as_it_is_there() -> None:
    assert places().path("list[1].name") == ("list", 1, "name")
    assert places().path("list[1].other.thing") == ("list", 1)
    assert places().path("nothing") == ()
    assert path_text(("list", 1, "name")) == "list[1].name"


@pytest.mark.parametrize(
    ("path", "line"), [(("plain",), 2), (("list",), 11), (("list", 0), 6), (("list", 1, "name"), 7)]
)
def test_the_last_line(path: Path, line: int) -> None:
    assert places().last_line(path) == line


def test_a_place_is_written_as_editors_read_it() -> None:
    assert str(places().of(("plain",))) == "f.yaml:2:1"
