"""Manifests as YAML text that every reader of YAML 1.1 and 1.2 reads the same way."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from kywarden.values import yaml_scalars
from kywarden.values.controls import STEERING, escaped
from kywarden.values.trees import Map, Tree

TEXT = "tag:yaml.org,2002:str"
ENDLESS = 10**9
"""Columns: lines are never folded."""

_QUOTED = STEERING | {"\r"}
"""What a block would turn into other line breaks, and what must be escaped."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text that could be taken for something else is quoted, one of several lines becomes a block."""
    if _QUOTED.intersection(text) or ("\n" not in text and not _is_plain(text)):
        return dumper.represent_scalar(TEXT, text, style='"')
    return dumper.represent_scalar(TEXT, text, style="|" if "\n" in text else None)


def _is_plain(text: str) -> bool:
    try:
        return isinstance(yaml_scalars.resolve(text), str)
    except ValueError:
        return False


_Dumper.add_representer(str, _represent_text)


def text(tree: Tree) -> str:
    """One document."""
    return escaped(yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=ENDLESS))


def stream(trees: Iterable[Map]) -> str:
    """Several documents."""
    return "---\n".join(map(text, trees))
