"""Whole numbers out of float64, the only number that expressions know."""

from __future__ import annotations

from kywarden.errors import EvaluationError
from kywarden.values import go_text

_LIMIT = 2.0**63


def whole(number: float) -> int:
    """The Go int of a float64 (`intNumber` in pkg/engine/jmespath/utils.go); raises `EvaluationError`."""
    if not number.is_integer():
        raise EvaluationError(f"expected an integer number but got: {go_text.sprint(number)}")
    if not -_LIMIT <= number < _LIMIT:
        raise EvaluationError(f"number is outside the range of integer numbers: {go_text.sprint(number)}")
    return int(number)


def truncated(number: float) -> int:
    """Go's conversion `int64(number)`: toward zero; what does not fit becomes the smallest int64 (as on amd64)."""
    return int(number) if -_LIMIT <= number < _LIMIT else int(-_LIMIT)
