"""`python -m kywarden` is the command `kywarden`."""

import sys

from kywarden.cli import main

sys.exit(main())
