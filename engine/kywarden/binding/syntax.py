"""Where variables `{{ }}` and references `$( )` stand in a text.

Kyverno finds them with regular expressions and cuts by bytes; both show: at most one level of braces inside a
variable, a reference greedy up to the last `)` before a space.
Source: Kyverno pkg/engine/variables/regex and vars.go; reference C.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kywarden.values.space import trim

_VARIABLE = re.compile(r"(^|[^\\])(\{\{(?:\{[^{}]*+\}|[^{}])*+\}\})")
_ESCAPED_REFERENCE = re.compile(r"\\\$\([^\n][^ )]*\)")


class Variable(NamedTuple):
    """One `{{ }}` of a text.

    found: the text to replace, with the character before it; prefix: what of that comes back in front of the value.
    whole: the variable as written; expression: without braces and outer space; shallow: written `{{- }}`.
    """

    found: str
    prefix: str
    whole: str
    expression: str
    shallow: bool


def variables(text: str) -> list[Variable]:
    """The variables of a text from left to right; those escaped as `\\{{` are none."""
    if "{{" not in text:
        return []
    return [_variable(match[1], match[2]) for match in _VARIABLE.finditer(text)]


def _variable(before: str, braced: str) -> Variable:
    if not before:
        return Variable(braced, "", braced, *_bare(braced))
    if before.isascii():
        return Variable(before + braced, before, braced, *_bare(braced))
    # kyverno: one byte is cut off; what is left of a longer character spoils the expression
    return Variable(before + braced, before, braced, *_bare(_rest(before) + braced))


def _rest(character: str) -> str:
    """A character without its first byte, each other byte as U+FFFD."""
    return "\ufffd" * (len(character.encode("utf-8", "surrogatepass")) - 1)


def _bare(braced: str) -> tuple[str, bool]:
    """The expression inside the braces, and whether it begins with `-`."""
    bare = trim(braced.replace("{{", "").replace("}}", ""))
    if bare.startswith("-"):
        return trim(bare[1:]), True
    return bare, False


def is_variable(text: str) -> bool:
    """Whether the text holds a variable."""
    return _VARIABLE.search(text) is not None


def replace_variables(text: str, replacement: Callable[[str], str]) -> str:
    """Each variable, braces included, replaced by what the function makes of it (ReplaceAllVars)."""
    return _VARIABLE.sub(lambda match: match[1] + replacement(match[2]), text)


def unescaped(text: str) -> str:
    """The text with `\\{{` as `{{`; done last, when no variable is left."""
    return text.replace("\\{{", "{{") if "\\{{" in text else text


class Reference(NamedTuple):
    """One `$( )` of a text: `prefix` is the character before it, if any; `whole` the reference as written."""

    prefix: str
    whole: str


def references(text: str) -> Iterator[Reference]:
    """The references of a text from left to right; those escaped as `\\$(` are none."""
    position = consumed = 0
    while (start := text.find("$(", position)) >= 0:
        space = text.find(" ", start + 3)
        end = text.rfind(")", start + 3, space if space >= 0 else len(text))
        if end >= 0 and text[start + 2] != "\n" and (start == 0 or (text[start - 1] != "\\" and start > consumed)):
            yield _reference(text[start - 1 : start], text[start : end + 1])
            position = consumed = end + 1
        elif end >= 0:
            position = start + 2
        elif space >= 0:
            position = max(start + 2, space - 2)
        else:
            return


def _reference(before: str, whole: str) -> Reference:
    # kyverno: as with variables, so that such a reference names nothing
    return Reference(before, whole) if before.isascii() else Reference(before, _rest(before) + whole)


def is_reference(text: str) -> bool:
    """Whether the text holds a reference."""
    return next(references(text), None) is not None


def unescaped_references(text: str) -> str:
    """The text with `\\$(a)` as `$(a)`."""
    for escaped in _ESCAPED_REFERENCE.findall(text) if "\\$(" in text else ():
        text = text.replace(escaped, escaped[1:])
    return text
