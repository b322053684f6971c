"""Chainsaw's assertions: whether an object is as an end-to-end test says that it must be.

Source: https://kyverno.github.io/chainsaw/latest/reference/jp/ and the shape told in the corpus README: each named
field fits; lists have the same length; a key in parentheses is a JMESPath expression about the object at that place.
"""

from __future__ import annotations

from typing import Any

from kywarden import jmes
from kywarden.host.given import GivenHost
from kywarden.values.trees import same
from tests import data

Tree = Any


def misfit(assertion: Tree, found: Tree, path: str = "") -> str:
    """The path of the first field that does not fit, and what is there; empty when all fit."""
    if isinstance(assertion, dict):
        for key, wanted in assertion.items():
            is_expression = key.startswith("(") and key.endswith(")")
            if is_expression:
                value = jmes.compile(key[1:-1]).search(found, GivenHost().world({}, data.PATIENCE))
            elif isinstance(found, dict) and key in found:
                value = found[key]
            else:
                return f"{path}.{key} is missing"
            if text := misfit(wanted, value, f"{path}.{key}"):
                return text
        return ""
    if isinstance(assertion, list):
        if not isinstance(found, list) or len(found) != len(assertion):
            return f"{path} is {found!r}, not a list of {len(assertion)}"
        pairs = enumerate(zip(assertion, found, strict=True))
        return next((text for index, pair in pairs if (text := misfit(*pair, f"{path}[{index}]"))), "")
    return "" if same(assertion, found) else f"{path} is {found!r}, not {assertion!r}"
