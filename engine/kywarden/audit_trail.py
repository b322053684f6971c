"""The trace that failed Audit rules leave: annotations for the API server's audit log.

The API server drops, with a warning in its own log, each annotation whose key is no qualified name; so a key that a
rule's name would spoil is mended, and the text then says of which rule it speaks.
Source: k8s.io/apiserver pkg/admission/audit.go, k8s.io/apimachinery pkg/util/validation IsQualifiedName.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from kywarden.model.verdict import RuleResult

PHASES = ("auditwarn", "audit")
MAX_KEY = 63

_UNFIT = re.compile(r"[^-A-Za-z0-9_.]")
_ENDS = "-_."
_DIGEST = 8


def of(results: Iterable[RuleResult]) -> dict[str, str]:
    """A text for each Audit rule that failed or is in error, by `policy.rule`; none is lost, whatever its name."""
    trail: dict[str, list[str]] = {}
    for result in results:
        if result.phase in PHASES and result.status in ("fail", "error"):
            name = f"{result.policy.replace('/', '.')}.{result.rule}"
            key = _key(name)
            text = f"{result.status}: {result.message}"
            texts = trail.setdefault(key, [])
            text = text if key == name else f"{name}: {text}"
            if text not in texts:
                texts.append(text)
    return {key: "; ".join(texts) for key, texts in trail.items()}


def _key(name: str) -> str:
    """The name itself where it can be a key, else the nearest that can."""
    fit = _UNFIT.sub("-", name).strip(_ENDS) or "rule"
    if len(fit) <= MAX_KEY:
        return fit
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{fit[: MAX_KEY - _DIGEST - 1].rstrip(_ENDS)}-{digest}"
