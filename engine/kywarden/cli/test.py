"""`kywarden test`: Kyverno's `test`, and what goes beyond it: the run goes on after a test that cannot be loaded, tests
run side by side, what is not supported is named, more formats.

Source: cmd/cli/kubectl-kyverno/commands/test/command.go; https://kyverno.io/docs/kyverno-cli/reference/kyverno_test/.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kywarden.cli import drop_in, progress, screen, test_output
from kywarden.cli.drop_in import JOBS, Command, Refused, jobs
from kywarden.cli.flags import Flag, Parsed
from kywarden.cli.formats import github, junit, sarif, test_results
from kywarden.cli.formats.findings import Finding, Outcome
from kywarden.cli.paint import Paint
from kywarden.cli.screen import visible
from kywarden.testing import batch, discovery, manifest, selector, statistics
from kywarden.testing.batch import Unit
from kywarden.testing.comparison import Row, Verdict
from kywarden.testing.files import Files, LoadError
from kywarden.testing.manifest import Manifest, Unreadable
from kywarden.testing.run import Report
from kywarden.testing.selector import Selector

NO_GIT = "kywarden clones no repositories: clone it and name the directory"
NO_REGISTRY = "there is no access to registries: image data comes from values"

EXTRA_FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "junit-xml": junit.render,
    "sarif": sarif.render,
    "github": github.render,
}
"""Formats of ours: one document about the whole run, and nothing else on STDOUT."""

FLAGS = (
    Flag("file-name", "string", "Test filename", short="f", default="kyverno-test.yaml"),
    Flag("git-branch", "string", "Test github repository branch", short="b", inert=NO_GIT),
    Flag("test-case-selector", "string", "Filter test cases to run", short="t", default=selector.EVERYTHING),
    Flag(
        "output-format",
        "string",
        f"Specifies the output format (json, yaml, markdown, junit; of ours: {', '.join(EXTRA_FORMATS)})",
        short="o",
    ),
    Flag(
        "registry",
        "bool",
        "If set to true, access the image registry using local docker credentials to populate external data",
        inert=NO_REGISTRY,
    ),
    Flag("fail-only", "bool", "If set to true, display all the failing test only as output for the test command"),
    Flag("remove-color", "bool", "Remove any color from output"),
    Flag("detailed-results", "bool", "If set to true, display detailed results"),
    Flag("require-tests", "bool", "If set to true, return an error if no tests are found"),
    JOBS,
    Flag("allow-unsupported", "bool", "Results that need what is not supported do not fail the run"),
    Flag("summary-by-rule-type", "bool", "Show at the end how many results passed by type of rule"),
)


OUTCOMES: Mapping[Verdict, Outcome] = {
    "Pass": "pass",
    "Skip": "skip",
    "Fail": "fail",
    "Unsupported": "unsupported",
}


@dataclass(slots=True)
class _Run:
    """The options of a run and what it has come to."""

    parsed: Parsed
    selector: Selector
    paint: Paint
    rows: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    completed: int = 0

    @property
    def format(self) -> str:
        return self.parsed.text("output-format")

    @property
    def is_silent(self) -> bool:
        """Whether STDOUT is kept for one document at the end."""
        return self.format in EXTRA_FORMATS

    def say(self, *lines: str) -> None:
        if not self.is_silent:
            sys.stdout.write(visible("".join(f"{line}\n" for line in lines)))

    def say_rows(self, rows: Sequence[Row]) -> None:
        """Show rows in the format that is asked for."""
        detailed = self.parsed.has("detailed-results")
        if self.format:
            screen.write(f"\n{test_results.FORMATS[self.format](rows, detailed)}\n\n")
        else:
            sys.stdout.write(test_output.results_table(rows, detailed, self.paint))

    def count(self, *verdicts: str) -> int:
        return sum(row.verdict in verdicts for row in self.rows)


def run(parsed: Parsed) -> int:
    """The command."""
    if not parsed.arguments:
        raise Refused("requires at least 1 arg(s), only received 0")
    chosen = parsed.text("output-format")
    if chosen and chosen not in test_results.FORMATS and chosen not in EXTRA_FORMATS:
        raise Refused("invalid format, expected (json, yaml, markdown, junit)")
    chosen_by = selector.parse(parsed.text("test-case-selector"))
    state = _Run(parsed, chosen_by, Paint.chosen(parsed.has("remove-color") or bool(chosen)))
    if chosen_by.problems:
        state.say("", "Filter errors:", *(f"  Error: {problem}" for problem in chosen_by.problems))
    tests = _found(state)
    if not tests:
        return _without_tests(state)
    units = _units(tests, state)
    reports = progress.tracked(batch.reports(units, jobs(parsed)), len(units), "tests")
    for report in reports:
        _add(report, state)
    return _end(state)


def _found(state: _Run) -> list[Manifest | Unreadable]:
    files = Files()
    found: list[Manifest | Unreadable] = []
    try:
        for argument in state.parsed.arguments:
            if argument.startswith(("http://", "https://")):
                raise LoadError(f"error: failed to clone repository \nCause: {NO_GIT}")
            for path in discovery.find(argument, state.parsed.text("file-name")):
                found.extend(manifest.read(path, files))
    except LoadError as error:
        state.say("", f"Error loading tests: {error}")
        raise Refused(str(error)) from None
    return found


def _without_tests(state: _Run) -> int:
    state.say("", "No test yamls available")
    if state.parsed.has("require-tests"):
        raise Refused("no tests found")
    if state.selector.problems:
        raise Refused(state.selector.problems[0])
    return _document(state)


def _units(tests: Iterable[Manifest | Unreadable], state: _Run) -> list[Unit]:
    """The tests that can be run, each with the results that are selected; the others are reported."""
    units: list[Unit] = []
    unreadable = [test for test in tests if isinstance(test, Unreadable)]
    if unreadable:
        state.say("", "Test errors:")
        for each in unreadable:
            state.say(f"  Path: {each.path}", f"    Error: {each.reason}")
            state.findings.append(_error_finding(each.path, each.reason))
        state.errors.append(f"found {len(unreadable)} errors after loading tests")
    for test in tests:
        if isinstance(test, Unreadable):
            continue
        if test.deprecated:
            state.say("", f"WARNING: test file ({test.path}) uses a deprecated schema that will be removed in 1.15")
            reason = f"test file {test.path} uses a deprecated schema — please migrate to the latest format"
            state.errors.append(reason)
            state.findings.append(_error_finding(test.path, reason))
            continue
        replaced = state.selector.resources
        chosen = [one for one in test.results if state.selector.selects(one)]
        if not chosen:
            state.completed += 1
        else:
            if replaced:
                chosen = [replace(one, resources=replaced) for one in chosen]
            units.append(Unit(test, chosen, colours=state.paint.header))
    return units


def _add(report: Report, state: _Run) -> None:
    state.say(*report.lines)
    if report.error:
        state.errors.append(report.error)
        state.findings.append(_error_finding(report.path, report.error))
        return
    state.completed += 1
    state.rows.extend(report.rows)
    state.findings.extend(_finding(report.path, row) for row in report.rows)
    if state.is_silent or state.parsed.has("fail-only"):
        return
    if state.format:
        state.say_rows(report.rows)
    else:
        state.say("")
        state.say_rows(report.rows)
        state.say("")


def _end(state: _Run) -> int:
    passed, failed, unsupported = state.count("Pass", "Skip"), state.count("Fail"), state.count("Unsupported")
    if state.completed or not state.errors:
        if state.parsed.has("fail-only"):
            state.say("", f"Test Summary: {failed} out of {passed + failed} tests failed")
        else:
            state.say("", f"Test Summary: {passed} tests passed and {failed} tests failed")
        state.say(*test_output.unsupported_lines(state.rows))
        state.say("")
    if failed:
        if state.parsed.has("fail-only") and not state.is_silent:
            _say_failures(state)
        state.errors.append(f"{failed} tests failed")
    if unsupported and not state.parsed.has("allow-unsupported"):
        state.errors.append(f"{unsupported} tests are unsupported (--allow-unsupported lets them pass by)")
    if state.parsed.has("summary-by-rule-type"):
        state.say(statistics.by_rule_type(state.rows))
    _document(state)
    if state.errors:
        raise Refused("\nError: ".join(state.errors))
    return 0


def _say_failures(state: _Run) -> None:
    failures = [row for row in state.rows if row.failed]
    if not state.format:
        state.say("Aggregated Failed Test Cases : ")
        # kyverno: in other formats the rows keep their numbers
        failures = [replace(row, number=number) for number, row in enumerate(failures, 1)]
    state.say_rows(failures)


def _document(state: _Run) -> int:
    if state.is_silent:
        screen.write(EXTRA_FORMATS[state.format](state.findings))
    return 0


def _finding(path: str, row: Row) -> Finding:
    message = row.reason if row.message in ("", row.reason) else f"{row.reason}: {row.message}"
    return Finding(row.policy, row.rule, row.resource, OUTCOMES[row.verdict], message, file=path)


def _error_finding(path: str, reason: str) -> Finding:
    return Finding("test", "", path, "error", reason, file=path)


COMMAND = Command(
    name="test",
    summary="Run tests from a local filesystem.\n\n"
    "  Each kyverno-test.yaml below the directories names policies, resources and the results that are\n"
    "  expected; the results of kywarden are compared with them, as Kyverno's CLI does.",
    usage=" [local folder]... [flags]",
    examples=(
        ("Test a local folder containing test cases", "test ."),
        (
            "Test some specific test cases out of many test cases in a local folder",
            'test . --test-case-selector "policy=disallow-latest-tag, rule=require-image-tag,'
            ' resource=test-require-image-tag-pass"',
        ),
        ("Mark the failures in a pull request", "test . -o github"),
    ),
    flags=FLAGS,
    run=run,
    exits=("all results are as expected", "one is not, or a test cannot be loaded or is not supported"),
)


def main(arguments: Sequence[str]) -> int:
    """The command as the process calls it."""
    return drop_in.main(COMMAND, arguments)
