"""kywarden in the place of Kyverno's command line: every recorded run, replayed.

Exit code, STDOUT, STDERR and files are the same, but for what stands in `DIFFERENCES`, whose reasons are checked, and
for runs that need what is not supported (`UNSUPPORTED`), which end with 1; both tables are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kywarden.cli import apply, jp, test
from kywarden.cli.drop_in import Command
from tests.conformance import cli_runs
from tests.conformance.cli_runs import Answer, Run

ELSEWHERE = frozenset(("version", "root", "help"))
"""Runs that are not about `test`, `apply` or `jp`, or only show a help page, which is our own."""

NAMED_ON_STDERR = "what Kyverno leaves out without a word is named on STDERR"
SAID_ON_STDERR = "a flag that has no effect here is named on STDERR"
CRASHES_ON_A_LIST = "Kyverno crashes on a List among the resources: its items are judged"
CRASHES_ON_THE_SAME = "Kyverno crashes on a resource that stands twice: it is judged twice"
CRASHES_ON_AN_ARRAY = "Kyverno crashes on a payload that is no object: it is refused in one line"
NO_NETWORK = "nothing is fetched from the network, which is said instead"
GOES_ON = "the tests that can be read are run all the same"
OWN_HELP = "the help page is our own"
OWN_NAME = "the command is called kywarden"
OWN_NOTES = "the notes about functions are our own, each with an example, and JMESPath's functions are there, too"

DIFFERENCES = {
    "apply-cluster-kubeconfig": SAID_ON_STDERR,
    "apply-directory-broken": NAMED_ON_STDERR,
    "apply-directory-unknown-field": NAMED_ON_STDERR,
    "apply-documents-foreign": NAMED_ON_STDERR,
    "apply-documents-some-bad": NAMED_ON_STDERR,
    "apply-dot": NAMED_ON_STDERR,
    "apply-git": NO_NETWORK,
    "apply-glob": NAMED_ON_STDERR,
    "apply-json-array": CRASHES_ON_AN_ARRAY,
    "apply-policy-broken": NAMED_ON_STDERR,
    "apply-policy-empty": NAMED_ON_STDERR,
    "apply-policy-hidden": NAMED_ON_STDERR,
    "apply-policy-missing": NAMED_ON_STDERR,
    "apply-policy-missing-second": NAMED_ON_STDERR,
    "apply-policy-stdin-null": NAMED_ON_STDERR,
    "apply-policy-unknown-field": NAMED_ON_STDERR,
    "apply-policy-wrong-type": NAMED_ON_STDERR,
    "apply-resource-http": NO_NETWORK,
    "apply-resource-list": CRASHES_ON_A_LIST,
    "apply-resource-stdin-null": NAMED_ON_STDERR,
    "apply-resource-twice": CRASHES_ON_THE_SAME,
    "jp-function": OWN_NOTES,
    "jp-function-one": OWN_NOTES,
    "jp-function-two": OWN_NOTES,
    "jp-nothing": OWN_HELP,
    "jp-unknown": OWN_NAME,
    "test-broken-beside": GOES_ON,
    "test-git": NO_NETWORK,
    "test-list": CRASHES_ON_A_LIST,
}
"""The runs that come out differently, and why."""

NEEDS_CEL = "CEL is not supported"
GENERATE = "generate rules are not an admission matter"
MUTATE_EXISTING = "mutating what exists is not an admission matter"

UNSUPPORTED = {
    "apply-cel": NEEDS_CEL,
    "apply-context-file": NEEDS_CEL,
    "apply-context-file-missing": NEEDS_CEL,
    "apply-context-file-none": NEEDS_CEL,
    "apply-custom-kind-vpol": NEEDS_CEL,
    "apply-generate": GENERATE,
    "apply-generate-o": GENERATE,
    "apply-json-fail": NEEDS_CEL,
    "apply-json-no-match": NEEDS_CEL,
    "apply-json-report": NEEDS_CEL,
    "apply-json-table": NEEDS_CEL,
    "apply-json-two": NEEDS_CEL,
    "apply-mpol": NEEDS_CEL,
    "apply-mpol-no-match": NEEDS_CEL,
    "apply-mpol-two": NEEDS_CEL,
    "apply-mutate-existing": MUTATE_EXISTING,
    "apply-mutate-existing-none": MUTATE_EXISTING,
    "apply-report-vpol": NEEDS_CEL,
    "apply-table-cluster-scoped": GENERATE,
    "apply-table-vpol": NEEDS_CEL,
    "apply-vap": NEEDS_CEL,
    "apply-vpol": NEEDS_CEL,
    "apply-vpol-audit": NEEDS_CEL,
    "apply-vpol-audit-warn": NEEDS_CEL,
    "apply-vpol-audit-warn-table": NEEDS_CEL,
    "apply-vpol-autogen": NEEDS_CEL,
    "apply-vpol-bad-annotation": NEEDS_CEL,
    "apply-vpol-broken": NEEDS_CEL,
    "apply-vpol-broken-continue": NEEDS_CEL,
    "apply-vpol-exception": NEEDS_CEL,
    "test-cel": NEEDS_CEL,
    "test-exception": NEEDS_CEL,
    "test-generate": GENERATE,
    "test-json": NEEDS_CEL,
}
"""The runs that come out differently because they need what is not supported, which they say on STDERR."""


def _but_for_our_lines(run: Run, answer: Answer) -> bool:
    return not cli_runs.difference(run, answer.without_our_lines())


def _has_crashed(run: Run, answer: Answer) -> bool:
    return run["exit"] == 2 and "panic: " in run["stderr"] and answer.exit in (0, 1)


def _but_for_the_cause(run: Run, answer: Answer) -> bool:
    """The same but for the words about a connection."""
    outs = [(run["stdout"], answer.stdout), (run["stderr"], answer.stderr)]
    changed = [line for pair in outs for line in _lines_of_one(*pair)]
    return answer.exit == run["exit"] and all("127.0.0.1:1: connect" in line for line in changed)


def _lines_of_one(one: str, other: str) -> list[str]:
    """The lines of a text that the other has not; both have as many."""
    pairs = zip(one.splitlines(), other.splitlines(), strict=True)
    return [line for line, counterpart in pairs if line != counterpart]


def _goes_on(run: Run, answer: Answer) -> bool:
    more = answer.stdout.removeprefix(run["stdout"])
    return more.startswith("Loading test ") and (answer.exit, answer.stderr) == (run["exit"], run["stderr"])


def _but_for_the_name(run: Run, answer: Answer) -> bool:
    return not cli_runs.difference(run, replace(answer, stderr=answer.stderr.replace("kywarden", "kyverno")))


def _but_for_notes(run: Run, answer: Answer) -> bool:
    kept = [line for line in run["stdout"].splitlines() if not line.startswith("  Note: ")]
    ours = iter(answer.stdout.splitlines())
    return answer.exit == run["exit"] and all(line in ours for line in kept)


REASONS: Mapping[str, Callable[[Run, Answer], bool]] = {
    NAMED_ON_STDERR: _but_for_our_lines,
    SAID_ON_STDERR: _but_for_our_lines,
    CRASHES_ON_A_LIST: _has_crashed,
    CRASHES_ON_THE_SAME: _has_crashed,
    CRASHES_ON_AN_ARRAY: _has_crashed,
    NO_NETWORK: _but_for_the_cause,
    GOES_ON: _goes_on,
    OWN_HELP: lambda run, answer: answer.exit == run["exit"],
    OWN_NAME: _but_for_the_name,
    OWN_NOTES: _but_for_notes,
}
"""What is true of a run that differs for a reason."""


@pytest.mark.corpus
def test_every_recorded_run_comes_out_the_same(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    counts: Counter[str] = Counter()
    unexpected: list[str] = []
    differing: set[str] = set()
    unsupported: set[str] = set()
    inputs = cli_runs.Inputs(tmp_path / "inputs")
    for run in cli_runs.runs():
        if run["id"].partition("-")[0] in ELSEWHERE:
            counts["elsewhere"] += 1
            continue
        answer = inputs.replay(run)
        difference = cli_runs.difference(run, answer)
        if not difference:
            counts["equal"] += 1
        elif answer.unsupported:
            unsupported.add(run["id"])
            assert answer.exit == 1, run["id"]
            counts[f"unsupported: {UNSUPPORTED.get(run['id'])}"] += 1
        else:
            differing.add(run["id"])
            reason = DIFFERENCES.get(run["id"], "")
            counts[reason] += 1
            if not reason or not REASONS[reason](run, answer):
                unexpected.append(f"{run['id']}: {difference}")
    record_property("table", "\n".join(f"{number:5} {reason}" for reason, number in counts.most_common()))
    assert not unexpected, f"{counts}\n" + "\n\n".join(unexpected[:5])
    assert differing == set(DIFFERENCES), counts
    assert unsupported == set(UNSUPPORTED), counts


NUMBERS = {"jp query": 21, "jp function": 17, "jp parse": 18}
"""Flags of the recorded help pages, help and those of the logging library included."""


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("run", "command", "number"),
    [
        ("help-apply", apply.COMMAND, 60),
        ("help-test", test.COMMAND, 26),
        *((f"help-{command.name.replace(' ', '-')}", command, NUMBERS[command.name]) for command in jp.COMMANDS),
    ],
)
def test_every_flag_of_the_recorded_help_is_there(run: str, command: Command, number: int) -> None:
    recorded = next(one for one in cli_runs.runs() if one["id"] == run)["stdout"]
    own, _, shared = recorded.partition("\nGlobal Flags:")
    ours = flags_of(command.help())
    assert [flag for flag in flags_of(own) if flag not in ours] == []
    # those of the logging library by their names: values of other types than theirs have no effect either
    names = {flag.partition("--")[2].split()[0] for flag in ours}
    assert [flag for flag in flags_of(shared) if flag.partition("--")[2].split()[0] not in names] == []
    assert len(flags_of(recorded)) == number


def flags_of(page: str) -> list[str]:
    """The flags of a help page, each with its short form and type."""
    return [line.strip().split("   ")[0] for line in page.splitlines() if line.lstrip().startswith("-")]


@pytest.mark.corpus
def test_every_function_of_the_recorded_list_is_there() -> None:
    recorded = next(one for one in cli_runs.runs() if one["id"] == "jp-function")["stdout"]
    signatures = [line.partition("Signature: ")[2] for line in recorded.splitlines() if "Signature: " in line]
    ours = {row.signature for row in jp.FUNCTIONS.values()}
    assert len(signatures) == 51
    assert [signature for signature in signatures if signature not in ours] == []
