"""The command line: `kywarden COMMAND …`, one module per command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from kywarden.cli import apply, bake, drop_in, evaluate, explain, inspect, jp, lint, migrate, streams, test
from kywarden.cli.failures import Exit, Failure, reason
from kywarden.cli.screen import visible

COMMANDS = (evaluate, explain, lint, migrate, bake, inspect)
"""Each has `add(subcommands)`, which registers its arguments and sets `run`."""

DROP_INS: Mapping[str, tuple[drop_in.Command, Callable[[Sequence[str]], int]]] = {
    "test": (test.COMMAND, partial(drop_in.main, test.COMMAND)),
    "apply": (apply.COMMAND, partial(drop_in.main, apply.COMMAND)),
    "jp": (jp.COMMAND, jp.main),
}
"""The commands that stand in for those of Kyverno: they read its flags themselves."""


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
        print(f"kywarden: {visible(str(failure))}", file=sys.stderr)
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


def _run(given: list[str]) -> int:
    if given and given[0] in DROP_INS:
        return DROP_INS[given[0]][1](given[1:])
    parser = argparse.ArgumentParser(
        prog="kywarden",
        description="Judge Kubernetes requests by Kyverno policies, without a cluster.",
        epilog="'kywarden COMMAND --help' shows a command with examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subcommands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subcommands)
    for name, (described, _) in DROP_INS.items():
        subcommands.add_parser(name, help=described.summary.partition("\n")[0])
    chosen = parser.parse_args(given)
    return int(chosen.run(chosen))
