"""Why a text is no quantity, in the words of `k8s.io/apimachinery` (pkg/api/resource/quantity.go).

Only the error matters here, never the value, so nothing is computed and a huge exponent costs nothing.
"""

from __future__ import annotations

import re

from kywarden.values.strconv import INT64

FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_SUFFIX = "unable to parse quantity's suffix"
_NUMERIC = "unable to parse numeric part of quantity"

_WHITE_SPACE = " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What Go trims, without the characters that JSON text escapes: the text was JSON when it was trimmed."""

_SHAPE = re.compile(r"[+-]?(?P<number>[0-9]*(?:\.[0-9]*)?)(?P<suffix>[eEinumkKMGTP]*[-+]?[0-9]*)")
_KNOWN = re.compile(r"[numkMGTPE]?|[KMGTPE]i")
_EXPONENT = re.compile(r"[eE](?P<sign>[-+]?)0*(?P<digits>[0-9]{1,19})")
_NANO = -9


def error(text: str) -> str:
    """The error of a JSON string, or of a number's text, as a quantity; empty when it is one."""
    text = text.strip(_WHITE_SPACE)
    found = _SHAPE.fullmatch(text) if text else None
    if found is None:
        return FORMAT
    suffix, digits = found["suffix"], any(map(str.isdecimal, found["number"]))
    if _KNOWN.fullmatch(suffix):
        # kyverno: a number without any digit is zero, unless the suffix leads to the slower of Go's two readers.
        return "" if digits or suffix not in ("Pi", "Ei") else _NUMERIC
    power = _EXPONENT.fullmatch(suffix)
    if not power or (exponent := int(power["sign"] + power["digits"])) not in INT64:
        return _SUFFIX
    return "" if digits or _as_int32(exponent) >= _NANO else _NUMERIC


def _as_int32(number: int) -> int:
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)
