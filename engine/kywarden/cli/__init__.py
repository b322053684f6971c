"""The command line: `kywarden COMMAND …`, one module per command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from kywarden.cli import evaluate
from kywarden.cli.failures import Exit, Failure

COMMANDS = (evaluate,)
"""Each has `add(subcommands)`, which registers its arguments and sets `run`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says what came out (see `Exit`)."""
    parser = argparse.ArgumentParser(
        prog="kywarden",
        description="Judge Kubernetes requests by Kyverno policies, without a cluster.",
        epilog="'kywarden COMMAND --help' shows a command with examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subcommands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subcommands)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except Failure as failure:
        print(f"kywarden: {failure}", file=sys.stderr)
        return failure.code
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has gone: nothing to say, and nobody to say it to
        return Exit.INTERNAL
    except KeyboardInterrupt:
        return 130
