"""What a policy excludes: an entry of `validate.podSecurity.exclude`, and the entries of an exception.

The policy check of the entries (api/kyverno/v1/common_types.go PodSecurityStandard.Validate, rule_types.go
ValidatePSaControlNames) and their effect on the errors of the checks (pkg/pss/evaluate.go exemptExclusions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kywarden.errors import PolicyError
from kywarden.judging.pod_security import pods
from kywarden.judging.pod_security.checks import CHECKS, Check, FieldError, Judge
from kywarden.judging.pod_security.pods import Container, Pod
from kywarden.values import wildcard
from kywarden.values.strconv import quote
from kywarden.values.trees import Poll, Tree

_OF_CONTAINERS = frozenset(
    {"Capabilities", "Privileged Containers", "Host Ports", "/proc Mount Type", "Privilege Escalation"}
)
_OF_PODS = frozenset({"Host Namespaces", "HostPath Volumes", "Sysctls", "Volume Types"})
_RESTRICTED = frozenset(check.control for check in CHECKS if check.level == "restricted")
_OF_BOTH_LEVELS = frozenset({"Capabilities", "Seccomp"})
CONTROLS = frozenset(check.control for check in CHECKS if check.control)
"""The names of the controls; another name excludes nothing."""

_T = TypeVar("_T")
_NUMBER = re.compile("[0-9]+")

Errors = dict[str, list[FieldError]]
"""The field errors that are left, by the identifier of the check."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One entry.

    images: patterns of the images whose containers are exempt; empty: the entry is about the pod.
    restricted_field: the field that is exempt, with `[*]` for every index, empty for all; values: patterns of its
    exempt values, empty for all.
    """

    control: str
    images: tuple[str, ...] = ()
    restricted_field: str = ""
    values: tuple[str, ...] = ()
    _image_matchers: tuple[Callable[[str], bool], ...] = field(init=False, repr=False, compare=False)
    _value_matchers: tuple[Callable[[str], bool], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_image_matchers", tuple(map(wildcard.prepare, self.images)))
        object.__setattr__(self, "_value_matchers", tuple(map(wildcard.prepare, self.values)))

    def names_image(self, image: str) -> bool:
        """kyverno: the image as written in the container, without default registry or tag."""
        return any(matches(image) for matches in self._image_matchers)

    def covers(self, error: FieldError) -> bool:
        """Whether the entry exempts this error: its field, and every value that it shows."""
        if self.restricted_field and self.restricted_field != _generic(error.field):
            return False
        return not self.values or all(
            any(matches(value) for matches in self._value_matchers) for value in _shown(error.bad)
        )


def prepare(tree: Tree, path: str = "exclude") -> tuple[Exclusion, ...]:
    """The entries of a policy or exception; raises PolicyError for a shape that Kyverno cannot decode."""
    if tree is None:
        return ()
    if not isinstance(tree, list):
        raise PolicyError("must be a list", path=path)
    return tuple(_read(item, f"{path}[{index}]") for index, item in enumerate(tree))


def _read(tree: Tree, path: str) -> Exclusion:
    if not isinstance(tree, dict):
        raise PolicyError("must be an object", path=path)

    def text(key: str) -> str:
        value = tree.get(key)
        if value is not None and not isinstance(value, str):
            raise PolicyError("must be a string", path=f"{path}.{key}")
        return value or ""

    def texts(key: str) -> tuple[str, ...]:
        value = tree.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(item is None or isinstance(item, str) for item in value):
            raise PolicyError("must be a list of strings", path=f"{path}.{key}")
        # kyverno: null in a list of strings is an empty one
        return tuple(item if isinstance(item, str) else "" for item in value)

    return Exclusion(text("controlName"), texts("images"), text("restrictedField"), texts("values"))


def check(exclusions: Sequence[Exclusion], path: str, level: str = "") -> list[PolicyError]:
    """What the policy check says of the entries; path: of the list, such as `spec.rules[0].podSecurity.exclude`.

    level: of the rule; empty for the entries of an exception. `str()` of an error is Kyverno's text.
    """
    return [
        PolicyError(reason, path=f"{path}[{index}].{key}")
        for index, exclusion in enumerate(exclusions)
        for key, reason in _faults(exclusion, level)
    ]


def _faults(exclusion: Exclusion, level: str) -> Iterator[tuple[str, str]]:
    control = exclusion.control
    invalid = f"Invalid value: {quote(control)}: "
    if control in _OF_CONTAINERS and not exclusion.images:
        yield "controlName", f"{invalid}exclude.images must be specified for the container level control"
    if control in _OF_PODS and exclusion.images:
        yield "controlName", f"{invalid}exclude.images must not be specified for the pod level control"
    if exclusion.restricted_field and not exclusion.values:
        yield "values", "Forbidden: values is required"
    if exclusion.values and not exclusion.restricted_field:
        yield "restrictedField", "Forbidden: restrictedField is required"
    if level == "baseline" and control not in _OF_BOTH_LEVELS and control in _RESTRICTED:
        yield "controlName", f"{invalid}Invalid control name defined at the given level"


def exempt(
    errors: Mapping[str, list[FieldError]],
    exclusions: Sequence[Exclusion],
    checks: Sequence[tuple[Check, Judge]],
    pod: Pod,
    poll: Poll,
) -> Errors:
    """The errors of a pod without the excluded ones; a check whose errors are all excluded is gone.

    kyverno: an entry is judged on a pod of its own (the containers with its images, or an empty container), and each
    error found there takes one error away from the real pod. The last error of the check moves into its place.
    """
    left = {check_id: list(found) for check_id, found in errors.items()}
    for exclusion in exclusions:
        poll()
        sample = pods.only(_named(exclusion, pod.containers, poll)) if exclusion.images else pods.hollow(pod)
        for row, judge in checks:
            if row.control == exclusion.control and row.control and left.get(row.id):
                _take(left, row.id, exclusion, judge(sample) or [], poll)
    return left


def _named(exclusion: Exclusion, containers: Iterable[Container], poll: Poll) -> Iterator[Container]:
    for container in containers:
        poll()
        if exclusion.names_image(container.image):
            yield container


def _take(left: Errors, check_id: str, exclusion: Exclusion, found: Sequence[FieldError], poll: Poll) -> None:
    remaining = left[check_id]
    names = [_name(error, exclusion) for error in remaining]
    for error in found:
        poll()
        if not exclusion.covers(error):
            continue
        name = _name(error, exclusion)
        if name in names:
            at = names.index(name)
            _replace_by_last(remaining, at)
            _replace_by_last(names, at)
    if not remaining:
        del left[check_id]


def _replace_by_last(rows: list[_T], at: int) -> None:
    rows[at] = rows[-1]
    rows.pop()


def _name(error: FieldError, exclusion: Exclusion) -> tuple[str, str]:
    """By what an error is found again: its field, and its container where the entry is about containers."""
    return _generic(error.field), error.container if exclusion.images else ""


def _generic(path: str) -> str:
    return _NUMBER.sub("*", path)


def _shown(bad: str | bool | int | tuple[str, ...]) -> tuple[str, ...]:
    """The values of an error as the patterns of an entry see them."""
    match bad:
        case bool():
            return ("true" if bad else "false",)
        case int():
            return (str(bad),)
        case str():
            return (bad,) if bad else ()
        case _:
            return bad
