"""The command `kywarden`, also as `python -m kywarden`."""

import signal
import sys


def main() -> int:
    """Run the command of the process.

    An interrupt ends it at once: while it is being imported, inside WebAssembly, in worker processes.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kywarden import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
