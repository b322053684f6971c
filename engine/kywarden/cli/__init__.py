"""The command line: `kywarden COMMAND …`, one module per command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from kywarden.cli import streams
from kywarden.cli.failures import Exit, Failure, reason
from kywarden.cli.screen import visible_in_line

COMMANDS = ("evaluate", "explain", "lint", "migrate", "bake", "inspect")
"""The modules of the commands; each has `add(subcommands)`, which registers its arguments and sets `run`."""

DROP_INS = ("test", "apply", "jp")
"""Those that stand in for Kyverno's: they read its flags themselves, in `main(arguments)`, and have a `COMMAND`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says what came out (see `Exit`).

    Without arguments given, it is the process itself: its arguments, its streams, its interrupts.
    """
    if arguments is None:
        streams.prepare()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
        return code
    except Failure as failure:
        for line in failure.lines:
            print(f"kywarden: {visible_in_line(line)}", file=sys.stderr)
        return failure.code
    except BrokenPipeError:  # whoever read the output has gone: nothing to say, and nobody to say it to
        streams.abandon_output()
        return Exit.INTERNAL
    except OSError as error:  # a full disk behind STDOUT, say
        streams.abandon_output()
        print(f"kywarden: {reason(error)}", file=sys.stderr)
        return Exit.INTERNAL
    except KeyboardInterrupt:
        return 130


class _Version(argparse.Action):
    """Says which kywarden this is."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="say which version this is")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # takes a while to load

        print(f"kywarden {version('kywarden')}")
        parser.exit()


def _run(given: list[str]) -> int:
    chosen = given[0] if given else ""
    if chosen in DROP_INS:
        return int(_module(chosen).main(given[1:]))
    parser = argparse.ArgumentParser(
        prog="kywarden",
        description="Judge Kubernetes requests by Kyverno policies, without a cluster.",
        epilog="'kywarden COMMAND --help' shows a command with examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version)
    subcommands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    if chosen in COMMANDS:
        _module(chosen).add(subcommands)
    else:
        for name in COMMANDS:
            _module(name).add(subcommands)
        for name in DROP_INS:
            subcommands.add_parser(name, help=_module(name).COMMAND.summary.partition("\n")[0])
    arguments = parser.parse_args(given)
    return int(arguments.run(arguments))


def _module(name: str) -> Any:
    """The module of a command; the others, which take longer to import than most runs last, stay where they are."""
    return import_module(f"kywarden.cli.{name}")
