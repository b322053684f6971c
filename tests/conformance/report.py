"""Prints the comparison with Kyverno as a table: `python -m tests.conformance.report [SET…]`."""

from __future__ import annotations

import sys

from tests import data
from tests.conformance import golden
from tests.conformance.test_golden import SETS


def main(names: list[str]) -> int:
    if not data.present():
        print(f"no test data at {data.CORPUS} (set KYWARDEN_CORPUS)", file=sys.stderr)
        return 2
    differences = 0
    for name in names or SETS:
        report = golden.compare(SETS[name](), golden.native)
        print(f"== {name}\n{report.table()}")
        for difference in report.differences:
            print(difference)
        differences += len(report.differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
