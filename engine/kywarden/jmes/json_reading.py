"""JSON as Go's encoding/json reads it into `interface{}`: every number a float64, and Go's words for what is wrong.

The fast path is the standard library's reader; only text that it refuses is walked here, to find the message.
"""

from __future__ import annotations

import json
import re

from kywarden.errors import EvaluationError
from kywarden.values import strconv
from kywarden.values.reading import MAX_KEYS
from kywarden.values.trees import MAX_DEPTH, Tree

_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|:', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\r\n]*+")
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_NUMBER_STATES = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def read(text: str) -> Tree:
    """The tree of a JSON text; raises `EvaluationError` with the message of encoding/json.

    Half surrogate pairs become U+FFFD and of equal keys the last wins, as in Go. Nesting is bounded like every
    document's (Go allows 10000 levels).
    """
    _check_bounds(text)
    try:
        tree: Tree = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_refuse)
    except _OutOfRange as error:
        raise EvaluationError(_complaint(text) or str(error)) from None
    except ValueError:
        raise EvaluationError(_complaint(text)) from None
    return _mended(tree) if "\\u" in text else tree


def _check_bounds(text: str) -> None:
    """Raise for a text that nests too deep or has too many keys, before it is read."""
    if text.count("[") + text.count("{") <= MAX_DEPTH and text.count(":") <= MAX_KEYS:
        return
    depth = keys = 0
    for match in _STRUCTURE.finditer(text):
        match match[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case ":":
                keys += 1
        if depth > MAX_DEPTH:
            raise EvaluationError(f"the JSON text nests deeper than {MAX_DEPTH} levels")
        if keys > MAX_KEYS:
            raise EvaluationError(f"the JSON text has more than {MAX_KEYS} keys")


class _OutOfRange(ValueError):
    """A number that no float64 holds; Go complains only after the whole text was found to be valid."""


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _OutOfRange(f"json: cannot unmarshal number {text} into Go value of type float64")
    return value


def _refuse(text: str) -> Tree:
    raise ValueError(text)


def _mended(tree: Tree) -> Tree:
    match tree:
        case str():
            return _SURROGATE.sub("\ufffd", tree)
        case dict():
            return {_SURROGATE.sub("\ufffd", key): _mended(value) for key, value in tree.items()}
        case list():
            return [_mended(value) for value in tree]
        case _:
            return tree


class _Flaw(Exception):
    """The text is wrong at a position, for a reason; position None: it ends too early."""

    def __init__(self, position: int | None, context: str = "") -> None:
        self.position = position
        self.context = context


def _complaint(text: str) -> str:
    """What encoding/json says about a text; empty when it is valid."""
    try:
        _walk(text)
    except _Flaw as flaw:
        if flaw.position is None:
            return "unexpected end of JSON input"
        # kyverno: Go sees a space at the end, and of a character the first byte, printed as if it were Latin-1
        character = text[flaw.position : flaw.position + 1] or " "
        byte = character.encode("utf-8", "surrogatepass")[:1].decode("latin-1")
        return f"invalid character {_QUOTED.get(byte) or _quoted(byte)} {flaw.context}"
    return ""


_QUOTED = {"'": r"'\''", '"': "'\"'"}


def _quoted(byte: str) -> str:
    return f"'{strconv.quote(byte)[1:-1]}'"


def _walk(text: str) -> None:
    """Follow encoding/json's scanner until the first byte that it refuses."""
    stack: list[str] = []
    expected = "value"
    position = 0
    while True:
        match = _SPACE.match(text, position)
        assert match is not None
        start = match.end()
        if start == len(text):
            if expected == "end":
                return
            raise _Flaw(None)
        expected, position = _step(text, start, expected, stack)


_COMPLAINTS = {
    "value": "looking for beginning of value",
    "value or ]": "looking for beginning of value",
    "key": "looking for beginning of object key string",
    "key or }": "looking for beginning of object key string",
    ":": "after object key",
    ", or }": "after object key:value pair",
    ", or ]": "after array element",
    "end": "after top-level value",
}


def _step(text: str, start: int, expected: str, stack: list[str]) -> tuple[str, int]:
    """Read one token; what is expected after it, and where it ends."""
    character = text[start]
    match expected, character:
        case ("value" | "value or ]", "{"):
            stack.append("{")
            return "key or }", start + 1
        case ("value" | "value or ]", "["):
            stack.append("[")
            return "value or ]", start + 1
        case ("key" | "key or }", '"'):
            return ":", _string_end(text, start)
        case ("value" | "value or ]", '"'):
            return _after(stack), _string_end(text, start)
        case ("value" | "value or ]", "t" | "f" | "n"):
            return _after(stack), _literal_end(text, start)
        case ("value" | "value or ]", _) if character in "-0123456789":
            return _after(stack), _number_end(text, start)
        case (":", ":"):
            return "value", start + 1
        case (", or }", ","):
            return "key", start + 1
        case (", or ]", ","):
            return "value", start + 1
        case ("key or }" | ", or }", "}") | ("value or ]" | ", or ]", "]"):
            stack.pop()
            return _after(stack), start + 1
    raise _Flaw(start, _COMPLAINTS[expected])


def _after(stack: list[str]) -> str:
    if not stack:
        return "end"
    return ", or }" if stack[-1] == "{" else ", or ]"


def _string_end(text: str, start: int) -> int:
    position = start + 1
    while position < len(text):
        character = text[position]
        if character == '"':
            return position + 1
        if character < " ":
            raise _Flaw(position, "in string literal")
        if character == "\\":
            position += 1
            if position == len(text) or text[position] not in 'bfnrt\\/"u':
                raise _Flaw(position, "in string escape code")
            if text[position] == "u":
                for offset in range(position + 1, position + 5):
                    if offset == len(text) or text[offset] not in _HEXADECIMAL:
                        raise _Flaw(offset, "in \\u hexadecimal character escape")
                position += 4
        position += 1
    raise _Flaw(None)


def _literal_end(text: str, start: int) -> int:
    literal = _LITERALS[text[start]]
    for offset, wanted in enumerate(literal):
        found = text[start + offset : start + offset + 1]
        if found != wanted:
            raise _Flaw(start + offset, f"in literal {literal} (expecting '{wanted}')")
    return start + len(literal)


def _number_end(text: str, start: int) -> int:
    match = _NUMBER_STATES.match(text, start)
    if match is None:
        raise _Flaw(start + 1, "in numeric literal")
    end = match.end()
    following = text[end : end + 1]
    if following == "." and "." not in match[0] and "e" not in match[0].lower():
        raise _Flaw(end + 1, "after decimal point in numeric literal")
    if following in ("e", "E") and "e" not in match[0].lower():
        signed = text[end + 1 : end + 2] in ("+", "-") and end + 1 < len(text)
        raise _Flaw(end + 2 if signed else end + 1, "in exponent of numeric literal")
    return end
