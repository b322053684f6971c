"""The place in the resource that belongs to a place in a rule: what `{{@}}` stands for.

Source: Kyverno pkg/utils/jsonpointer and substituteVariablesIfAny in pkg/engine/variables/vars.go; reference C.2.
"""

from __future__ import annotations

import re

from kywarden.values.strconv import MAX_UINT64

_UNQUOTED = re.compile(r"[A-Za-z_][A-Za-z0-9_)]*")
_INDEX = re.compile(r"[0-9]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def expression(path: str, prefix: str) -> str:
    """The JMESPath of the field that the leaf at `path` of a rule is about, below `prefix` (such as `request.object`).

    What stands up to the first `foreach`, and then two segments (`validate/pattern`), belong to the rule.
    """
    segments = _segments(path)
    if "foreach" in segments:
        segments = segments[segments.index("foreach") + 1 :]
    return _jmespath([*prefix.split("."), *segments[2:]])


def _segments(path: str) -> list[str]:
    """The keys of a path: `\\` escapes, and slashes between double quotes are part of a key."""
    segments: list[str] = []
    segment: list[str] = []
    is_escaped = is_quoted = False
    for character in path:
        if is_escaped:
            segment.append(character)
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
        elif character == "/" and not is_quoted:
            segments.append("".join(segment))
            segment = []
        else:
            segment.append(character)
    segments.append("".join(segment))
    return [segment for segment in segments if segment]


def _jmespath(segments: list[str]) -> str:
    text = ""
    for segment in segments:
        if _INDEX.fullmatch(segment) and (len(segment) < 20 or int(segment[:1000]) <= MAX_UINT64):
            text += f"[{segment}]"
        else:
            text += f"{'.' if text else ''}{segment if _UNQUOTED.fullmatch(segment) else _quoted(segment)}"
    return text


def _quoted(segment: str) -> str:
    return f'"{"".join(map(_escaped, segment))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character >= " " else f"\\u{ord(character):04x}"
