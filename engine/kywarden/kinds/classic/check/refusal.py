"""What the policy check says: one problem in Kyverno's words, and several joined as Kyverno joins them.

Kyverno builds its sentences in two ways: `path: Kind: detail` as Kubernetes does (k8s.io/apimachinery
pkg/util/validation/field), where all problems of the structure are collected; and free sentences, of which the first
ends the check.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kywarden.errors import PolicyError
from kywarden.values.strconv import quote


@dataclass(eq=False)
class Refusal(PolicyError):
    """A policy that Kyverno refuses.

    sentence: Kyverno's whole text with the place as Kyverno writes it, which is not always the real one; `path` is.
    detail: the reason without the value that is wrong, empty where it shows none.
    """

    sentence: str = ""
    detail: str = ""


def text(problems: Iterable[PolicyError]) -> str:
    """The text with which Kyverno refuses a policy: `a`, or `[a, b]` without repetitions; empty for no refusal."""
    sentences = list(dict.fromkeys(problem.sentence for problem in problems if isinstance(problem, Refusal)))
    return sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]" if sentences else ""


def free(sentence: str, path: str = "") -> Refusal:
    """A sentence without a place in it."""
    return Refusal(sentence, path=path, sentence=sentence)


def invalid(path: str, shown: str, detail: str, *, place: str = "") -> Refusal:
    """A wrong value, shown as JSON; place: the real path, where Kyverno's `path` is another."""
    return replace(_field(path, f"Invalid value: {shown}: {detail}", place), detail=detail)


def invalid_text(path: str, value: str, detail: str, *, place: str = "") -> Refusal:
    """A wrong string."""
    return invalid(path, quote(value), detail, place=place)


def forbidden(path: str, detail: str, *, place: str = "") -> Refusal:
    return _field(path, f"Forbidden: {detail}", place)


def required(path: str, detail: str = "", *, place: str = "") -> Refusal:
    return _field(path, f"Required value: {detail}" if detail else "Required value", place)


def too_long(path: str, limit: int, *, place: str = "") -> Refusal:
    return _field(path, f"Too long: may not be more than {limit} bytes", place)


def _field(path: str, reason: str, place: str) -> Refusal:
    return Refusal(reason, path=place or path, sentence=f"{path}: {reason}")
