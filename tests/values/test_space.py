"""White space as Go understands it."""

from __future__ import annotations

import pytest

from kywarden.values import space


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("", ""),
        (" \t\n a b \r\v\f", "a b"),
        ("\x85\xa0\u1680\u2028\u3000a\u2000", "a"),
        ("\x1ca\x1f", "\x1ca\x1f"),
        ("\u200ba", "\u200ba"),
    ],
)
def test_trimming_knows_unicode_space_but_no_separators(text: str, trimmed: str) -> None:
    assert space.trim(text) == trimmed
