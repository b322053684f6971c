"""Kyverno's own answers: generated probes and the vectors of its unit tests."""

from __future__ import annotations

from typing import Any

import pytest

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.jmes import FUNCTIONS
from kywarden.jmes.foreign import Int, MapList
from kywarden.values.trees import Tree, floated
from tests import data
from tests.jmes.worlds import world

pytestmark = pytest.mark.corpus

TYPES: dict[str, type] = {
    "string": str,
    "bool": bool,
    "float64": float,
    "int": Int,
    "int64": int,
    "<nil>": type(None),
    "[]interface {}": list,
    "[]map[string]interface {}": MapList,
    "map[string]interface {}": dict,
    "jmespath.expRef": dict,
}

OTHER_TEXT = {'yaml: invalid map key: []interface {}{"a"}': 2}
"""Errors whose text differs, with their number: Go prints the key with its types."""

WINDOWS = {"path_canonicalize('C:": 4}
"""Vectors that hold on Windows only."""


def _equal(left: Any, right: Any) -> bool:
    """Numbers by value, booleans apart from them."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return float(left) == float(right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return type(left) is type(right) and bool(left == right)


def _outcome(text: str, root: Tree) -> tuple[Tree, str]:
    try:
        return jmes.compile(text).search(root, world()), ""
    except EvaluationError as error:
        return None, str(error)


def test_probes_are_answered_as_kyverno_does() -> None:
    differences: list[tuple[Any, ...]] = []
    texts: dict[str, int] = {}
    for row in data.probes("jmespath"):
        text, root = row["args"]
        result, error = _outcome(text, floated(root) if row.get("float") else root)
        if bool(error) != ("error" in row):
            differences.append((text, row.get("error"), error))
        elif error and error != row["error"]:
            texts[row["error"]] = texts.get(row["error"], 0) + 1
        elif not error and not (_equal(result, row.get("result")) and type(result) is TYPES[row["type"]]):
            differences.append((text, row.get("result"), result))
    assert differences == [], differences[:5]
    assert texts == OTHER_TEXT


def _fits(expected: Any, result: Tree, error: str) -> bool:
    if isinstance(expected, dict) and "error" in expected:
        return bool(error) and (expected["error"] is True or expected["error"] in error)
    return not error and _equal(result, expected)


def test_unit_vectors_hold() -> None:
    differences = []
    windows: dict[str, int] = {}
    for row in data.unit("jmespath", "jmespath"):
        text = row["args"]["query"]
        result, error = _outcome(text, floated(row["args"].get("data", "")))
        if _fits(row["expected"], result, error):
            continue
        known = next((start for start in WINDOWS if text.startswith(start)), None)
        if known is None:
            differences.append((text, row["expected"], result, error))
        else:
            windows[known] = windows.get(known, 0) + 1
    assert differences == [], differences[:5]
    assert windows == WINDOWS


def test_unit_vectors_of_single_functions_hold() -> None:
    differences = []
    for row in data.unit("jmespath", "jmespath function"):
        arguments = list(row["args"]["arguments"])
        try:
            result, error = FUNCTIONS[row["args"]["name"]].call(arguments, world()), ""
        except EvaluationError as raised:
            result, error = None, str(raised)
        if not _fits(row["expected"], result, error):
            differences.append((row["args"], row["expected"], result, error))
    assert differences == [], differences[:5]
