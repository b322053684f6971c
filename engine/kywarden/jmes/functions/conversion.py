"""Values as the text that some functions work on (`ifaceToString` in pkg/engine/jmespath/functions.go)."""

from __future__ import annotations

from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.foreign import Int
from kywarden.values import strconv


def text_of(value: Any) -> str:
    """A string, number or boolean as text; raises `EvaluationError` for everything else, integers included.

    kyverno: a number is printed with the precision of float32, so 16777217 becomes 16777216.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return strconv.float32_text(value)
    if isinstance(value, Int):
        return str(int(value))
    raise EvaluationError("error, undefined type cast")
