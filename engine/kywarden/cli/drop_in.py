"""Commands that stand in for Kyverno's: its flags, its errors, its exit codes.

An error is one line on STDERR, `Error: …`, and exit 1, as Kyverno's command library has it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kywarden.cli import flags
from kywarden.cli.failures import exit_codes
from kywarden.cli.flags import Flag, FlagError, Parsed
from kywarden.cli.screen import tell, visible
from kywarden.errors import KywardenError

NO_LOG = "kywarden writes no log"

LOGGING = (
    Flag("add_dir_header", "bool", "If true, adds the file directory to the header of the log messages", inert=NO_LOG),
    Flag("alsologtostderr", "bool", "log to standard error as well as files", inert=NO_LOG),
    Flag("alsologtostderrthreshold", "string", "logs at or above this threshold go to stderr", inert=NO_LOG),
    Flag("legacy_stderr_threshold_behavior", "bool", "If true, stderrthreshold is ignored", inert=NO_LOG),
    Flag("log_backtrace_at", "string", "when logging hits line file:N, emit a stack trace", inert=NO_LOG),
    Flag("log_dir", "string", "If non-empty, write log files in this directory", inert=NO_LOG),
    Flag("log_file", "string", "If non-empty, use this log file", inert=NO_LOG),
    Flag("log_file_max_size", "int", "Defines the maximum size a log file can grow to", inert=NO_LOG),
    Flag("logtostderr", "bool", "log to standard error instead of files", inert=NO_LOG),
    Flag("one_output", "bool", "If true, only write logs to their native severity level", inert=NO_LOG),
    Flag("skip_headers", "bool", "If true, avoid header prefixes in the log messages", inert=NO_LOG),
    Flag("skip_log_headers", "bool", "If true, avoid headers when opening log files", inert=NO_LOG),
    Flag("stderrthreshold", "string", "logs at or above this threshold go to stderr", inert=NO_LOG),
    Flag("v", "level", "number for the log level verbosity", short="v", inert=NO_LOG),
    Flag("vmodule", "string", "comma-separated list of pattern=N settings", inert=NO_LOG),
)
"""The flags of the logging library that every command of Kyverno has."""

KUBECONFIG = Flag(
    "kubeconfig", "string", "Paths to a kubeconfig. Only required if out-of-cluster.", inert="there is no cluster here"
)


JOBS = Flag("jobs", "int", "Processes that share the work (0: as many as is worth it)", short="j")


class Refused(Exception):
    """Ends the command with `Error: …` on STDERR and exit 1; without a text, silently."""


def jobs(parsed: Parsed) -> int:
    """The number of processes that is asked for, 0 when it is left open; raises `Refused`."""
    number = parsed.number("jobs")
    if number < 0:
        raise Refused(f'invalid argument "{number}" for "{JOBS.shown}" flag: must not be negative')
    return number


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `usage` behind its name, examples as (comment, line), `run` with what was parsed -> exit code.

    exits: what the exit codes mean, from 0 on.
    """

    name: str
    summary: str
    usage: str
    examples: Sequence[tuple[str, str]]
    flags: Sequence[Flag]
    run: Callable[[Parsed], int]
    exits: Sequence[str]

    @property
    def all_flags(self) -> tuple[Flag, ...]:
        own = {flag.name for flag in self.flags}
        return (*self.flags, *(flag for flag in (*LOGGING, KUBECONFIG) if flag.name not in own))

    def help(self) -> str:
        """The help page."""
        own = {flag.name for flag in self.flags}
        page = [self.summary, "", "Usage:", f"  kywarden {self.name}{self.usage}", "", "Examples:"]
        for comment, line in self.examples:
            page += [f"  # {comment}", f"  kywarden {line}", ""]
        page += ["Flags:", *flags.help_lines([*self.flags, Flag("help", "bool", f"help for {self.name}", "h")])]
        others = [flag for flag in self.all_flags if flag.name not in own]
        page += ["", "Flags of Kyverno without effect here:", *flags.help_lines(others), "", ""]
        return "\n".join(page) + exit_codes(*self.exits)


def main(command: Command, arguments: Sequence[str]) -> int:
    """Run a command with arguments; the exit code."""
    try:
        parsed = flags.parse(command.all_flags, arguments)
        if parsed.wants_help:
            sys.stdout.write(command.help())
            return 0
        level = str(parsed.values["v"])
        if not level.lstrip("-").isdecimal():
            print(visible(f'Error: Failed to setup logging (strconv.Atoi: parsing "{level}": invalid syntax)'))
            return 1
        for warning in parsed.warnings:
            tell(warning)
        return command.run(parsed)
    except (FlagError, Refused, KywardenError) as error:
        sys.stdout.flush()
        if str(error):
            tell(f"Error: {error}")
        return 1
