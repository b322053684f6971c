"""The text of a generated rule: paths into the Pod become paths into the pod template.

Kyverno replaces text in the JSON of the whole rule, keys, names and messages included, without looking at what it
means (pkg/autogen/v1/rule.go updateFields); references `$(…)` are moved in messages only (FindAndShiftReferences).
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

from kywarden.values.trees import Map, Tree

# kyverno: in JSON a carriage return is written `\r`, and its letter can begin the word `request`.
_PATH = re.compile(r"([r\r]equest\.(?:object|oldObject)\.)(spec|metadata)")
_CEL_PATH = re.compile(r"((?:object|oldObject)\.)(spec|metadata)")
_REFERENCE = re.compile(r"^\$\(.[^ ]*\)|[^\\]\$\(.[^ ]*\)")

T = TypeVar("T", bound=Tree)


def moved(rule: Map, template: str, *, cel: bool) -> Map:
    """The rule with all paths leading through the template, such as `spec.template`.

    cel: a rule with `validate.cel`, where paths begin with `object` or `oldObject`.
    """
    return cast(Map, _rewritten(rule, _CEL_PATH if cel else _PATH, rf"\g<1>{template}.\g<2>"))


def shifted(message: str, shift: str, pivot: str) -> str:
    """A message with `shift` put after the word `pivot` in each reference, such as `$(/pattern/spec/x)`.

    kyverno: for anyPattern the index in the first reference decides for all; of a character before a reference the
    first byte is read as a character of its own, so that one outside ASCII is garbled.
    """
    for found in _REFERENCE.findall(message):
        before, reference = ("", found) if found.startswith("$(") else (found[0], found[1:])
        if pivot == "anyPattern":
            after = reference.find(pivot) + len(pivot) + 1
            pivot = f"{pivot}/{reference[after:].split('/')[0]}"
        replacement = _garbled(before) + reference.replace(pivot, f"{pivot}/{shift}")
        message = message.replace(found, replacement, 1)
    return message


def _rewritten(tree: Tree, path: re.Pattern[str], replacement: str) -> Tree:
    match tree:
        case str():
            return _valid(_moved_text(tree, path, replacement))
        case dict():
            return {
                _moved_text(key, path, replacement): _rewritten(value, path, replacement) for key, value in tree.items()
            }
        case list():
            return [_rewritten(value, path, replacement) for value in tree]
    return tree


def _moved_text(text: str, path: re.Pattern[str], replacement: str) -> str:
    return path.sub(replacement, text) if "bject." in text else text


def _garbled(character: str) -> str:
    """Bytes that are no text on their own are carried as lone surrogates until the rule is written."""
    if not character:
        return ""
    first, *rest = character.encode(errors="surrogateescape")
    return chr(first) + bytes(rest).decode(errors="surrogateescape")


def _valid(text: str) -> str:
    """Each byte that is no text becomes U+FFFD, as when Go writes JSON."""
    return text if text.isprintable() else re.sub("[\ud800-\udfff]", "\ufffd", text)
