"""Which results of a test are checked: `--test-case-selector "policy=…,rule=…,resource=…"`, with wildcards.

Source: cmd/cli/kubectl-kyverno/test/filter/filter.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.testing.manifest import Expectation
from kywarden.values import wildcard

EVERYTHING = "policy=*,rule=*,resource=*"
KEYS = ("policy", "rule", "resource")


@dataclass(frozen=True, slots=True)
class Selector:
    """patterns: key and wildcard, all of which a result must fit; problems: the parts that could not be read."""

    patterns: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that replace those of the results; none when everything is asked for."""
        if self.problems:
            return ()
        named: list[str] = []
        for key, value in self.patterns:
            if key == "resource":
                # kyverno: a star ends the collection, what was named before it stays
                if value == "*":
                    break
                named.append(value)
        return tuple(named)

    def selects(self, expectation: Expectation) -> bool:
        """Whether a result fits; what the result leaves open fits everything."""
        return all(_fits(expectation, key, pattern) for key, pattern in self.patterns)


def _fits(expectation: Expectation, key: str, pattern: str) -> bool:
    match key:
        case "policy":
            values = [expectation.policy] if expectation.policy else []
        case "rule":
            values = [expectation.rule] if expectation.rule else []
        case _:
            values = list(expectation.resources or ())
    return not values or any(wildcard.matches(pattern, value) for value in values)


def parse(text: str) -> Selector:
    """Read a selector; parts that cannot be read are named and left out."""
    patterns: list[tuple[str, str]] = []
    problems: list[str] = []
    for part in text.split(",") if text else ():
        pair = part.split("=")
        if len(pair) != 2:
            problems.append(
                f"Invalid test-case-selector argument ({part}). Parameter must be in the form `<key>=<value>`."
            )
            continue
        key, value = pair[0].strip(), pair[1].strip()
        if key in KEYS:
            patterns.append((key, value))
        else:
            problems.append(f"Invalid test-case-selector ({part}). Parameter can only be policy, rule or resource.")
    return Selector(tuple(patterns), tuple(problems))
