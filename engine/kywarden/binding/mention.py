"""Whether an expression mentions a context entry: found in its text, before it is parsed.

Source: Kyverno pkg/engine/context/deferred.go; reference C.6.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kywarden.values import regexes


def mention_of(name: str) -> Callable[[str], bool]:
    """The predicate for a name: it stands as a word that does not follow a letter, digit or dot.

    kyverno: so a word of a literal counts, and `x` is found in `x.y` but not in `y.x`.
    """
    if re.fullmatch(r"[\w-]+", name, re.ASCII):
        search = re.compile(rf"(?<![.0-9A-Za-z]){re.escape(name)}\b", re.ASCII).search
        return lambda text: name in text and search(text) is not None
    # kyverno: the name is part of a regular expression, unescaped
    return regexes.compile(rf"(?:\A|\z|\s|[^.0-9A-Za-z]){name}\b").search
