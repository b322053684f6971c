"""kywarden in the place of Kyverno's command line: every recorded run, replayed.

Exit code, STDOUT, STDERR and files are the same, but for what stands in `DIFFERENCES` and for runs that need what is
not supported (`UNSUPPORTED`); both tables are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kywarden.cli import apply, jp, test
from kywarden.cli.drop_in import Command
from tests.conformance import cli_runs

ELSEWHERE = frozenset(("version", "root", "help"))
"""Runs that are not about `test`, `apply` or `jp`, or only show a help page, which is our own."""

NAMED_ON_STDERR = "what Kyverno leaves out without a word is named on STDERR"
NO_PANIC = "Kyverno crashes"
NO_NETWORK = "nothing is fetched from the network, which is said instead"
GOES_ON = "the tests that can be read are run all the same"
OWN_WORDS = "names and notes are our own: kywarden, and what its table of functions says"
SAID_ON_STDERR = "a flag that has no effect here is named on STDERR"

DIFFERENCES = {
    "apply-cluster-kubeconfig": SAID_ON_STDERR,
    "apply-directory-broken": NAMED_ON_STDERR,
    "apply-directory-unknown-field": NAMED_ON_STDERR,
    "apply-documents-foreign": NAMED_ON_STDERR,
    "apply-documents-some-bad": NAMED_ON_STDERR,
    "apply-dot": NAMED_ON_STDERR,
    "apply-git": NO_NETWORK,
    "apply-glob": NAMED_ON_STDERR,
    "apply-json-array": NO_PANIC,
    "apply-policy-broken": NAMED_ON_STDERR,
    "apply-policy-empty": NAMED_ON_STDERR,
    "apply-policy-hidden": NAMED_ON_STDERR,
    "apply-policy-missing": NAMED_ON_STDERR,
    "apply-policy-missing-second": NAMED_ON_STDERR,
    "apply-policy-stdin-null": NAMED_ON_STDERR,
    "apply-policy-unknown-field": NAMED_ON_STDERR,
    "apply-policy-wrong-type": NAMED_ON_STDERR,
    "apply-resource-http": NO_NETWORK,
    "apply-resource-list": NO_PANIC,
    "apply-resource-twice": NO_PANIC,
    "jp-function": OWN_WORDS,
    "jp-function-one": OWN_WORDS,
    "jp-function-two": OWN_WORDS,
    "jp-nothing": OWN_WORDS,
    "jp-unknown": OWN_WORDS,
    "test-broken-beside": GOES_ON,
    "test-git": NO_NETWORK,
    "test-list": NO_PANIC,
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

SAME_EXIT = (NO_NETWORK, GOES_ON, OWN_WORDS)
"""Reasons for which the exit code is the same all the same."""

SAME_BUT_FOR_OURS = (NAMED_ON_STDERR, SAID_ON_STDERR)
"""Reasons for which everything is the same but for lines `kywarden: …` on STDERR."""


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
            counts[f"unsupported: {UNSUPPORTED.get(run['id'])}"] += 1
        else:
            differing.add(run["id"])
            reason = DIFFERENCES.get(run["id"], "")
            counts[reason] += 1
            if (
                not reason
                or (reason in SAME_EXIT and answer.exit != run["exit"])
                or (reason in SAME_BUT_FOR_OURS and cli_runs.difference(run, answer.without_our_lines()))
            ):
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
