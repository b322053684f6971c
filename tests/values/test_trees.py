"""Trees as Go's JSON carries them from one step to the next."""

from __future__ import annotations

import pytest

from kywarden.values.trees import encoded, same


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (3.0, 3),
        (-0.0, 0),
        (1.5, 1.5),
        (float(2**53), 2**53),
        (float(2**60), 1152921504606847000),
        (-float(2**60), -1152921504606847000),
        (float(2**63 - 1024), 9223372036854775000),
        (-float(2**63), -float(2**63)),
        (float(2**63), float(2**63)),
        (1e21, 1e21),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_a_whole_float_comes_back_as_the_integer_that_go_writes(number: float, read: float) -> None:
    assert same(encoded([number]), [read])
