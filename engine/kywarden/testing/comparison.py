"""Expectations against outcomes: the rows of a test.

A result names a policy, a rule and resources; each resource it names becomes at least one row. A policy that answered
nothing counts as passed (`Excluded`), a policy that is not there as failed. What needs a policy that we do not support
is neither: `Unsupported`.
Source: cmd/cli/kubectl-kyverno/commands/test/{output,command,compare}.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from kywarden.kinds.table import KINDS
from kywarden.model.verdict import RuleResult
from kywarden.testing import objects
from kywarden.testing.application import Outcome
from kywarden.testing.counters import message
from kywarden.testing.files import Files
from kywarden.testing.manifest import Expectation
from kywarden.testing.policies import LoadedPolicy

Key: TypeAlias = tuple[str, str, str, str]
"""apiVersion, kind, namespace and name of a resource; of a payload its file alone, in the last place."""

Verdict: TypeAlias = Literal["Pass", "Fail", "Skip", "Unsupported"]

EXCLUDED, NOT_FOUND, INVALID = "Excluded", "Not found", "Invalid Policy"
COPIES = ("", "autogen-", "autogen-cronjob-")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of results.

    verdict: whether the expectation was met; Skip: the policy is invalid, which counts as met. topic: the type of the
    rule, for statistics.
    """

    number: int
    policy: str
    rule: str
    resource: str
    verdict: Verdict
    reason: str
    message: str
    topic: str = ""

    @property
    def failed(self) -> bool:
        return self.verdict == "Fail"


@dataclass(frozen=True, slots=True)
class Triggers:
    """The resources of a test with the outcomes of all policies.

    outcomes: of the run in which values decide about the operation; by_operation: of further runs for the operations
    that results name.
    """

    outcomes: Mapping[Key, Sequence[Outcome]]
    by_operation: Mapping[str, Mapping[Key, Sequence[Outcome]]] = field(default_factory=dict)

    def of(self, operation: str) -> Mapping[Key, Sequence[Outcome]]:
        return self.by_operation.get(operation, {}) if operation else self.outcomes


@dataclass(slots=True)
class Comparison:
    """Compares the results of one test; `colour` marks the parts of a difference for a terminal."""

    policies: Sequence[LoadedPolicy]
    triggers: Triggers
    folder: str
    files: Files
    colour: Callable[[str, str], str]
    rows: list[Row] = field(default_factory=list)

    def check(self, expectations: Sequence[Expectation]) -> list[Row]:
        """The rows of all expectations, numbered from 1."""
        for expectation in expectations:
            outcomes = self.triggers.of(expectation.operation)
            for key in _selected(expectation, outcomes):
                self.rows.extend(self._numbered(self._rows(expectation, key, outcomes[key])))
        return self.rows

    def _numbered(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            yield replace(row, number=len(self.rows) + 1)

    def _rows(self, expectation: Expectation, key: Key, outcomes: Sequence[Outcome]) -> Iterator[Row]:
        named = [policy for policy in self.policies if policy.name == bare(expectation.policy)]
        topic = _topic(named, expectation.rule)
        unsupported = next((policy.unsupported for policy in named if policy.unsupported), "")
        if unsupported and not any(policy.program for policy in named):
            yield _row(expectation, expectation.rule, key, "Unsupported", "Unsupported", unsupported, topic)
            return
        found = missing = False
        for outcome in outcomes:
            if outcome.policy.name != bare(expectation.policy):
                continue
            for result in _named(expectation, outcome.results):
                met, said, reason = self._met(expectation, outcome, result)
                if not expectation.fails_on_missing and objects.NOT_IN_FILE in said:
                    missing = True
                    continue
                found = True
                yield _row(expectation, result.rule, key, "Pass" if met else "Fail", reason, said, topic)
            if not found and not missing:
                # kyverno: the first policy of the name that says nothing counts as an answer
                found = True
                yield _row(expectation, expectation.rule, key, "Pass", EXCLUDED, EXCLUDED, topic)
        if found or missing:
            return
        invalid = next((policy.invalid for policy in named if policy.invalid), "")
        if invalid:
            yield _row(expectation, expectation.rule, key, "Skip", INVALID, invalid, topic)
        else:
            yield _row(expectation, expectation.rule, key, "Fail", NOT_FOUND, NOT_FOUND, topic)

    def _met(self, expectation: Expectation, outcome: Outcome, result: RuleResult) -> tuple[bool, str, str]:
        """Whether a rule's result is as expected, with message and reason of the row."""
        actual = outcome.patched if result.type == "Mutation" else outcome.resource
        patched = (expectation.patched,) if expectation.patched else ()
        for paths, what in ((patched, "patched"), (expectation.generated, "generated")):
            found = [objects.compare(actual, self.folder, path, what, self.files, self.colour) for path in paths]
            # of several files one is enough
            if found and None not in found and (difference := found[-1]) is not None:
                return False, difference.text, difference.reason
        status = reported(outcome.policy, result)
        if status != expectation.result:
            return False, message(result), f"Want {expectation.result}, got {status}"
        return True, message(result), "Ok"


def reported(policy: LoadedPolicy, result: RuleResult) -> str:
    """The status of a result in reports: a failure of an unscored policy is a warning."""
    return "warn" if result.status == "fail" and not policy.scored else result.status


def bare(policy: str) -> str:
    """A policy's name without the namespace before it, which is never checked."""
    return policy.rpartition("/")[2]


def _selected(expectation: Expectation, outcomes: Mapping[Key, Sequence[Outcome]]) -> list[Key]:
    """The resources that a result is about; all when it names none that is loaded."""
    selected: list[Key] = []
    for name in expectation.resources or ():
        parts = name.split("/")
        selected.extend(
            key
            for key in outcomes
            if (len(parts) == 1 and key[3] == name)
            or (len(parts) == 2 and parts == [key[2], key[3]])
            or (key[:3] == ("", "", "") and key[3] == name)
        )
    # kyverno: specs count only beside a list of resources
    for spec in expectation.specs if expectation.resources is not None else ():
        version = f"{spec.group}/{spec.version}" if spec.group else spec.version
        selected.extend(key for key in outcomes if (key[0], key[2], key[3]) == (version, spec.namespace, spec.name))
    return selected or list(outcomes)


def _named(expectation: Expectation, results: Sequence[RuleResult]) -> Iterator[RuleResult]:
    """The results of the rule that is meant, its copies for controllers included; of all rules when none is named."""
    names = {prefix + expectation.rule for prefix in COPIES}
    return (result for result in results if not expectation.rule or result.rule in names)


def _topic(policies: Sequence[LoadedPolicy], rule: str) -> str:
    for policy in policies:
        entry = KINDS.get(policy.key)
        return policy.kind if entry is None else entry.facts.topic(policy.tree, rule)
    return "no policy"


def _row(expectation: Expectation, rule: str, key: Key, verdict: Verdict, reason: str, message: str, topic: str) -> Row:
    return Row(0, expectation.policy, rule, shown(key), verdict, reason, message, topic)


def shown(key: Key) -> str:
    """A resource as rows name it: `apiVersion/Kind/namespace/name`, a payload by its file."""
    return key[3] if key[:3] == ("", "", "") else "/".join(key)
