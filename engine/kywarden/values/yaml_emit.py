"""Strings in YAML text and the order of keys, to the letter as Go's yaml v3 writes them.

A text with line feeds becomes a literal block where that can carry it, another one is written plain where it is read
back as a string, else quoted. Lines are never folded.
Source: go.yaml.in/yaml/v3 encode.go (style), resolve.go (what looks like another type), emitterc.go, sorter.go (keys).
"""

from __future__ import annotations

import re
from functools import cmp_to_key

from kywarden.values import yaml_scalars
from kywarden.values.strconv import MAX_INT64, MAX_UINT64, parse_float, wrapped

MAX_SIMPLE_KEY = 128
"""Bytes; a longer key is written after `? `."""

_WORDS = frozenset(yaml_scalars.WORDS)
"""Not strings in YAML 1.1 or 1.2."""

_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_INT = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_MARKED_INT = re.compile(r"(-?)0(?:b([-+]?[01]+)|o([-+]?[0-7]+))")
_BASES = (16, 2, 8, 10)
_MAX_DIGITS = 64

_BREAKS = "\n\r\x85\u2028\u2029"
_RUN = re.compile(f"[^{_BREAKS}]+")
_RUN_AFTER_BREAK = re.compile(f"(?<=[{_BREAKS}])[^{_BREAKS}]+")
_UNPRINTABLE = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_ESCAPED = re.compile('[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\\\]')
_INDICATOR = re.compile(r"[#,\[\]{}&*!|>'\"%@`]|[?:-](?:[ \t]|\Z)|---|\.\.\.")
_INNER_INDICATOR = re.compile(rf":(?:[ \t]|\Z)|[ \t\0{_BREAKS}]#")
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


def is_simple_key(key: str) -> bool:
    """Whether a key stands before its colon; another one is written after a question mark."""
    return not any(char in _BREAKS for char in key) and len(key.encode()) <= MAX_SIMPLE_KEY


def ended(text: str) -> str:
    """The text with its line ended; a literal block may have ended it already, with any kind of break."""
    return text if text[-1] in _BREAKS else f"{text}\n"


def scalar(text: str, indent: int, best: int) -> str:
    """One string in the style that yaml v3 chooses.

    indent: where its further lines begin; best: the indent of one level, which a literal block may have to name.
    """
    pad = " " * indent
    special = _UNPRINTABLE.search(text.replace("\t", "")) is not None
    space_before_break = re.search(f" [{_BREAKS}]", text) is not None
    if "\n" in text:
        if special or space_before_break or text.endswith(" "):
            return _double_quoted(text)
        return f"|{_hints(text, best)}\n{_RUN.sub(lambda run: pad + run[0], text)}"
    if not is_plain(text):
        return _double_quoted(text)
    space_after_break = re.search(f"[{_BREAKS}] ", text) is not None
    if special or space_before_break or space_after_break or "\t" in text:
        return _double_quoted(text)
    ends = text[0] + text[-1]
    if " " in ends or any(char in _BREAKS for char in text) or _INDICATOR.match(text) or _INNER_INDICATOR.search(text):
        return f"'{_RUN_AFTER_BREAK.sub(lambda run: pad + run[0], text.replace(chr(39), chr(39) * 2))}'"
    return text


def _hints(text: str, best: int) -> str:
    """After the `|`: the indent where the text begins with white space, what happens to the last line breaks."""
    indent = str(best) if text[0] in _BREAKS or text[0] == " " else ""
    if text[-1] not in _BREAKS:
        return f"{indent}-"
    return f"{indent}+" if len(text) == 1 or text[-2] in _BREAKS else indent


def _double_quoted(text: str) -> str:
    # kyverno: after a leading byte order mark every character is escaped
    if text.startswith("\ufeff"):
        return f'"{"".join(map(_escape, text))}"'
    return f'"{_ESCAPED.sub(lambda found: _escape(found[0]), text)}"'


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return f"\\{_ESCAPES[char]}"
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def is_plain(text: str) -> bool:
    """Whether the text, written plain, is read as a string by readers of YAML 1.1 and 1.2 alike."""
    if text in _WORDS:
        return False
    if text[0] == ".":
        return parse_float(text) is None
    if text[0] not in "+-0123456789":
        return True
    plain = text.replace("_", "")
    return not (_BASE60.fullmatch(text) or yaml_scalars.is_timestamp(text) or _is_int(plain) or _is_float(plain))


def _is_float(plain: str) -> bool:
    return yaml_scalars.FLOAT.fullmatch(plain) is not None and parse_float(plain) is not None


def _is_int(plain: str) -> bool:
    """A whole number of 64 bits with Go's prefixes; `0b` and `0o` take a sign behind them too."""
    if found := _INT.fullmatch(plain):
        return _fits(found[1], found.groups()[1:], _BASES)
    if found := _MARKED_INT.fullmatch(plain):
        digits = (found[2] or found[3]).lstrip("+-")
        inner = (found[2] or found[3])[: -len(digits)]
        return not (found[1] and inner) and _fits(found[1] or inner, (digits,), (2 if found[2] else 8,))
    return False


def _fits(sign: str, groups: tuple[str | None, ...], bases: tuple[int, ...]) -> bool:
    digits, base = next((digits, base) for digits, base in zip(groups, bases, strict=True) if digits)
    significant = digits.lstrip("0") or "0"
    number = int(significant, base) if len(significant) <= _MAX_DIGITS else MAX_UINT64 + 1
    return number <= {"": MAX_UINT64, "+": MAX_INT64, "-": MAX_INT64 + 1}[sign]


def _compare(left: str, right: str) -> int:
    return 1 if _is_less(right, left) else -1


def _is_less(left: str, right: str) -> bool:
    """Natural order: numbers inside texts by value (`a2` before `a10`), letters after other characters."""
    at = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), -1)
    if at < 0:
        return len(left) < len(right)
    letters = left[at].isalpha(), right[at].isalpha()
    if all(letters):
        return left[at] < right[at]
    if any(letters):
        return letters[0] if at and left[at - 1].isdecimal() else letters[1]
    leading = 0
    if "0" in (left[at], right[at]):
        before = at
        while before and left[before - 1].isdecimal():
            before -= 1
        leading = 1 if left[before:at].strip("0") else 0
    numbers = _number(left, at, leading), _number(right, at, leading)
    return (*numbers[0], left[at]) < (*numbers[1], right[at])


def _number(text: str, at: int, number: int) -> tuple[int, int]:
    """The number that the digits from here on make, in 64 bits as in Go, and where they end."""
    while at < len(text) and text[at].isdecimal():
        number = wrapped(number * 10 + ord(text[at]) - ord("0"))
        at += 1
    return number, at


NATURAL = cmp_to_key(_compare)
"""The order of keys: natural, see `_is_less`."""
